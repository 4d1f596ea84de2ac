"""Readers of documents by a map: what stands where is data, the reading is the same for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from io import TextIOWrapper
from typing import Any, BinaryIO

from data.errors import MailDutyError
from data.manifest import cells
from data.manifest.document_map import DocumentMap, Unread, gather, nodes, plain
from data.manifest.document_names import json_names, one_by_line, xml_names
from data.manifest.intake import Intake, head_of, lines_of
from data.manifest.json_document import Found, JsonDocument
from data.manifest.source import Fault, Layout, RawRow, RowError, Skipped, Stated, shorten
from data.manifest.xml_document import XmlDocument

PIECE = 1 << 16  # characters read at a time
# Units as senders write them, with the codes of UN/ECE Recommendation 20.
WEIGHT_UNITS = {
    word: unit
    for unit, words in {
        "kg": "kg kgs kgm",
        "g": "g gr gram grams grm",
        "lb": "lb lbs lbr",
        "oz": "oz onz",
    }.items()
    for word in words.split()
}
_EACH = frozenset(("net_weight",))


class MappedDocument(Layout):
    """A reader of JSON or XML by its `map`. A row is a line of a record; its number is that of the record."""

    map: DocumentMap

    def recognise(self, head: list[str]) -> bool:
        """True when the first lines hold every name the map is known by."""
        return self.fits(self.map, head)

    def fits(self, one: DocumentMap, head: list[str]) -> bool:
        """True when the first lines hold every name a map is known by."""
        return one.recognises(xml_names(head) if one.kind == "xml" else json_names(head).all)

    def read(self, intake: Intake, raw: BinaryIO, notes: list[str]) -> Iterator[RawRow | Skipped | RowError]:
        """Every row. Raises MANIFEST_NO_RECORDS where no record stands where the map has them."""
        unread = Unread()
        with intake.text(raw) as text:
            document = self.document(text, head_of(intake))
            found = None
            for found in document:
                yield from self.rows_of(found, unread)
            yield from self.rest()
        if found is None:
            raise self._no_records()
        if unread.names:
            notes.append(f"fields not read: {shorten(', '.join(unread.names))}")
        wanted = {way[0] for ways in self.map.shared.values() for way in ways if way}
        if late := [name for name in document.late if plain(name) in wanted]:
            notes.append(
                f"stands after the parcels it is about, and was not read: {shorten(', '.join(late))}"
            )

    def document(self, text: TextIOWrapper, head: list[str]) -> JsonDocument | XmlDocument:
        """The document behind a text, at the paths of the map that its first lines show."""
        if self.map.kind == "xml":
            return XmlDocument(pieces_of(text), self.map.parcels)
        top = json_names(head).top
        parcels = [path for path in self.map.parcels if path and path[0] in top] or self.map.parcels
        by_line = one_by_line(head)
        return JsonDocument(lines_of(text) if by_line else pieces_of(text), parcels, by_line)

    def rest(self) -> Iterator[RowError]:
        """What is left to say after the last record."""
        return iter(())

    def rows_of(self, found: Found, unread: Unread) -> Iterator[RawRow | Skipped | RowError]:
        """The rows of one record."""
        if found.record is None:
            yield refused(found.number, found.fault)
            return
        one, record = self.map, unread.plainly(found.record)
        shared, doubts = gather(unread.plainly(found.beside), one.shared, one.codes)
        parcel, faults = gather(record, one.parcel, one.codes)
        totals = [ways for _, _, ways in one.totals]
        if not one.lines:
            unread.note(record, one.parcel.values(), one.line.values(), totals)
            yield self.row(found.number, None, record, record, {**shared, **parcel}, (*doubts, *faults))
            return
        unread.note(record, one.parcel.values(), [(one.lines,)], totals)
        lines = nodes(record, one.lines)
        tracking = shorten(parcel.get("tracking_id", ""))
        if not lines:
            yield no_lines(found.number, tracking)
        for index, line in enumerate(lines, start=1):
            if isinstance(line, dict):
                unread.note(line, one.line.values())
                yield self.row(found.number, index, record, line, {**shared, **parcel}, (*doubts, *faults))
            else:
                yield no_line(found.number, index, line, tracking)

    def row(
        self,
        number: int,
        piece: int | None,
        record: dict[str, Any],
        line: dict[str, Any],
        common: dict[str, Any],
        faults: tuple[Fault, ...],
    ) -> RawRow:
        """A row with what the map says of its weights, its totals and of what is never there."""
        one = self.map
        own, more = gather(line, one.line, one.codes)
        fields = {**common, **own}
        stated_units, wrong = gather(line, one.units, {})
        if line is not record:
            stated_units = {**gather(record, one.units, {})[0], **stated_units}
        units = dict.fromkeys(("net_weight", "gross_weight"), one.weight_unit)
        for name, text in stated_units.items():
            unit = WEIGHT_UNITS.get(str(text).strip().lower())
            if unit is None and name in fields:
                wrong.append(_no_unit(name, text))
            units[name] = unit or one.weight_unit
        return RawRow(
            number,
            {name: value for name, value in fields.items() if not name.startswith("fact:")},
            piece=piece,
            units=units,
            facts={name[5:]: value for name, value in fields.items() if name.startswith("fact:")},
            faults=(*faults, *more, *wrong),
            absent=one.absent,
            each=_EACH if one.weight_basis == "unit" else frozenset(),
            stated=tuple(self._totals(record, fields)) if piece in (None, 1) else (),
        )

    def _totals(self, record: dict[str, Any], fields: dict[str, Any]) -> Iterator[Stated]:
        """The totals a record states of itself, once, on its first row."""
        for what, scope, ways in self.map.totals:
            found, _ = gather(record, {what: ways}, {})
            key = str(fields.get("receptacle" if scope == "receptacle" else "tracking_id", ""))
            if what in found and key:
                unit = str(fields.get("currency", "")) if what == "value" else ""
                yield Stated(what, cells.plain_text(found[what]), scope, key, unit)

    def _no_records(self) -> MailDutyError:
        where = " or ".join("/".join(path) or "the document itself" for path in self.map.parcels)
        return MailDutyError(
            "MANIFEST_NO_RECORDS",
            f"nothing stands at {where}, where {self.map.name} has its parcels",
            "A manifest has at least one parcel",
            "Check that the export finished",
        )


def pieces_of(text: TextIOWrapper) -> Iterator[str]:
    """A text in pieces, none of them long, wherever its lines end."""
    return iter(partial(text.read, PIECE), "")


def refused(number: int, fault: Fault | None) -> RowError:
    """The error of a record that could not be read at all."""
    fault = fault or Fault("PIECE_MALFORMED", "row", "", "this cannot be read", "Send it again")
    return RowError(number, fault.code, fault.field, fault.value, fault.fact, fault.remedy)


def no_lines(number: int, tracking: str) -> RowError:
    """The error of a parcel without content."""
    said = "the parcel has no content piece"
    return RowError(
        number, "PIECES_MISSING", "contents", "", said, "List what is in it", tracking_id=tracking
    )


def no_line(number: int, index: int, held: Any, tracking: str) -> RowError:
    """The error of a content piece that is no object."""
    said, remedy = "a content piece is not an object", "Write every piece as an object"
    return RowError(
        number, "PIECE_MALFORMED", "contents", shorten(held), said, remedy, index, tracking_id=tracking
    )


def _no_unit(name: str, text: Any) -> Fault:
    said = "this is no unit of weight that we know"
    return Fault("WEIGHT_UNIT_UNKNOWN", name, shorten(text), said, "Use kg, g, lb or oz")
