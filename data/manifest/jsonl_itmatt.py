"""JSON with ITMATT vocabulary: one object per line or a list of them, each a parcel with pieces or a flat item.

Field names are those the posts' item attribute message goes by in public interfaces (ITEM_ID or ItemId,
SEND_*, RECP_*, CP_DESC, CP_HS, CP_AMT, CP_CURRCD, CP_NOU, CP_NETWT, CP_ORIGCNTRYCD), besides our own. This
is the vocabulary, not the message: conformance to the postal standard M33 is not claimed.

A row is a content piece; its number is the line of the file (in a list, that of the object), with the piece
counted from 1. Pieces take from their parcel what holds for all of them, but not its value, its weight or its `OriginCountry`: that one
says where a parcel was posted, not where its goods were made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, BinaryIO

from data.errors import MailDutyError
from data.manifest.intake import LONGEST_LINE, Intake, head_of, lines_of
from data.manifest.json_document import JsonDocument
from data.manifest.json_objects import malformed, read_object
from data.manifest.mapped import pieces_of, refused
from data.manifest.source import Fault, Layout, RawRow, RowError, Skipped, register, shorten
from data.manifest.vocabulary import NAMES, PARTY_WORDS, Column, column, squeeze

MOST_UNREAD = 300  # names that are not read and named in the notes
PIECES = frozenset(
    "contentpieces contentpiece contents cpdet ccusitmcpdet pieces items lines customsitems".split()
)
_PARTIES = {squeeze(word): party for party, words in PARTY_WORDS.items() for word in words.split()}
_PIECE_ONLY = {"itemno": Column("line_no"), "cpno": Column("line_no"), "weight": Column("net_weight"),
               "unitweight": None, "itemid": None, "value": Column("value")}  # fmt: skip
_NOT_INHERITED = {"value", "unit_value", "quantity", "quantity_unit", "net_weight", "id", "line_no"}
_POSTED_IN = {"origincountry", "origincountrycode"}


@register
class JsonLines(Layout):
    """One JSON object per line; nested parcels and flat items may be mixed."""

    name = "jsonl_itmatt"
    version = "1"
    general = True
    extensions = (".jsonl", ".ndjson", ".json")

    def recognise(self, head: list[str]) -> bool:
        """True when the first line with text starts as JSON does."""
        first = next((line.strip() for line in head if line.strip()), "")
        return first[:1] in ("{", "[")

    def read(self, intake: Intake, raw: BinaryIO, notes: list[str]) -> Iterator[RawRow | Skipped | RowError]:
        """Every row. Raises MANIFEST_NOT_RECOGNISED where the file holds no JSON object."""
        unread: dict[str, None] = {}
        first = next((line.strip() for line in head_of(intake) if line.strip()), "")
        with intake.text(raw) as text:
            found = _listed(pieces_of(text)) if first == "{" or first[:1] == "[" else _lined(lines_of(text))
            objects = 0
            for number, held in found:
                if isinstance(held, dict):
                    objects += 1
                    yield from _rows_of(number, held, unread)
                else:
                    yield Skipped(number, "blank") if held is None else refused(number, held)
        if not objects:
            raise MailDutyError(
                "MANIFEST_NOT_RECOGNISED",
                "the file holds no JSON object that can be read",
                "Every parcel or item is an object, on a line of its own or in a list",
                "Check the file",
            )
        if unread:
            notes.append(f"fields not read: {shorten(', '.join(unread))}")


def _lined(lines: Iterator[str]) -> Iterator[tuple[int, dict[str, Any] | Fault | None]]:
    """(number of the line, its object, the fault in place of one, or None where the line is blank)."""
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST_LINE:
            yield number, malformed(line, f"the line has more than {LONGEST_LINE} characters")
        else:
            yield number, read_object(line) if line.strip() else None


def _listed(pieces: Iterator[str]) -> Iterator[tuple[int, dict[str, Any] | Fault | None]]:
    """(number of the object, the object or the fault in place of one) of a document over several lines."""
    for found in JsonDocument(pieces, [()]):
        yield found.number, found.fault if found.record is None else dict(found.record)


def _rows_of(number: int, held: dict[str, Any], unread: dict[str, None]) -> Iterator[RawRow | RowError]:
    pieces = next((v for k, v in held.items() if squeeze(k) in PIECES and isinstance(v, list | dict)), None)
    parcel = _Fields(unread)
    parcel.take(
        {k: v for k, v in held.items() if not (squeeze(k) in PIECES and isinstance(v, list | dict))},
        nested=pieces is not None,
    )
    if pieces is None:
        yield parcel.row(number, None)
        return
    listed = pieces if isinstance(pieces, list) else [pieces]
    tracking = str(parcel.fields.get("tracking_id", ""))
    if not listed:
        yield RowError(
            number,
            "PIECES_MISSING",
            "contents",
            "",
            "the parcel has no content piece",
            "List what is in it",
            tracking_id=shorten(tracking),
        )
    shared = {f: v for f, v in parcel.fields.items() if f not in _NOT_INHERITED}
    for index, piece in enumerate(listed, start=1):
        if not isinstance(piece, Mapping):
            yield RowError(
                number,
                "PIECE_MALFORMED",
                "contents",
                shorten(piece),
                "a content piece is not an object",
                "Write every piece as an object",
                piece=index,
                tracking_id=shorten(tracking),
            )
            continue
        own = _Fields(unread)
        own.take(piece, piece=True)
        own.fields = {**shared, **{f: v for f, v in own.fields.items() if v not in ("", None)}}
        own.units = {**parcel.units, **own.units}
        own.facts = {**parcel.facts, **own.facts}
        yield own.row(number, index)


class _Fields:
    """Fields gathered from an object and the objects of sender, recipient and facts inside it."""

    def __init__(self, unread: dict[str, None]) -> None:
        self.fields: dict[str, Any] = {}
        self.units: dict[str, str] = {}
        self.facts: dict[str, Any] = {}
        self._unread = unread

    def take(self, held: Mapping[str, Any], nested: bool = False, piece: bool = False) -> None:
        for name, value in held.items():
            key = squeeze(name)
            if isinstance(value, Mapping):
                self._take_inner(name, key, value)
            elif nested and key in _POSTED_IN:
                self._leave(name)
            else:
                found = _PIECE_ONLY[key] if piece and key in _PIECE_ONLY else column(name)
                self._put(found, name, value)

    def _take_inner(self, name: str, key: str, value: Mapping[str, Any]) -> None:
        if key == "facts":
            self.facts.update({str(k): v for k, v in value.items() if isinstance(v, str | bool | Decimal)})
        elif key in _PARTIES:
            for inner, text in value.items():
                meant = NAMES.get(squeeze(_PARTIES[key] + str(inner)))
                self._put(Column(meant) if meant else None, f"{name}.{inner}", text)
        elif key in (
            "value",
            "amount",
            "declaredvalue",
            "unitvalue",
            "unitprice",
        ):  # {"amount": 1, "currency": "EUR"}
            for inner, text in value.items():
                part = squeeze(str(inner))
                self._put(
                    column(name) if part in ("amount", "value") else column(str(inner)),
                    f"{name}.{inner}",
                    text,
                )
        else:
            self._leave(name)

    def _put(self, found: Column | None, name: str, value: Any) -> None:
        if found is None or isinstance(value, Mapping):
            self._leave(str(name))
        elif value is None:
            return
        elif found.field.startswith("fact:"):
            self.facts[found.field[5:]] = value if isinstance(value, str | bool | Decimal) else str(value)
        else:
            text = value if isinstance(value, str | bool | Decimal) else None
            if isinstance(value, list):  # several tariff numbers as a list
                text = "; ".join(str(part) for part in value)
            if text is not None and self.fields.get(found.field) in (None, ""):
                self.fields[found.field] = text
                if found.unit:
                    self.units[found.field] = found.unit

    def _leave(self, name: str) -> None:
        if len(self._unread) < MOST_UNREAD:
            self._unread[name[:80]] = None

    def row(self, number: int, piece: int | None) -> RawRow:
        return RawRow(number, self.fields, piece=piece, units=self.units, facts=self.facts)
