"""Stand-in for the learned risk score: a handful of rules anybody can check, and no probability.

Each rule that speaks gives a signal with its reason code. Nothing is weighed, nothing is added up; the answer
says of itself that it is a stand-in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

MODEL = "standin"

# Words that name no goods. Postal and customs bodies publish such words as the usual faults of item text.
EMPTY_WORDS = frozenset(
    """
    accessories accessory article articles assorted belongings cargo clothes clothing commodity consumables
    daily document effects electronics equipment etc gadget gadgets gear general gift gifts goods household
    item items material materials merchandise misc miscellaneous necessities new other others parcel part parts
    personal present presents product products sample samples spare stuff supplies thing things tool tools toy
    toys various
    """.split()
)
_WORD = re.compile(r"[^\W\d_]{2,}")


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

    def as_json(self) -> dict[str, Any]:
        """``{"probability","signals":[{"code","message"}],"model","stand-in"}``."""
        return {
            "probability": self.probability,
            "signals": [{"code": s.code, "message": s.message} for s in self.signals],
            "model": self.model,
            "stand-in": self.stand_in,
        }


class StandInScorer:
    """Applies the rules below to a whole batch."""

    def score(self, items: Sequence[RiskFacts]) -> list[RiskAnswer]:
        """One answer for each item, in order."""
        return [RiskAnswer(tuple(_signals(item))) for item in items]


def is_vague(description: str | None) -> bool:
    """Whether a text names no goods at all: empty, or made of words that fit anything."""
    words = _WORD.findall((description or "").lower())
    return all(word in EMPTY_WORDS for word in words)


def _signals(item: RiskFacts) -> Iterable[Signal]:
    if item.value_usd is not None and item.value_usd <= 0:
        yield Signal("VALUE_ZERO", "declared as worth nothing")
    elif item.value_usd is not None and item.value_usd <= 1:
        yield Signal("VALUE_NOMINAL", f"declared at {item.value_usd} dollars")
    if is_vague(item.description):
        said = (item.description or "").strip()[:40]
        yield Signal("DESCRIPTION_VAGUE", f"{said!r} names no goods" if said else "there is no description")
    if item.identifier_problem:
        yield Signal("IDENTIFIER_BAD", item.identifier_problem)
    if item.suggestion_reason in ("HTS_UNKNOWN", "HTS_NOT_IN_FORCE", "HTS_MALFORMED"):
        yield Signal("DECLARED_CODE_UNKNOWN", "the schedule of the day does not have the declared number")
