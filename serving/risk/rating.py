"""How risky an item of an assessment is: the plain rules, and the learned score beside them where a model is there.

The score reads what the suggester said of the declared number, prices suspected facts as the item was priced, and
knows the operator's past parcels where they are handed in; lines of one parcel count as one. Its probability,
typologies, reasons and duty at stake stand in the answer; a probability from ``review_from`` on (a threshold of the
party) is a signal for review, a name on a list (``MAILDUTY_LISTS``, a folder) a signal to hold.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from data.errors import MailDutyError
from data.law import Law
from data.s10 import read_identifier
from data.schedule import Schedule
from data.screening import read_folder
from models.duty.records import DutyRequest
from models.hts.standin import Suggestion
from models.risk.history import History
from models.risk.parcel import CATEGORIES, RiskParcel, RiskParty
from models.risk.scorer import RiskScore
from models.risk.screening import Screener
from models.risk.standin import RiskAnswer, RiskFacts, Signal, StandInScorer
from models.risk.suggested import Suggested
from serving.asked import AskedItem
from serving.risk.risk_duty import owes_as
from serving.risk.risking import risk_folder, salt, scorer_on
from serving.suggestion.declared import digits_of

_PARTY = ("name", "address", "city", "region", "postal_code", "country", "phone", "email")


class Rater:
    """Rates a batch; without a model, or for a day without a tariff, the plain rules answer alone."""

    def __init__(self, schedule: Schedule, law: Law) -> None:
        self.schedule, self.law = schedule, law
        self.rules = StandInScorer()

    def rate(
        self,
        items: Sequence[AskedItem],
        facts: Sequence[RiskFacts],
        suggestions: Sequence[Suggestion],
        requests: Sequence[DutyRequest | None],
        review_from: float,
        past: History | None = None,
    ) -> list[RiskAnswer]:
        """One answer for each item, in order.

        ``requests`` are what its duty was asked with, None where it could not be; ``review_from`` is a probability that
        something is wrong; ``past`` the operator's history, without which the batch alone counts.
        """
        plain = self.rules.score(facts)
        if risk_folder() is None:
            return plain
        known = past if past is not None else History(salt())
        by_day: dict[date, list[int]] = {}
        for place, item in enumerate(items):
            by_day.setdefault(item.day, []).append(place)
        for day, places in by_day.items():
            try:
                scorer = scorer_on(self.schedule, self.law, day)
            except MailDutyError as error:
                if error.code.startswith("MODEL_"):  # a model that cannot be used is said, not passed over
                    raise
                continue  # no tariff or law is held for that day
            parcels = [parcel_of(items[p]) for p in places]
            said = [second_opinion(suggestions[p]) for p in places]
            owes = owes_as(self.law, self.schedule, [requests[p] for p in places])
            scores = scorer.score(parcels, known, said, screener(), owes)
            for place, score in zip(places, scores, strict=True):
                plain[place] = _joined(plain[place], score, review_from)
        return plain


def still_stands(known: RiskAnswer | None, fresh: RiskAnswer) -> RiskAnswer:
    """An answer that was given before, where there is one; a name listed since then is news all the same."""
    if known is None or (_matches(fresh) and not _matches(known)):
        return fresh
    return known


def _matches(answer: RiskAnswer) -> bool:
    return any(signal.code == "SCREENING_MATCH" for signal in answer.signals)


@lru_cache(maxsize=1)
def screener() -> Screener | None:
    """The lists of the folder that is set, read once; None where none is set."""
    named = os.environ.get("MAILDUTY_LISTS")
    return Screener(read_folder(Path(named).expanduser())) if named else None


def parcel_of(item: AskedItem) -> RiskParcel:
    """An item of an assessment as the score reads it. What its reader could not read is missing here too."""
    given = item.received
    category = str(given.get("category") or (item.facts.get("gift") and "gift") or "")
    return RiskParcel(
        id=item.id,
        posted_on=item.day,
        description=item.description or None,
        hts=digits_of(item.hts_declared),
        origin=item.origin,
        value_usd=None if item.value_usd is None else max(0.0, float(item.value_usd)),
        quantity=_number(given.get("quantity")),
        weight_kg=_number(given.get("net_weight_kg")) or _number(given.get("gross_weight_kg")),
        category=category if category in CATEGORIES else None,
        sender=_party(given.get("sender")),
        recipient=_party(given.get("recipient")),
        seller=_text(given.get("seller")),
        brand=_text(given.get("brand")),
        origin_post=_post(item),
        invoice=_text(given.get("invoice")),
        tracking_id=item.parcel,
    )


def _joined(plain: RiskAnswer, score: RiskScore, review_from: float) -> RiskAnswer:
    """The rules' signals with the learned answer; what is severe enough becomes a signal of its own."""
    signals = list(plain.signals)
    signals += [Signal(r.code, r.sentence) for r in score.reasons if r.code == "SCREENING_MATCH"]
    if score.risk >= review_from:
        likeliest = max(score.typologies, key=lambda t: score.typologies[t])
        why = score.reasons[0].sentence if score.reasons else ""
        signals.append(
            Signal("RISK_HIGH", f"{score.risk:.0%} that something is wrong, likeliest {likeliest}. {why}")
        )
    said: dict[str, Any] = score.as_json()
    return replace(
        plain,
        signals=tuple(signals),
        probability=score.risk,
        model=f"risk {score.versions['risk_model']}",
        stand_in=False,
        learned={k: v for k, v in said.items() if k not in ("id", "risk")},
    )


def second_opinion(suggestion: Suggestion) -> Suggested | None:
    """What the suggester said of the declared number, as the proposal holds it; None where it was not asked."""
    said = (suggestion.learned or {}).get("declared")
    return Suggested.read(said) if said else None


def _party(given: Any) -> RiskParty:
    if not isinstance(given, Mapping):
        return RiskParty()
    return RiskParty(**{name: str(given[name]) for name in _PARTY if given.get(name)})


def _post(item: AskedItem) -> str | None:
    """The country whose post sent it: the issuer of its S10 identifier."""
    parts = read_identifier(item.parcel).s10 if item.parcel else None
    return parts.issuer if parts is not None and parts.ok else None


def _text(given: Any) -> str | None:
    return given.strip()[:1000] or None if isinstance(given, str) else None


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if 0 <= number < 1e9 else None
