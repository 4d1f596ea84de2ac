"""The records that :mod:`data.law` answers with, and how they are read from YAML without a binary float."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import yaml


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
        return _above(self.codes).get(digits, ())


@lru_cache(maxsize=256)
def _above(codes: frozenset[str]) -> Mapping[str, tuple[str, ...]]:
    """Every shorter number, and in order the numbers of a list that stand under it."""
    under: dict[str, list[str]] = {}
    for code in sorted(codes):
        for level in range(2, len(code), 2):
            under.setdefault(code[:level], []).append(code)
    return {shorter: tuple(longer) for shorter, longer in under.items()}


def plain(number: Decimal) -> str:
    """A Decimal as people write it: 7.5, 10, 0.125."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def entry_of(path: str, document: Mapping[str, Any], item: Mapping[str, Any]) -> LawEntry:
    return LawEntry(
        path=path,
        value=exact(item["value"]),
        unit=document.get("unit", ""),
        label=document.get("label", document["title"]),
        citation=item.get("citation", document.get("citation", "")),
        confidence=item.get("confidence", document.get("confidence", "")),
        valid_from=item["from"],
        valid_to=item.get("to"),
        note=item.get("note", document.get("note", "")),
    )


def row_of(document: Mapping[str, Any], item: Mapping[str, Any]) -> Row:
    fields = {
        k: exact(v) for k, v in item.items() if k not in ("from", "to", "citation", "confidence", "note")
    }
    return Row(
        fields=fields,
        valid_from=item.get("from", document.get("from")),
        valid_to=item.get("to", document.get("to")),
        citation=item.get("citation", document.get("citation", "")),
        confidence=item.get("confidence", document.get("confidence", "")),
        note=item.get("note", ""),
    )


def list_of(path: str, document: Mapping[str, Any]) -> CodeList:
    known = ("codes", "from", "to", "citation", "confidence", "note", "title", "label", "unit")
    return CodeList(
        path=path,
        codes=frozenset(document["codes"].split()),
        valid_from=document["from"],
        valid_to=document.get("to"),
        citation=document["citation"],
        confidence=document["confidence"],
        note=document.get("note", ""),
        extra={k: exact(v) for k, v in document.items() if k not in known},
    )


def exact(value: Any) -> Any:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


class ExactLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads numbers as Decimal, so no legal number ever passes through a binary float, and NO as Norway."""


ExactLoader.add_constructor(
    "tag:yaml.org,2002:float", lambda loader, node: Decimal(loader.construct_scalar(node))
)
ExactLoader.yaml_implicit_resolvers = {
    first: [
        (tag, expression)
        for tag, expression in resolvers
        if tag != "tag:yaml.org,2002:bool" or first in "tTfF"
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
