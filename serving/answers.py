"""What the service does with a request, without the service: plain dictionaries in and out, one error per item."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import lru_cache
from math import isfinite
from typing import Any

from sqlalchemy import Connection

from data.errors import MailDutyError
from models.risk.history import History
from serving.asked import AskedItem, as_day, from_message
from serving.assessor import Assessor
from serving.decisions.decision import tally
from serving.duty_lines import price
from serving.ledger import Entry, Kept
from serving.ledger.drafts import checked
from serving.manifests.keeper import Keeper
from serving.manifests.keeping import assessed_entries, rejected_entry
from serving.risk.rating import screener
from serving.risk.risk_desk import RiskDesk
from serving.suggestion.suggesting import suggest_rows, suggester_on
from serving.versions import hts_model, models_in_use, risk_model, versions
from serving.web import metrics

MOST = 10**18  # of a number in a message; what is larger is no amount, weight or count


class Desk:
    """Answers batches keyed by the caller's ids. ``today`` is passed in with every batch."""

    def __init__(self, assessor: Assessor) -> None:
        self.assessor = assessor

    @classmethod
    @lru_cache(maxsize=1)
    def shipped(cls) -> Desk:
        """The desk with what the package ships; made once."""
        return cls(Assessor.shipped())

    def warm(self, today: date) -> None:
        """Loads the suggester before the first request asks for it; what is wrong with it, each request says."""
        with suppress(MailDutyError):
            suggester_on(self.assessor.schedule, today)

    def duty(self, batch: Mapping[str, Any], today: date) -> dict[str, Any]:
        """Prices ``{"items": {id: DutyItem}}``; shape of ``DutyAnswers``."""
        asked = [{"id": identifier, **item} for identifier, item in batch["items"].items()]
        answers = price(asked, self.assessor.law, self.assessor.schedule)
        return {
            "items": dict(zip(batch["items"], answers, strict=True)),
            "errors": sum("error" in answer for answer in answers),
            "versions": self._versions(today),
        }

    def suggest(self, batch: Mapping[str, Any], today: date) -> dict[str, Any]:
        """Suggests numbers for ``{"on", "top", "confidence", "items": {id: SuggestItem}}``; shape of ``SuggestAnswers``."""
        on = as_day(batch["on"], "on") if batch.get("on") else today
        rows = [{**item, "id": identifier} for identifier, item in batch["items"].items()]
        answers = suggest_rows(
            rows,
            self.assessor.law,
            self.assessor.schedule,
            on,
            batch.get("top", 5),
            batch.get("confidence", 0.8),
        )
        return {
            "items": dict(zip(batch["items"], answers, strict=True)),
            "errors": sum("error" in answer for answer in answers),
            "versions": self._versions(on),
        }

    def score(self, batch: Mapping[str, Any], today: date, past: History | None = None) -> dict[str, Any]:
        """Scores ``{"on", "suggester", "items": {id: parcel}}``; shape of ``ScoreAnswers``.

        The parcels of a batch count together, on top of ``past``, the party's history; nothing is kept of them.
        """
        on = as_day(batch["on"], "on") if batch.get("on") else today
        rows = [{**item, "id": identifier} for identifier, item in batch["items"].items()]
        desk = RiskDesk.over(
            self.assessor.schedule, self.assessor.law, on, past, screener(), batch.get("suggester", True)
        )
        answers = desk.score(rows, on)
        return {
            "items": dict(zip(batch["items"], answers, strict=True)),
            "errors": sum("error" in answer for answer in answers),
            "versions": self._versions(on),
        }

    def assess(
        self,
        batch: Mapping[str, Any],
        today: date,
        keeper: Keeper,
        also: Callable[[Connection, dict[str, Any]], None] | None = None,
    ) -> dict[str, Any]:
        """Assesses ``{"on", "items": {id: AssessItem}}`` and keeps it first; shape of ``AssessAnswers``.

        Every item's record is in one transaction, with ``also``, which gets the answer. Raises ``REQUEST_ID``.
        """
        on = as_day(batch["on"], "on") if batch.get("on") else None
        asked: list[AskedItem] = []
        errors: dict[str, dict[str, Any]] = {}
        rejected: list[Entry] = []
        for identifier, item in batch["items"].items():
            _keepable_id(identifier)
            try:
                checked("tracking_id", item.get("tracking_id") or "")
                _finite(item)
                asked.append(from_message(identifier, item, on, today))
            except MailDutyError as error:
                errors[identifier] = {"id": identifier, "error": error.as_dict()}
                received = _bounded(item)
                if error.code == "LEDGER_TEXT":
                    del received["tracking_id"]
                rejected.append(rejected_entry({"error": error.as_dict(), "received": received}, identifier))
        done = keeper.assess(self.assessor, asked)
        entries = [*assessed_entries(done, keeper.standing(self.assessor)), *rejected]
        answers: dict[str, dict[str, Any]] = {one.asked.id: one.as_json() for one in done}
        items: dict[str, dict[str, Any]] = {i: answers.get(i) or errors[i] for i in batch["items"]}
        answer = {
            "items": items,
            "errors": len(errors),
            "decisions": tally([one.decision for one in done]),
            "versions": self._versions(today),
        }

        def named(connection: Connection, kept: Sequence[Kept]) -> None:
            for entry, one in zip(entries, kept, strict=True):
                items[entry.item_id]["record_id"] = one.record_id
            if also is not None:
                also(connection, answer)

        kept = keeper.keep(entries, named)
        metrics.kept(done, entries, kept, "assess")
        return answer

    def about(self, today: date) -> dict[str, Any]:
        """Versions of a day, how far the law is verified, and which answers are stand-ins."""
        return {
            "versions": self._versions(today),
            "law_verified_through": self.assessor.law.verified_through.isoformat(),
            "models": models_in_use(),
            "stand_ins": [
                name
                for name, model in (("suggestion", hts_model()), ("risk", risk_model()))
                if model == "standin"
            ],
        }

    def _versions(self, today: date) -> dict[str, str]:
        return versions(self.assessor.schedule, self.assessor.law, today)


def _keepable_id(identifier: str) -> None:
    try:
        checked("item_id", identifier)
    except MailDutyError as error:
        raise MailDutyError(
            "REQUEST_ID", error.fact, "an item is kept and found under your id", "take a shorter, plainer one"
        ) from error


def _finite(item: Any) -> None:
    """Raises ``REQUEST_NUMBER`` for a number that no record can hold: beyond 64 bits, infinite, or none."""
    if _bounded(item) != item:
        raise MailDutyError(
            "REQUEST_NUMBER",
            "a number is infinite, or longer than 18 digits",
            "what is received is kept as it came",
            "write it as text, or correct it",
        )


def _bounded(value: Any) -> Any:
    """A value with its endless numbers as text, cut."""
    if isinstance(value, Mapping):
        return {name: _bounded(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_bounded(one) for one in value]
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    if isinstance(value, int) and abs(value) > MOST:
        return f"{value.bit_length()} bits"
    return value
