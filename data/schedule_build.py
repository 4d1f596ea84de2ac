"""Builds the compact tariff facts from a folder of official exports: ``mailduty data build-schedule DIR``.

One row per code and per stretch of days in which nothing about it changed. Same exports, same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from data.errors import MailDutyError
from data.schedule_exports import Facts, export_facts, exports_in, list_facts, read_export, revision_days
from data.schedule_table import SHIPPED, Line, read_table, write_table

Progress = Callable[[int, int, str], None]


@dataclass
class BuildReport:
    """What a build did: ``rows``, ``sha256`` of the uncompressed table, and the revisions it stands on."""

    rows: int = 0
    sha256: str = ""
    revisions: list[dict[str, str]] = field(default_factory=list)
    undated: list[dict[str, Any]] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)


def _intervals(
    folder: Path, report: BuildReport, progress: Progress | None, extend: bool
) -> Iterator[tuple[str, ...]]:
    exports, days = exports_in(folder), revision_days(folder)
    dated = sorted((days[name], name) for name in exports if days.get(name))
    if not dated:
        raise MailDutyError(
            "SCHEDULE_NO_DATES",
            f"no export in {folder} has a known first day",
            "a rate needs the days it is in force",
            "add revision_dates.csv with columns revision,effective_date",
        )
    report.undated = [{"revision": name} for name in sorted(exports) if not days.get(name)]
    current: dict[str, Facts] = {}
    opened: dict[str, tuple[str, str, str]] = {}
    if extend:
        lines, contents = read_table(SHIPPED)
        report.revisions = contents["revisions"]
        dated = [(day, name) for day, name in dated if day > contents["last_verified"]]
        for line in lines:
            held = Facts(line.units, line.general, line.special, line.column2, line.ch99)
            if line.valid_to:
                yield _row(line.code, held, _opening(line), line.valid_to.isoformat())
            else:
                current[line.code], opened[line.code] = held, _opening(line)
    for done, (day, name) in enumerate(dated):
        if progress:
            progress(done, len(dated), name)
        content = read_export(exports[name])
        bare_list = isinstance(content, dict)
        facts = list_facts(content, current) if bare_list else export_facts(content)
        last_day = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
        for code in [c for c in current if facts.get(c) != current[c]]:
            yield _row(code, current.pop(code), opened.pop(code), last_day)
        for code in facts.keys() - current.keys():
            opened[code] = (day, name, "code list" if bare_list else "export")
        current = facts
        report.revisions.append({"revision": name, "effective_date": day})
    for code, kept in current.items():
        yield _row(code, kept, opened[code], "")
    if progress:
        progress(len(dated), len(dated), "done")


def _opening(line: Line) -> tuple[str, str, str]:
    return line.valid_from.isoformat(), line.revision, line.source


def _compare_undated(folder: Path, rows: list[tuple[str, ...]], report: BuildReport) -> None:
    """Counts what an export without a day says that no dated one does, so that nothing is lost unseen."""
    known = {row[:6] for row in rows}
    exports = exports_in(folder)
    for undated in report.undated:
        facts = export_facts(read_export(exports[undated["revision"]]))
        new = [code for code, said in facts.items() if _row(code, said, ("", "", ""), "")[:6] not in known]
        undated["lines_not_in_table"] = len(new)


def _row(code: str, facts: Facts, opened: tuple[str, str, str], last_day: str) -> tuple[str, ...]:
    day, revision, source = opened
    return (
        code,
        ";".join(facts.units),
        facts.general,
        facts.special,
        facts.column2,
        " ".join(facts.ch99),
        day,
        last_day,
        revision,
        source,
    )


def build_schedule(
    folder: str | Path,
    out: str | Path | None = None,
    progress: Progress | None = None,
    extend: bool = False,
) -> BuildReport:
    """Builds the table from the exports in ``folder`` and writes it to ``out`` (default: the shipped place).

    With ``extend`` the shipped table goes on with the exports that are newer than it, so that one pulled
    export brings it up to date. ``progress(done, of, name)`` is called per revision. Exports whose first day
    is not known are left out and named in ``report.undated``. Raises ``SCHEDULE_NO_EXPORT``,
    ``SCHEDULE_EXPORT_BROKEN`` or ``SCHEDULE_NO_DATES``.
    """
    report = BuildReport()
    rows = sorted(_intervals(Path(folder), report, progress, extend), key=lambda row: (row[0], row[6]))
    _compare_undated(Path(folder), rows, report)
    contents: dict[str, Any] = {
        "first_day": report.revisions[0]["effective_date"],
        "last_verified": report.revisions[-1]["effective_date"],
        "revisions": report.revisions,
        "undated": report.undated,
    }
    report.files = write_table(Path(out) if out else SHIPPED, rows, contents)
    report.rows, report.sha256 = contents["rows"], contents["sha256"]
    return report
