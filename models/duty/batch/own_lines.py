"""The goods' own line for whole columns: tariff line of the day, column, rate and the words for it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from data.errors import MailDutyError
from data.law import Law
from data.schedule import Schedule
from data.schedule_table import Line
from models.duty import columns
from models.duty.batch.coded import Coded, Ints
from models.duty.batch.marks import Undeclared, some_day
from models.duty.batch.numbers import Numbers
from models.duty.batch.stretches import groups, part_of, revisions
from models.duty.batch.wording import Faults, Wordings
from models.duty.goods import Base
from models.duty.planner import edition
from models.duty.rates import Rate

LAW = ("column_2/", "programmes")
EDITION, NUMBER = "\x03", "\x04"  # stand in a wording for the edition of the tariff and the number as given
NO_BASE = Base("", "", Rate(""), "")


class OwnLines(NamedTuple):
    """For each place: ``line`` of ``lines`` (-1 none), ``rate`` of ``rates``, wording, ``note`` of ``notes``,
    ``fault`` (0 none, see :class:`Faults`)."""

    lines: tuple[Line, ...]
    line: Ints
    rates: list[Rate]
    rate: Ints
    wording: Ints
    notes: list[tuple[str, ...]]
    note: Ints
    fault: Ints


class OwnLineFinder:
    """Finds them for the places of one batch. :meth:`find` does it all."""

    def __init__(
        self,
        coded: Coded,
        places: Ints,
        numbers: Numbers,
        law: Law,
        schedule: Schedule,
        wordings: Wordings,
        faults: Faults,
    ) -> None:
        self.coded, self.numbers, self.wordings, self.schedule = coded, numbers, wordings, schedule
        self.law = part_of(law, LAW)
        self.day, self.origin = coded.day[places], coded.origin[places]
        self.number, self.fact = coded.number[places], coded.fact[places]
        self.revision = revisions(schedule, self.day)
        self.lines = schedule.lines()
        self.rates: list[Rate] = []
        self._rate: dict[str, int] = {}
        self.notes: list[tuple[str, ...]] = [()]
        self.faults = faults

    def find(self) -> OwnLines:
        count = len(self.day)
        self.rate, self.wording = np.zeros(count, np.int64), np.zeros(count, np.int64)
        self.note = np.zeros(count, np.int64)
        line, self.fault = self.numbers.lines(self.number, self.day, self.schedule, self.faults)
        special = (line >= 0) & (self._claims() | self._column2())
        self._general(line, np.flatnonzero((line >= 0) & ~special))
        self._special(line, np.flatnonzero(special))
        return OwnLines(
            self.lines, line, self.rates, self.rate, self.wording, self.notes, self.note, self.fault
        )

    def _claims(self) -> Any:
        claimed = [facts.get("program") not in (None, "") for facts in self.coded.facts]
        return np.array(claimed, bool)[self.fact]

    def _column2(self) -> Any:
        group, first = groups(self.origin, self.law.stretches(self.day))
        found = [
            columns.is_column2(self.coded.origins[self.origin[at]], some_day(self.day[at]), self.law)
            for at in first
        ]
        return np.array(found, bool)[group] if found else np.zeros(0, bool)

    def _general(self, line: Ints, at: Ints) -> None:
        """Column 1 general: asked once for each line, in words that leave edition and number open."""
        if not len(at):
            return
        own, first = groups(line[at])
        found = [self._base(self.lines[line[one]], NUMBER, "", None, one, EDITION) for one in at[first]]
        bases = [base for base, _ in found]
        self.rate[at], self.fault[at], self.note[at] = np.array([codes for _, codes in found], np.int64)[
            own
        ].T
        fine = self.fault[at] == 0
        self._word(bases, own[fine], at[fine])

    def _word(self, bases: list[Base], own: Ints, at: Ints) -> None:
        """Fills in edition and number: once for each pair of them, and once more for each rate beside them."""
        text = self.wordings.text
        styles = list(dict.fromkeys((base.heading, base.citation) for base in bases))
        style = np.array([styles.index((base.heading, base.citation)) for base in bases], np.int64)[own]
        pair, first = groups(style, self.revision[at], self.number[at])
        filled = []
        for one in first:
            heading, citation = styles[style[one]]
            number, named = self.numbers.printed[self.number[at[one]]], self._edition(at[one])
            whole = citation.replace(NUMBER, number).replace(EDITION, named)
            filled.append((text(heading.replace(NUMBER, number)), text(whole)))
        kind = np.array([text(base.kind) for base in bases], np.int64)
        rate = np.array([text(base.rate.text) for base in bases], np.int64)
        group, first = groups(pair, own)
        heading_of, citation_of = np.array(filled, np.int64).reshape(-1, 2)[pair[first]].T
        start = self.wordings.add_all(heading_of, kind[own[first]], rate[own[first]], citation_of)
        self.wording[at] = start + group

    def _special(self, line: Ints, at: Ints) -> None:
        """A claim, or column 2: asked once for each line, number, origin and claim."""
        if not len(at):
            return
        stretch = self.law.stretches(self.day)
        agree = (line, self.number, self.origin, self.fact, self.revision, stretch)
        group, first = groups(*(column[at] for column in agree))
        found = []
        for one in at[first]:
            origin, number = self.coded.origins[self.origin[one]], self.numbers.printed[self.number[one]]
            claimed = self.coded.facts[self.fact[one]].get("program")
            base, codes = self._base(self.lines[line[one]], number, origin, claimed, one, self._edition(one))
            words = self.wordings.add(base.heading, base.kind, base.rate.text, base.citation)
            found.append((words, *codes))
        self.wording[at], self.rate[at], self.fault[at], self.note[at] = np.array(found, np.int64)[group].T

    def _base(
        self, line: Line, number: str, origin: str, claimed: Any, at: int, named: str
    ) -> tuple[Base, tuple[int, int, int]]:
        """The column that applies, and the numbers of its rate, of a fault and of its notes."""
        day = some_day(self.day[at])
        try:
            claim, notes = columns.programme(claimed, origin, day, self.law)
            base, more = columns.base(line, number, origin, day, claim, self.law, named)
        except Undeclared:
            return NO_BASE, (0, Faults.ALONE, 0)
        except MailDutyError as error:
            return NO_BASE, (0, self.faults.of(error.code), 0)
        note = 0
        if notes or more:
            note = len(self.notes)
            self.notes.append(tuple(str(note) for note in (*notes, *more)))
        rate = self._rate.setdefault(base.rate.text, len(self.rates))
        if rate == len(self.rates):
            self.rates.append(base.rate)
        return base, (rate, 0, note)

    def _edition(self, at: int) -> str:
        return _named_edition(int(self.day[at]), self.schedule)


@lru_cache(maxsize=8192)
def _named_edition(ordinal: int, schedule: Schedule) -> str:
    return edition(some_day(ordinal), schedule)
