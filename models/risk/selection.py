"""Which parcels to open when only some can be: by risk, by expected revenue, or a mix, with a random share kept.

What is opened by score alone teaches only what the score already thinks: models trained on such labels decay
(Kim et al., TKDE 2022: with 10% random inspections they do not). The random share is drawn from all the parcels that
the score did not choose, from a seed, so that it can be checked afterwards. Holds are opened first and never counted
as chosen by score.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.errors import MailDutyError

WAYS = ("risk", "revenue", "mix")
RANDOM_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Candidate:
    """A scored parcel: what selection looks at. ``stake_usd`` is not a number where nothing is known."""

    id: str
    risk: float
    tie_break: float
    stake_usd: float
    hold: bool = False

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Candidate:
        """From an answer of `mailduty score`. Raises ``SELECT_ROW`` where it is none."""
        try:
            stake = answer.get("duty_at_stake_usd")
            return cls(
                str(answer["id"]),
                float(answer["risk"]),
                float(answer.get("tie_break", answer["risk"])),
                math.nan if stake is None else float(stake),
                bool(answer.get("hold", False)),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as why:
            raise MailDutyError(
                "SELECT_ROW",
                f"a row is no scored parcel: {why!r}"[:200],
                "Selection reads what `mailduty score` wrote",
                "Score the parcels first",
                field="risk",
            ) from why


@dataclass(frozen=True, slots=True)
class Selected:
    """A parcel to open, why (hold, risk, revenue, mix or random), and its place in the order."""

    id: str
    why: str
    place: int

    def as_json(self) -> dict[str, Any]:
        return {"id": self.id, "why": self.why, "place": self.place}


def select(
    candidates: Sequence[Candidate],
    budget: int,
    by: str = "risk",
    random_share: float = RANDOM_SHARE,
    seed: int = 0,
) -> list[Selected]:
    """At most ``budget`` parcels in the order to open them. The order of the candidates changes nothing.

    Raises ``SELECT_BUDGET``, ``SELECT_BY`` or ``SELECT_RANDOM`` naming what cannot be.
    """
    if by not in WAYS:
        raise _bad("SELECT_BY", f"{by!r} is no way to select", f"choose one of {', '.join(WAYS)}")
    if budget < 0:
        raise _bad(
            "SELECT_BUDGET", f"the budget is {budget}", "give the number of parcels that can be opened"
        )
    if not 0 <= random_share <= 1:
        raise _bad("SELECT_RANDOM", f"the random share is {random_share}", "give a share from 0 to 1")
    ranked = _ranked(candidates, by)
    chosen = [(c, "hold") for c in ranked if c.hold][:budget]
    left = budget - len(chosen)
    drawn = round(left * random_share)
    open_ = [c for c in ranked if not c.hold]
    chosen += [(c, by) for c in open_[: left - drawn]]
    rest = sorted(open_[left - drawn :], key=lambda c: c.id)
    chosen += [(c, "random") for c in random.Random(seed).sample(rest, min(drawn, len(rest)))]
    return [Selected(c.id, why, place) for place, (c, why) in enumerate(chosen, 1)]


def _ranked(candidates: Sequence[Candidate], by: str) -> list[Candidate]:
    """Best first. ``mix`` takes turns by the sum of both places, so that neither scale rules the other."""
    by_risk = sorted(candidates, key=lambda c: (-c.risk, -c.tie_break, c.id))
    if by == "risk":
        return by_risk
    by_stake = sorted(
        candidates, key=lambda c: (math.isnan(c.stake_usd), -c.stake_usd, -c.risk, -c.tie_break, c.id)
    )
    if by == "revenue":
        return by_stake
    at = {id(c): n for n, c in enumerate(by_risk)}
    place = {id(c): n + at[id(c)] for n, c in enumerate(by_stake)}
    return sorted(candidates, key=lambda c: (place[id(c)], -c.tie_break, c.id))


def _bad(code: str, fact: str, remedy: str) -> MailDutyError:
    return MailDutyError(code, fact, "", remedy)
