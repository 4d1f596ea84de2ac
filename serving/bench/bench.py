"""How fast duty is priced on this machine: one item at a time, and as a batch, measured in one run.

Items are made up, the same ones every time; one core is used. A machine's own speed drifts, so the ratio says
more than either figure, and processor seconds more than seconds on the clock where others use it too.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from data.law import Law
from models.duty.batch import price_batch
from models.duty.calculator import assess_or_error
from models.duty.records import DutyAssessment, DutyRequest
from serving.bench.made_up import MIX, made_up
from serving.commands.terminal import progress
from serving.settings import tariff


class Took(NamedTuple):
    """``clock`` and ``processor`` seconds."""

    clock: float
    processor: float
    answer: Any


def bench(items: int, singles: int) -> None:
    """Prints items per second one at a time and as a batch, their ratio, and the memory at its highest."""
    law, schedule = Law.load(), tariff()
    with progress("Making up items", total=None):
        asked = made_up(max(items, singles), schedule)
    print(f"mix            {MIX}")
    held = _megabytes()

    def plain(some: Sequence[DutyRequest]) -> Any:
        return [assess_or_error(one, law, schedule) for one in some]

    _timed(plain, asked[: min(2000, singles)])
    alone = _timed(plain, asked[:singles])
    priced = sum(isinstance(answer, DutyAssessment) for answer in alone.answer)
    _say("one at a time", singles, alone, f"{priced:,} priced, the others answered with an error")
    with progress("Pricing the batch", total=items) as advance:
        together = _timed(lambda some: price_batch(some, law, schedule, advance), asked[:items])
    batch = together.answer
    priced = int((batch.error_code == 0).sum())
    _say("as a batch", items, together, f"{priced:,} priced, {len(batch.duty.amount):,} duty lines")
    print(f"ratio          {(items / together.processor) / (singles / alone.processor):.1f}")
    print(f"left alone     {batch.alone:,} items of the batch, {batch.alone / items:.1%}, went one by one")
    differ = sum(batch.assessment(at) != answer for at, answer in enumerate(alone.answer[:items]))
    print(f"compared       {min(items, singles):,} answers of the two paths: {differ} differ")
    print(
        f"memory         {_megabytes():,.0f} MB at most; {held:,.0f} MB before pricing, most of it the items"
    )


def _say(name: str, items: int, took: Took, rest: str) -> None:
    print(
        f"{name:<14} {items:>9,} items  {took.clock:6.2f} s  {took.processor:6.2f} s of processor  "
        f"{items / took.processor:>9,.0f} items/s of processor; {rest}"
    )


def _timed(work: Callable[[Sequence[DutyRequest]], Any], items: Sequence[DutyRequest]) -> Took:
    clock, processor = time.perf_counter(), time.process_time()
    answer = work(items)
    return Took(time.perf_counter() - clock, time.process_time() - processor, answer)


def _megabytes() -> float:
    """The most memory this process has held; the system says it in kilobytes, macOS in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 20 if sys.platform == "darwin" else 1 << 10)
