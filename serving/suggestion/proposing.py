"""Which number an item is assessed under: the sender's own, checked, with what the learned suggester makes of it.

The sender's ten digits stand where the tariff has them; words that point elsewhere are a reason to review. Where
the sender gave none or too few, the suggester's number is used: as it stands where all ten digits are defended,
else as its likeliest number, said to be unsure, so that the item is priced and reviewed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from data.errors import MailDutyError
from data.law import Law
from data.schedule import Schedule
from models.hts.evidence import ItemText
from models.hts.standin import StandInSuggester, Suggestion
from models.hts.suggester import DEFENDED
from models.hts.suggester import Suggestion as Learned
from models.risk.suggested import WHOLE_ANSWER, Suggested
from serving.asked import AskedItem
from serving.risk.risking import rates_of
from serving.suggestion.declared import digits_of
from serving.suggestion.suggesting import duty_of, suggester_on

TOP = 3


class Proposer:
    """Proposes a number for each item of a batch; without a model it hands back the sender's own, checked."""

    def __init__(self, schedule: Schedule, law: Law, learned: bool = True) -> None:
        self.schedule = schedule
        self.law = law
        self.learned = learned
        self.checker = StandInSuggester(schedule)

    def propose(self, items: Sequence[AskedItem], confidence: float = DEFENDED) -> list[Suggestion]:
        """One proposal for each item, in order; a number is defended from ``confidence`` on."""
        found = self.checker.suggest([i.hts_declared for i in items], [i.day for i in items])
        by_day: dict[date, list[int]] = defaultdict(list)
        for place, item in enumerate(items):
            if item.description:
                by_day[item.day].append(place)
        for day, places in by_day.items() if self.learned else ():
            try:
                model = suggester_on(self.schedule, day)
            except MailDutyError as error:
                if (
                    error.code != "SCHEDULE_DAY_UNKNOWN"
                ):  # a model that cannot be used is said, not passed over
                    raise
                continue  # no tariff is held for that day; the checked number says so itself
            if model is None:
                continue
            texts = [_text(items[p]) for p in places]
            answers = model.suggest(texts, WHOLE_ANSWER, confidence, duty_of(self.law, self.schedule, day))
            rates = rates_of(self.schedule, day)
            for place, answer in zip(places, answers, strict=True):
                declared = digits_of(items[place].hts_declared)
                of_it = declared and Suggested.of(answer.suggestions, declared, rates).as_json(declared)
                shown = replace(answer, suggestions=answer.suggestions[:TOP])
                found[place] = joined(found[place], shown, of_it or None)
        return found


def joined(checked: Suggestion, answer: Learned, declared: Mapping[str, Any] | None = None) -> Suggestion:
    """The sender's checked number and the learned answer as one proposal.

    ``declared``: what the suggester makes of the sender's number, wherever it stands in its list.
    """
    version = str(answer.versions.get("model", "hts"))
    said: dict[str, Any] = answer.as_json()
    if declared is not None:
        said["declared"] = dict(declared)
    base = replace(checked, model=version, stand_in=False, learned=said)
    flags = {f["code"]: f["message"] for f in answer.flags}
    own = checked.code or ""
    if len(own) == 10:
        sure = next((s.confidence for s in answer.suggestions if s.code == own), None)
        if "CONTRADICTED" in flags:
            return replace(base, confidence=sure, reason="HTS_CONTRADICTED", message=flags["CONTRADICTED"])
        return replace(base, confidence=sure)
    if not answer.suggestions:
        return base
    best = next((s for s in answer.suggestions if s.code.startswith(own)), None)
    if best is None:  # the words lead nowhere under the sender's short number
        return replace(base, message=flags.get("CONTRADICTED", checked.message))
    if checked.reason in ("HTS_MULTIPLE", "HTS_UNKNOWN", "HTS_NOT_IN_FORCE", "HTS_MALFORMED"):
        # Something was declared and is wrong: a person decides, with the suggestion beside it.
        return base
    if answer.code == best.code and len(best.code) == 10:
        message = f"{best.code} was suggested from the words"
        return replace(
            base, code=best.code, confidence=best.confidence, reason="HTS_SUGGESTED", message=message
        )
    message = f"{best.code} is the likeliest number, not sure"
    if answer.missing:
        message += f"; ask: {answer.missing[0].ask}"
    return replace(base, code=best.code, confidence=best.confidence, reason="HTS_UNSURE", message=message)


def _text(item: AskedItem) -> ItemText:
    facts = item.facts
    quantity, weight = facts.get("number"), facts.get("net_kg")
    category, attributes = item.received.get("category"), item.received.get("attributes")
    return ItemText(
        id=item.id,
        description=item.description or "",
        category=tuple(str(c) for c in category) if isinstance(category, (list, tuple)) else (),
        attributes={str(k): str(v) for k, v in attributes.items()} if isinstance(attributes, dict) else {},
        value_usd=float(item.value_usd) if item.value_usd else None,
        quantity=float(quantity) if quantity else None,
        weight_kg=float(weight) if weight else None,
        origin=item.origin,
        declared_hts=item.hts_declared,
    )
