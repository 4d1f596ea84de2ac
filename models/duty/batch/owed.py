"""One amount of one line as numbers: a share of the value, between bounds, and something added."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from models.duty.batch.cents import part, share
from models.duty.batch.coded import Ints

NO_MOST = 10**17


class Owed(NamedTuple):
    """``added + min(max(value * numerator / denominator, least), most)`` in cents, and the words for it.

    ``wording_least`` and ``wording_most`` are said instead where a bound is what decides.
    """

    wording: int
    numerator: int = 0
    denominator: int = 1
    least: int = 0
    most: int = NO_MOST
    added: int = 0
    wording_least: int = -1
    wording_most: int = -1

    def on(self, cents: int) -> tuple[int, int]:
        """Wording and amount for one line value in cents."""
        wordings, amounts = OwedTable([self]).on(np.zeros(1, np.int64), np.array([cents], np.int64))
        return int(wordings[0]), int(amounts[0])


def owed_share(wording: int, percent: Decimal) -> Owed | None:
    """A percentage of the value; None where its product with a value might not fit."""
    found = share(percent)
    return None if found is None else Owed(wording, *found)


class OwedTable:
    """Many of them as columns, to price items of which each names one."""

    def __init__(self, rows: Sequence[Owed]) -> None:
        self._columns = np.array(rows or [Owed(0)], np.int64).T

    def on(self, which: Ints, cents: Ints) -> tuple[Ints, Ints]:
        """Wordings and amounts, ``cents`` being the line values."""
        wording, numerator, denominator, least, most, added, wording_least, wording_most = (
            column[which] for column in self._columns
        )
        amounts = np.clip(part(cents, numerator, denominator), least, most) + added
        product = cents * numerator
        under = (wording_least >= 0) & (product < least * denominator)
        over = (wording_most >= 0) & (product > most * denominator) if (wording_most >= 0).any() else False
        wordings = np.where(under, wording_least, np.where(over, wording_most, wording))
        return wordings, amounts
