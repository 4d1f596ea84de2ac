"""Stretches of days over which a part of the law does not change, and the means to hold a rule to that part.

A rule is asked once for all items that agree in everything it looks at. That is only right if it looks at
nothing else: so it is given a :class:`PartOfLaw`, which refuses any other path, and goods whose day, line and
value are marks. What it refuses raises :class:`Undeclared`, and the items are priced one by one instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from data.law import Law
from data.schedule import Schedule
from models.duty.batch.coded import Ints
from models.duty.batch.marks import Undeclared

ONE_DAY = timedelta(days=1)


class PartOfLaw(Law):
    """Those documents of a law whose path begins with one of ``prefixes``."""

    def __init__(self, law: Law, prefixes: Sequence[str]) -> None:
        super().__init__(
            {path: text for path, text in law.documents.items() if path.startswith(tuple(prefixes))},
            law.version,
        )
        self._prefixes = tuple(prefixes)
        self._last = law.verified_through
        self._on: dict[str, int] | None = None

    @property
    def verified_through(self) -> date:
        return self._last

    def _of(self, kind: Any, path: str) -> Any:
        if path not in kind:
            raise Undeclared(path)
        return kind[path]

    def paths(self, below: str = "") -> Iterator[str]:
        if not below.startswith(self._prefixes):
            raise Undeclared(below)
        return super().paths(below)

    def stretches(self, days: Ints) -> Ints:
        """The number of the stretch that each day falls into."""
        return np.searchsorted(self._switches(), days, side="right").astype(np.int64)

    def place(self, digits: str) -> tuple[int, int, int]:
        """The lists that a number is on, those above which it is, and the prefixes it has, each as bits."""
        if self._on is None:
            self._index()
        assert self._on is not None
        on = above = under = 0
        for level in (2, 4, 6, 8, 10):
            if len(digits) >= level:
                on |= self._on.get(digits[:level], 0)
        if len(digits) < 10:
            above = self._above.get(digits, 0)
        for bit, prefix in enumerate(self._begins):
            under |= digits.startswith(prefix) << bit
        return on, above, under

    def _index(self) -> None:
        on: dict[str, int] = {}
        self._above: dict[str, int] = {}
        self._begins: list[str] = []
        for bit, (path, document) in enumerate(self.documents.items()):
            for code in self.codes(path).codes if "codes" in document else ():
                on[code] = on.get(code, 0) | 1 << bit
                for level in range(2, len(code), 2):
                    self._above[code[:level]] = self._above.get(code[:level], 0) | 1 << bit
            self._begins += [
                str(x["heading_prefix"]) for x in document.get("rows", ()) if "heading_prefix" in x
            ]
        self._on = on

    def _switches(self) -> Ints:
        found = {self._last + ONE_DAY}
        for document in self.documents.values():
            for first, last in _spans(document):
                found |= {day for day in (first, last and last + ONE_DAY) if day}
        return np.array(sorted(day.toordinal() for day in found), np.int64)


def _spans(document: Any) -> Iterator[tuple[date | None, date | None]]:
    yield document.get("from"), document.get("to")
    for part in ("values", "rows"):
        for item in document.get(part, ()):
            yield item.get("from"), item.get("to")


@lru_cache(maxsize=64)
def part_of(law: Law, prefixes: tuple[str, ...]) -> PartOfLaw:
    return PartOfLaw(law, prefixes)


def revisions(schedule: Schedule, days: Ints) -> Ints:
    """The number of the tariff revision that each day falls into, -1 before the first."""
    return np.searchsorted(_revision_days(schedule), days, side="right").astype(np.int64) - 1


@lru_cache(maxsize=4)
def _revision_days(schedule: Schedule) -> Ints:
    starts = (date.fromisoformat(r["effective_date"]) for r in schedule.contents["revisions"])
    return np.array(sorted(day.toordinal() for day in starts), np.int64)


def groups(*columns: Ints) -> tuple[Ints, Ints]:
    """Items that agree in all columns: the group of each item, and the place of one item of each group."""
    key: Ints = np.zeros(len(columns[0]), np.int64)
    spread = 1
    for column in columns:
        low = int(column.min(initial=0))
        width = int(column.max(initial=0)) - low + 1
        if spread > (2**62) // width:
            key, spread = _codes(key), len(key) + 1
        key = key * width + (column - low)
        spread *= width
    codes = _codes(key)
    first = np.zeros(int(codes.max(initial=-1)) + 1, np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return codes, first


def _codes(key: Ints) -> Ints:
    return pd.factorize(key)[0].astype(np.int64)
