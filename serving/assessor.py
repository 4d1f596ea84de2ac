"""Composes the three answers into one assessment, a whole batch at a time: what is it, how risky, what does it owe.

Each part is asked once for the batch. A part that cannot answer for an item gives an error in that item's place;
the others go on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from data.errors import MailDutyError
from data.hts import HtsCode
from data.law import Law
from data.schedule import Schedule
from models.duty.records import DutyAssessment, DutyError, DutyRequest
from models.duty.routes import RouteAnswer
from models.hts.standin import Suggestion
from models.risk.history import History
from models.risk.standin import RiskAnswer, RiskFacts
from serving.asked import AskedItem
from serving.decisions.decision import Decision, Ground
from serving.decisions.exceptions import OpenException, opened
from serving.decisions.grounds import decided
from serving.decisions.sent import Earlier
from serving.decisions.thresholds import Thresholds
from serving.decisions.together import grounds_together
from serving.parcels import price_items
from serving.risk.rating import Rater, still_stands
from serving.risk.staking import at_stake
from serving.routing import as_json, route_items
from serving.settings import tariff
from serving.suggestion.proposing import Proposer
from serving.versions import versions


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything said of one item."""

    asked: AskedItem
    suggestion: Suggestion
    risk: RiskAnswer
    duty: DutyAssessment | DutyError
    route: RouteAnswer | None
    decision: Decision
    versions: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """The assessment as README documents it; amounts are text with two decimals."""
        return {
            "id": self.asked.id,
            "entry_date": self.asked.day.isoformat(),
            "entry_date_from": self.asked.day_from,
            "suggestion": self.suggestion.as_json(),
            "risk": self.risk.as_json(),
            "duty": self.duty.as_json(),
            "route": as_json(self.route),
            "decision": self.decision.as_json(),
            "exceptions": [one.as_json() for one in self.exceptions],
            "versions": self.versions,
        }

    @property
    def exceptions(self) -> tuple[OpenException, ...]:
        """What keeps the item waiting, each with an owner and what clears it."""
        return opened(self.decision.grounds)


class Assessor:
    """Holds what answers: tariff, law, suggester, scorer. :meth:`shipped` makes it from what the package ships."""

    def __init__(self, schedule: Schedule, law: Law, proposer: Proposer, rater: Rater) -> None:
        self.schedule = schedule
        self.law = law
        self.proposer = proposer
        self.rater = rater

    @classmethod
    def shipped(cls) -> Assessor:
        """The tariff in use, the law in the package, the suggester and the risk score that are shipped."""
        schedule, law = tariff(), Law.load()
        return cls(schedule, law, Proposer(schedule, law), Rater(schedule, law))

    def assess(
        self,
        items: Sequence[AskedItem],
        thresholds: Thresholds | None = None,
        earlier: Earlier | None = None,
        risks: Mapping[str, RiskAnswer] | None = None,
        past: History | None = None,
        beside: Mapping[str, Sequence[Ground]] | None = None,
    ) -> list[Assessment]:
        """One assessment for each item, in order. Items of one parcel belong into one batch.

        ``thresholds`` are those of the party, else the defaults; ``earlier`` finds parcels sent before to the same
        recipients; ``risks`` and ``beside`` are risk answers and grounds given by other parcels that still stand, by
        item id, where nothing they read has changed; ``past`` is the party's history for the risk score.
        """
        limits = thresholds or Thresholds.shipped()
        suggestions = self.proposer.propose(items, limits.code.defended_from)
        requests, duties, ways = self._owed(items, suggestions)
        facts = [_risk_facts(i, s) for i, s in zip(items, suggestions, strict=True)]
        rated = self.rater.rate(items, facts, suggestions, requests, limits.risk.review_from, past)
        known = risks or {}
        rated = [still_stands(known.get(item.id), risk) for item, risk in zip(items, rated, strict=True)]
        stakes = at_stake(requests, suggestions, duties, limits.code, self.law, self.schedule)
        together = grounds_together(items, suggestions, rated, self.law, limits, earlier)
        together = [(beside or {}).get(item.id, some) for item, some in zip(items, together, strict=True)]
        stamps = {day: self._versions(day, limits) for day in {item.day for item in items}}
        done = []
        for item, suggestion, risk, duty, way, stake, others in zip(
            items, suggestions, rated, duties, ways, stakes, together, strict=True
        ):
            decision = decided(item, suggestion, risk, duty, way, limits, stake, others)
            done.append(Assessment(item, suggestion, risk, duty, way, decision, stamps[item.day]))
        return done

    def _versions(self, day: date, thresholds: Thresholds) -> dict[str, str]:
        return {**versions(self.schedule, self.law, day), "thresholds": thresholds.version}

    def _owed(
        self, items: Sequence[AskedItem], suggestions: Sequence[Suggestion]
    ) -> tuple[list[DutyRequest | None], list[DutyAssessment | DutyError], list[RouteAnswer | None]]:
        """What was asked, duty and route of each item; without origin or value an error says what is missing."""
        requests: dict[int, DutyRequest] = {}
        duties: dict[int, DutyAssessment | DutyError] = {}
        for place, (item, suggestion) in enumerate(zip(items, suggestions, strict=True)):
            try:
                requests[place] = priced_as(item, suggestion)
            except MailDutyError as error:
                duties[place] = DutyError.of(item.id, error)
        asked, parcels = list(requests.values()), [items[place].parcel for place in requests]
        answers = price_items(asked, parcels, self.law, self.schedule)
        ways = route_items(list(zip(asked, answers, strict=True)), parcels, self.law)
        duties |= zip(requests, answers, strict=True)
        open_ways = dict(zip(requests, ways, strict=True))
        every = range(len(items))
        return (
            [requests.get(place) for place in every],
            [duties[place] for place in every],
            [open_ways.get(place) for place in every],
        )


def priced_as(item: AskedItem, suggestion: Suggestion) -> DutyRequest:
    """What the duty is asked for an item. Raises ``ORIGIN_MISSING`` or ``VALUE_MISSING``."""
    if item.origin is None:
        raise MailDutyError(
            "ORIGIN_MISSING",
            "no country of origin is declared",
            "the rate depends on where the goods were made",
            "ask the sender",
        )
    if item.value_usd is None:
        raise MailDutyError(
            "VALUE_MISSING",
            "no value in US dollars is known",
            "duty is charged on the value",
            "ask the sender",
        )
    hts = HtsCode(suggestion.code).dotted if suggestion.code else None
    return DutyRequest(item.id, item.day, item.channel, item.origin, hts, item.value_usd, dict(item.facts))


def _risk_facts(item: AskedItem, suggestion: Suggestion) -> RiskFacts:
    return RiskFacts(item.description, item.value_usd, item.identifier_problem, suggestion.reason)
