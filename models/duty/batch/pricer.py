"""From requests to a :class:`BatchResult`: the steps of the vectorised path in their order."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from data.law import Law
from data.schedule import Schedule
from models.duty.batch.cents import line_cents
from models.duty.batch.coded import Coded, Flags, Ints
from models.duty.batch.columns import from_columns
from models.duty.batch.entries import Entry, checks, entries
from models.duty.batch.ordinary import Lines, Ordinary, OrdinaryPricer
from models.duty.batch.owed import Owed, OwedTable
from models.duty.batch.remarks import Remarks
from models.duty.batch.result import BatchResult, Itemised
from models.duty.batch.wording import Faults, Wordings
from models.duty.calculator import assess_or_error
from models.duty.records import CHANNELS, DutyAssessment, DutyError, DutyLine, DutyRequest

Requests = Sequence[DutyRequest | DutyError]
Answers = dict[int, DutyAssessment | DutyError]
Progress = Callable[[int], None]


def price_batch(
    requests: Requests | Mapping[str, Sequence[Any]] | pd.DataFrame,
    law: Law,
    schedule: Schedule,
    progress: Progress | None = None,
) -> BatchResult:
    """What every item of a batch owes, in order. ``requests`` are requests, or columns or a data frame with
    the names of their fields.

    Never raises for an item: one that cannot be read or priced has an error in its place. ``progress`` is told
    how many more items are through, in a few large steps.
    """
    asked: Requests = from_columns(requests) if isinstance(requests, (Mapping, pd.DataFrame)) else requests
    collecting = gc.isenabled()
    gc.disable()  # nothing here refers to itself, and a search among the objects of a million items takes a second
    try:
        return _Pricer(asked, law, schedule, progress).price()
    finally:
        if collecting:
            gc.enable()


class _Pricer:
    """One batch on its way. ``live``: items that columns can say something of; the others go alone."""

    def __init__(self, asked: Requests, law: Law, schedule: Schedule, progress: Progress | None) -> None:
        self.asked, self.law, self.schedule, self._progress = asked, law, schedule, progress
        self._through = 0
        self.wordings, self.faults = Wordings(), Faults()

    def price(self) -> BatchResult:
        self.coded = Coded(self.asked)
        self._tell(0.2)
        self.live: Flags = ~self.coded.odd & (self.coded.day >= self.schedule.first_day.toordinal())
        self.checked = checks(self.coded.facts)
        invalid = np.array([self.faults.of(code) for code, _ in self.checked], np.int64)[self.coded.fact]
        self.entry, self.entries = entries(self.coded, self.law, self.wordings, self.live & (invalid == 0))
        self.live &= ~self._each(lambda entry: entry.alone).astype(bool)
        self.fault = np.where(invalid, invalid, self._each(lambda entry: self.faults.of(entry.error)))
        self.cents = line_cents(self.coded.micros, self.coded.channel != CHANNELS.index("mail"))
        ordinary = self.live & (self.fault == 0) & self._each(lambda entry: entry.ordinary).astype(bool)
        self._tell(0.3)
        goods = OrdinaryPricer(
            self.coded,
            np.flatnonzero(ordinary),
            self.cents,
            self.law,
            self.schedule,
            self.wordings,
            self.faults,
        ).price()
        self.fault[goods.places] = goods.fault
        self._tell(0.8)
        return self._result(goods)

    def _result(self, goods: Ordinary) -> BatchResult:
        self.live &= self.fault != Faults.ALONE
        alone = {int(at): self._alone(int(at)) for at in np.flatnonzero(~self.live)}
        self.fault[~self.live] = 0
        names = [entry.regime for entry in self.entries]
        regimes = list(dict.fromkeys(["", *names, *(one.regime or "" for one in alone.values())]))
        regime = self._each(lambda entry: regimes.index(entry.regime))
        unknown = (self.entry < 0) | self._each(lambda entry: bool(entry.error and not entry.fees)).astype(
            bool
        )
        for at, answer in alone.items():
            regime[at] = regimes.index(answer.regime or "")
            unknown[at] = answer.fees is None
            if isinstance(answer, DutyError):
                self.fault[at] = self.faults.of(answer.code)
        owing = self.live & (self.fault == 0)
        duty = [*self._entered(lambda entry: entry.duty, owing), *goods.lines, *self._given(alone, "lines")]
        fees = [
            *self._entered(lambda entry: entry.fees, self.live & ~unknown),
            *self._given(alone, "fee_lines"),
        ]
        self._tell(1.0)
        return BatchResult(
            self.asked,
            self.law,
            self.schedule,
            self.wordings,
            self._itemised(duty),
            self._itemised(fees),
            regimes,
            regime,
            self.faults.codes,
            self.fault,
            self._warnings(goods),
            self._dotted(goods),
            alone,
            unknown,
        )

    def _alone(self, at: int) -> DutyAssessment | DutyError:
        one = self.asked[at]
        return one if isinstance(one, DutyError) else assess_or_error(one, self.law, self.schedule)

    def _each(self, of: Callable[[Entry], Any]) -> Ints:
        """Something of its entry for each item, 0 for items without."""
        return np.array([*(of(entry) for entry in self.entries), 0], np.int64)[self.entry]

    def _entered(self, of: Callable[[Entry], tuple[Owed, ...]], items: Flags) -> list[Lines]:
        """The lines that an item owes by its entry alone."""
        lines = []
        for step in range(max((len(of(entry)) for entry in self.entries), default=0)):
            owed = [of(entry)[step] if len(of(entry)) > step else None for entry in self.entries]
            has = np.array([*(one is not None for one in owed), False], bool)
            at = np.flatnonzero(has[self.entry] & items)
            table = OwedTable([one or Owed(0) for one in owed])
            lines.append(Lines(at, *table.on(self.entry[at], self.cents[at])))
        return lines

    def _given(self, alone: Answers, name: str) -> list[Lines]:
        """The lines of answers that were given one by one."""
        each: dict[int, tuple[DutyLine, ...]] = {at: getattr(one, name, ()) for at, one in alone.items()}
        lines = []
        for step in range(max(map(len, each.values()), default=0)):
            found = [
                (at, self.wordings.of(own[step]), own[step].amount)
                for at, own in each.items()
                if len(own) > step
            ]
            lines.append(Lines(*np.array(found, np.int64).T))
        return lines

    def _itemised(self, lines: list[Lines]) -> Itemised:
        """Lines put in the order of their items."""
        starts = np.zeros(len(self.asked) + 1, np.int64)
        for one in lines:
            starts[one.places + 1] += 1
        np.cumsum(starts, out=starts)
        wording, amount = np.zeros(starts[-1], np.int32), np.zeros(starts[-1], np.int64)
        following = starts[:-1].copy()
        for one in lines:
            at = following[one.places]
            wording[at], amount[at] = one.wordings, one.amounts
            following[one.places] += 1
        return Itemised(starts, wording, amount)

    def _warnings(self, goods: Ordinary) -> list[Remarks]:
        found = [
            Remarks([warnings for _, warnings in self.checked], self.coded.fact),
            Remarks([*(entry.warnings for entry in self.entries), ()], self.entry),
        ]
        for one in goods.remarks:
            which = np.full(len(self.asked), -1, np.int32)
            which[goods.places] = one.which
            found.append(Remarks(one.texts, which))
        return found

    def _dotted(self, goods: Ordinary) -> Callable[[int], str]:
        line = np.full(len(self.asked), -1, np.int32)
        line[goods.places] = goods.own.line
        return lambda at: goods.own.lines[line[at]].dotted

    def _tell(self, share: float) -> None:
        through = int(len(self.asked) * share)
        if self._progress is not None:
            self._progress(through - self._through)
        self._through = through
