"""Official tariff exports as they come: finding, reading, and what they say of every code.

Two kinds exist: the full export, a list of rows, and a bare code list without column 2 (July 2026).
"""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any, NamedTuple

from data.errors import MailDutyError
from data.schedule_table import SHIPPED
from data.schedule_text import chapter_99_headings, clean_rate, clean_special, clean_units

REVISIONS = "revisions.csv"
# Chapters 98 and 99 put whole sentences of law into the rate columns. A sentence is not a rate: it stays out.
LONGEST_RATE_98_99 = 90
OFFICIAL_TEXT = "[official text]"


class Facts(NamedTuple):
    """What the tariff says of one code: all that makes a new interval when it changes."""

    units: tuple[str, ...] = ()
    general: str = ""
    special: str = ""
    column2: str = ""
    ch99: tuple[str, ...] = ()


def exports_in(folder: Path) -> dict[str, Path]:
    """Official exports in a folder by revision: ``hts_2026_rev_10.json.gz`` is ``2026_rev_10``."""
    found = {p.name.split(".")[0].removeprefix("hts_"): p for p in sorted(folder.glob("hts_*.json*"))}
    if not found:
        raise MailDutyError(
            "SCHEDULE_NO_EXPORT",
            f"{folder} holds no file named hts_*.json or hts_*.json.gz",
            "the tariff is built from the official exports",
            "pass the folder that `mailduty data pull` wrote, or where your exports are",
        )
    return found


def read_export(path: Path) -> Any:
    """One official export as parsed JSON: a list of rows, or a mapping of codes for a bare code list."""
    try:
        raw = path.read_bytes()
        return json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)
    except (OSError, EOFError, ValueError) as why:
        raise MailDutyError(
            "SCHEDULE_EXPORT_BROKEN",
            f"{path.name} cannot be read: {why}",
            "an export is JSON, plain or gzip",
            "fetch it again with `mailduty data pull`",
            file=str(path),
        ) from why


def revision_days(folder: Path) -> dict[str, str]:
    """Revision to first day in force, "" where no source gives it; the folder's own dates add to ours."""
    with (SHIPPED / REVISIONS).open(newline="") as rows:
        days = {row["revision"]: row["effective_date"] for row in csv.DictReader(rows)}
    own = folder / "revision_dates.csv"
    if own.exists():
        with own.open(newline="") as rows:
            for row in csv.DictReader(rows):
                # The published list names the revisions of 2025 without their year.
                old = row["revision"] == "basic" or row["revision"].startswith("rev_")
                days[f"2025_{row['revision']}" if old else row["revision"]] = row["effective_date"]
    return days


def export_facts(rows: list[dict[str, Any]]) -> dict[str, Facts]:
    """All codes of one export with their facts; a ten-digit line carries the rates of its rate line.

    The export prints rates once, on the eight-digit line, or on the ten-digit line where that stands alone.
    Both come out here, so every ten-digit code has its eight-digit rate line.
    """
    facts: dict[str, Facts] = {}
    for row in rows:
        code = (row.get("htsno") or "").replace(".", "")
        if not code:
            continue
        facts[code] = _with_inherited(code, row, facts.get(code[:8]) if len(code) == 10 else None)
        if len(code) == 10 and code[:8] not in facts:
            facts[code[:8]] = facts[code]
    return facts


def _with_inherited(code: str, row: dict[str, Any], rate_line: Facts | None) -> Facts:
    own = Facts(
        clean_units(row.get("units")),
        _rate_cell(code, clean_rate(row.get("general"))),
        _rate_cell(code, clean_special(row.get("special"))),
        _rate_cell(code, clean_rate(row.get("other"))),
        chapter_99_headings(row.get("footnotes")),
    )
    if rate_line is None:
        return own
    ch99 = tuple(dict.fromkeys(rate_line.ch99 + own.ch99))
    if own.general:
        return own._replace(ch99=ch99)
    return rate_line._replace(units=own.units, ch99=ch99)


def _rate_cell(code: str, text: str) -> str:
    return OFFICIAL_TEXT if code[:2] in ("98", "99") and len(text) > LONGEST_RATE_98_99 else text


def list_facts(listed: dict[str, dict[str, Any]], before: dict[str, Facts]) -> dict[str, Facts]:
    """The facts of a bare code list without column 2, on the ground of the export ``before`` it.

    A new ten-digit code takes special rates, column 2 and Chapter 99 headings from its eight-digit line, and
    units from the list or else from the nearest line before it there. Raises ``SCHEDULE_LIST_CONFLICT`` if
    the list names a general rate that the inherited line does not have.
    """
    rate_lines = {code[:8] for code in listed if len(code) == 10}
    facts = {code: kept for code, kept in before.items() if code in listed or code in rate_lines}
    ordered = sorted(before)
    for code in sorted(set(listed) - set(before)):
        line = before.get(code[:8])
        general = clean_rate(listed[code].get("general_raw"))
        if line is None or clean_rate(line.general) != general:
            raise MailDutyError(
                "SCHEDULE_LIST_CONFLICT",
                f"{code} is new with general rate {general!r}; its rate line has none such",
                "a list without column 2 can only add codes under rate lines that did not change",
                "build from the full export of that revision",
                code_text=code,
            )
        kin = [c for c in ordered if c.startswith(code[:8]) and len(c) == 10]
        nearest = max((c for c in kin if c < code), default=kin[0] if kin else code[:8])
        units = clean_units(listed[code].get("units")) or before[nearest].units
        facts[code] = line._replace(units=units if len(code) == 10 else ())
    return facts
