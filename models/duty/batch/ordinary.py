"""Ordinary entry for whole columns: own line, layers and value come together to lines with amounts.

What the columns cannot say for certain is left to the calculator: ``alone``. A rate that asks for more than the
value (weights, pieces, parts) is priced by its own expression, item by item, among columns.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from data.errors import MailDutyError
from data.law import Law
from data.schedule import Schedule
from models.duty.batch.authorities import IEEPA, SECTION_232
from models.duty.batch.cents import fits
from models.duty.batch.coded import Coded, Flags, Ints
from models.duty.batch.numbers import Numbers
from models.duty.batch.owed import Owed, OwedTable
from models.duty.batch.own_lines import OwnLineFinder, OwnLines
from models.duty.batch.remarks import Remarks, remarks
from models.duty.batch.stacked import Charge, Stacked
from models.duty.batch.stretches import part_of
from models.duty.batch.wording import Faults, Wordings
from models.duty.layers.metals import KIND as METALS
from models.duty.records import DutyRequest
from models.duty.rounding import to_cents

HUNDRED = Decimal(100)


class Lines(NamedTuple):
    """One line for each of ``places``: wording and amount in cents."""

    places: Ints
    wordings: Ints
    amounts: Ints


class Ordinary(NamedTuple):
    """``fault`` for each of ``places``, see :class:`Faults`; ``lines`` in the order in which they are reported."""

    places: Ints
    fault: Ints
    lines: list[Lines]
    remarks: list[Remarks]
    own: OwnLines


class OrdinaryPricer:
    """Prices the ``places`` of a batch whose line values are ``cents``. :meth:`price` does it all."""

    def __init__(
        self,
        coded: Coded,
        places: Ints,
        cents: Ints,
        law: Law,
        schedule: Schedule,
        wordings: Wordings,
        faults: Faults,
    ) -> None:
        self.coded, self.places, self.cents, self.wordings = coded, places, cents[places], wordings
        self.law, self.schedule, self.faults = law, schedule, faults

    def price(self) -> Ordinary:
        numbers = Numbers(self.coded)
        own = OwnLineFinder(
            self.coded, self.places, numbers, self.law, self.schedule, self.wordings, self.faults
        ).find()
        self.fault = own.fault
        fine = np.flatnonzero(own.line >= 0)
        stacked = Stacked(
            self.coded, self.places[fine], numbers, own.rates, own.rate[fine], self.law, self.wordings
        )
        self._layer_faults(stacked, fine)
        self.answers = [list(answers) for answers in stacked.answers]
        self.which = [_spread(which, fine, len(self.places)) for which in stacked.which]
        self._give_way()
        self._base(own)
        lines = [line for layer in range(len(self.which)) for line in self._layer(layer, own)]
        lines.append(self._own_line(own))
        fine = self.fault == 0
        kept = [
            Lines(self.places[at[fine[at]]], words[fine[at]], amounts[fine[at]])
            for at, words, amounts in lines
        ]
        said = remarks(self.coded, self.places, own, numbers, stacked, self.which, self.law, self.schedule)
        return Ordinary(self.places, self.fault, kept, said, own)

    def _layer_faults(self, stacked: Stacked, fine: Ints) -> None:
        """The first fault counts, Section 232 being asked first."""
        layers = [SECTION_232, *(at for at in range(len(stacked.which)) if at != SECTION_232)]
        for layer in layers:
            codes = [self.faults.of(answer.fault) for answer in stacked.answers[layer]]
            found = np.array(codes, np.int64)[stacked.which[layer]] if codes else np.zeros(0, np.int64)
            self.fault[fine] = np.where(self.fault[fine] == 0, found, self.fault[fine])

    def _give_way(self) -> None:
        """EO 14289, 2025: metals of Canada and Mexico hang on two layers at once; such items go alone."""
        both = []
        for layer, kind in ((SECTION_232, METALS), (IEEPA, "IEEPA fentanyl")):
            has = [
                any(c.kind == kind and c.owed.numerator for c in answer.charges)
                for answer in self.answers[layer]
            ]
            both.append(np.array([*has, False], bool)[self.which[layer]])
        near = np.array([origin in ("CA", "MX") for origin in self.coded.origins], bool)
        asked = both[0] & both[1] & near[self.coded.origin[self.places]] & (self.fault == 0)
        path = "section_232/metals/before_canada_mexico"
        part = part_of(self.law, (path,))
        for at in np.flatnonzero(asked):
            if part.find(path, date.fromordinal(int(self.coded.day[self.places[at]]))) is None:
                self.fault[at] = Faults.ALONE

    def _base(self, own: OwnLines) -> None:
        """Cents of the own line; ``exact`` keeps the dollars of those that no share alone gives."""
        self.exact: dict[int, Decimal] = {}
        shares = [fits(rate.share) if rate.ad_valorem is not None else None for rate in own.rates]
        table = OwedTable([Owed(0, *(share or (0, 1))) for share in shares])
        self.percent = [rate.ad_valorem for rate in own.rates]
        _, self.base_cents = table.on(own.rate, self.cents)
        asks = np.array([*(share is None for share in shares), False], bool)[own.rate]
        self.asks: Flags = asks & (self.fault == 0)
        for at in np.flatnonzero(self.asks):
            request = self.coded.requests[self.places[at]]
            assert isinstance(request, DutyRequest)
            try:
                owed = own.rates[own.rate[at]].price(
                    Decimal(int(self.cents[at])) / 100, request.facts, request.facts
                )
            except MailDutyError as error:
                self.fault[at] = self.faults.of(error.code)
            else:
                self.exact[int(at)] = owed
                self.base_cents[at] = to_cents(owed)
        self.whole: Flags = np.zeros(len(self.places), bool)

    def _layer(self, layer: int, own: OwnLines) -> list[Lines]:
        """The lines of one layer, and what its floors make of the own line."""
        answers, which = self.answers[layer], self.which[layer]
        lines = []
        for step in range(max((len(answer.charges) for answer in answers), default=0)):
            has = np.array([*(len(answer.charges) > step for answer in answers), False], bool)
            at = np.flatnonzero(has[which] & (self.fault == 0))
            charges = [answer.charges[step] if len(answer.charges) > step else None for answer in answers]
            table = OwedTable([charge.owed if charge else Owed(0) for charge in charges])
            words, amounts = table.on(which[at], self.cents[at])
            self._floors(charges, which[at], at, words, amounts, own)
            lines.append(Lines(at, words, amounts))
        return lines

    def _floors(
        self, charges: list[Charge | None], which: Ints, at: Ints, words: Ints, amounts: Ints, own: OwnLines
    ) -> None:
        """Amounts of the charges with a floor were totals until here; the own line is taken off them."""
        floors = sorted({charge.floor for charge in charges if charge and charge.floor is not None})
        if not floors:
            return
        of = np.array([floors.index(c.floor) if c and c.floor is not None else -1 for c in charges], np.int64)
        within = np.flatnonzero(of[which] >= 0)
        at, which = at[within], which[within]
        reaches = [[p is not None and p >= floor for floor in floors] for p in self.percent]
        there = np.array(reaches, bool).reshape(-1, len(floors))[own.rate[at], of[which]]
        for place in np.flatnonzero(self.asks[at]):
            if self.percent[own.rate[at[place]]] is None:
                value = Decimal(int(self.cents[at[place]])) / 100
                there[place] = self.exact[int(at[place])] * HUNDRED >= floors[of[which[place]]] * value
        whole = np.array([c is not None and c.whole for c in charges], bool)[which]
        said = np.array([c.at_floor if c else 0 for c in charges], np.int64)[which]
        words[within] = np.where(there, said, words[within])
        over = np.where(whole, amounts[within], np.maximum(amounts[within] - self.base_cents[at], 0))
        amounts[within] = np.where(there, 0, over)
        lifted = at[~there & whole]
        self.base_cents[lifted] = 0
        self.whole[lifted] = True

    def _own_line(self, own: OwnLines) -> Lines:
        words = own.wording.copy()
        at = np.flatnonzero(self.whole)
        if len(at):
            words[at] = self.wordings.with_rate(own.wording[at], "0 reported")
        return Lines(np.arange(len(words)), words, self.base_cents)


def _spread(which: Ints, places: Ints, count: int) -> Ints:
    """Back to all places; -1 where nothing was asked."""
    spread = np.full(count, -1, np.int64)
    spread[places] = which
    return spread
