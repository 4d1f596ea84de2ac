"""How risky an item of an assessment is: the plain rules, and the learned score beside them where a model is there.

Items that travel in one parcel are no split order: only items alone in their parcel are counted together. The
score's probability, typologies, reasons and duty at stake stand in the answer; a probability from ``review_from``
on (a threshold of the party) is a signal for review, a name on a list (``MAILDUTY_LISTS``, a folder) a signal to hold.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from data.errors import MailDutyError
from data.law import Law
from data.schedule import Schedule
from data.screening import read_folder
from models.duty.records import DutyAssessment, DutyError
from models.risk.history import History
from models.risk.parcel import CATEGORIES, RiskParcel, RiskParty
from models.risk.scorer import RiskScore
from models.risk.screening import Screener
from models.risk.standin import RiskAnswer, RiskFacts, Signal, StandInScorer
from serving.asked import AskedItem
from serving.risking import risk_folder, salt, scorer_on

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
        duties: Sequence[DutyAssessment | DutyError],
        review_from: float,
    ) -> list[RiskAnswer]:
        """One answer for each item, in order. ``review_from``: probability that something is wrong."""
        plain = self.rules.score(facts)
        if risk_folder() is None:
            return plain
        lines = Counter(item.parcel or item.id for item in items)
        groups: dict[tuple[date, bool], list[int]] = {}
        for place, item in enumerate(items):
            groups.setdefault((item.day, lines[item.parcel or item.id] == 1), []).append(place)
        for (day, alone), places in groups.items():
            try:
                scorer = scorer_on(self.schedule, self.law, day)
            except MailDutyError as error:
                if error.code.startswith("MODEL_"):  # a model that cannot be used is said, not passed over
                    raise
                continue  # no tariff or law is held for that day
            parcels = [parcel_of(items[p]) for p in places]
            percent = [_percent(items[p], duties[p]) for p in places]
            past = History(salt()) if alone else None
            scores = scorer.score(parcels, past, screen=screener(), duty=percent)
            for place, score in zip(places, scores, strict=True):
                plain[place] = _joined(plain[place], score, review_from)
        return plain


@lru_cache(maxsize=1)
def screener() -> Screener | None:
    """The lists of the folder that is set, read once; None where none is set."""
    named = os.environ.get("MAILDUTY_LISTS")
    return Screener(read_folder(Path(named).expanduser())) if named else None


def parcel_of(item: AskedItem) -> RiskParcel:
    """An item of an assessment as the score reads it. What its reader could not read is missing here too."""
    given = item.received
    code = "".join(c for c in item.hts_declared or "" if c.isdigit())
    category = str(given.get("category") or (item.facts.get("gift") and "gift") or "")
    return RiskParcel(
        id=item.id,
        posted_on=item.day,
        description=item.description or None,
        hts=code if len(code) in (4, 6, 8, 10) else None,
        origin=item.origin,
        value_usd=None if item.value_usd is None else max(0.0, float(item.value_usd)),
        quantity=_number(given.get("quantity")),
        weight_kg=_number(given.get("net_weight_kg")) or _number(given.get("gross_weight_kg")),
        category=category if category in CATEGORIES else None,
        sender=_party(given.get("sender")),
        recipient=_party(given.get("recipient")),
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


def _percent(item: AskedItem, duty: DutyAssessment | DutyError) -> float | None:
    if isinstance(duty, DutyError) or not item.value_usd:
        return None
    return duty.duty / float(item.value_usd)  # cents over dollars: percent


def _party(given: Any) -> RiskParty:
    if not isinstance(given, Mapping):
        return RiskParty()
    return RiskParty(**{name: str(given[name]) for name in _PARTY if given.get(name)})


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if 0 <= number < 1e9 else None
