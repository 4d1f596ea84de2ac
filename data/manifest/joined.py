"""Two tables side by side in one document: headers, and lines that name the header they belong to.

Either may come first, so the ones that wait for the other are held, their fields only and up to MOST_HELD.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from typing import Any

from data.errors import MailDutyError
from data.manifest.document_map import Path, Unread, gather
from data.manifest.json_document import Found, JsonDocument
from data.manifest.mapped import MappedDocument, no_lines, pieces_of, refused
from data.manifest.source import Fault, RawRow, RowError, Skipped, shorten

MOST_HELD = 100_000_000  # characters of fields, with MARGIN for each record
MARGIN = 500


@dataclass(slots=True)
class _Head:
    number: int
    fields: dict[str, Any]
    faults: tuple[Fault, ...]
    used: bool = False


class JoinedDocument(MappedDocument):
    """A reader for one document, by a map whose tracking number both tables have."""

    def __init__(self, headers: Path, details: Path) -> None:
        self._headers, self._details = headers, details
        self._heads: dict[str, _Head] = {}
        self._waiting: dict[str, list[tuple[int, dict[str, Any]]]] = {}
        self._held = 0

    def document(self, text: TextIOWrapper, head: list[str]) -> JsonDocument:
        return JsonDocument(pieces_of(text), (self._headers, self._details))

    def rows_of(self, found: Found, unread: Unread) -> Iterator[RawRow | Skipped | RowError]:
        if found.record is None:
            yield refused(found.number, found.fault)
            return
        record = unread.plainly(found.record)
        key = str(
            gather(record, {"tracking_id": self.map.parcel["tracking_id"]}, {})[0].get("tracking_id", "")
        )
        if found.path == self._headers:
            unread.note(record, self.map.parcel.values())
            yield from self._head(found.number, key, record)
            return
        unread.note(record, self.map.line.values(), self.map.parcel.values())
        if head := self._heads.get(key):
            yield self._joined(found.number, head, record)
        else:
            self._hold(record)
            self._waiting.setdefault(key, []).append((found.number, record))

    def rest(self) -> Iterator[RowError]:
        for key, lines in self._waiting.items():
            for number, _ in lines:
                said = f"no header has the number {shorten(key)}" if key else "the line names no header"
                yield RowError(number, "PARCEL_UNREAD", "tracking_id", shorten(key), said,
                               "Send the header of this line in the same document")  # fmt: skip
        for key, head in self._heads.items():
            if not head.used:
                yield no_lines(head.number, shorten(key))

    def _head(self, number: int, key: str, record: dict[str, Any]) -> Iterator[RawRow | Skipped | RowError]:
        if key in self._heads:
            yield RowError(number, "ID_REPEATED", "tracking_id", shorten(key),
                           f"record {self._heads[key].number} is a header with the same number", "Keep one",
                           tracking_id=shorten(key))  # fmt: skip
            return
        fields, faults = gather(record, self.map.parcel, self.map.codes)
        self._hold(fields)
        head = self._heads[key] = _Head(number, fields, tuple(faults))
        yield Skipped(number, "header, joined to its lines")
        for line_number, line in self._waiting.pop(key, []):
            yield self._joined(line_number, head, line)

    def _joined(self, number: int, head: _Head, line: dict[str, Any]) -> RawRow:
        head.used = True
        return self.row(number, None, {}, line, head.fields, head.faults)

    def _hold(self, fields: dict[str, Any]) -> None:
        self._held += MARGIN + sum(len(str(value)) for value in fields.values())
        if self._held > MOST_HELD:
            raise MailDutyError(
                "MANIFEST_TOO_LARGE",
                f"headers and lines that wait for one another have more than {MOST_HELD} characters",
                "What belongs together stands together",
                "Write the lines of an item inside it, or send several files",
            )
