"""Accept, review or hold: what happens to an item after the three answers are in.

* **hold**: nothing can be paid on it as it stands. It has no price, or no way of entering it is open by mail.
* **review**: it is priced, but somebody has to look: a signal of risk, a number too short to file or not sure enough
  for the duty that hangs on it, a figure that carries a reservation.
* **accept**: it is priced, a way is open, nothing speaks against it.

From which confidence, risk and duty at stake on, an operator sets (``thresholds.yaml``). An acceptance is as good as
its parts: where suggestion or risk is a stand-in it says no more than that the declared number exists, that the rules
found nothing and that the law gives a figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from serving.decisions.exceptions import exception_of
from serving.decisions.reasons import reason

Outcome = Literal["accept", "review", "hold"]


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason for a decision: its code, and what was met in this item."""

    code: str
    message: str

    def as_json(self) -> dict[str, Any]:
        """``{"code","message","meaning","remedy","exception"}``."""
        known = reason(self.code)
        return {
            "code": self.code,
            "message": self.message,
            "meaning": known.sentence,
            "remedy": known.remedy,
            "exception": exception_of(self.code),
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome and its grounds, gravest first; an acceptance has none. ``stake`` is the duty in dollars that hangs
    on what is not sure about number or claim; None where nothing does, or it is not known."""

    outcome: Outcome
    grounds: tuple[Ground, ...] = ()
    stake: Decimal | None = None

    def as_json(self) -> dict[str, Any]:
        """``{"outcome","reasons":[{"code","message","meaning","remedy","exception"}],"duty_at_stake_usd"}``."""
        return {
            "outcome": self.outcome,
            "reasons": [ground.as_json() for ground in self.grounds],
            "duty_at_stake_usd": None if self.stake is None else f"{self.stake:.2f}",
        }


def decide(stops: Iterable[Ground], doubts: Iterable[Ground], stake: Decimal | None = None) -> Decision:
    """Hold if anything stops the item, else review if anything is in doubt, else accept."""
    held = _once(stops)
    both = _once([*held, *doubts])
    outcome: Outcome = "hold" if held else "review" if both else "accept"
    return Decision(outcome, tuple(both), stake)


def _once(grounds: Iterable[Ground]) -> list[Ground]:
    """Each once, in the order met: a reader's question and a signal of risk may say the same thing."""
    first: dict[str, Ground] = {}
    for ground in grounds:
        if ground.code not in first and all(ground.message != other.message for other in first.values()):
            first[ground.code] = ground
    return list(first.values())


def tally(decisions: Sequence[Decision]) -> dict[str, int]:
    """How many of each outcome: ``{"accept": 3, "review": 1, "hold": 0}``."""
    counts = {"accept": 0, "review": 0, "hold": 0}
    for decision in decisions:
        counts[decision.outcome] += 1
    return counts
