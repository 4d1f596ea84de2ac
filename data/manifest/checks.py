"""From a row of text to an Item, the same for every layout."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from data.manifest.row import Row
from data.manifest.row_goods import goods_of
from data.manifest.row_journey import identifier_of, journey_of, line_of
from data.manifest.row_people import people_of
from data.manifest.row_quantities import quantities_of
from data.manifest.row_value import quantity_of, value_of
from data.manifest.source import RawRow, RowError, Settings
from data.records import Item
from data.s10 import Identifier


class Register:
    """What was seen so far in one file: lines of each parcel, ids of the caller, rows already read."""

    def __init__(self) -> None:
        self._lines: dict[str, set[int]] = {}
        self._ids: set[str] = set()
        self._rows: dict[int, int] = {}

    def line(self, tracking_id: str, declared: int | None) -> int:
        """The number of a new line; the next free one when none was declared. ValueError when it is taken."""
        taken = self._lines.setdefault(tracking_id, set())
        number = declared if declared is not None else len(taken) + 1
        while declared is None and number in taken:
            number += 1
        if number in taken:
            raise ValueError(number)
        taken.add(number)
        return number

    def new_id(self, own: str) -> bool:
        """False when another row has this id."""
        if own in self._ids:
            return False
        self._ids.add(own)
        return True

    def same_as(self, row: Row) -> int | None:
        """The earlier row with the very same cells, if any."""
        key = hash(tuple(sorted(row.fields.items())))
        earlier = self._rows.get(key)
        self._rows.setdefault(key, row.raw.row)
        return earlier


def check(raw: RawRow, settings: Settings, basis: str, register: Register) -> Item | RowError:
    """The item of a row, or the error with every fault found in it. Never raises on content."""
    row = Row(raw, settings, basis)
    identifier = identifier_of(row)
    number = line_of(row, identifier, register.line)
    own = row.fields.get("id", "")
    if own and not register.new_id(own):
        row.fault("ID_REPEATED", "id", "another row of the file has this id", "Give every row its own id")
    quantity = quantity_of(row)
    value = value_of(row, quantity)
    known = {**goods_of(row), **quantities_of(row, identifier, quantity), **journey_of(row, identifier),
             **people_of(row)}  # fmt: skip
    if (earlier := register.same_as(row)) is not None:
        row.ask(
            "ROW_REPEATED",
            "tracking_id",
            f"row {earlier} says exactly the same",
            "Remove one, or raise the quantity",
        )
    if row.faults or identifier is None or (value is None and "value" not in raw.absent):
        return _refusal(row, identifier.text if identifier else "")
    # What is not known is not passed on: it keeps a record small, and a large manifest holds many.
    return Item(
        id=own or f"{identifier.text}#{number}",
        tracking_id=identifier.text,
        tracking_raw=row.fields["tracking_id"],
        line_no=number,
        row=raw.row,
        value=value,
        value_usd=value.usd if value else None,
        **{name: found for name, found in known.items() if found not in (None, (), "")},
        **_further(row, identifier),
    )


def _further(row: Row, identifier: Identifier) -> dict[str, Any]:
    further: dict[str, Any] = {"id_scheme": identifier.scheme}
    if identifier.s10:
        further |= {"s10": identifier.s10, "s10_ok": identifier.s10.ok}
    if row.questions:
        further["questions"] = tuple(row.questions)
    if row.raw.facts:
        further["facts"] = {
            k: v if isinstance(v, bool | Decimal) else str(v) for k, v in row.raw.facts.items()
        }
    return further


def _refusal(row: Row, tracking_id: str) -> RowError:
    faults = list(dict.fromkeys(row.faults))
    first = faults[0]
    return RowError(
        row=row.raw.row,
        code=first.code,
        field=first.field,
        value=first.value,
        fact=first.fact,
        remedy=first.remedy,
        piece=row.raw.piece,
        tracking_id=tracking_id,
        also=tuple(faults[1:]),
    )
