"""The layers of the law for whole columns: each asked once for all items that agree in what it looks at.

A layer sees the day only by the stretches of its own part of the law, the number only by the lists of that part
it is on or above, and neither the value nor the rate of the own line. It is held to that, see ``stretches``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

import numpy as np

from data.errors import MailDutyError
from data.law import Law
from models.duty import columns
from models.duty.batch.authorities import ASKED_FIRST, AUTHORITIES, Authority
from models.duty.batch.coded import Coded, Flags, Ints
from models.duty.batch.marks import SomeLine, Undeclared, Unknown, declared, some_day
from models.duty.batch.numbers import Numbers
from models.duty.batch.owed import Owed, owed_share
from models.duty.batch.stretches import PartOfLaw, groups, part_of
from models.duty.batch.wording import Wordings
from models.duty.goods import Base, Goods, Layer, Term
from models.duty.layers.exceptions import TEXTILE_CHAPTERS
from models.duty.layers.metals import METAL_CHAPTERS
from models.duty.layers.section232 import CARS, Section232, section232
from models.duty.rates import Rate


class Charge(NamedTuple):
    """A line of a layer. With ``floor`` (percent) ``owed`` is the total it lifts the own line to."""

    owed: Owed
    kind: str
    floor: Any = None
    at_floor: int = 0
    whole: bool = False


class Answer(NamedTuple):
    """What a layer says of a group; ``fault`` is an error's code, or ``alone``."""

    charges: tuple[Charge, ...] = ()
    notes: tuple[str, ...] = ()
    fault: str = ""
    reach: tuple[str, bool] = ("", False)


class Stacked:
    """Asks all layers for the places of a batch: ``answers[layer]`` and, for each place, ``which[layer]``."""

    def __init__(
        self,
        coded: Coded,
        places: Ints,
        numbers: Numbers,
        rates: list[Rate],
        rate: Ints,
        law: Law,
        wordings: Wordings,
    ) -> None:
        self.coded, self.numbers, self.wordings = coded, numbers, wordings
        self.day, self.origin = coded.day[places], coded.origin[places]
        self.number = coded.number[places]
        self.given = coded.fact[places]
        self.rates = rates
        self.reaches: list[tuple[str, bool]] = [("", False)]
        nothing = np.zeros(len(places), np.int64)
        s232, answers = self._ask(ASKED_FIRST, law, nothing, rate)
        self.reaches = list(dict.fromkeys(answer.reach for answer in answers))
        reach = np.array([self.reaches.index(answer.reach) for answer in answers], np.int64)[s232]
        asked = [
            (s232, answers) if authority is None else self._ask(authority, law, reach, nothing - 1)
            for authority in AUTHORITIES
        ]
        self.which = [which for which, _ in asked]
        self.answers = [list(found) for _, found in asked]

    def _ask(self, authority: Authority, law: Law, reach: Ints, rate: Ints) -> tuple[Ints, list[Answer]]:
        part = part_of(law, authority.law)
        code = self._classes(part)[self.number]
        codes, facts = declared(self.coded.facts, authority.facts)
        fact = codes[self.given]
        if authority is ASKED_FIRST:
            stated = np.array([one.get("s232") is not None for one in facts], bool)[fact]
            rate = np.where(stated | self._cars(part), rate, -1)
        reach = reach if authority.after_232 else np.zeros_like(reach)
        group, first = groups(part.stretches(self.day), self.origin, code, fact, reach, rate)
        return group, [
            self._answer(authority, part, int(at), facts[fact[at]], self.reaches[reach[at]], int(rate[at]))
            for at in first
        ]

    def _classes(self, part: PartOfLaw) -> Ints:
        """Numbers that are on, and above, the same lists of a part of the law are one to it."""
        known: dict[Any, int] = {}
        classes = []
        for code in self.numbers.codes:
            digits = code.digits if code else ""
            classes.append(known.setdefault((*part.place(digits), _chapter(digits)), len(known)))
        return np.array([*classes, -1], np.int64)

    def _cars(self, part: PartOfLaw) -> Flags:
        """Cars, and goods stated to be on a list: Section 232 words its duty on them by their own rate."""
        cars = [
            code is not None and part.codes(CARS).match(code.digits) is not None
            for code in self.numbers.codes
        ]
        return np.array([*cars, False], bool)[self.number]

    def _answer(
        self,
        authority: Authority,
        part: PartOfLaw,
        at: int,
        facts: Mapping[str, Any],
        reach: tuple[str, bool],
        rate: int,
    ) -> Answer:
        code = self.numbers.codes[self.number[at]]
        origin, day = self.coded.origins[self.origin[at]], some_day(self.day[at])
        assert code is not None
        try:
            claim, _ = columns.programme(facts.get("program"), origin, day, part)
            column2 = columns.is_column2(origin, day, part)
            line, channel, base = cast(Any, SomeLine()), cast(str, Unknown()), cast(Base, Unknown())
            if rate >= 0:
                base = Base("", "", self.rates[rate], "")
            goods = Goods(code.digits, line, origin, day, channel, facts, claim, column2, base)
            if authority is ASKED_FIRST:
                found = section232(goods, part)
                layer, reach = found.layer, (found.programme, found.unresolved)
            else:
                layer = authority.ask(goods, part, Section232(Layer(), *reach))
        except Undeclared:
            return Answer(fault="alone")
        except MailDutyError as error:
            return Answer(fault=error.code)
        charges = [self._charge(term) for term in layer.terms]
        notes = tuple(str(note) for note in layer.notes)
        certain = tuple(charge for charge in charges if charge is not None)
        said = " ".join((*notes, *(f"{t.heading} {t.rate} {t.citation}" for t in layer.terms)))
        if len(certain) < len(charges) or code.digits in said or code.dotted in said:
            return Answer(fault="alone", reach=reach)
        return Answer(certain, notes, "", reach)

    def _charge(self, term: Term) -> Charge | None:
        if term.on_fact:
            return None
        words = self.wordings.add(term.heading, term.kind, term.rate, term.citation)
        percent = term.percent if term.top_up_to is None else term.top_up_to
        owed = owed_share(words, percent) if percent is not None else Owed(words)
        if owed is None:
            return None
        if term.top_up_to is None:
            return Charge(owed, term.kind)
        at_floor = self.wordings.add(term.heading_at_floor, term.kind, "0", term.citation)
        return Charge(owed, term.kind, term.top_up_to, at_floor, term.whole)


def _chapter(digits: str) -> str:
    """The chapter, as far as a layer looks at it."""
    chapter = digits[:2]
    return chapter if chapter in METAL_CHAPTERS else "textiles" if chapter in TEXTILE_CHAPTERS else ""
