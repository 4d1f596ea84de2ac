"""Building the tariff table and fetching official sources, with a bar and a word on what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from serving.commands.terminal import progress
from serving.settings import home


def build_schedule(folder: Path, out: Path | None = None, extend: bool = False) -> None:
    """Builds the compact table from the official exports in ``folder`` and says what it holds and how to use it."""
    from data.schedule_build import build_schedule as build

    target = out or home() / "schedule"
    with progress("Reading exports", total=None) as advance:
        seen = 0

        def step(done: int, of: int, name: str) -> None:
            nonlocal seen
            advance(done - seen, total=of)
            seen = done

        report = build(folder, target, progress=step, extend=extend)
    first, last = (report.revisions[i]["revision"] for i in (0, -1))
    print(f"{report.rows:,} rows from {len(report.revisions)} revisions, {first} to {last}")
    print(f"SHA-256 {report.sha256}")
    for left_out in report.undated:
        print(f"Left out, because its first day is not known: {left_out['revision']}")
    for file in report.files:
        print(file)
    print(f"To assess with it: export MAILDUTY_SCHEDULE={target.absolute()}")


def pull(names: Sequence[str], to: Path | None, on: date, term: str = "") -> None:
    """Fetches sources one after the other and says where each lies. What came before an error stays.

    Raises ``PULL_*``.
    """
    from data import pull as source

    folder = to or home() / "sources"
    for name in names:
        with progress(f"Fetching {name}", total=None) as advance:
            seen = 0

            def step(_: str, done: int, of: int | None) -> None:
                nonlocal seen
                advance(done - seen, total=of)
                seen = done

            pulled = source.pull(name, folder, on, progress=step, term=term)
        print(f"{pulled.source}: {pulled.path} ({pulled.size:,} bytes, SHA-256 {pulled.sha256})")
    if "hts" in names:
        print(f"To bring the tariff up to date: mailduty data build-schedule {folder} --extend")
