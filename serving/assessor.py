"""Composes the three answers into one assessment, a whole batch at a time: what is it, how risky, what does it owe.

Each part is asked once for the batch. A part that cannot answer for an item gives an error in that item's place;
the others go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from data.errors import MailDutyError
from data.law import Law
from data.schedule import Schedule
from models.duty.records import DutyAssessment, DutyError, DutyRequest
from models.hts.standin import StandInSuggester, Suggestion
from models.risk.standin import RiskAnswer, RiskFacts, StandInScorer
from serving.asked import AskedItem
from serving.decision import Decision
from serving.grounds import decided
from serving.parcels import price_items
from serving.settings import tariff
from serving.versions import versions


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything said of one item."""

    asked: AskedItem
    suggestion: Suggestion
    risk: RiskAnswer
    duty: DutyAssessment | DutyError
    route: Any
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
            "route": self.route and self.route.as_json(),
            "decision": self.decision.as_json(),
            "versions": self.versions,
        }


class Assessor:
    """Holds what answers: tariff, law, suggester, scorer. :meth:`shipped` makes it from what the package ships."""

    def __init__(
        self, schedule: Schedule, law: Law, suggester: StandInSuggester, scorer: StandInScorer
    ) -> None:
        self.schedule = schedule
        self.law = law
        self.suggester = suggester
        self.scorer = scorer

    @classmethod
    def shipped(cls) -> Assessor:
        """The tariff in use, the law in the package, and the stand-ins."""
        schedule = tariff()
        return cls(schedule, Law.load(), StandInSuggester(schedule), StandInScorer())

    def assess(self, items: Sequence[AskedItem]) -> list[Assessment]:
        """One assessment for each item, in order."""
        suggestions = self.suggester.suggest([i.hts_declared for i in items], [i.day for i in items])
        risks = self.scorer.score([_risk_facts(i, s) for i, s in zip(items, suggestions, strict=True)])
        duties = self._duties(items, suggestions)
        stamps = {day: versions(self.schedule, self.law, day) for day in {item.day for item in items}}
        done = []
        for item, suggestion, risk, duty in zip(items, suggestions, risks, duties, strict=True):
            route = None
            decision = decided(item, suggestion, risk, duty, route)
            done.append(Assessment(item, suggestion, risk, duty, route, decision, stamps[item.day]))
        return done

    def _duties(
        self, items: Sequence[AskedItem], suggestions: Sequence[Suggestion]
    ) -> list[DutyAssessment | DutyError]:
        """What each item owes; an item without origin or value is not asked for, its error says what is missing."""
        answers: list[DutyAssessment | DutyError] = []
        requests: list[DutyRequest] = []
        places: list[int] = []
        for item, suggestion in zip(items, suggestions, strict=True):
            try:
                requests.append(_request(item, suggestion))
            except MailDutyError as error:
                answers.append(DutyError.of(item.id, error))
            else:
                places.append(len(answers))
                answers.append(DutyError(item.id, "UNANSWERED", ""))
        parcels = [items[place].parcel for place in places]
        for place, answer in zip(
            places, price_items(requests, parcels, self.law, self.schedule), strict=True
        ):
            answers[place] = answer
        return answers


def _request(item: AskedItem, suggestion: Suggestion) -> DutyRequest:
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
    return DutyRequest(
        item.id, item.day, item.channel, item.origin, suggestion.code, item.value_usd, dict(item.facts)
    )


def _risk_facts(item: AskedItem, suggestion: Suggestion) -> RiskFacts:
    return RiskFacts(item.description, item.value_usd, item.identifier_problem, suggestion.reason)
