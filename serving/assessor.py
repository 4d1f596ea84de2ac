"""Composes the three answers into one assessment, a whole batch at a time: what is it, how risky, what does it owe.

Each part is asked once for the batch. A part that cannot answer for an item gives an error in that item's place;
the others go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from data.errors import MailDutyError
from data.hts import HtsCode
from data.law import Law
from data.schedule import Schedule
from models.duty.records import DutyAssessment, DutyError, DutyRequest
from models.duty.routes import RouteAnswer
from models.hts.standin import Suggestion
from models.risk.standin import RiskAnswer, RiskFacts
from serving.asked import AskedItem
from serving.decision import Decision
from serving.grounds import decided
from serving.parcels import price_items
from serving.proposing import Proposer
from serving.rating import Rater
from serving.routing import as_json, route_items
from serving.settings import tariff
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
            "versions": self.versions,
        }


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

    def assess(self, items: Sequence[AskedItem]) -> list[Assessment]:
        """One assessment for each item, in order. Items of one parcel belong into one batch."""
        suggestions = self.proposer.propose(items)
        duties, ways = self._owed(items, suggestions)
        facts = [_risk_facts(i, s) for i, s in zip(items, suggestions, strict=True)]
        risks = self.rater.rate(items, facts, duties)
        stamps = {day: versions(self.schedule, self.law, day) for day in {item.day for item in items}}
        done = []
        for item, suggestion, risk, duty, way in zip(items, suggestions, risks, duties, ways, strict=True):
            decision = decided(item, suggestion, risk, duty, way)
            done.append(Assessment(item, suggestion, risk, duty, way, decision, stamps[item.day]))
        return done

    def _owed(
        self, items: Sequence[AskedItem], suggestions: Sequence[Suggestion]
    ) -> tuple[list[DutyAssessment | DutyError], list[RouteAnswer | None]]:
        """Duty and route of each item; an item without origin or value has an error that says what is missing."""
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
        return [duties[place] for place in range(len(items))], [
            open_ways.get(place) for place in range(len(items))
        ]


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
