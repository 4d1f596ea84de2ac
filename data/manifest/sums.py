"""What the rows of a file, or of one air waybill, receptacle or parcel, add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from data.manifest import cells
from data.manifest.row_quantities import PER_KG
from data.receptacles import read_receptacle
from data.records import Item

_NAMES = {"quantity": "pieces", "net_weight": "kg net", "gross_weight": "kg gross"}


@dataclass(slots=True)
class Sums:
    """What the rows of one scope add up to."""

    rows: int = 0
    unread: int = 0  # rows in error whose figures could not be read
    amounts: dict[str, Decimal] = field(
        default_factory=lambda: defaultdict(Decimal)
    )  # by field, and gross by row
    values: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))  # by currency
    parcels: set[str] = field(default_factory=set)
    bags: dict[str, Decimal] = field(default_factory=dict)

    def add(self, figures: Mapping[str, Decimal], money: str, parcel: str, bag: str) -> None:
        """One more row: its figures by raw field, currency, parcel and receptacle."""
        self.rows += 1
        for name, figure in figures.items():
            if name == "value":
                self.values[money] += figure
            else:
                self.amounts[name] += figure
        if parcel not in self.parcels:
            self.parcels.add(parcel)
            self.amounts["gross_once"] += figures.get("gross_weight", Decimal(0))
        if bag and bag not in self.bags:
            parts = read_receptacle(bag).parts
            self.bags[bag] = parts.weight_kg if parts else Decimal(0)

    def of(self, what: str, money: str) -> dict[str, Decimal]:
        """What a name could be summed to, by what it is called; nothing where no row says anything of it."""
        if what in ("rows", "parcels", "receptacles"):
            number = {"rows": self.rows, "parcels": len(self.parcels), "receptacles": len(self.bags)}[what]
            return {} if what == "receptacles" and not number else {what: Decimal(number)}
        if what == "value":
            held = {code: whole for code, whole in self.values.items() if money in ("", code)}
            # A sheet adds up its column without looking at currencies; as a check on lost rows that will do.
            return held | {"in all": sum(held.values(), Decimal(0))} if len(held) > 1 else held
        if what == "bag_weight":
            whole = sum(self.bags.values(), Decimal(0))
            return {"kg by the bag numbers": whole} if whole else {}
        found = {_NAMES[what]: self.amounts[what]} if what in self.amounts else {}
        if what == "gross_weight" and found:  # on every row of a parcel, or on its first one only
            found |= {"kg gross, each parcel once": self.amounts["gross_once"]}
        return {
            name: whole
            for name, whole in found.items()
            if whole != self.amounts.get(what) or "once" not in name
        }


def weight_of(text: str, unit: str, mark: str | None) -> Decimal:
    """A weight in kg, its unit in the text or else the one given. Raises Unreadable."""
    bare = text.rstrip(". ").lower()
    for written in ("kgs", "kg", "grams", "gram", "gr", "g", "lbs", "lb", "oz"):
        if bare.endswith(written) and bare[: -len(written)].strip()[-1:].isdigit():
            bare, unit = bare[: -len(written)].strip(), written
            break
    return cells.number(bare, mark, True) * PER_KG.get(unit[:1].lower(), Decimal(1))


def of_item(item: Item) -> tuple[dict[str, Decimal], str]:
    """The figures of an item by raw field, weights in kg, and the currency of its value."""
    held = {
        "value": item.value.amount if item.value else None,
        "quantity": item.quantity,
        "net_weight": item.net_weight_kg,
        "gross_weight": item.gross_weight_kg,
    }
    return {k: v for k, v in held.items() if v is not None}, item.value.currency if item.value else ""
