"""Goods declared free, and goods that come back: what a reviewer has to see, and what speaks against the claim.

A gift, a return, a document is free on the sender's word. The word is looked at where duty hangs on it; and where a
gift has the marks of a sale, or a number of the US post comes in without being declared a return, that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.duty.exemptions import UNDELIVERED, US_RETURNED
from models.duty.records import DutyAssessment, DutyError
from serving.asked import AskedItem, of_us_post
from serving.decisions.decision import Ground
from serving.decisions.thresholds import Thresholds
from serving.risk.staking import Stake, is_free

_CODES = {
    "bona fide gift": "GIFT_CLAIMED",
    US_RETURNED: "RETURN_CLAIMED",
    UNDELIVERED: "RETURNED_UNDELIVERED",
}
# Legal forms and words that firms are called by. A firm may give (19 CFR 10.153), so this is a mark, not a finding.
_FIRM = re.compile(
    r"\b(ltd|limited|llc|llp|inc|incorporated|corp|corporation|gmbh|ag|kg|s\.?r\.?l|s\.?p\.?a|b\.?v|pty|plc|"
    r"co|company|trading|store|shop|outlet|warehouse|factory|wholesale|e-?commerce|fulfil?ment|logistics|"
    r"import|export|international trade)\b\.?|公司|商店|有限",
    re.IGNORECASE,
)
_SOLD = re.compile(
    r"\b(order(ed)?|invoice|sold|sale|purchased?|retail|wholesale|resale|merchandise)\b", re.IGNORECASE
)


def claims(
    item: AskedItem, duty: DutyAssessment | DutyError, stake: Stake, thresholds: Thresholds
) -> Iterator[Ground]:
    """The grounds for review that a claim, or goods that come back, give."""
    gift = item.facts.get("gift") is True
    looked_at = stake.claim is None or stake.claim >= thresholds.exempt.review_from_usd
    if looked_at and is_free(duty) and isinstance(duty, DutyAssessment):
        heading = duty.lines[0].heading
        code = _CODES.get(heading, "EXEMPTION_CLAIMED")
        yield Ground(code, f"free as {heading} on the word of the sender{_without(stake)}")
    if gift:
        if marks := list(_marks_of_a_sale(item, thresholds.gift.pieces)):
            yield Ground("GIFT_LIKE_SALE", f"declared as a gift: {'; '.join(marks)}")
        if item.facts.get("alcohol_tobacco") is True:
            yield Ground("GIFT_ALCOHOL_TOBACCO", "declared as a gift, and stated to be alcohol or tobacco")
    yield from _coming_back(item, duty)


def _without(stake: Stake) -> str:
    return f"; USD {stake.claim:.2f} would be owed without it" if stake.claim else ""


def _marks_of_a_sale(item: AskedItem, pieces: int) -> Iterator[str]:
    received = item.received
    sender = received.get("sender")
    name = str(sender.get("name") or "") if isinstance(sender, dict) else ""
    if _FIRM.search(name):
        yield "the sender's name is that of a firm"
    for field in ("seller", "marketplace", "listing_url", "invoice"):
        if received.get(field):
            yield f"it names its {field.replace('_', ' ')}"
    if item.description and (word := _SOLD.search(item.description)):
        yield f"the description says {word[0]!r}"
    number = _number(item.facts.get("number"))
    if number is not None and number >= pieces:
        yield f"{number:g} pieces of one kind"


def _coming_back(item: AskedItem, duty: DutyAssessment | DutyError) -> Iterator[Ground]:
    if item.channel != "mail":
        return
    returned = item.received.get("category") == "returned_goods"
    declared = returned or any(item.facts.get(fact) is True for fact in ("us_goods_returned", "undelivered"))
    if returned and not is_free(duty) and item.origin != "US":
        yield Ground(
            "RETURNED_NOT_US", f"declared as returned goods, made in {item.origin or 'an unknown place'}"
        )
    if not declared and item.parcel and of_us_post(item.parcel):
        yield Ground("S10_OF_US_POST", f"{item.parcel} was issued by the US post")


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None
