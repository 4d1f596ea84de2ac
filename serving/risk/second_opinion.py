"""What the suggester says of a declared number, for the risk score: the one in use, asked by words, remembered.

Answers are kept by text and number, so that a text is asked once for a tariff and a model.
"""

from __future__ import annotations

from datetime import date

from data.schedule import Schedule
from models.hts.suggester import Suggester
from models.risk.suggested import Asked
from serving.risk.risking import rates_of
from serving.suggestion.suggesting import suggester_on


def asked_on(schedule: Schedule, on: date) -> Asked | None:
    """The suggester of a day, ready to be asked; None where there is none. Raises as ``suggester_on`` does."""
    suggester = suggester_on(schedule, on)
    return None if suggester is None else _asked(suggester, schedule, on)


_of: dict[int, tuple[Suggester, Asked]] = {}


def _asked(suggester: Suggester, schedule: Schedule, on: date) -> Asked:
    """One for each suggester: days of one revision share it, as they share the suggester."""
    known = _of.get(id(suggester))
    if known is None:
        if len(_of) >= 4:
            _of.clear()
        known = _of[id(suggester)] = (suggester, Asked(suggester, rates_of(schedule, on)))
    return known[1]
