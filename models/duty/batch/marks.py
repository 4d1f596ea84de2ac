"""Stand-ins for what an answer may not depend on, so that one answer can serve many items.

A day, and a line, that write themselves as a mark, to be filled in for each item; and things that may not be
looked at, or facts of which only some may be: to do it all the same raises :class:`Undeclared`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from models.duty.batch.coded import Ints

DAY, LINE = "\x01", "\x02"  # stand in texts for the day of entry and the printed tariff line


class Undeclared(Exception):
    """A rule asked for something that its answer was not supposed to depend on."""


class SomeDay(date):
    """A day of a stretch: it compares like itself and writes itself as a mark."""

    def isoformat(self) -> str:
        return DAY

    __str__ = isoformat

    def __format__(self, how: str) -> str:
        return DAY


class SomeLine:
    """A tariff line of which a layer may only repeat the number."""

    dotted = LINE

    def __getattr__(self, name: str) -> Any:
        raise Undeclared(f"line.{name}")


class Unknown:
    """What a layer may not look at."""

    def __eq__(self, other: object) -> bool:
        raise Undeclared("a comparison")

    __hash__ = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        raise Undeclared(name)


class DeclaredFacts(dict[str, Any]):
    """The facts of an item, of which only some may be asked for."""

    def __init__(self, facts: Mapping[str, Any], names: frozenset[str]) -> None:
        super().__init__({name: value for name, value in facts.items() if name in names})
        self._names = names

    def get(self, name: str, default: Any = None) -> Any:
        self._check(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> Any:
        self._check(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self._check(name)
        return super().__contains__(name)

    def _check(self, name: object) -> None:
        if name not in self._names:
            raise Undeclared(f"the fact {name}")


def declared(facts: Sequence[Mapping[str, Any]], names: frozenset[str]) -> tuple[Ints, list[DeclaredFacts]]:
    """Sets of facts with only those names left: the number of each, and the ones that differ."""
    known: dict[Any, int] = {}
    kept: list[DeclaredFacts] = []
    codes = []
    for one in facts:
        left = DeclaredFacts(one, names)
        key = tuple(sorted((name, type(value).__name__, value) for name, value in left.items()))
        code = known.setdefault(key, len(kept))
        if code == len(kept):
            kept.append(left)
        codes.append(code)
    return np.array(codes, np.int64), kept


def some_day(ordinal: int) -> SomeDay:
    return SomeDay.fromordinal(int(ordinal))
