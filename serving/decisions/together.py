"""What is seen only when parcels are looked at together: orders sent apart, gifts to one person on one day, gifts
that a shop sends.

Parcels of a batch are held against each other and against those sent before, which the caller finds (a function of
the items and a number of days; ``serving.decisions.sent_before`` asks the ledger). Separate mailings are never added up for
their sum alone: 19 CFR 145.12(a)(3) combines them only where an order was split to avoid duty, so beside one sender,
one recipient and a sum over the limit something must point to one order: like goods, the same day, numbers that
follow each other, or the risk score. Gifts are another matter: the limit is for one person on one day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from data.errors import MailDutyError
from data.law import Law
from data.s10 import read_identifier
from models.duty.exemptions import gift_limit
from models.hts.standin import Suggestion
from models.risk.standin import RiskAnswer
from serving.asked import AskedItem
from serving.decisions.decision import Ground
from serving.decisions.sent import Earlier, Sent, person_of, posted_on, sender_of
from serving.decisions.thresholds import SplitThresholds, Thresholds

MOST_NAMED = 6
# The grounds that only other parcels can give.
TOGETHER = frozenset({"SPLIT_SHIPMENT", "GIFTS_OF_ONE_DAY", "GIFTS_OF_A_SHOP"})


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A parcel of the batch: the places of its items, and what of it is held against others."""

    name: str
    places: tuple[int, ...]
    day: date
    entered: date
    value_usd: Decimal
    goods: frozenset[str]
    gift: bool
    sender: str
    recipient: str


def grounds_together(
    items: Sequence[AskedItem],
    suggestions: Sequence[Suggestion],
    risks: Sequence[RiskAnswer],
    law: Law,
    thresholds: Thresholds,
    earlier: Earlier | None = None,
) -> list[Sequence[Ground]]:
    """What speaks against each item because of other parcels, in order."""
    found: list[list[Ground]] = [[] for _ in items]
    parcels = [p for p in _parcels(items, suggestions) if p.recipient]
    before = _before(items, parcels, earlier, thresholds.split.window_days)
    to = defaultdict(list)
    for parcel in parcels:
        to[parcel.recipient].append(parcel)
    shops = _shops(parcels, thresholds.gift.recipients)
    for parcel in parcels:
        mates = [_as_sent(m, parcel) for m in to[parcel.recipient] if m.name != parcel.name]
        others = [*before.get(parcel.name, ()), *mates]
        risk = max(_split_risk(risks[place]) for place in parcel.places)
        grounds = [*_split(parcel, others, risk, law, thresholds.split)]
        grounds += _gifts(parcel, others, items[parcel.places[0]], law)
        if parcel.gift and parcel.sender in shops:
            said = f"this sender's gifts go to {shops[parcel.sender]} recipients"
            grounds.append(Ground("GIFTS_OF_A_SHOP", said))
        for place in parcel.places:
            found[place] += grounds
    return list(found)


def _parcels(items: Sequence[AskedItem], suggestions: Sequence[Suggestion]) -> Iterator[_Parcel]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        if item.channel == "mail":
            places[item.parcel or item.id].append(place)
    for name, mine in places.items():
        first = items[mine[0]]
        yield _Parcel(
            name,
            tuple(mine),
            posted_on(first.received, first.day),
            first.day,
            sum((items[p].value_usd or Decimal(0) for p in mine), Decimal(0)),
            frozenset(code[:4] for p in mine if len(code := suggestions[p].code or "") >= 4),
            all(items[p].facts.get("gift") is True for p in mine),
            sender_of(first.received.get("sender")),
            person_of(first.received.get("recipient")),
        )


def _split(
    parcel: _Parcel, others: Sequence[Sent], risk: float, law: Law, thresholds: SplitThresholds
) -> Iterator[Ground]:
    """An order sent apart: under the limit each, over it together, one sender, and something that says one order."""
    days = thresholds.window_days
    try:
        limit = law.entry("limits/mail_value_usd", parcel.entered)
    except MailDutyError:
        return  # no limit is known for that day; the duty says so
    near = [
        s
        for s in others
        if s.same_sender and abs((s.day - parcel.day).days) < days and s.value_usd <= limit.value
    ]
    worth = parcel.value_usd + sum((s.value_usd for s in near), Decimal(0))
    if not near or parcel.value_usd > limit.value or worth <= limit.value:
        return
    signs = list(_signs(parcel, near, risk, thresholds.risk_from))
    if signs:
        names = _named([parcel.name, *(s.parcel for s in near)])
        yield Ground(
            "SPLIT_SHIPMENT",
            f"{len(near) + 1} parcels of one sender to this recipient within {days} days are worth USD {worth:.2f} "
            f"together, over USD {limit.text} ({limit.citation}): {names}; {', '.join(signs)}. "
            f"19 CFR 145.12(a)(3) combines them if one order was split to avoid duty",
        )


def _signs(parcel: _Parcel, near: Sequence[Sent], risk: float, likely: float) -> Iterator[str]:
    if alike := sorted(parcel.goods & frozenset().union(*(s.goods for s in near))):
        yield f"like goods ({', '.join(alike[:3])})"
    if any(s.day == parcel.day for s in near):
        yield "the same day"
    if any(_follow(parcel.name, s.parcel) for s in near):
        yield "numbers that follow each other"
    if risk >= likely:
        yield f"a split order by the risk score ({risk:.0%})"


def _gifts(parcel: _Parcel, others: Sequence[Sent], item: AskedItem, law: Law) -> Iterator[Ground]:
    """Gifts to one person on one day count together (19 USC 1321(a)(2)(A)), whoever sent them."""
    gifts = [s for s in others if s.gift and s.day == parcel.day]
    if not parcel.gift or not gifts or item.origin is None:
        return
    try:
        limit = gift_limit(str(item.facts.get("gift_from") or item.origin), parcel.entered, law)
    except MailDutyError:
        return
    worth = parcel.value_usd + sum((s.value_usd for s in gifts), Decimal(0))
    if worth > limit.value:
        names = _named([parcel.name, *(s.parcel for s in gifts)])
        yield Ground(
            "GIFTS_OF_ONE_DAY",
            f"{len(gifts) + 1} gifts to this recipient on {parcel.day} are worth USD {worth:.2f} together, "
            f"over USD {limit.text} ({limit.citation}): {names}",
        )


def _shops(parcels: Sequence[_Parcel], least: int) -> dict[str, int]:
    """Senders of gifts to at least so many recipients, and to how many."""
    reached: dict[str, set[str]] = defaultdict(set)
    for parcel in parcels:
        if parcel.gift and parcel.sender:
            reached[parcel.sender].add(parcel.recipient)
    return {sender: len(people) for sender, people in reached.items() if len(people) >= least}


def _before(
    items: Sequence[AskedItem], parcels: Sequence[_Parcel], earlier: Earlier | None, days: int
) -> Mapping[str, Sequence[Sent]]:
    """Parcels sent before, by the parcel of the batch; those in the batch itself are held against each other anyway."""
    if earlier is None or not parcels:
        return {}
    names = {parcel.name for parcel in parcels}
    asked = [items[parcel.places[0]] for parcel in parcels]
    return {
        parcel.name: [s for s in sent if s.parcel not in names]
        for parcel, sent in zip(parcels, earlier(asked, days), strict=True)
    }


def _as_sent(mate: _Parcel, parcel: _Parcel) -> Sent:
    same = bool(mate.sender) and mate.sender == parcel.sender
    return Sent(mate.name, mate.day, mate.value_usd, mate.goods, mate.gift, same)


def _split_risk(risk: RiskAnswer) -> float:
    return float(((risk.learned or {}).get("typologies") or {}).get("splitting", 0.0))


def _follow(one: str, other: str) -> bool:
    """Two S10 numbers of one post and service, one or two apart."""
    a, b = read_identifier(one).s10, read_identifier(other).s10
    if a is None or b is None or (a.service, a.issuer) != (b.service, b.issuer):
        return False
    return 0 < abs(int(a.serial) - int(b.serial)) <= 2


def _named(parcels: Sequence[str]) -> str:
    shown = ", ".join(parcels[:MOST_NAMED])
    return shown + (f" and {len(parcels) - MOST_NAMED} more" if len(parcels) > MOST_NAMED else "")
