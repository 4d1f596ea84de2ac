"""The learned suggester as it is served: which model answers, for which day, and what a wrong number would cost.

The model comes from where ``settings.model_place`` says. Rows are checked one by one; a row that cannot be read gets an
error in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from data.countries import country
from data.errors import MailDutyError
from data.law import Law
from data.schedule import Schedule
from models.artifact import load
from models.duty.records import DutyRequest
from models.hts.artifact import suggester_of
from models.hts.evidence import ItemText
from models.hts.suggester import DEFENDED, DutyOf, Suggester
from serving.duty_lines import cents_of
from serving.settings import model_place

TOP = 5
_TEXTS = ("description", "declared_hts", "origin")


def model_folder() -> Path | None:
    """The folder of the model in use; None where there is none, or where ``none`` is set."""
    return model_place("hts").folder


@lru_cache(maxsize=3)
def _suggester(folder: Path, schedule: Schedule, revision: str, on: date) -> Suggester:
    """The suggester of a model folder over the numbers in force on a day."""
    from data.catalogue import load as load_catalogue

    artifact, catalogue = load(folder), load_catalogue()  # a folder that is refused is said at once
    leaves = frozenset(line.code for line in schedule.leaves(on))
    return suggester_of(artifact, catalogue, leaves, schedule=revision, catalogue=f"{len(catalogue)} kinds")


def suggester_on(schedule: Schedule, on: date) -> Suggester | None:
    """The suggester of a day, None where there is no model; days of one schedule revision share it.

    Raises MailDutyError SCHEDULE_DAY_UNKNOWN, or what ``models.artifact.load`` raises of a folder it refuses.
    """
    folder = model_folder()
    if folder is None:
        return None
    revision = schedule.revision(on)
    first = _first_days.setdefault((id(schedule), revision), on)
    return _suggester(folder, schedule, revision, first)


_first_days: dict[tuple[int, str], date] = {}


def duty_of(law: Law, schedule: Schedule, on: date) -> DutyOf:
    """Prices numbers for items by mail on a day; None where origin or value is missing or a fact is wanting."""

    def priced(asked: Sequence[tuple[ItemText, Sequence[str]]]) -> Sequence[Mapping[str, Decimal | None]]:
        found: list[dict[str, Decimal | None]] = [dict.fromkeys(codes) for _, codes in asked]
        requests: list[DutyRequest] = []
        places: list[int] = []
        for place, (item, codes) in enumerate(asked):
            if item.origin and item.value_usd:
                value = Decimal(str(item.value_usd)).quantize(Decimal("0.01"))
                requests += [DutyRequest(c, on, "mail", item.origin, c, value, {}) for c in codes]
                places += [place] * len(codes)
        for place, one, cents in zip(places, requests, cents_of(requests, law, schedule), strict=True):
            if cents is not None:
                found[place][one.id] = Decimal(cents) / 100
        return found

    return priced


def suggest_rows(
    rows: Sequence[Any], law: Law, schedule: Schedule, on: date, top: int = TOP, confidence: float = DEFENDED
) -> list[dict[str, Any]]:
    """Answers for rows as ``mailduty suggest`` reads them, in order; a bad row is ``{"id","error"}``.

    Raises MailDutyError MODEL_MISSING where no model is there to answer.
    """
    model = suggester_on(schedule, on)
    if model is None:
        raise MailDutyError(
            "MODEL_MISSING",
            "no suggester is shipped or set",
            "suggestions come from a trained model",
            "train one with `mailduty train hts`, or set MAILDUTY_HTS_MODEL",
        )
    asked: list[ItemText] = []
    places: list[int] = []
    answers: list[dict[str, Any]] = [{} for _ in rows]
    for place, row in enumerate(rows):
        try:
            asked.append(item_of(row))
            places.append(place)
        except MailDutyError as error:
            identifier = row.get("id") if isinstance(row, Mapping) else None
            answers[place] = {"id": identifier, "error": error.as_dict()}
    said = model.suggest(asked, top, confidence, duty_of(law, schedule, on))
    for place, answer in zip(places, said, strict=True):
        answers[place] = answer.as_json()
    return answers


def item_of(row: Any) -> ItemText:
    """A row ``{"id","description",...}`` as the suggester is asked. Raises MailDutyError naming the field."""
    if isinstance(row, MailDutyError):
        raise row
    if not isinstance(row, Mapping):
        raise _bad("row", row, "a row is a JSON object", 'write {"id": ..., "description": ...}')
    if row.get("id") in (None, ""):
        raise _bad("id", row.get("id"), "an answer is found again by its id", "give each row an id")
    for name in _TEXTS:
        if row.get(name) is not None and not isinstance(row[name], str):
            raise _bad(name, row[name], f"{name} is a text", "write it in quotes")
    if row.get("description") is None:
        raise _bad("description", None, "goods are told by their description", "say what the goods are")
    category, attributes = row.get("category") or [], row.get("attributes") or {}
    if not isinstance(category, list) or not isinstance(attributes, Mapping):
        raise _bad("category", category, "category is a list, attributes an object", "correct the field")
    origin = row.get("origin")
    return ItemText(
        id=str(row["id"]),
        description=row["description"][:4000],
        category=tuple(str(c) for c in category[:10]),
        attributes={str(k): str(v)[:300] for k, v in list(attributes.items())[:60] if v is not None},
        value_usd=_number(row, "value_usd"),
        quantity=_number(row, "quantity"),
        weight_kg=_number(row, "weight_kg"),
        origin=country(origin).code if origin else None,
        declared_hts=row.get("declared_hts"),
    )


def _number(row: Mapping[str, Any], name: str) -> float | None:
    value = row.get(name)
    if value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if isinstance(value, bool) or not 0 <= number < 1e9:
        raise _bad(name, value, f"{name} is a number, not negative", "correct it or leave it out")
    return number or None


def _bad(name: str, value: Any, rule: str, remedy: str) -> MailDutyError:
    return MailDutyError("ROW_FIELD", f"{name} is {str(value)[:60]!r}", rule, remedy, field=name)
