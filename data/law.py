"""The law as dated data: asks ``data/law/*.yaml`` for one number, list or table by path and day.

Three kinds of file, told apart by the one of these keys they carry:

* ``values``: one legal number with the days it was in force, without gap or overlap;
* ``codes``: a list of tariff numbers (any level: a line under one of them is on the list);
* ``rows``: a table, for instance rates by origin, each row with its own days.

Every answer can be traced: :meth:`Law.entry` gives value, unit, label, citation and how sure we are.
A number that is not in force on the day asked for is an error naming path and day, never zero.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from data.errors import MailDutyError

HERE = Path(__file__).with_name("law")


@dataclass(frozen=True, slots=True)
class LawEntry:
    """One legal number in force on a day. ``value`` is a Decimal for numbers, text or date otherwise."""

    path: str
    value: Any
    unit: str
    label: str
    citation: str
    confidence: str
    valid_from: date
    valid_to: date | None
    note: str

    @property
    def text(self) -> str:
        """The value as a plain text, 7.5 and never 7.50."""
        return plain(self.value) if isinstance(self.value, Decimal) else str(self.value)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a dated table: its fields by name, its days, citation and confidence."""

    fields: Mapping[str, Any]
    valid_from: date
    valid_to: date | None
    citation: str
    confidence: str
    note: str

    def __getitem__(self, name: str) -> Any:
        return self.fields[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self.fields.get(name, default)

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list of tariff numbers in force on a day. :meth:`match` finds the longest listed number above a code."""

    path: str
    codes: frozenset[str]
    valid_from: date
    valid_to: date | None
    citation: str
    confidence: str
    note: str
    extra: Mapping[str, Any] = field(default_factory=dict)

    def match(self, digits: str) -> str | None:
        for length in (10, 8, 6, 4, 2):
            if len(digits) >= length and digits[:length] in self.codes:
                return digits[:length]
        return None

    def below(self, digits: str) -> tuple[str, ...]:
        """Listed numbers longer than ``digits`` that stand under it: the list then depends on the suffix."""
        if len(digits) >= 10:
            return ()
        return tuple(sorted(c for c in self.codes if len(c) > len(digits) and c.startswith(digits)))


class Law:
    """All legal data of one folder. Loaded once, immutable, and hashed for the version in every answer."""

    def __init__(self, documents: Mapping[str, Mapping[str, Any]], version: str) -> None:
        self.documents = dict(documents)
        self.version = version
        self._entries: dict[str, tuple[LawEntry, ...]] = {}
        self._rows: dict[str, tuple[Row, ...]] = {}
        self._lists: dict[str, CodeList] = {}
        for path, document in self.documents.items():
            if "values" in document:
                self._entries[path] = tuple(_entry(path, document, item) for item in document["values"])
            elif "codes" in document:
                self._lists[path] = _code_list(path, document)
            elif "rows" in document:
                self._rows[path] = tuple(_row(document, item) for item in document["rows"])

    @staticmethod
    @lru_cache(maxsize=4)
    def load(folder: Path | None = None) -> Law:
        """Reads every YAML below ``folder`` (the shipped law by default); paths are relative, without suffix."""
        root = folder or HERE
        digest = hashlib.sha256()
        documents: dict[str, Mapping[str, Any]] = {}
        for file in sorted(root.rglob("*.yaml")):
            raw = file.read_bytes()
            path = file.relative_to(root).with_suffix("").as_posix()
            digest.update(path.encode() + b"\0" + raw)
            documents[path] = yaml.load(raw, Loader=_ExactLoader)
        return Law(documents, digest.hexdigest()[:12])

    @property
    def verified_through(self) -> date:
        """The last day for which anybody saw evidence of what the law says."""
        return date.fromisoformat(str(self.documents["verified"]["values"][0]["value"]))

    def find(self, path: str, on: date) -> LawEntry | None:
        """The number in force on that day, or None: for duties that begin and end. Unknown paths raise."""
        for entry in self._of(self._entries, path):
            if entry.valid_from <= on and (entry.valid_to is None or on <= entry.valid_to):
                return entry
        return None

    def entry(self, path: str, on: date) -> LawEntry:
        """The number in force on that day with its citation. Raises ``LAW_NO_VALUE`` naming path and day."""
        entry = self.find(path, on)
        if entry is None:
            spans = ", ".join(f"{e.valid_from} to {e.valid_to or 'open'}" for e in self._entries[path])
            raise MailDutyError(
                "LAW_NO_VALUE",
                f"no value of {path} is in force on {on}",
                f"it is known for {spans}",
                "add the value with its citation to data/law, or price a day it covers",
                path=path,
                on=on.isoformat(),
            )
        return entry

    def value(self, path: str, on: date) -> Any:
        """Only the value of :meth:`entry`."""
        return self.entry(path, on).value

    def rows(self, path: str, on: date, **wanted: Any) -> list[Row]:
        """The rows in force on that day whose fields equal ``wanted``."""
        return [
            row
            for row in self._of(self._rows, path)
            if row.holds(on) and all(row.fields.get(name) == value for name, value in wanted.items())
        ]

    def all_rows(self, path: str) -> tuple[Row, ...]:
        """Every row of a table, whatever the day."""
        return tuple(self._of(self._rows, path))

    def codes(self, path: str) -> CodeList:
        """A list whatever the day; compare ``valid_from`` and ``valid_to`` or use :meth:`listed`."""
        return self._of(self._lists, path)

    def listed(self, path: str, digits: str, on: date) -> str | None:
        """The listed number that ``digits`` is or stands under, None if not listed or not in force that day."""
        codes = self.codes(path)
        if on < codes.valid_from or (codes.valid_to is not None and on > codes.valid_to):
            return None
        return codes.match(digits)

    def paths(self, below: str = "") -> Iterator[str]:
        return (path for path in sorted(self.documents) if path.startswith(below))

    def _of(self, kind: Mapping[str, Any], path: str) -> Any:
        if path not in kind:
            raise MailDutyError("LAW_UNKNOWN_PATH", f"data/law has no {path!r} of this kind", path=path)
        return kind[path]


def plain(number: Decimal) -> str:
    """A Decimal as people write it: 7.5, 10, 0.125."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _entry(path: str, document: Mapping[str, Any], item: Mapping[str, Any]) -> LawEntry:
    return LawEntry(
        path=path,
        value=_exact(item["value"]),
        unit=document.get("unit", ""),
        label=document.get("label", document["title"]),
        citation=item.get("citation", document.get("citation", "")),
        confidence=item.get("confidence", document.get("confidence", "")),
        valid_from=item["from"],
        valid_to=item.get("to"),
        note=item.get("note", document.get("note", "")),
    )


def _row(document: Mapping[str, Any], item: Mapping[str, Any]) -> Row:
    fields = {
        k: _exact(v) for k, v in item.items() if k not in ("from", "to", "citation", "confidence", "note")
    }
    return Row(
        fields=fields,
        valid_from=item.get("from", document.get("from")),
        valid_to=item.get("to", document.get("to")),
        citation=item.get("citation", document.get("citation", "")),
        confidence=item.get("confidence", document.get("confidence", "")),
        note=item.get("note", ""),
    )


def _code_list(path: str, document: Mapping[str, Any]) -> CodeList:
    known = ("codes", "from", "to", "citation", "confidence", "note", "title", "label", "unit")
    return CodeList(
        path=path,
        codes=frozenset(document["codes"].split()),
        valid_from=document["from"],
        valid_to=document.get("to"),
        citation=document["citation"],
        confidence=document["confidence"],
        note=document.get("note", ""),
        extra={k: _exact(v) for k, v in document.items() if k not in known},
    )


def _exact(value: Any) -> Any:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


class _ExactLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads numbers as Decimal, so no legal number ever passes through a binary float, and NO as Norway."""


_ExactLoader.add_constructor(
    "tag:yaml.org,2002:float", lambda loader, node: Decimal(loader.construct_scalar(node))
)
_ExactLoader.yaml_implicit_resolvers = {
    first: [
        (tag, expression)
        for tag, expression in resolvers
        if tag != "tag:yaml.org,2002:bool" or first in "tTfF"
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
