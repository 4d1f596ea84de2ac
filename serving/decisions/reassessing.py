"""Assesses an item again from its record: when something about it has changed, or the law around it has.

The earlier record stays; what comes out is written as a new one, which supersedes it. With nothing changed the same
comes out. What was said among the parcels of its day (the risk, an order sent apart, gifts of one day) stands where
nothing it read has changed: those parcels are not there any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from data.countries import country
from data.errors import MailDutyError
from models.duty.records import CHANNELS, dollars
from models.risk.standin import RiskAnswer, Signal
from serving.asked import AskedItem, as_day, asked_from, asked_json
from serving.assessor import Assessment, Assessor
from serving.decisions.decision import Ground
from serving.decisions.exceptions import exception_of
from serving.decisions.sent import Earlier
from serving.decisions.thresholds import Thresholds
from serving.decisions.together import TOGETHER
from serving.versions import versions

CHANGEABLE = ("description", "hts", "origin", "value_usd", "channel", "entry_date", "facts")
# What a change answers: questions that open these exceptions are asked no more.
_ANSWERS = {"description": "E03", "hts": "E05", "origin": "E04", "value_usd": "E06", "entry_date": "E16"}
_RISK_READS = ("risk_model", "hts_model", "schedule", "law", "thresholds")
Body = Mapping[str, Any]


def reassess(
    body: Body,
    changes: Mapping[str, Any],
    assessor: Assessor,
    day: date | None = None,
    *,
    personal: Mapping[str, Any] | None = None,
    mates: Sequence[Body] = (),
    thresholds: Thresholds | None = None,
    earlier: Earlier | None = None,
) -> Assessment:
    """The item of a record's body with ``changes`` (of :data:`CHANGEABLE`; ``facts`` are added, null takes one away).

    ``day`` is the new day of entry; None keeps the recorded one. ``personal`` is what was parted from the record;
    without it the risk is rated without people. ``mates`` are the bodies of the other lines of the parcel, because
    limits and gifts are those of the whole. Raises ``CHANGE_UNKNOWN``, ``PARCEL_MATES_MISSING``, or what is wrong with a
    value.
    """
    people = {body["asked"]["id"]: personal} if personal else {}
    lines = reassess_parcel(
        body, changes, assessor, day, people=people, mates=mates, thresholds=thresholds, earlier=earlier
    )
    return next(one for line, one in lines if line is body)


def reassess_parcel(
    body: Body,
    changes: Mapping[str, Any],
    assessor: Assessor,
    day: date | None = None,
    *,
    people: Mapping[str, Mapping[str, Any]] | None = None,
    mates: Sequence[Body] = (),
    thresholds: Thresholds | None = None,
    earlier: Earlier | None = None,
) -> list[tuple[Body, Assessment]]:
    """As :func:`reassess`, with every line of the parcel, in order: what changes one may move the others.

    ``people`` holds, by item id, what was parted from each record.
    """
    lines = sorted([body, *mates], key=_place)
    if _of_several(body) and not mates:
        raise MailDutyError(
            "PARCEL_MATES_MISSING",
            f"{body['asked']['id']} travels with other items",
            "limits, gifts and sums are those of the whole parcel",
            "give the records of its other lines too",
        )
    asked: list[AskedItem] = []
    risks: dict[str, RiskAnswer] = {}
    beside: dict[str, list[Ground]] = {}
    for line in lines:
        mine = line is body
        known = (people or {}).get(line["asked"]["id"], {})
        before = asked_from(line["asked"], {**line["received"], **known})
        after = changed(before, changes if mine else {}, day)
        asked.append(after)
        if asked_json(after) == line["asked"] and risk_stands(line, assessor, after.day, thresholds):
            risks[after.id] = risk_from(line["assessment"]["risk"])
            beside[after.id] = _beside(line)
    done = assessor.assess(asked, thresholds, earlier, risks, beside=beside)
    return list(zip(lines, done, strict=True))


def changed(item: AskedItem, changes: Mapping[str, Any], day: date | None = None) -> AskedItem:
    """The item with changes; questions that they answer are gone. Raises as :func:`reassess`."""
    unknown = [name for name in changes if name not in CHANGEABLE]
    if unknown:
        raise MailDutyError(
            "CHANGE_UNKNOWN",
            f"{unknown[0][:60]!r} cannot be changed",
            "",
            f"change one of {', '.join(CHANGEABLE)}",
            field=unknown[0][:60],
        )
    new: dict[str, Any] = {
        _FIELDS[name]: _READ[name](value) for name, value in changes.items() if name in _READ
    }
    if "facts" in changes:
        facts = {**item.facts, **changes["facts"]}
        new["facts"] = {name: value for name, value in facts.items() if value is not None}
    if day is not None and day != item.day:
        new |= {"day": day, "day_from": "asked"}
    elif "day" in new:
        new["day_from"] = "asked"
    answered = {_ANSWERS[name] for name in changes if name in _ANSWERS}
    left = tuple(q for q in item.questions if exception_of(q.code) not in answered)
    return replace(item, questions=left, **new)


def _channel(value: Any) -> str:
    if value not in CHANNELS:
        raise MailDutyError(
            "REQUEST_CHANNEL",
            f"channel is {value!r}"[:60],
            "",
            f"use one of {', '.join(CHANNELS)}",
            field="channel",
        )
    return str(value)


_READ = {
    "description": lambda value: str(value) or None,
    "hts": lambda value: str(value) or None,
    "origin": lambda value: country(value).code,
    "value_usd": lambda value: dollars(value, "value_usd"),
    "channel": _channel,
    "entry_date": lambda value: value if isinstance(value, date) else as_day(value, "entry_date"),
}
_FIELDS = {name: name for name in _READ} | {"hts": "hts_declared", "entry_date": "day"}


def in_words(before: Body, after: Assessment) -> str:
    """What changed in what was asked, for the reason of the new record: "value_usd 24.00 -> 30.00; origin CN -> VN"."""
    old, new = before["asked"], asked_json(after.asked)
    return "; ".join(
        f"{name} {old[name]} -> {new[name]}" for name in CHANGEABLE if old.get(name) != new.get(name)
    )


def risk_from(said: Mapping[str, Any]) -> RiskAnswer:
    """A risk answer as a record holds it."""
    signals = tuple(Signal(signal["code"], signal["message"]) for signal in said["signals"])
    return RiskAnswer(signals, said["probability"], said["model"], said["stand-in"], said.get("learned"))


def _beside(body: Body) -> list[Ground]:
    """What other parcels said of the item then."""
    reasons = body["assessment"]["decision"]["reasons"]
    return [Ground(reason["code"], reason["message"]) for reason in reasons if reason["code"] in TOGETHER]


def risk_stands(body: Body, assessor: Assessor, day: date, thresholds: Thresholds | None) -> bool:
    """Whether the models and the law behind a recorded risk answer would answer now."""
    limits = (thresholds or Thresholds.shipped()).version
    now = {**versions(assessor.schedule, assessor.law, day), "thresholds": limits}
    return all(body["versions"].get(name) == now[name] for name in _RISK_READS)


def _of_several(body: Body) -> bool:
    return bool((body.get("basis") or {}).get("parcel"))


def _place(body: Body) -> int:
    return int(((body.get("basis") or {}).get("parcel") or {}).get("place", 0))
