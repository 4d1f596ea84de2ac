"""An airline's join of postal and flight data for settlement: 23 columns, one header row, one row per item.

The flight that counts is the last leg, into the United States; the arrival date is the actual one, port-local,
and may be the day before the departure across the date line. `Number of Packet under same receptacle` is held
against the rows of that receptacle. `Tariff amount` is somebody's figure: it is not used, duty is computed here.
There is no country of origin.
"""

from __future__ import annotations

from dataclasses import replace

from data.manifest.named_columns import NamedRows, NamedTable, named, of_bag
from data.manifest.sheet_cells import Cells
from data.manifest.source import RawRow, register
from data.receptacles import read_receptacle


class _Rows(NamedRows):
    def row(self, number: int, cells: Cells) -> RawRow:
        raw = super().row(number, cells)
        second = self.at(cells, "@carrier_2").strip() or self.at(cells, "@flight_2").strip()
        leg = "2" if second else "1"
        fields = {**raw.fields, "carrier_code": self.at(cells, f"@carrier_{leg}"),
                  "flight_no": self.at(cells, f"@flight_{leg}")}  # fmt: skip
        bag = self.at(cells, "receptacle")
        packets, weight = self.at(cells, "@packets"), self.at(cells, "@bag_weight")
        stated = of_bag(read_receptacle(bag).text if bag else "", packets, weight)
        return replace(raw, fields=fields, awb=self.at(cells, "@awb").strip(), stated=stated)


@register
class AirlineSettlement(NamedTable):
    """Air waybill, consignment, two flights, arrival, receptacle, item."""

    name = "airline_settlement"
    version = "1"
    rows_of = _Rows
    columns = named("""
        PAWB: @awb
        CARDIT:
        Host Origin Station:
        Host Destination Station:
        Flight Carrier 1: @carrier_1
        Flight Number 1: @flight_1
        Flight Date 1:
        Flight Carrier 2: @carrier_2
        Flight Number 2: @flight_2
        Flight Date 2:
        Arrival Date: arrival_date
        Arrival ULD number:
        Receptacle: receptacle
        Bag weight: @bag_weight
        Bag Number:
        Tracking Number: tracking_id
        Declared content: description
        HS Code: hts
        Declared Value: value
        Currency: currency
        Number of Packet under same receptacle: @packets
        Tariff amount:
    """)
