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
from models.duty.calculator import DutyAssessment, DutyRequest, assess_many
from models.duty.routes import RouteAnswer, routes
from models.hts.standin import StandInSuggester, Suggestion
from models.risk.standin import RiskAnswer, RiskFacts, StandInScorer
from serving.asked import AskedItem
from serving.decision import Decision, Ground, decide
from serving.settings import tariff
from serving.versions import versions


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything said of one item."""

    asked: AskedItem
    suggestion: Suggestion
    risk: RiskAnswer
    duty: DutyAssessment | MailDutyError
    route: RouteAnswer | MailDutyError
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
            "duty": _answer(self.asked.id, self.duty),
            "route": _route(self.route),
            "decision": self.decision.as_json(),
            "versions": self.versions,
        }


class Assessor:
    """Holds what answers: tariff, law, suggester, scorer. :meth:`shipped` makes it from what the package ships."""

    def __init__(self, schedule: Schedule, law: Law, suggester: StandInSuggester, scorer: StandInScorer) -> None:
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
            route = self._route(item, suggestion)
            decision = _decision(item, suggestion, risk, duty, route)
            done.append(Assessment(item, suggestion, risk, duty, route, decision, stamps[item.day]))
        return done
