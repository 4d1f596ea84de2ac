"""What speaks against an item: gathered from the three answers, the route and the parcels beside it, for the decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from models.duty.records import DutyAssessment, DutyError
from models.duty.routes import ENTRY_TYPE_13, FORMAL, WORKSHEET, RouteAnswer
from models.hts.standin import Suggestion
from models.risk.standin import RiskAnswer
from serving.asked import AskedItem
from serving.decisions.claims import claims
from serving.decisions.decision import Decision, Ground, decide
from serving.decisions.thresholds import CodeThresholds, Element, Thresholds
from serving.risk.staking import NOTHING, Stake, least_confidence

# Warnings that are true of every item of those days, or only say what was done. They are shown, not reviewed.
REMARKS = frozenset(
    {"LAW_LATER", "SCHEDULE_LATER", "NOTE_52_SECTION_232", "S232_DETAIL", "FEES_ONLY", "DUE_DATE"}
)
# What shuts the mail for an item, by the code of the route's reason; each opens its own exception.
_CLOSED = {
    "OVER_LIMIT": "MAIL_OVER_LIMIT",
    "QUOTA": "FORMAL_QUOTA",
    "ADCVD": "FORMAL_ADCVD",
    "ALCOHOL_TOBACCO": "FORMAL_ALCOHOL_TOBACCO",
    "CBP_DEMAND": "FORMAL_CBP_DEMAND",
    "NONRESIDENT": "FORMAL_NONRESIDENT",
    "AGREEMENT_CLAIM": "FORMAL_AGREEMENT_CLAIM",
    "AGENCY": "WORKSHEET_CLOSED_AGENCY",
    "CHAPTER_99": "WORKSHEET_CLOSED_CHAPTER_99",
}


def decided(
    item: AskedItem,
    suggestion: Suggestion,
    risk: RiskAnswer,
    duty: DutyAssessment | DutyError,
    route: RouteAnswer | None,
    thresholds: Thresholds | None = None,
    stake: Stake = NOTHING,
    together: Sequence[Ground] = (),
) -> Decision:
    """The decision on an item, with its grounds; ``together`` are those that other parcels give."""
    limits = thresholds or Thresholds.shipped()
    stops = [
        *_listed(risk),
        *_unpriced(suggestion, duty),
        *_shut(route, limits),
        *_held(suggestion, risk, limits),
    ]
    doubts = [
        *item.questions,
        *_missing(item, limits.elements.required),
        *_code(item, suggestion, stake, limits.code),
        *_signals(suggestion, risk, limits),
        *together,
        *_reservations(item, duty),
        *claims(item, duty, stake, limits),
    ]
    return decide(stops, doubts, stake.claim if stake.usd is None else stake.usd)


def _listed(risk: RiskAnswer) -> Iterator[Ground]:
    """A name on a list of sanctioned parties: a hold, whatever the score."""
    for signal in risk.signals:
        if signal.code == "SCREENING_MATCH":
            yield Ground(signal.code, signal.message)


def _unpriced(suggestion: Suggestion, duty: DutyAssessment | DutyError) -> Iterator[Ground]:
    if isinstance(duty, DutyError):
        if duty.code == "HTS_REQUIRED" and suggestion.reason:
            yield Ground(suggestion.reason, suggestion.message or "")  # why there is no number says more
        else:
            yield Ground(duty.code, duty.message)


def _shut(route: RouteAnswer | None, limits: Thresholds) -> Iterator[Ground]:
    """Only formal entry is open; or none that the party uses, where type 13 is the only mail entry left."""
    if route is None or WORKSHEET in route.allowed or route.route not in (FORMAL, ENTRY_TYPE_13):
        return
    if route.route == ENTRY_TYPE_13 and limits.route.entry_type_13:
        return
    closing = [reason for reason in route.reasons if reason.closes]
    for reason in closing:
        yield Ground(_CLOSED.get(reason.code, "FORMAL_ENTRY"), reason.text)
    if not closing:
        yield Ground("FORMAL_ENTRY", "no mail route is open")


def _held(suggestion: Suggestion, risk: RiskAnswer, limits: Thresholds) -> Iterator[Ground]:
    confidence = suggestion.confidence
    if suggestion.reason == "HTS_UNSURE" and confidence is not None and confidence < limits.code.hold_below:
        yield Ground("HTS_UNSURE", f"{suggestion.message or suggestion.code} ({confidence:.0%})")
    if limits.risk.hold_from is not None and (risk.probability or 0.0) >= limits.risk.hold_from:
        yield next((Ground(s.code, s.message) for s in risk.signals if s.code == "RISK_HIGH"), _high(risk))


def _high(risk: RiskAnswer) -> Ground:
    return Ground("RISK_HIGH", f"{risk.probability or 0.0:.0%} that something is wrong")


def _missing(item: AskedItem, required: Sequence[Element]) -> Iterator[Ground]:
    """Data elements (19 CFR 145.74(d)) that the operator asks for and the item has not."""
    absent = [name for name in required if not _element(item, name)]
    if absent:
        yield Ground("ELEMENT_MISSING", "missing: " + ", ".join(name.replace("_", " ") for name in absent))


def _element(item: AskedItem, name: Element) -> Any:
    received = item.received
    who, _, what = name.partition("_")
    if what in ("name", "address"):
        party = received.get(who)
        return party.get(what) if isinstance(party, dict) else None
    if name == "weight":
        return received.get("net_weight_kg") or received.get("gross_weight_kg") or item.facts.get("net_kg")
    if name == "quantity":
        return received.get("quantity") or item.facts.get("number")
    return item.description if name == "description" else received.get("designated_operator")


def _code(item: AskedItem, suggestion: Suggestion, stake: Stake, limits: CodeThresholds) -> Iterator[Ground]:
    """A number too short to file, one the words speak against, one that is not sure enough for what hangs on it."""
    code, said = suggestion.reason, suggestion.message or ""
    short = code == "HTS_SHORT" and item.channel != "mail"  # by mail the duty says so itself
    if short or code == "HTS_CONTRADICTED":
        yield Ground(str(code), said)
    elif code in ("HTS_UNSURE", "HTS_SUGGESTED"):
        sure = code == "HTS_SUGGESTED" and (least_confidence(suggestion) or 0.0) >= limits.accept_from
        if not sure and not (limits.same_duty_accepted and stake.same):
            yield Ground(code, said + _hangs(stake))
    elif code is None and stake.usd is not None and stake.usd >= limits.doubted_from_usd:
        yield Ground("HTS_DOUBTED", f"the words make {suggestion.code} unlikely{_hangs(stake)}")


def _hangs(stake: Stake) -> str:
    return f"; USD {stake.usd:.2f} of duty hang on it" if stake.usd else ""


def _signals(suggestion: Suggestion, risk: RiskAnswer, limits: Thresholds) -> Iterator[Ground]:
    for signal in risk.signals:
        if signal.code == "DECLARED_CODE_UNKNOWN":
            yield Ground(signal.code, suggestion.message or signal.message)
        else:
            yield Ground(signal.code, signal.message)
    expected = (risk.learned or {}).get("duty_at_stake_usd")
    least = limits.risk.review_from_usd
    if least is not None and expected is not None and float(expected) >= least:
        yield Ground(
            "RISK_STAKE", f"USD {expected} of duty beyond the declared is expected by the risk score"
        )


def _reservations(item: AskedItem, duty: DutyAssessment | DutyError) -> Iterator[Ground]:
    if item.facts.get("pga") is True:
        yield Ground("AGENCY_DATA", "another agency has requirements for the goods")
    if isinstance(duty, DutyError):
        return
    for warning in duty.warnings:
        code, _, text = warning.partition(": ")
        if code not in REMARKS:
            yield Ground(code if code.isupper() else "DUTY_RESERVATION", text or warning)
