"""Stand-in for the learned risk score: a handful of rules anybody can check, and no probability.

Each rule that speaks gives a signal with its reason code. Nothing is weighed, nothing is added up; the answer
says of itself that it is a stand-in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from data.descriptions import why_vague

MODEL = "standin"


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """What the rules look at: item text, value in US dollars, what is wrong with its identifier and number."""

    description: str | None
    value_usd: Decimal | None
    identifier_problem: str | None = None
    suggestion_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """One rule that spoke: its reason code and what it saw."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class RiskAnswer:
    """The signals of one item; ``probability`` is null because rules have none."""

    signals: tuple[Signal, ...]
    probability: float | None = None
    model: str = MODEL
    stand_in: bool = True
    learned: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """``{"probability","signals":[{"code","message"}],"model","stand-in"}``, and what was learned where it was."""
        return {
            "probability": self.probability,
            "signals": [{"code": s.code, "message": s.message} for s in self.signals],
            "model": self.model,
            "stand-in": self.stand_in,
            **({"learned": dict(self.learned)} if self.learned is not None else {}),
        }


class StandInScorer:
    """Applies the rules below to a whole batch."""

    def score(self, items: Sequence[RiskFacts]) -> list[RiskAnswer]:
        """One answer for each item, in order."""
        return [RiskAnswer(tuple(_signals(item))) for item in items]


def _signals(item: RiskFacts) -> Iterable[Signal]:
    if item.value_usd is not None and item.value_usd <= 0:
        yield Signal("VALUE_ZERO", "declared as worth nothing")
    elif item.value_usd is not None and item.value_usd <= 1:
        yield Signal("VALUE_NOMINAL", f"declared at {item.value_usd} dollars")
    if vague := why_vague(item.description or ""):
        yield Signal(vague.code, vague.fact)
    if item.identifier_problem:
        yield Signal("IDENTIFIER_BAD", item.identifier_problem)
    if item.suggestion_reason in ("HTS_UNKNOWN", "HTS_NOT_IN_FORCE", "HTS_MALFORMED"):
        yield Signal("DECLARED_CODE_UNKNOWN", "the schedule of the day does not have the declared number")
