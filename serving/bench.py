"""How fast duty is priced on this machine: one item at a time, and as a batch, measured in one run.

Items are made up, the same ones every time, over every regime; one core is used. The machine's own speed drifts,
so the ratio says more than either figure.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from data.law import Law
from data.schedule import Schedule
from models.duty.calculator import assess_many
from models.duty.records import DutyRequest
from serving.settings import tariff

# One day within each stretch of the law, and the days after it from which items are drawn.
STRETCHES = (
    (date(2025, 5, 2), 118),
    (date(2025, 8, 29), 178),
    (date(2026, 2, 24), 149),
    (date(2026, 7, 24), 59),
    (date(2026, 9, 22), 18),
)
ORIGINS = ("CN", "IN", "GB", "DE", "JP", "BR", "VN", "CA", "MX", "KR")


def made_up(count: int, schedule: Schedule, seed: int = 7) -> list[DutyRequest]:
    """``count`` mail items over all regimes; every tenth is entered informally. Same seed, same items."""
    draw = random.Random(seed)
    lines = [line.code for line in schedule.leaves(date(2026, 7, 1)) if line.level == 10]
    items = []
    for number in range(count):
        first, days = STRETCHES[number % len(STRETCHES)]
        items.append(
            DutyRequest(
                id=str(number),
                entry_date=first + timedelta(draw.randrange(days)),
                channel="informal" if number % 10 == 9 else "mail",
                origin=draw.choice(ORIGINS),
                hts=draw.choice(lines),
                value_usd=Decimal(draw.randrange(100, 80_000)) / 100,
                facts={
                    "net_kg": Decimal(draw.randrange(1, 3000)) / 1000,
                    "number": 1,
                    "method": "ad_valorem",
                },
            )
        )
    return items


def bench(items: int, singles: int) -> None:
    """Prints items per second one at a time and as a batch, and how many of them got a price."""
    law, schedule = Law.load(), tariff()
    asked = made_up(max(items, singles), schedule)

    def plain(some: Sequence[DutyRequest]) -> Any:
        return [assess_many([one], law, schedule) for one in some]

    _timed(plain, asked[: min(2000, singles)])
    alone, answers = _timed(plain, asked[:singles])
    priced = sum(hasattr(answer[0], "lines") for answer in answers)
    print(
        f"one at a time  {singles:>9,} items  {alone:7.2f} s  {singles / alone:>10,.0f} items/s  {priced:,} priced"
    )
    name, whole = _batch_path(law, schedule)
    whole(asked[: min(2000, items)])
    together, _ = _timed(whole, asked[:items])
    print(f"{name:<13}  {items:>9,} items  {together:7.2f} s  {items / together:>10,.0f} items/s")
    print(f"ratio          {(items / together) / (singles / alone):.1f}")


def _batch_path(law: Law, schedule: Schedule) -> tuple[str, Callable[[Sequence[DutyRequest]], Any]]:
    """The vectorised path where it is there, else the plain one over the whole list."""
    if find_spec("models.duty.batch") is None:
        return "plain list", lambda some: assess_many(list(some), law, schedule)
    batch = import_module("models.duty.batch")
    return "batch path", lambda some: batch.price_batch(list(some), law, schedule)


def _timed(work: Callable[[Sequence[DutyRequest]], Any], items: Sequence[DutyRequest]) -> tuple[float, Any]:
    began = time.perf_counter()
    answers = work(items)
    return time.perf_counter() - began, answers
