"""China Post's raw export of a dispatch: 25 columns, one header row, one row per item.

It has no column for the country of origin: that stays open and is asked for, the country of the sender does not
stand in. One cell may hold several tariff numbers, values may be text or numbers, names are often blank, and the
weight is that of the receptacle. The value is that of the whole row.
"""

from __future__ import annotations

import re
from dataclasses import replace

from data.manifest.named_columns import NamedRows, NamedTable, named, of_bag
from data.manifest.sheet_cells import Cells
from data.manifest.source import RawRow, register
from data.receptacles import read_receptacle

_CODE = re.compile(r"[A-Z0-9]{2}")  # IATA; what is longer here is a name


class _Rows(NamedRows):
    def row(self, number: int, cells: Cells) -> RawRow:
        raw = super().row(number, cells)
        fields, bag = dict(raw.fields), self.at(cells, "receptacle")
        last = self.at(cells, "@carrier").strip().upper()  # it brings the mail to its destination
        if _CODE.fullmatch(last):
            fields["carrier_code"] = last
        stated = of_bag(read_receptacle(bag).text if bag else "", "", self.at(cells, "@bag_weight"))
        return replace(raw, fields=fields, stated=stated)


@register
class ChinaPost25(NamedTable):
    """Bag, receptacle, tracking number, route, sender, receiver, content, value."""

    name = "china_post_25"
    version = "1"
    rows_of = _Rows
    columns = named("""
        Bag Number:
        Container Number:
        Receptacle: receptacle
        Receptacle Weight: @bag_weight
        Tracking Number: tracking_id
        Transfer Station1:
        Carrier 1: @carrier
        Transfer Station2:
        Carrier 2: @carrier
        Destination Station:
        Sender - Name: sender_name
        Sender - Country: sender_country
        Sender - City: sender_city
        Sender - Street: sender_address
        Sender - Postal Code: sender_postal_code
        Receiver - Name: recipient_name
        Receiver - Country: recipient_country
        Receiver - City: recipient_city
        Receiver - Street: recipient_address
        Receiver - Postal Code: recipient_postal_code
        Content: description
        HS code: hts
        Customs Declared Value: value
        Currency: currency
    """)
