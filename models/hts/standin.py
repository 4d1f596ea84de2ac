"""Stand-in for the learned suggester: it hands back the sender's own number, checked, and knows nothing else.

It reads no description and has no confidence to give. It says so in every answer (``stand_in`` is true), so
that nobody takes the sender's declaration for a suggestion of ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from data.errors import MailDutyError
from data.hts import HtsCode

MODEL = "standin"


class Tariff(Protocol):
    """What is asked of a schedule: the line of a number on a day (or an error that says why not), what is under it."""

    def line(self, code: Any, on: date) -> Any: ...

    def children(self, code: Any, on: date) -> Sequence[Any]: ...


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposed tariff number, or none with the reason. ``code`` is digits; ``confidence`` is null here."""

    code: str | None
    reason: str | None = None
    message: str | None = None
    confidence: float | None = None
    model: str = MODEL
    stand_in: bool = True
    learned: Mapping[str, Any] | None = None  # the learned suggester's whole answer, where one was asked

    def as_json(self) -> dict[str, Any]:
        """``{"code","confidence","model","stand-in","reason","message"}``, the code as the schedule prints it."""
        return {
            "code": HtsCode(self.code).dotted if self.code else None,
            "confidence": self.confidence,
            "model": self.model,
            "stand-in": self.stand_in,
            "reason": self.reason,
            "message": self.message,
            **({"learned": self.learned} if self.learned is not None else {}),
        }


class StandInSuggester:
    """Proposes the declared number where the schedule of the day has it, otherwise nothing and why.

    A number shorter than ten digits is proposed as it stands and carries ``HTS_SHORT``: it may be enough to
    price (rates stand on eight digits) and is not enough to file (19 CFR 145.12(b)(3)(v) wants ten).
    """

    def __init__(self, schedule: Tariff) -> None:
        self.schedule = schedule

    def suggest(self, declared: Sequence[str | None], days: Sequence[date]) -> list[Suggestion]:
        """One suggestion for each declared number, in order; ``days`` are the entry dates, of equal length."""
        known: dict[tuple[str | None, date], Suggestion] = {}
        answers = []
        for key in zip(declared, days, strict=True):
            if key not in known:
                known[key] = self._one(*key)
            answers.append(known[key])
        return answers

    def _one(self, declared: str | None, on: date) -> Suggestion:
        if not declared or not declared.strip():
            return Suggestion(None, "HTS_MISSING", "the sender declared no tariff number")
        if several := [one for one in re.split(r"[;,|/\s]+", declared) if one.isdigit()][1:]:
            return Suggestion(
                None, "HTS_MULTIPLE", f"{len(several) + 1} tariff numbers are declared for one item"
            )
        try:
            code = HtsCode.parse(declared)
            if code.level == 10 or not self.schedule.children(
                code, on
            ):  # a subheading may have no line of its own
                self.schedule.line(code, on)
        except MailDutyError as error:
            return Suggestion(None, error.code, error.fact)
        if code.level < 10:
            return Suggestion(code.digits, "HTS_SHORT", f"{code.dotted} has {code.level} of the ten digits")
        return Suggestion(code.digits)
