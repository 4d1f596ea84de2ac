"""What the law asks of a parcel and not of each item in it: the value limit, the gift limit, a sum per package.

Items are priced one by one, each with its own number and origin. Where several travel in one parcel, the parcel
as a whole is put to the calculator first: over the limit, none of its items may go by mail; a gift is free by the
worth of the whole parcel (19 CFR 145.32); a fixed amount per postal item (EO 14324 sec. 3(c)) is charged once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from data.law import Law
from data.schedule import Schedule
from models.duty.calculator import assess_many
from models.duty.records import DutyAssessment, DutyError, DutyLine, DutyRequest
from models.duty.regimes import regime

if TYPE_CHECKING:
    from serving.asked import AskedItem

Answer = DutyAssessment | DutyError


def whole_parcels(asked: Sequence[AskedItem], about: int) -> Iterator[list[AskedItem]]:
    """Batches of ``about`` so many items in which no parcel is cut in two; a parcel's items come together."""
    parcels: dict[str, list[AskedItem]] = {}
    for item in asked:
        parcels.setdefault(item.parcel or item.id, []).append(item)
    some: list[AskedItem] = []
    for items in parcels.values():
        some += items
        if len(some) >= about:
            yield some
            some = []
    if some:
        yield some


def price_items(
    requests: Sequence[DutyRequest], parcels: Sequence[str | None], law: Law, schedule: Schedule
) -> list[Answer]:
    """One answer for each request, in order. ``parcels`` names the parcel of each; None stands alone."""
    asked: list[DutyRequest] = list(requests)
    known: dict[int, Answer] = {}
    notes: dict[int, str] = {}
    for name, places in _groups(requests, parcels).items():
        whole = _whole(name, [requests[i] for i in places])
        known |= _charged_once(whole, requests, places, law, schedule)
        probe = assess_many([replace(whole, facts={**whole.facts, "rate_pct": 0})], law, schedule)[0]
        if isinstance(probe, DutyError):
            for i in places:
                known[i] = replace(
                    probe, id=requests[i].id, message=f"the parcel {name} as a whole: {probe.message}"
                )
        elif whole.facts.get("gift") and not any(line.kind == "exempt" for line in probe.lines):
            for i in places:
                asked[i] = replace(asked[i], facts={**asked[i].facts, "gift": False})
                notes[i] = next(
                    (w for w in probe.warnings if w.startswith("GIFT")), "GIFT_OVER_LIMIT: the whole parcel"
                )
    waiting = [i for i in range(len(asked)) if i not in known]
    answers = assess_many([asked[i] for i in waiting], law, schedule)
    known |= dict(zip(waiting, answers, strict=True))
    return [_noted(known[i], notes.get(i)) for i in range(len(asked))]


def _groups(requests: Sequence[DutyRequest], parcels: Sequence[str | None]) -> dict[str, list[int]]:
    """Places of the items of each parcel of the mail that holds more than one."""
    found: dict[str, list[int]] = defaultdict(list)
    for i, (request, parcel) in enumerate(zip(requests, parcels, strict=True)):
        if parcel and request.channel == "mail":
            found[parcel].append(i)
    return {name: places for name, places in found.items() if len(places) > 1}


def _whole(name: str, items: Sequence[DutyRequest]) -> DutyRequest:
    """The parcel as one request: the sum of the values, every origin once, the facts all its items share."""
    first = items[0]
    shared = {k: v for k, v in first.facts.items() if all(item.facts.get(k) == v for item in items)}
    origins = "+".join(dict.fromkeys(item.origin for item in items))
    value = sum((item.value_usd for item in items), Decimal(0))
    return replace(first, id=name, origin=origins, hts=None, value_usd=value, facts=shared)


def _charged_once(
    whole: DutyRequest, requests: Sequence[DutyRequest], places: Sequence[int], law: Law, schedule: Schedule
) -> dict[int, Answer]:
    """Where the day charges a sum per package: the sum on the first item, nothing on the others."""
    if whole.facts.get("method") != "specific":
        return {}
    ruling = regime("mail", whole.origin, whole.entry_date, law, "specific")
    if ruling.basis not in ("ieepa", "china_2025"):
        return {}
    parts: list[dict[str, Any]] = [
        {"origin": requests[i].origin, "value": requests[i].value_usd} for i in places
    ]
    answer = assess_many([replace(whole, facts={**whole.facts, "items": parts})], law, schedule)[0]
    first, *others = places
    answers: dict[int, Answer] = {first: replace(answer, id=requests[first].id)}
    if isinstance(answer, DutyAssessment):
        here = f"once for the parcel, on {requests[first].id}"
        line = DutyLine("specific", "mail specific", here, 0, ruling.citation)
        for i in others:
            answers[i] = replace(answer, id=requests[i].id, lines=(line,), fee_lines=())
    else:
        answers |= {i: replace(answer, id=requests[i].id) for i in others}
    return answers


def _noted(answer: Answer, note: str | None) -> Answer:
    if note is None or isinstance(answer, DutyError):
        return answer
    return replace(answer, warnings=tuple(dict.fromkeys((*answer.warnings, note))))
