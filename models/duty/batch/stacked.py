"""The layers of the law for whole columns: each asked once for all items that agree in what it looks at.

A layer sees the day only by the stretches of its own part of the law, the number only by the lists of that part
it is on or above, and neither the value nor the rate of the own line. It is held to that, see ``stretches``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

import numpy as np

from data.errors import MailDutyError
from data.law import Law
from models.duty import columns
from models.duty.batch.coded import Coded, Ints, plan_facts
from models.duty.batch.owed import Owed, owed_share
from models.duty.batch.own_lines import Numbers
from models.duty.batch.stretches import PartOfLaw, SomeLine, Undeclared, Unknown, groups, part_of, some_day
from models.duty.batch.wording import Wordings
from models.duty.goods import Base, Goods, Layer, Term
from models.duty.layers import forced_labor, ieepa, section122, section301, section338
from models.duty.layers.exceptions import TEXTILE_CHAPTERS
from models.duty.layers.metals import METAL_CHAPTERS
from models.duty.layers.section232 import CARS, Section232, section232
from models.duty.rates import Rate

ALWAYS = ("programmes", "column_2/origins")
Ask = Callable[[Goods, Law, Section232], Layer]


class Authority(NamedTuple):
    """A layer, and the part of the law it is held to. ``after_232``: it asks what Section 232 reached."""

    ask: Ask
    law: tuple[str, ...]
    after_232: bool = False


# In the order of their lines, which is that of models.duty.planner; Section 232 is asked first of all.
AUTHORITIES: tuple[Authority | None, ...] = (
    Authority(lambda goods, law, _: section301.china(goods, law), ("section_301_china/",)),
    Authority(lambda goods, law, _: section301.brazil(goods, law), ("section_301_brazil/",)),
    Authority(lambda goods, law, _: section338.canada(goods, law), ("section_338_canada/",)),
    Authority(
        lambda goods, law, s232: ieepa.ieepa(goods, law, s232.programme),
        ("ieepa/", "civil_aircraft_lines", "section_232/metals/before_canada_mexico"),
        True,
    ),
    Authority(
        lambda goods, law, s232: section122.surcharge(goods, law, bool(s232.programme)),
        ("section_122/",),
        True,
    ),
    None,
    Authority(
        lambda goods, law, s232: forced_labor.forced_labor(goods, law, bool(s232.programme), s232.unresolved),
        ("section_301_forced_labor/",),
        True,
    ),
)
IEEPA, SECTION_232 = 3, AUTHORITIES.index(None)
ASKED_FIRST = Authority(lambda goods, law, _: Layer(), ("section_232/",))


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
        self._plan_facts()
        self.fact = self._planned[coded.fact[places]]
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

    def _plan_facts(self) -> None:
        """Sets of facts that agree in what a plan depends on count as one."""
        known: dict[Any, int] = {}
        self.facts: list[Mapping[str, Any]] = []
        codes = []
        for facts in self.coded.facts:
            kept = plan_facts(facts)
            key = tuple(sorted((name, value, type(value).__name__) for name, value in kept.items()))
            code = known.setdefault(key, len(known))
            if code == len(self.facts):
                self.facts.append(kept)
            codes.append(code)
        self._planned = np.array(codes, np.int64)

    def _ask(self, authority: Authority, law: Law, reach: Ints, rate: Ints) -> tuple[Ints, list[Answer]]:
        part = part_of(law, (*authority.law, *ALWAYS))
        code = self._classes(part)[self.number]
        if authority is ASKED_FIRST:
            rate = self._rate_asked(part, rate)
        reach = reach if authority.after_232 else np.zeros_like(reach)
        group, first = groups(part.stretches(self.day), self.origin, code, self.fact, reach, rate)
        return group, [
            self._answer(authority, part, int(at), self.reaches[reach[at]], int(rate[at])) for at in first
        ]

    def _classes(self, part: PartOfLaw) -> Ints:
        """Numbers that are on, and above, the same lists of a part of the law are one to it."""
        known: dict[Any, int] = {}
        classes = []
        for code in self.numbers.codes:
            digits = code.digits if code else ""
            classes.append(known.setdefault((*part.place(digits), _chapter(digits)), len(known)))
        return np.array([*classes, -1], np.int64)

    def _rate_asked(self, part: PartOfLaw, rate: Ints) -> Ints:
        """The rate of the own line where Section 232 words its duty by it, else -1: cars, and stated lists."""
        cars = [
            code is not None and part.codes(CARS).match(code.digits) is not None
            for code in self.numbers.codes
        ]
        stated = np.array([facts.get("s232") is not None for facts in self.facts], bool)[self.fact]
        return np.where(np.array([*cars, False], bool)[self.number] | stated, rate, -1)

    def _answer(
        self, authority: Authority, part: PartOfLaw, at: int, reach: tuple[str, bool], rate: int
    ) -> Answer:
        code = self.numbers.codes[self.number[at]]
        origin, day, facts = (
            self.coded.origins[self.origin[at]],
            some_day(self.day[at]),
            self.facts[self.fact[at]],
        )
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
