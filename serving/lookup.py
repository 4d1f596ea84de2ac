"""What we know, shown: a line of the tariff on a day, and how fresh tariff and law are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from data.errors import MailDutyError
from data.hts import HtsCode
from data.law import Law
from data.schedule import Line
from serving.settings import home, tariff
from serving.terminal import print_table, progress
from serving.versions import code_version

Table = list[tuple[str, str]]


def show_line(code: str, on: date, origin: str | None = None) -> None:
    """Prints a line of the tariff with its parents, and for an origin the Chapter 99 headings that reach it."""
    schedule = tariff()
    line = schedule.line(code, on)
    print(f"{line.dotted} on {on} (revision {schedule.revision(on)})")
    if on > schedule.last_verified:
        print(f"The tariff was last verified for {schedule.last_verified}; later changes are not known here.")
    print_table(
        [_cells(one) for one in (*schedule.parents(code, on), line)],
        ("line", "units", "general", "special", "column 2", "valid from", "valid to"),
    )
    if under := schedule.children(code, on):
        print(f"Under it: {', '.join(one.dotted for one in under)}")
    if line.ch99:
        print(f"Chapter 99 headings in its footnotes: {', '.join(HtsCode(c.replace('.', '')).dotted for c in line.ch99)}")
    if origin:
        print()
        print_table(list(reached_by(line, on, origin.upper())), ("heading", "kind", "rate", "citation"))


def _cells(line: Line) -> tuple[str, ...]:
    until = line.valid_to.isoformat() if line.valid_to else "in force"
    rates = (line.general, line.special, line.column2)
    return (line.dotted, ", ".join(line.units), *rates, line.valid_from.isoformat(), until)


def reached_by(line: Line, on: date, origin: str) -> Iterable[tuple[str, str, str, str]]:
    """The duties that reach a line for an origin: those of an item worth 100 dollars entered by mail that day.

    Asks the calculator, so that what is shown is what would be charged. Gives heading, kind, rate, citation.
    """
    from models.duty.calculator import DutyRequest, assess_many

    one_of_each: dict[str, Any] = {"quantities": {unit: Decimal(1) for unit in line.units}}
    asked = DutyRequest(
        id="", entry_date=on, channel="mail", origin=origin, hts=line.code, value_usd=Decimal(100), facts=one_of_each
    )
    answer = assess_many([asked], Law.load(), tariff())[0]
    if isinstance(answer, MailDutyError):
        raise answer
    for duty in answer.as_json()["lines"]:
        yield (duty["heading"], duty["kind"], duty["rate"], duty["citation"])


def show_status() -> None:
    """Prints which tariff, law and models answer here, and through which day they were verified."""
    for name, said in status():
        print(f"{name:<22}{said}")


def status() -> Table:
    """Name and state of everything an answer stands on."""
    schedule, law = tariff(), Law.load()
    contents = schedule.contents
    return [
        ("code", code_version()),
        ("tariff", f"{len(schedule.lines()):,} lines from {len(contents['revisions'])} revisions"),
        ("tariff from", schedule.first_day.isoformat()),
        ("tariff verified to", schedule.last_verified.isoformat()),
        ("law", f"{sum(1 for _ in law.paths())} files, version {law.version}"),
        ("law verified to", law.verified_through.isoformat()),
        ("suggestion", "stand-in: hands back the declared number, checked"),
        ("risk", "stand-in: a handful of rules, no probability"),
        ("records", str(home() / "records")),
    ]


def build_schedule(folder: Path, out: Path | None = None) -> None:
    """Builds the compact table from the official exports in ``folder`` and says what it holds and how to use it."""
    from data import schedule_build

    target = out or home() / "schedule"
    with progress("Reading exports", total=None) as advance:
        seen = 0

        def step(done: int, of: int, name: str) -> None:
            nonlocal seen
            advance(done - seen, total=of)
            seen = done

        report = schedule_build.build_schedule(folder, target, progress=step)
    first, last = (report.revisions[i]["revision"] for i in (0, -1))
    print(f"{report.rows:,} rows from {len(report.revisions)} revisions, {first} to {last}")
    print(f"SHA-256 {report.sha256}")
    if report.undated:
        print(f"Left out, because their first day is not known: {len(report.undated)}")
    for file in report.files:
        print(file)
    print(f"To assess with it: export MAILDUTY_SCHEDULE={target.absolute()}")


def pull(to: Path | None = None) -> None:
    """Fetches the official export and says where it lies."""
    from data import pull as source

    for file in source.pull(to or home() / "exports"):
        print(file)
