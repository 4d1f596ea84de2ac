"""How fast parcels are scored, and names held against lists: in batches, on one core, from rows to answers.

Parcels and names are made up, the same ones every time; nothing here says how well, only how fast.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from data.catalogue import load
from data.parcel_generator import SHIFTED, parcels
from data.parcel_world import name_of
from data.screening import ListedName, ScreeningList
from models.risk.parcel import read_parcel
from models.risk.screening import Screener
from serving.risk.risk_desk import RiskDesk

DAY = date(2026, 9, 1)


def bench_risk(count: int = 10_000, names: int = 20_000) -> None:
    """Prints parcels scored per second without screening, with their duty at stake; the same where the suggester is
    asked about declared numbers it has not met; and seconds for 1,000 parcels against ``names`` names."""
    rows = [made.row for made in parcels(SHIFTED, list(load()), count, {})]
    desk = RiskDesk.shipped(DAY, suggester=False)
    desk.score(rows[:500], DAY)
    spent, cpu = _timed(lambda: [desk.score(rows[n : n + 5000], DAY) for n in range(0, len(rows), 5000)])
    _say("score", len(rows), spent, cpu)
    asking = RiskDesk.shipped(DAY)
    if asking.asked is not None:
        asking.score(rows[:200], DAY)
        some = rows[200:1200]
        _say("score, asking", len(some), *_timed(lambda: asking.score(some, DAY)))
    chance = random.Random(1)
    made_up = tuple(ListedName(f"{name_of(chance)} {name_of(chance)}", str(n)) for n in range(names))
    screener = Screener([ScreeningList("made up", "1", made_up)])
    thousand = [read_parcel(row, DAY) for row in rows[:1000]]
    spent, cpu = _timed(lambda: screener.screen(thousand))
    print(
        f"screening      {1000:>9,} parcels {spent:6.2f} s  against {names:,} names ({cpu:.2f} s of processor time)"
    )


def _say(what: str, count: int, spent: float, cpu: float) -> None:
    print(
        f"{what:<14} {count:>9,} parcels {spent:6.2f} s  {count / spent:>10,.0f} parcels/s"
        f"  {count / cpu:,.0f} a second of processor time"
    )


def _timed(work: Callable[[], Any]) -> tuple[float, float]:
    began, ran = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - ran
