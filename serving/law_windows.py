"""What begins or ends in the law and the tariff between two days: why an entry of another day is another answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from data.errors import MailDutyError
from data.law import Law
from data.schedule import Schedule
from models.duty.regimes import regime

WAYS = ("routes/", "limits/", "mail/")  # how mail may enter at all; the rest is what it owes


def changes_between(law: Law, schedule: Schedule, one: date, other: date, origin: str = "*") -> list[str]:
    """In words; empty where the law and the tariff say the same for both days."""
    if one == other:
        return []
    early, late = sorted((one, other))
    return [*_regimes(law, one, other, origin), *_dated(law, early, late), *_tariff(schedule, one, other)]


def _regimes(law: Law, one: date, other: date, origin: str) -> Iterator[str]:
    names = [_regime(law, day, origin) for day in (one, other)]
    if names[0] != names[1]:
        yield f"mail regime {names[0]} -> {names[1]}"


def _regime(law: Law, day: date, origin: str) -> str:
    try:
        return regime("mail", origin, day, law).name
    except MailDutyError as error:
        return f"none ({error.code})"


@lru_cache(maxsize=4096)
def _dated(law: Law, early: date, late: date) -> tuple[str, ...]:
    """Entries of the law that begin after the early day and by the late one, or end from the early day and before it."""
    ways, other = [], 0
    for path in law.paths():
        document = law.documents[path]
        if path.startswith("mail/regimes") or not _turns(document, early, late):
            continue
        if path.startswith(WAYS):
            ways.append(f"changed: {document.get('title', path)}")
        else:
            other += 1
    return (*ways, *([f"{other} other entries begin or end"] if other else ()))


def _turns(document: object, early: date, late: date) -> bool:
    assert isinstance(document, dict)
    for item in (document, *document.get("values", ()), *document.get("rows", ())):
        begins, ends = item.get("from"), item.get("to")
        if isinstance(begins, date) and early < begins <= late:
            return True
        if isinstance(ends, date) and early <= ends < late:
            return True
    return False


def _tariff(schedule: Schedule, one: date, other: date) -> Iterator[str]:
    names = [_revision(schedule, day) for day in (one, other)]
    if names[0] != names[1]:
        yield f"tariff {names[0]} -> {names[1]}"


def _revision(schedule: Schedule, day: date) -> str:
    try:
        return schedule.revision(day)
    except MailDutyError as error:
        return f"none ({error.code})"
