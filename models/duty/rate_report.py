"""How much of the tariff's rate texts is understood: ``rate_report(Schedule.load())``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from data.errors import MailDutyError
from data.schedule import Schedule
from data.schedule_table import Line
from data.schedule_text import special_groups
from models.duty.rates import parse_rate

COLUMNS = ("general", "special", "column2")


def rate_report(schedule: Schedule) -> dict[str, Any]:
    """Every distinct rate text of every revision by chapters and column, and what it lacks to be priced.

    ``{"chapters 1-97": {"general": {"texts", "parsed", "refers_elsewhere": [], "not_priceable": []}}}``;
    each entry of the two lists has ``text``, ``lines`` (how many lines carry it) and an example ``code``.
    A text that refers elsewhere is an expression, but its duty is that of another article or heading.
    """
    return {
        scope: {column: _column(schedule, column, special) for column in COLUMNS}
        for scope, special in (("chapters 1-97", False), ("chapters 98-99", True))
    }


def _column(schedule: Schedule, column: str, special_chapters: bool) -> dict[str, Any]:
    counted: Counter[str] = Counter()
    example: dict[str, str] = {}
    for line in schedule.lines():
        if (line.code[:2] in ("98", "99")) == special_chapters:
            for text in _texts(line, column):
                counted[text] += 1
                example.setdefault(text, line.dotted)
    elsewhere, unparsed = [], []
    for text, lines in sorted(counted.items(), key=lambda found: (-found[1], found[0])):
        entry = {"text": text, "lines": lines, "code": example[text]}
        try:
            if parse_rate(text).elsewhere:
                elsewhere.append(entry)
        except MailDutyError:
            unparsed.append(entry)
    return {
        "texts": len(counted),
        "parsed": len(counted) - len(unparsed),
        "refers_elsewhere": elsewhere,
        "not_priceable": unparsed,
    }


def _texts(line: Line, column: str) -> Iterator[str]:
    if column == "special":
        yield from (rate for rate, _ in special_groups(line.special))
    elif text := line.general if column == "general" else line.column2:
        yield text
