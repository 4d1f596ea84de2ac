"""Which Chapter 99 headings reach a line for an origin on a day: what ``mailduty schedule --origin`` shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from data.law import Law
from data.schedule import Schedule
from models.duty.planner import plan

APPLIES, EXEMPT, CONDITIONAL = "applies", "exempt", "conditional"


class Reach(NamedTuple):
    """``status``: applies, exempt (reported, owes nothing) or conditional on ``fact``."""

    heading: str
    authority: str
    rate: str
    status: str
    citation: str
    fact: str = ""
    why: str = ""


def chapter99_reach(
    code: str, on: date, origin: str, law: Law, schedule: Schedule, facts: Mapping[str, Any] | None = None
) -> tuple[Reach, ...]:
    """The headings in the order of their lines, conditional ones last. Raises what :func:`plan` raises.

    Seen as an ordinary entry: before 2026-07-24 mail paid by its own method and none of these.
    """
    made = plan(code, origin, on, "formal", facts or {}, law, schedule)
    found = []
    for term in made.terms:
        owes = bool(term.percent) or term.top_up_to is not None
        found.append(Reach(term.heading, term.kind, term.rate, APPLIES if owes else EXEMPT, term.citation))
    if made.base.heading.startswith("99"):
        found.insert(
            0, Reach(made.base.heading, made.base.kind, made.base.rate.text, APPLIES, made.base.citation)
        )
    for note in made.notes:
        if note.heading:
            found.append(Reach(note.heading, "", note.rate, CONDITIONAL, "", note.fact, note.text))
    return tuple(found)
