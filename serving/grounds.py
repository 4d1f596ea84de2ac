"""What speaks against an item: gathered from the three answers and the route, for the decision."""

from __future__ import annotations

from collections.abc import Iterator

from models.duty.records import DutyAssessment, DutyError
from models.duty.routes import FORMAL, RouteAnswer
from models.hts.standin import Suggestion
from models.risk.standin import RiskAnswer
from serving.asked import AskedItem
from serving.decision import Decision, Ground, decide

# Warnings that are true of every item of those days, or only say what was done. They are shown, not reviewed.
REMARKS = frozenset(
    {"LAW_LATER", "SCHEDULE_LATER", "NOTE_52_SECTION_232", "S232_DETAIL", "FEES_ONLY", "DUE_DATE"}
)


def decided(
    item: AskedItem,
    suggestion: Suggestion,
    risk: RiskAnswer,
    duty: DutyAssessment | DutyError,
    route: RouteAnswer | None,
) -> Decision:
    """The decision on an item, with its grounds."""
    stops = [*_listed(risk), *_stops(suggestion, duty, route)]
    doubts = [
        *item.questions,
        *_code(item, suggestion, duty),
        *_signals(suggestion, risk),
        *_reservations(duty),
    ]
    return decide(stops, doubts)


def _stops(
    suggestion: Suggestion, duty: DutyAssessment | DutyError, route: RouteAnswer | None
) -> Iterator[Ground]:
    if isinstance(duty, DutyError):
        if duty.code == "HTS_REQUIRED" and suggestion.reason:
            yield Ground(suggestion.reason, suggestion.message or "")  # why there is no number says more
        else:
            yield Ground(duty.code, duty.message)
    if route is not None and route.route == FORMAL:
        closing = [reason for reason in route.reasons if reason.closes]
        yield Ground("FORMAL_ENTRY", "; ".join(reason.text for reason in closing) or "no mail route is open")


def _listed(risk: RiskAnswer) -> Iterator[Ground]:
    """A name on a list of sanctioned parties: a hold, whatever the score."""
    for signal in risk.signals:
        if signal.code == "SCREENING_MATCH":
            yield Ground(signal.code, signal.message)


def _code(item: AskedItem, suggestion: Suggestion, duty: DutyAssessment | DutyError) -> Iterator[Ground]:
    """A number too short to file. By mail the duty says so itself, on the days when ten digits are wanted."""
    if suggestion.reason == "HTS_SHORT" and item.channel != "mail":
        yield Ground("HTS_SHORT", suggestion.message or "")
    if suggestion.reason in ("HTS_CONTRADICTED", "HTS_UNSURE"):
        yield Ground(suggestion.reason, suggestion.message or "")


def _signals(suggestion: Suggestion, risk: RiskAnswer) -> Iterator[Ground]:
    for signal in risk.signals:
        if signal.code == "DECLARED_CODE_UNKNOWN":
            yield Ground(signal.code, suggestion.message or signal.message)
        else:
            yield Ground(signal.code, signal.message)


def _reservations(duty: DutyAssessment | DutyError) -> Iterator[Ground]:
    if isinstance(duty, DutyError):
        return
    for warning in duty.warnings:
        code, _, text = warning.partition(": ")
        if code not in REMARKS:
            yield Ground(code if code.isupper() else "DUTY_RESERVATION", text or warning)
    if duty.lines and all(line.kind == "exempt" for line in duty.lines):
        claimed = duty.lines[0]
        if claimed.heading != "de minimis":
            yield Ground("EXEMPTION_CLAIMED", f"free as {claimed.heading} on the word of the sender")
