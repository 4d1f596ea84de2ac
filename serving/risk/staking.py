"""How much duty hangs on what is not sure about an item: on its number, or on a freedom it claims.

The stake of a number is the widest gap between the duty it owes and the duty of another number the words allow.
The stake of a freedom (gift, return, documents) is the duty owed without it. Where a duty cannot be worked out the
stake is not known, which is not nothing. Alternatives that owe the same make a number safe for the duty only where
its subheading is defended: measured on real titles, the right number is else too often none of those named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from data.law import Law
from data.schedule import Schedule
from models.duty.calculator import assess_many
from models.duty.records import DutyAssessment, DutyError, DutyRequest
from models.hts.standin import Suggestion
from serving.decisions.thresholds import CodeThresholds

FREEDOMS = ("gift", "documents", "us_goods_returned", "undelivered", "informational_materials", "donation")
_OPEN = ("HTS_UNSURE", "HTS_SUGGESTED", "HTS_CONTRADICTED")
Answer = DutyAssessment | DutyError


@dataclass(frozen=True, slots=True)
class Stake:
    """Duty at stake in dollars, None where it is not known; ``same``: every alternative is known and owes the same,
    and the subheading is defended.

    ``claim`` is the duty owed without the freedom claimed; None where none is claimed or it is not known.
    """

    usd: Decimal | None = None
    same: bool = False
    claim: Decimal | None = None


NOTHING = Stake()


def at_stake(
    requests: Sequence[DutyRequest | None],
    suggestions: Sequence[Suggestion],
    duties: Sequence[Answer],
    thresholds: CodeThresholds,
    law: Law,
    schedule: Schedule,
) -> list[Stake]:
    """One stake for each item, in order. ``requests`` holds None where nothing could be asked."""
    asked: list[DutyRequest] = []
    places: list[
        tuple[int, bool]
    ] = []  # the item, and whether its claim is left out rather than its number changed
    others: list[list[str]] = []
    for place, (request, suggestion, duty) in enumerate(zip(requests, suggestions, duties, strict=True)):
        others.append([])
        if request is None or isinstance(duty, DutyError):
            continue
        if is_free(duty):
            asked.append(_without_claim(request))
            places.append((place, True))
        elif doubtful(suggestion, thresholds):
            others[place] = alternatives(suggestion, thresholds)
            priced_at = _as_priced(request, duty)
            asked += [replace(priced_at, hts=code) for code in others[place]]
            places += [(place, False)] * len(others[place])
    found: dict[int, list[Decimal | None]] = {}
    claims: dict[int, Decimal | None] = {}
    for (place, claim), answer in zip(places, assess_many(asked, law, schedule), strict=True):
        cents = answer.duty if isinstance(answer, DutyAssessment) else None
        if claim:  # goods of US origin stay free whatever is claimed: what they would owe is not known
            claims[place] = None if cents is None or is_free(answer) else Decimal(cents) / 100
        else:
            here = duties[place]
            assert isinstance(here, DutyAssessment)
            gap = None if cents is None else Decimal(abs(cents - here.duty)) / 100
            found.setdefault(place, []).append(gap)
    return [
        Stake(claim=claims[place])
        if place in claims
        else _stake(found.get(place, []), suggestion, thresholds)
        for place, suggestion in enumerate(suggestions)
    ]


def doubtful(suggestion: Suggestion, thresholds: CodeThresholds) -> bool:
    """Whether another number may be the right one: it was suggested, contradicted, or the words make it unlikely."""
    if suggestion.reason in _OPEN:
        return True
    if suggestion.reason is not None or not _ranked(suggestion):
        return False
    return _confidence(suggestion) < thresholds.doubted_below


def _confidence(suggestion: Suggestion) -> float:
    """In the sender's number: as listed, else what the suggester makes of it further down its list."""
    if suggestion.confidence is not None:
        return suggestion.confidence
    return float(((suggestion.learned or {}).get("declared") or {}).get("probability") or 0.0)


def alternatives(suggestion: Suggestion, thresholds: CodeThresholds) -> list[str]:
    """The other numbers the words allow, likeliest first."""
    return [
        one["hts"]
        for one in _ranked(suggestion)
        if one["confidence"] >= thresholds.alternatives_from and one["hts"] != suggestion.code
    ]


def is_free(duty: Answer) -> bool:
    """Whether the item is out of duty as a whole, other than by the de minimis exemption of its day."""
    if isinstance(duty, DutyError) or not duty.lines:
        return False
    return all(line.kind == "exempt" and line.heading != "de minimis" for line in duty.lines)


def least_confidence(suggestion: Suggestion) -> float | None:
    """The least confidence over all levels of the number, as ``mailduty evaluate thresholds`` measures it."""
    for one in _ranked(suggestion):
        if one["hts"] == suggestion.code:
            return float(min(level["confidence"] for level in one["path"]))
    return suggestion.confidence


def _ranked(suggestion: Suggestion) -> Sequence[Mapping[str, Any]]:
    return (suggestion.learned or {}).get("suggestions") or ()


def _subheading(suggestion: Suggestion) -> float:
    """Confidence in the first six digits of the number."""
    for one in _ranked(suggestion):
        if one["hts"] == suggestion.code:
            return next((level["confidence"] for level in one["path"] if len(level["hts"]) == 6), 0.0)
    return 0.0


def _stake(gaps: Sequence[Decimal | None], suggestion: Suggestion, thresholds: CodeThresholds) -> Stake:
    if not gaps:
        return NOTHING
    known = [gap for gap in gaps if gap is not None]
    widest = max(known, default=None)
    same = (
        len(known) == len(gaps)
        and widest is not None
        and widest <= thresholds.same_duty_within_usd
        and _subheading(suggestion) >= thresholds.defended_from  # else what is left out could owe anything
    )
    return Stake(widest, same)


def _without_claim(request: DutyRequest) -> DutyRequest:
    return replace(request, facts={k: v for k, v in request.facts.items() if k not in FREEDOMS})


def _as_priced(request: DutyRequest, duty: DutyAssessment) -> DutyRequest:
    """The request as its parcel had it priced: a gift that was not free there is none here."""
    return _without_claim(request) if request.facts.get("gift") else request
