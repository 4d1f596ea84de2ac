"""A batch as columns of small integers: every distinct day, origin, number and set of facts is kept once.

Facts that only measure the goods (weights, pieces) are left out of the set of facts: they differ from item to
item, and no law but the rate itself asks for them. What cannot be coded exactly is marked ``odd`` and goes to
the calculator as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from operator import attrgetter, itemgetter
from typing import Any

import numpy as np
import pandas as pd

from models.duty.facts import FACTS, QUANTITIES, RATE_FACTS
from models.duty.records import CHANNELS, DutyError, DutyRequest

Ints = np.ndarray[Any, np.dtype[np.integer[Any]]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

MILLION = 1_000_000
MOST_MICROS = 10**10 * MILLION  # ten billion dollars; beyond it the calculator's Decimal takes over
# Facts with which an item is priced alone: several items, a stated rate, due dates, a value within the value.
ALONE = frozenset({"rate_pct", "currency", "period", "arrival", "metal_value_usd"})

_NOTHING = DutyRequest("", date.min, "mail", "US", None, Decimal(0))


class Coded:
    """``requests[i]`` in codes. ``origins[origin[i]]``, ``numbers[number[i]]`` (-1 for none) and
    ``facts[fact[i]]`` give the things meant; ``day`` is an ordinal, ``micros`` the value in millionths of a dollar."""

    def __init__(self, requests: Sequence[DutyRequest | DutyError]) -> None:
        count = len(requests)
        self.requests = requests
        self.odd: Flags = np.zeros(count, bool)
        asked = self._items(requests)
        self.day: Ints = np.fromiter((one.entry_date.toordinal() for one in asked), np.int32, count)
        self.channel, _ = self._codes(asked, "channel", list(CHANNELS))
        self.origin, self.origins = self._codes(asked, "origin")
        self.number, self.numbers = self._codes(asked, "hts")
        self.micros = self._micros(asked)
        self.fact, self.facts = self._facts(asked)
        several = np.array([not origin.isalpha() for origin in self.origins], bool)
        self.odd |= several[self.origin] | (self.channel < 0)

    def _items(self, requests: Sequence[DutyRequest | DutyError]) -> list[DutyRequest]:
        """The requests; an empty one stands in for what is an error already."""
        found: list[DutyRequest] = []
        for at, one in enumerate(requests):
            if isinstance(one, DutyRequest):
                found.append(one)
            else:
                self.odd[at] = True
                found.append(_NOTHING)
        return found

    @staticmethod
    def _codes(asked: list[DutyRequest], name: str, known: list[str] | None = None) -> tuple[Ints, list[str]]:
        column = np.fromiter(map(attrgetter(name), asked), dtype=object, count=len(asked))
        codes, distinct = pd.factorize(column)
        if known is not None:
            places = np.array([known.index(one) if one in known else -1 for one in distinct], np.int64)
            return places[codes], known
        return codes.astype(np.int64), list(distinct)

    def _micros(self, asked: list[DutyRequest]) -> Ints:
        micros = np.zeros(len(asked), np.int64)
        for at, one in enumerate(asked):
            value = one.value_usd
            if not isinstance(value, Decimal) or not value.is_finite():
                self.odd[at] = True
                continue
            numerator, denominator = value.as_integer_ratio()
            factor, rest = divmod(MILLION, denominator)
            exact = numerator * factor
            if rest or not 0 <= exact < MOST_MICROS:
                self.odd[at] = True
            else:
                micros[at] = exact
        return micros

    def _facts(self, asked: list[DutyRequest]) -> tuple[Ints, list[Mapping[str, Any]]]:
        codes = np.zeros(len(asked), np.int64)
        distinct: list[Mapping[str, Any]] = [{}]
        known: dict[Any, int] = {(): 0}
        shapes: dict[tuple[str, ...], _Shape] = {}
        for at, one in enumerate(asked):
            facts = one.facts
            if not facts:
                continue
            names = tuple(facts)
            shape = shapes.get(names)
            if shape is None:
                shape = shapes[names] = _Shape(names)
            values = shape.values(facts)
            try:
                code = shape.codes.get(values)
            except TypeError:
                self.odd[at] = True
                continue
            if code is None:
                code = shape.enter(values, known, distinct)
            codes[at] = code
            if code < 0 or (one.channel == "mail" and distinct[code].get("formal_entry") is True):
                self.odd[at] = True
                codes[at] = 0
        return codes, distinct


class _Shape:
    """The names of the facts of an item, and which of them the law may ask for."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = tuple(name for name in names if not _measures(name))
        self.codes: dict[Any, int] = {}
        pick = itemgetter(*self.names) if self.names else None
        if pick is None:
            self.values: Callable[[Mapping[str, Any]], Any] = lambda facts: ()
        else:
            # True, 1 and Decimal(1) are equal and mean different things: the type is part of the code.
            alone = len(self.names) == 1
            self.values = lambda facts: _typed((pick(facts),) if alone else pick(facts))

    def enter(self, values: Any, known: dict[Any, int], distinct: list[Mapping[str, Any]]) -> int:
        given = [value for value, _ in values]
        facts = dict(zip(self.names, given, strict=True))
        if any(facts.get(name) is not None for name in ALONE) or isinstance(facts.get("items"), tuple):
            code = -1
        else:
            code = known.setdefault((self.names, values) if self.names else (), len(distinct))
            if code == len(distinct):
                distinct.append(facts)
        self.codes[values] = code
        return code


def _typed(values: tuple[Any, ...]) -> tuple[tuple[Any, type], ...]:
    return tuple([(value, type(value)) for value in values])


def _measures(name: str) -> bool:
    """Whether a fact is a quantity or a value that only a rate asks for."""
    if not isinstance(name, str) or name in FACTS:
        return False
    return name in QUANTITIES or name in RATE_FACTS or name.endswith("_usd")
