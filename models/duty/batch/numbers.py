"""The distinct tariff numbers of a batch, and the tariff line of each on each day."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from data.errors import MailDutyError
from data.hts import HtsCode
from data.schedule import Schedule
from models.duty.batch.coded import Coded, Ints
from models.duty.batch.wording import Faults
from models.duty.planner import printed


class Numbers:
    """The distinct tariff numbers of a batch, read once: digits, or the code of the error they are."""

    def __init__(self, coded: Coded) -> None:
        self.codes: list[HtsCode | None] = []
        self.errors: list[str] = []
        self.printed: list[str] = []
        for text in coded.numbers:
            code, error = None, ""
            try:
                code = HtsCode.parse(text)
                error = "HTS_TOO_SHORT" if code.level < 8 else ""
            except MailDutyError as raised:
                error = raised.code
            self.codes.append(code)
            self.errors.append(error)
            self.printed.append(printed(text, code) if code and not error else "")

    def lines(self, number: Ints, day: Ints, schedule: Schedule, faults: Faults) -> tuple[Ints, Ints]:
        """For each item the place of its line in ``schedule.lines()``, -1 for none, and the fault it then is."""
        versions = _versions(schedule)
        ranks = np.array([*(versions.rank.get(c.digits, -1) if c else -1 for c in self.codes), -1], np.int64)
        rank = ranks[number]
        found = np.searchsorted(versions.keys, rank * 10**7 + day, side="right") - 1
        held = (rank >= 0) & (found >= 0) & (versions.keys[found] // 10**7 == rank)
        held &= day <= versions.last[found]
        written = [*(faults.of(error) for error in self.errors), faults.of("HTS_REQUIRED")]
        fault = np.array(written, np.int64)[number]
        fault[(fault == 0) & (rank < 0)] = faults.of("HTS_UNKNOWN")
        fault[(fault == 0) & ~held] = faults.of("HTS_NOT_IN_FORCE")
        return np.where(fault == 0, found, -1), fault


class _Versions(NamedTuple):
    rank: dict[str, int]
    keys: Ints
    last: Ints


@lru_cache(maxsize=4)
def _versions(schedule: Schedule) -> _Versions:
    rank: dict[str, int] = {}
    keys, last = [], []
    for line in schedule.lines():
        keys.append(rank.setdefault(line.code, len(rank)) * 10**7 + line.valid_from.toordinal())
        last.append(line.valid_to.toordinal() if line.valid_to else 10**7)
    return _Versions(rank, np.array(keys, np.int64), np.array(last, np.int64))
