"""A person's decision on an item: kept as a record that names the one that was looked at.

A review is of the record it names, and is refused where a newer one stands: two people never decide past each other.
A correction assesses the item anew, with whatever else its change moves; the earlier records stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from data.errors import MailDutyError
from serving import showing
from serving.assessor import Assessor
from serving.keeper import Keeper
from serving.ledger import OF_AN_ITEM, Entry, Kept, OpenException, Record
from serving.ledger.tables import records

Also = Callable[[Connection, Mapping[str, Any]], None]


def review(
    assessor: Assessor, keeper: Keeper, said: Mapping[str, Any], today: date, also: Also
) -> dict[str, Any]:
    """Takes a review (shape of ``Review``) and keeps it in one transaction with ``also``; ``ReviewAnswer``.

    Raises ``RECORD_NOT_FOUND``, ``RECORD_SUPERSEDED``, ``REVIEW_CHANGES``, ``REVIEW_NOT_PRICED``.
    """
    looked_at = _looked_at(keeper, said["record_id"])
    decision = said["decision"]
    if bool(said.get("changes")) != (decision == "correct"):
        raise MailDutyError(
            "REVIEW_CHANGES",
            "changes are given without the decision correct, or it without them",
            "a correction says what is otherwise; any other decision leaves the item as it is",
            "give both or neither",
        )
    entries = [_taken(keeper, looked_at, said)]
    answer: dict[str, Any] = {"decision": decision, "records": [], "items": {}}

    def named(connection: Connection, kept: Sequence[Kept]) -> None:
        _stood(connection, looked_at, kept[0])
        answer["record_id"] = kept[0].record_id
        answer["records"] = [one.record_id for one in kept[1:]]
        answer["exceptions"] = showing.waiting_on(connection, keeper.party, [looked_at.item_key])
        also(connection, answer)

    keeper.keep(entries, named)
    return answer


def _looked_at(keeper: Keeper, record_id: str) -> Record:
    found = keeper.ledger.record(keeper.party, record_id)
    if found is None or found.kind not in OF_AN_ITEM:
        raise MailDutyError(
            "RECORD_NOT_FOUND",
            "no item of yours has this record",
            "",
            "use the record_id of /items or /exceptions",
        )
    return found


def _taken(keeper: Keeper, looked_at: Record, said: Mapping[str, Any]) -> Entry:
    """The record of the decision itself."""
    decision = said["decision"]
    still: tuple[OpenException, ...] = () if decision == "accept" else looked_at.exceptions
    return Entry(
        "return" if decision == "return" else "review",
        {"of": looked_at.record_id, "decision": decision, "reviewer": said["reviewer"]},
        item_key=looked_at.item_key,
        item_id=looked_at.item_id,
        tracking_id=looked_at.tracking_id,
        decision={"accept": "accept", "return": "returned"}.get(decision, "hold"),
        route=looked_at.route,
        exceptions=tuple(OpenException(one.code, one.reason, one.message) for one in still),
        reason=said["reason"],
    )


def _stood(connection: Connection, looked_at: Record, kept: Kept) -> None:
    """Raises ``RECORD_SUPERSEDED`` where the review came to stand on another record than was looked at."""
    asked = select(records.c.supersedes).where(records.c.record_id == kept.record_id)
    if connection.execute(asked).scalar() != looked_at.record_id:
        raise MailDutyError(
            "RECORD_SUPERSEDED",
            "the item has a newer record than the one that was looked at",
            "a decision is taken on what stands",
            "look at the item again",
        )
