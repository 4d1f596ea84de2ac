"""How fast numbers are suggested on this machine, on one core: one description, and a thousand.

The plain look-up beside it (the words' view of the catalogue alone, nearest kind) says what the rest costs.
"""

from __future__ import annotations

import resource
import statistics
import time
from datetime import date

from data.catalogue import load
from data.catalogue_generate import generate
from models.hts.evidence import ItemText
from serving.settings import tariff
from serving.suggestion.suggesting import suggester_on

DAY = date(2026, 9, 1)


def bench_suggest(batch: int = 1000, singles: int = 200) -> None:
    """Prints median and 99th percentile of one description, descriptions a second in a batch, and memory."""
    began = time.perf_counter()
    model = suggester_on(tariff(), DAY)
    if model is None:
        print("suggestions    no model is shipped or set")
        return
    ready = time.perf_counter() - began
    rows = list(generate(load(), batch, seed=20260901))
    items = [
        ItemText(r["id"], r["description"], tuple(r["category"]), r["attributes"], r["value_usd"])
        for r in rows
    ]
    model.suggest(items[:64])
    took = []
    for item in items[:singles]:
        start = time.perf_counter()
        model.suggest([item])
        took.append(time.perf_counter() - start)
    start, cpu = time.perf_counter(), time.process_time()
    model.suggest(items)
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    start = time.perf_counter()
    model.finder.lexical.scores(items)
    plain = time.perf_counter() - start
    took.sort()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"suggest one    {singles:>9,} items  median {1000 * statistics.median(took):.1f} ms,"
        f" 99th percentile {1000 * took[int(0.99 * len(took))]:.1f} ms"
    )
    print(
        f"suggest batch  {batch:>9,} items  {wall:7.2f} s ({cpu:.2f} s of processor)  {batch / wall:>7,.0f} items/s,"
        f" {plain / wall:.0%} of it the plain look-up"
    )
    print(f"suggester      ready in {ready:.1f} s, peak memory {peak:,.0f} MB")
