"""Which records the law, the tariff or another day of entry calls for: what begins or ends between two days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from data.errors import MailDutyError
from data.law import Law
from data.schedule import Schedule
from models.duty.regimes import regime
from serving.assessor import Assessor
from serving.versions import versions

OF_THE_LAW = ("law", "schedule")
WAYS = ("routes/", "limits/", "mail/")  # how mail may enter at all; the rest is what it owes


def to_assess_again(
    bodies: Iterable[Mapping[str, Any]],
    assessor: Assessor,
    day: date | None = None,
    about: Sequence[str] = OF_THE_LAW,
) -> Iterator[tuple[Mapping[str, Any], tuple[str, ...]]]:
    """The current records that the law, the tariff or a new day of entry calls for, each with why.

    ``day`` None: those answered under other versions (``about``: law, schedule, also hts_model, risk_model) than
    would answer for their day now. Else: those for which something in the law or the tariff begins or ends between
    the recorded day of entry and ``day``.
    """
    for body in bodies:
        if "asked" not in body:
            continue  # a record that assesses nothing
        recorded = date.fromisoformat(body["asked"]["entry_date"])
        if day is None:
            now = versions(assessor.schedule, assessor.law, recorded)
            why = [
                f"{name} was {body['versions'].get(name)}, is {now[name]}"
                for name in about
                if body["versions"].get(name) != now[name]
            ]
        else:
            origin = body["asked"]["origin"] or "*"
            why = changes_between(assessor.law, assessor.schedule, recorded, day, origin)
        if why:
            yield body, tuple(why)


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
