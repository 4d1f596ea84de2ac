"""Layouts whose columns have fixed names: recognised when most of them stand in a header, of one row or of two.

A header of two rows has a group above several columns (`Sender Information`) and the name below; a name that
needs no group stands in either row. Names are compared by their Latin letters and digits, so that spelling,
stars and a Chinese half do not matter; a name without Latin letters by the list a layout gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from data.manifest.sheet_cells import Cells
from data.manifest.source import Stated, shorten
from data.manifest.table import TableLayout, plausible
from data.manifest.table_rows import Header, TableRows
from data.manifest.total_rows import is_total
from data.manifest.vocabulary import Column, squeeze

RECOGNISED_FROM = 0.8  # share of a layout's columns that must be there
_GOODS = frozenset("description hts value currency gross_weight net_weight quantity".split())


class Named(NamedTuple):
    """A column of a layout. field: ours, "" where known and not used, "@..." where the layout reads it itself."""

    group: str
    name: str
    field: str
    unit: str = ""


def named(text: str, group: str = "") -> tuple[Named, ...]:
    """Columns from lines `Name of the column: field`; a unit may stand behind the field."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _, field = line.rpartition(":")
        field, _, unit = field.strip().partition(" ")
        found.append(Named(key(group), key(name), field, unit))
    return tuple(found)


def key(label: str, chinese: Mapping[str, str] = MappingProxyType({})) -> str:
    """What a label is compared by."""
    dense = squeeze(label)
    latin = "".join(c for c in dense if c.isascii())
    return latin or squeeze(chinese.get(dense, dense))


class NamedRows(TableRows):
    """Rows under such a header. `places` holds where the columns are that the layout reads itself."""

    def __init__(self, header: Header, notes: list[str], layout: NamedTable) -> None:
        meant, labels = layout.match(list(header.cells))
        self.places: dict[str, list[int]] = {}
        for place, column in enumerate(meant):
            if column is not None:
                self.places.setdefault(column.field, []).append(place)
        self._meant = [Column(c.field, c.unit) if c and c.field[:1] not in ("", "@") else None for c in meant]
        super().__init__(header, notes)
        unread = [
            label for label, column in zip(labels, meant, strict=True) if column is None and label.strip()
        ]
        unused = [label for label, column in zip(labels, meant, strict=True) if column and not column.field]
        if unused:
            notes.append(f"columns of the layout that are not used: {shorten(', '.join(unused))}")
        if unread:
            notes.append(f"columns not read: {shorten(', '.join(unread))}")

    def meanings(self, names: Cells, notes: list[str]) -> list[Column | None]:
        return self._meant

    def at(self, cells: Cells, field: str) -> str:
        """The last filled cell of the columns of a field, stripped of nothing; empty where none is."""
        return next(
            (cells[n] for n in reversed(self.places.get(field, ())) if n < len(cells) and cells[n].strip()),
            "",
        )

    def why_no_data(self, cells: Cells) -> str:
        """A row without a tracking number and without goods is no data; one with goods is a row in error."""
        if is_total(cells, self.columns):
            return "total"
        filled = {
            meant.field for cell, meant in zip(cells, self.columns, strict=False) if meant and cell.strip()
        }
        return "" if "tracking_id" in filled or filled & _GOODS else "note"


class NamedTable(TableLayout):
    """A layout with fixed column names: `columns`, and in `chinese` how a name is called that has no Latin letter."""

    columns: tuple[Named, ...] = ()
    header_rows = 1
    chinese: Mapping[str, str] = MappingProxyType({})
    rows_of: type[NamedRows] = NamedRows

    def reader(self, header: Header, notes: list[str]) -> TableRows:
        return self.rows_of(header, notes, self)

    def header(self, head: list[Cells]) -> Header | None:
        """The first rows in which most columns of the layout are named."""
        for first in range(len(head) - self.header_rows + 1):
            rows = head[first : first + self.header_rows]
            if not all(map(plausible, rows)):
                continue
            meant, labels = self.match(rows)
            known = {(c.group, c.name) for c in meant if c}
            least = RECOGNISED_FROM * len({(c.group, c.name) for c in self.columns})
            if len(known) >= least and any(c and c.field == "tracking_id" for c in meant):
                return Header(first, self.header_rows, labels, len(known), tuple(rows))
        return None

    def match(self, rows: list[Cells]) -> tuple[list[Named | None], list[str]]:
        """Which column of the layout each column of a header is, and how it is labelled."""
        by_place = {(c.group, c.name): c for c in self.columns}
        times: dict[str, int] = {}
        for _, name in by_place:
            times[name] = times.get(name, 0) + 1
        alone = {name: c for (_, name), c in by_place.items() if times[name] == 1}
        meant: list[Named | None] = []
        labels: list[str] = []
        group = ""
        for place in range(max(map(len, rows))):
            stack = [row[place].strip() if place < len(row) else "" for row in rows]
            if len(stack) == 2 and stack[0] and stack[1]:
                group = stack[0]
            label = stack[-1] or stack[0]
            name = key(label, self.chinese)
            within = key(group, self.chinese) if len(stack) == 2 and stack[1] else ""
            meant.append(by_place.get((within, name)) or alone.get(name) if name else None)
            labels.append(label)
        return meant, labels


def of_awb(key_: str, pieces: str, weight: str) -> tuple[Stated, ...]:
    """What a row states about its air waybill; blank figures state nothing."""
    figures = (("count", pieces, ""), ("awb_weight", weight, "kg"))
    return tuple(
        Stated(what, text, "awb", key_, unit) for what, text, unit in figures if key_ and text.strip()
    )


def of_bag(bag: str, packets: str, weight: str) -> tuple[Stated, ...]:
    """What a row states about its receptacle."""
    figures = (("packets", packets, ""), ("bag_weight", weight, "kg"))
    return tuple(Stated(what, text, "receptacle", bag, unit) for what, text, unit in figures if bag)
