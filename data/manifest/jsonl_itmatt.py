"""JSON lines with ITMATT vocabulary: one object per line, a parcel with content pieces or one flat item.

Field names are those the posts' item attribute message goes by in public interfaces (ITEM_ID or ItemId,
SEND_*, RECP_*, CP_DESC, CP_HS, CP_AMT, CP_CURRCD, CP_NOU, CP_NETWT, CP_ORIGCNTRYCD), besides our own. This
is the vocabulary, not the message: conformance to the postal standard M33 is not claimed.

A row is a content piece; its number is the line of the file, with the piece counted from 1. Pieces take
from their parcel what holds for all of them, but not its value, its weight or its `OriginCountry`: that one
says where a parcel was posted, not where its goods were made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from data.errors import MailDutyError
from data.manifest.intake import LONGEST_LINE
from data.manifest.source import Layout, RawRow, RowError, Skipped, register, shorten
from data.manifest.vocabulary import NAMES, PARTY_WORDS, Column, column, squeeze

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
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

    def rows(self, lines: Iterator[str], notes: list[str]) -> Iterator[RawRow | Skipped | RowError]:
        """Every row. Raises MANIFEST_JSON_ARRAY or MANIFEST_NOT_RECOGNISED when no line holds an object."""
        unread: dict[str, None] = {}
        objects = 0
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                yield Skipped(number, "blank")
                continue
            if not objects and (line.strip() == "{" or line.lstrip().startswith("[")):
                raise MailDutyError(
                    "MANIFEST_JSON_ARRAY",
                    "the file is one JSON document, not JSON lines",
                    "Every line holds one whole object",
                    "Write one object per line, without brackets",
                )
            parsed = _object(line)
            if isinstance(parsed, dict):
                objects += 1
                yield from _rows_of(number, parsed, unread)
            else:
                yield RowError(
                    number, "JSON_MALFORMED", "row", shorten(line), parsed, "Write one JSON object per line"
                )
        if not objects:
            raise MailDutyError(
                "MANIFEST_NOT_RECOGNISED",
                "no line holds a JSON object",
                "Every line holds one parcel or item as an object",
                "Check the file",
            )
        if unread:
            notes.append(f"fields not read: {shorten(', '.join(unread))}")


def _object(line: str) -> dict[str, Any] | str:
    """The object on a line, or what is wrong with it. Numbers become exact; absurd ones stay text."""
    if len(line) > LONGEST_LINE:
        return f"the line has more than {LONGEST_LINE} characters"
    try:
        held = json.loads(line, parse_float=_exact, parse_int=_exact, parse_constant=str)
    except (ValueError, RecursionError) as error:
        return f"this is not JSON: {error}"
    if _SURROGATE.search(line):
        try:
            json.dumps(held, ensure_ascii=False, default=str).encode()
        except UnicodeEncodeError:
            return "it holds half a character (an unpaired surrogate escape)"
    return held if isinstance(held, dict) else "this is JSON, but not an object"


def _exact(text: str) -> Decimal | str:
    value = Decimal(text) if len(text) < 40 else None
    return value if value is not None and abs(value.adjusted()) < 30 else text


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
                self._unread[name] = None
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
            self._unread[name] = None

    def _put(self, found: Column | None, name: str, value: Any) -> None:
        if found is None or isinstance(value, Mapping):
            self._unread[str(name)] = None
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

    def row(self, number: int, piece: int | None) -> RawRow:
        return RawRow(number, self.fields, piece=piece, units=self.units, facts=self.facts)
