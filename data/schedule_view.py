"""What the command line shows of the tariff: one line in its place, and which data it all stands on."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from data.hts import HtsCode
from data.official_text import describe
from data.schedule import Schedule
from data.schedule_table import SHIPPED, TABLE, Line
from data.schedule_text import special_groups


def schedule_view(
    code: str,
    on: date,
    origin: str | None = None,
    schedule: Schedule | None = None,
    exports: str | Path | None = None,
) -> dict[str, Any]:
    """The line of ``code`` on a day with its parents and children, units, rates and Chapter 99 headings.

    ``chapter_99`` holds only what the schedule's own footnotes name; the law adds what reaches ``origin``,
    which is handed through. Descriptions are there when the official export is (see ``describe``), else None.
    Raises what ``Schedule.line`` raises.
    """
    book = schedule or Schedule.load()
    line = book.line(HtsCode.parse(code), on)
    return {
        "code": line.dotted,
        "on": on.isoformat(),
        "origin": origin,
        "revision": book.revision(on),
        "last_verified": book.last_verified.isoformat(),
        "warnings": day_warnings(book, on, line),
        **_shown(line, on, exports),
        "parents": [_shown(parent, on, exports) for parent in book.parents(line.code, on)],
        "children": [_shown(child, on, exports) for child in book.children(line.code, on)],
        "chapter_99": list(line.ch99),
    }


def day_warnings(schedule: Schedule, on: date, line: Line | None = None) -> list[str]:
    """What a reader must know of a rate of that day: a later day than verified, an inherited column 2."""
    warnings = []
    if on > schedule.last_verified:
        warnings.append(
            f"the tariff held is verified to {schedule.last_verified}; later changes are not in this answer"
        )
    if line is not None and line.source == "code list":
        warnings.append(
            f"{line.dotted} is known from a code list without column 2; special rates, column 2 and units "
            f"are those of {line.rate_line} before it"
        )
    return warnings


def _shown(line: Line, on: date, exports: str | Path | None) -> dict[str, Any]:
    words = describe(line.code, on, exports)
    return {
        "code": line.dotted,
        "description": words[-1] if words else None,
        "units": list(line.units),
        "general": line.general,
        "special": [
            {"rate": rate, "programmes": list(listed)} for rate, listed in special_groups(line.special)
        ],
        "column2": line.column2,
        "valid_from": line.valid_from.isoformat(),
        "valid_to": line.valid_to.isoformat() if line.valid_to else None,
        "source": line.source,
    }


def data_status(schedule: Schedule | None = None) -> dict[str, Any]:
    """What tariff is held: rows, codes, hash, first and last day, revisions, those without a known day."""
    book = schedule or Schedule.load()
    lines = book.lines()
    return {
        "table": str(book.folder / TABLE),
        "shipped": book.folder == SHIPPED,
        "sha256": book.contents["sha256"],
        "rows": len(lines),
        "codes": len({line.code for line in lines}),
        "first_day": book.first_day.isoformat(),
        "last_verified": book.last_verified.isoformat(),
        "latest_revision": book.revision(book.last_verified),
        "leaves": len(book.leaves(book.last_verified)),
        "inherited_lines": sum(line.source == "code list" for line in lines),
        "revisions": list(book.contents["revisions"]),
        "undated": list(book.contents["undated"]),
    }
