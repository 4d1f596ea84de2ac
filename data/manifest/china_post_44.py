"""China Post's template for airlines: 44 columns under two bilingual header rows, groups above names.

Rows with the totals of an air waybill come first, or above its items; notes and total rows stand between and
below. Items may leave the air waybill blank: they belong to the one above them. Pieces and weight of an air
waybill are held against its items. There is no country of origin and no date of arrival; the flight is the one of
the airline named, which is not the arriving flight where another carrier flies the last leg.
"""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType

from data.manifest.named_columns import NamedRows, NamedTable, named, of_awb
from data.manifest.sheet_cells import Cells
from data.manifest.source import Fault, RawRow, Stated, register, shorten
from data.manifest.table_rows import Header
from data.manifest.vocabulary import squeeze

_CODE = re.compile(r"[A-Z0-9]{2}")  # IATA; what is longer here is a name


class _Rows(NamedRows):
    def __init__(self, header: Header, notes: list[str], layout: NamedTable) -> None:
        super().__init__(header, notes, layout)
        self._awb = ""
        self._named: list[str] = []  # air waybills named since the last item

    def why_no_data(self, cells: Cells) -> str:
        why = super().why_no_data(cells)
        awb, pieces, weight = (self.at(cells, field).strip() for field in ("@awb", "@pieces", "@weight"))
        if why == "note" and awb and (pieces or weight):
            self._named.append(awb)
            return "air waybill total"
        return why

    def stated(self, cells: Cells, reason: str) -> tuple[Stated, ...]:
        pieces, weight = self.at(cells, "@pieces"), self.at(cells, "@weight")
        if reason == "air waybill total":
            return of_awb(self.at(cells, "@awb").strip(), pieces, weight)
        if reason == "total":
            figures = (Stated("count", pieces), Stated("awb_weight", weight, unit="kg"))
            return (*super().stated(cells, reason), *(one for one in figures if one.text.strip()))
        return ()

    def row(self, number: int, cells: Cells) -> RawRow:
        raw = super().row(number, cells)
        awb = self.at(cells, "@awb").strip()
        pieces, weight = self.at(cells, "@pieces"), self.at(cells, "@weight")
        if awb:
            self._awb = awb
        elif self._named:  # several in a row, and then items without: which is whose cannot be told
            self._awb = self._named[0] if len(self._named) == 1 else ""
        self._named = []
        own = (
            {"", "1"},
            {"", str(raw.fields.get("gross_weight", "")).strip()},
        )  # of the item, not of the air waybill
        stated = of_awb(
            awb, "" if pieces.strip() in own[0] else pieces, "" if weight.strip() in own[1] else weight
        )
        fields, asks = self._flight(cells)
        return replace(raw, fields={**raw.fields, **fields}, asks=asks, awb=self._awb, stated=stated)

    def _flight(self, cells: Cells) -> tuple[dict[str, str], tuple[Fault, ...]]:
        """Carrier and flight into the country; the flight stays open where another carrier flies the last leg."""
        airline, flight = self.at(cells, "@airline").strip(), self.at(cells, "@flight").strip()
        last = self.at(cells, "@carrier").strip().upper()
        if not _CODE.fullmatch(last) or squeeze(last) == squeeze(airline) or not airline:
            return {
                "carrier_code": airline or (last if _CODE.fullmatch(last) else ""),
                "flight_no": flight,
            }, ()
        ask = Fault(
            "ARRIVAL_FLIGHT_OPEN",
            "flight_no",
            shorten(flight),
            f"the file names the flight of {shorten(airline)}, the last leg is flown by {last}",
            "Give the flight it arrives with",
        )
        return {"carrier_code": last}, (ask,)


@register
class ChinaPost44(NamedTable):
    """Air waybill, flight, bag, tracking number, route, sender, recipient, goods, freight."""

    name = "china_post_44"
    version = "1"
    header_rows = 2
    rows_of = _Rows
    columns = (
        *named("""
            AWB Number: @awb
            Airline: @airline
            Flight Number: @flight
            Flight Date:
            DDP/DDU:
            Bag Number:
            Container Number:
            Mail Bag Barcode: receptacle
            Weight (kg): gross_weight kg
            Tracking Number: tracking_id
        """),
        *named("Departure station:\n Destination:\n Pieces: @pieces\n Weight: @weight", "AWB Information"),
        *named("Transfer Station:\n Carrier: @carrier\n Destination Station:", "Routing Information"),
        *(column for group, party in (("Sender Information", "sender"), ("Recipient Information", "recipient"))
          for column in named(f"""
            Name: {party}_name
            Phone: {party}_phone
            Country: {party}_country
            Zip Code: {party}_postal_code
            State: {party}_region
            City: {party}_city
            Address: {party}_address
          """, group)),
        *named("""
            English Name: description
            HSCODE: hts
            Customs Declared Value: value
            Currency: currency
            Rate Type:
            Rate:
            Air Freight:
        """, "Financial Information"),
        *named("Agent's Other Charges:\n Carrier's Other Charges:\n Total Charges:", "Freight Charges"),
    )  # fmt: skip
    chinese = MappingProxyType({
        "运单号": "AWB Number", "航司": "Airline", "航班号": "Flight Number", "航班日期": "Flight Date",
        "总包号": "Bag Number", "容器号": "Container Number", "邮袋条码": "Mail Bag Barcode",
        "邮件重量": "Weight (kg)", "邮件号码": "Tracking Number", "运单信息": "AWB Information",
        "始发站": "Departure station", "件数": "Pieces", "重量": "Weight", "航程信息": "Routing Information",
        "中转站": "Transfer Station", "承运人": "Carrier", "寄件人名址信息": "Sender Information",
        "收件人名址信息": "Recipient Information", "姓名": "Name", "电话": "Phone", "国家": "Country",
        "邮编": "Zip Code", "州": "State", "城市": "City", "地址": "Address", "财务信息": "Financial Information",
        "英文名称": "English Name", "海关声明价值": "Customs Declared Value", "币种": "Currency",
        "运价类型": "Rate Type", "费率": "Rate", "航空运费": "Air Freight", "运费": "Freight Charges",
        "代理人的其他费用": "Agent's Other Charges", "承运人的其他费用": "Carrier's Other Charges",
        "总运费": "Total Charges", "目的站": "Destination",
    })  # fmt: skip
