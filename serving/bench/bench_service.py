"""The service under load on this machine, beside a bare endpoint of the same framework that only echoes.

Both are started on loopback by this run and ended by it, the service with a home of its own that is thrown away.
The ratio says more than the figures: a machine's speed drifts, and others may use it too.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import func, select

from serving.bench.bench_load import DAYS, TEXTS, Asking, MadeUp, Sustained, single
from serving.bench.bench_started import Started, started
from serving.commands.launch import SERVICE
from serving.commands.terminal import progress
from serving.ledger import Ledger
from serving.ledger.tables import records

SINGLES = 200  # requests one after the other, on each of the two
ROWS = 1000  # items of a manifest
PACE = 5.0  # single requests a second beside the manifests
WARMING = 100  # items of a manifest before the time counts, one for each worker
LOOK = 0.1  # seconds between two looks at a manifest
PATIENCE = 120.0  # seconds for manifests under way when the time is over
LIKELY = 600  # items a second that texts are made for
ECHO = """\
from typing import Any

import bentoml


@bentoml.service(workers=1, logging={"access": {"enabled": False}}, metrics={"enabled": False})
class Echo:
    @bentoml.api(route="/assess")
    async def assess(self, on: Any = None, items: Any = None) -> Any:
        return {"on": on, "items": items}
"""


def bench_service(seconds: float = 20.0, workers: int | None = None) -> bool:
    """Prints single requests beside the echo's, a manifest alone, and both together for ``seconds``.

    ``workers``: processes of the service; else MAILDUTY_WORKERS, else 1. False where there was an error, or where the
    ledger does not hold each item once. Raises ``SERVICE_DID_NOT_START``.
    """
    workers = workers or int(os.environ.get("MAILDUTY_WORKERS", "1"))
    print(f"machine        {os.cpu_count()} cores, load {_load()}; service with {workers} worker(s), SQLite")
    with progress("Making up items", total=None):
        made = MadeUp(min(TEXTS, int(seconds * LIKELY) + 3 * ROWS))
    with tempfile.TemporaryDirectory(prefix="mailduty-bench-") as named:
        folder = Path(named)
        (folder / "echoing.py").write_text(ECHO)
        with started("echo", folder, "echoing:Echo", folder, 1) as echo:
            bare = _alone(echo, made)
        with started("mailduty", folder, SERVICE, Path(__file__).parent.parent, workers) as service:
            _warmed(service, made, workers)
            ours = _alone(service, made)
            one = _manifest(service, made)
            long = _sustained(service, made, seconds, workers)
            peak = service.peak_mb()
        held, different = _kept(folder / "mailduty" / "ledger.db")
    _say("echo", bare.took)
    _say("/assess", ours.took)
    parts = [f"{q} {_at(ours.took, q) / _at(bare.took, q):.1f}" for q in (50, 99)]
    print(f"ratio          p{', p'.join(parts)}")
    print(
        f"manifest       {ROWS:,} items end to end in {one.seconds:.2f} s, {ROWS / one.seconds:,.0f} items/s"
    )
    print(
        f"sustained      {long.rows:,} items in {long.seconds:.0f} s, {long.rows / long.seconds:,.0f} items/s"
        f" assessed and kept, with {len(long.singles):,} single requests beside them"
    )
    _say("beside", long.singles)
    print(
        f"processor      {long.processor / long.seconds:.2f} cores given to the service meanwhile;"
        f" {long.rows / long.processor:,.0f} items per second of processor"
    )
    print(
        f"memory         {f'{peak:,.0f} MB' if peak else 'not known'} at most, all processes of the service"
    )
    errors = [*bare.errors, *ours.errors, *one.errors, *long.errors]
    print(f"ledger         {held:,} assessments of {different:,} items; {made.made - SINGLES:,} were sent")
    print(f"errors         {len(errors)}{': ' + '; '.join(dict.fromkeys(errors[:5])) if errors else ''}")
    print(f"machine        load {_load()}")
    return not errors and held == different == made.made - SINGLES


def _alone(one: Started, made: MadeUp) -> Asking:
    """Single requests, one after the other."""
    asking = Asking(one.port)
    for n, row in enumerate(made.items(SINGLES)):
        asking.assess(single(row, DAYS[n % len(DAYS)].isoformat()))
    return asking


def _warmed(service: Started, made: MadeUp, workers: int) -> None:
    """Each worker has met each table once before it is timed."""
    with progress("Warming up", total=None):
        for _ in range(workers):
            _manifest(service, made, WARMING)


def _manifest(service: Started, made: MadeUp, rows: int = ROWS) -> Sustained:
    """One manifest from its sending to its end, with nothing beside it."""
    asking, begun, over = Asking(service.port), time.perf_counter(), False
    task = asking.send(made.items(rows), DAYS[0].isoformat())
    while task and not over and time.perf_counter() - begun < PATIENCE:
        time.sleep(LOOK)
        over = asking.rows_done(task)[1]
    if task and not over:
        asking.errors.append(f"a manifest of {rows} did not end within {PATIENCE:.0f} s")
    return Sustained(rows, time.perf_counter() - begun, errors=asking.errors)


def _sustained(service: Started, made: MadeUp, seconds: float, workers: int) -> Sustained:
    """Manifests without a break, as many at once as there are workers and one that waits; singles at a steady pace."""
    over = threading.Event()
    singles = Asking(service.port)
    thread = threading.Thread(target=_paced, args=(singles, made, over), daemon=True)
    asking, done, turn = Asking(service.port), 0, 0
    under_way: dict[str, int] = {}  # tasks, and how far each is
    with progress("Under load", total=None):
        begun, used = time.perf_counter(), service.processor_s()
        thread.start()
        while (gone := time.perf_counter() - begun) < seconds:
            while len(under_way) <= workers:
                turn += 1
                task = asking.send(made.items(ROWS), DAYS[turn % len(DAYS)].isoformat())
                if task is None:
                    break
                under_way[task] = 0
            done += _looked(asking, under_way)
            time.sleep(LOOK)
        rows, gone = done + sum(under_way.values()), time.perf_counter() - begun
        used = service.processor_s() - used
        over.set()
        thread.join()
        while under_way and time.perf_counter() - begun < seconds + PATIENCE:
            _looked(asking, under_way)
            time.sleep(LOOK)
    if under_way:
        asking.errors.append(f"{len(under_way)} manifests did not end")
    return Sustained(rows, gone, used, singles.took, [*asking.errors, *singles.errors])


def _looked(asking: Asking, under_way: dict[str, int]) -> int:
    """Notes how far each manifest is; takes out those that ended, and gives their rows."""
    ended = 0
    for task in list(under_way):
        under_way[task], over = asking.rows_done(task)
        ended += under_way.pop(task) if over else 0
    return ended


def _paced(asking: Asking, made: MadeUp, over: threading.Event) -> None:
    n = 0
    begun = time.perf_counter()
    while not over.wait(max(0.0, begun + n / PACE - time.perf_counter())):
        (row,) = made.items(1)
        asking.assess(single(row, DAYS[n % len(DAYS)].isoformat()))
        n += 1


def _kept(file: Path) -> tuple[int, int]:
    """Assessments in the ledger, and how many items they are of."""
    ledger = Ledger.open(f"sqlite:///{file}", migrate=False)
    try:
        with ledger.reading() as connection:
            asked = select(func.count(), func.count(records.c.item_key.distinct()))
            row = connection.execute(asked.where(records.c.kind == "assessment")).one()
            return int(row[0]), int(row[1])
    finally:
        ledger.close()


def _at(took: Sequence[float], percent: int) -> float:
    return sorted(took)[min(len(took) - 1, len(took) * percent // 100)] if took else float("nan")


def _say(name: str, took: Sequence[float]) -> None:
    ms = [f"p{q} {1000 * _at(took, q):.1f} ms" for q in (50, 99)]
    print(f"{name:<14} {len(took):>9,} single requests  {'  '.join(ms)}")


def _load() -> str:
    return " ".join(f"{n:.1f}" for n in os.getloadavg()) if hasattr(os, "getloadavg") else "not known"
