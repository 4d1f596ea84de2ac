"""A person's decision on an item: kept as a record that names the one that was looked at.

A review is of the record it names, and is refused where a newer one stands: two people never decide past each other.
A correction assesses the item anew, with the lines of its parcel that move with it; the earlier records stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from data.errors import MailDutyError
from serving.assessor import Assessment, Assessor
from serving.commands import showing
from serving.decisions.exceptions import OpenException
from serving.decisions.reasons import reason
from serving.decisions.reassessing import in_words, reassess_parcel
from serving.decisions.sent_before import sent_before
from serving.ledger import OF_AN_ITEM, Entry, Kept, Ledger, Record
from serving.ledger.chain import canonical
from serving.ledger.tables import records
from serving.manifests.keeper import Keeper
from serving.manifests.keeping import assessed_entries
from serving.parties import thresholds_of
from serving.web import metrics

Also = Callable[[Connection, Mapping[str, Any]], None]
_RETURNED = "RETURNED_TO_SENDER"  # what waits on an item that goes back: the proof that it did


def review(assessor: Assessor, keeper: Keeper, said: Mapping[str, Any], also: Also) -> dict[str, Any]:
    """Takes a review (shape of ``Review``) and keeps it in one transaction with ``also``; ``ReviewAnswer``.

    Raises ``RECORD_NOT_FOUND``, ``RECORD_SUPERSEDED``, ``REVIEW_CHANGES``, ``REVIEW_NOT_PRICED``, and what is wrong
    with a change.
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
    if decision == "accept" and looked_at.kind != "return":
        _priced(keeper.ledger, looked_at)
    moved = _corrected(assessor, keeper, looked_at, said) if decision == "correct" else []
    entries = [_taken(looked_at, said), *(entry for _, entry in moved)]
    answer: dict[str, Any] = {"decision": decision}

    def named(connection: Connection, kept: Sequence[Kept]) -> None:
        _stood(connection, looked_at, kept[0])
        answer["record_id"] = kept[0].record_id
        answer["records"] = [one.record_id for one in kept[1:]]
        answer["items"] = {one.asked.id: one.as_json() for one, _ in moved}
        answer["exceptions"] = showing.waiting_on(connection, keeper.party, [looked_at.item_key])
        also(connection, answer)

    kept = keeper.keep(entries, named)
    metrics.kept([one for one, _ in moved], entries[1:], kept[1:], "review")
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


def _taken(looked_at: Record, said: Mapping[str, Any]) -> Entry:
    """The record of the decision itself, with what stays open after it."""
    decision = said["decision"]
    still: tuple[OpenException, ...] = ()
    if decision == "return":
        still = (OpenException("E22", _RETURNED, reason(_RETURNED).sentence),)
    elif decision != "accept":
        still = tuple(OpenException(one.code, one.reason, one.message) for one in looked_at.exceptions)
    who = {"reviewer": said["reviewer"], "reason": said["reason"]}
    body = {"of": looked_at.record_id, "decision": decision, **who}
    if decision == "correct":
        body["changes"] = said["changes"]
    return Entry(
        "return" if decision == "return" else "review",
        body,
        item_key=looked_at.item_key,
        item_id=looked_at.item_id,
        tracking_id=looked_at.tracking_id,
        decision={"accept": "accept", "return": "returned"}.get(decision, "hold"),
        route="returned" if decision == "return" else looked_at.route,
        exceptions=still,
        reason=said["reason"],
    )


def _corrected(
    assessor: Assessor, keeper: Keeper, looked_at: Record, said: Mapping[str, Any]
) -> list[tuple[Assessment, Entry]]:
    """The item with its changes and the lines of its parcel that moved with it, as corrections."""
    ledger, party = keeper.ledger, keeper.party
    mine = _assessed(ledger, looked_at)
    if mine is None:
        raise MailDutyError(
            "REVIEW_CHANGES",
            "what was looked at was never assessed",
            "a row that could not be read has nothing to correct here",
            "send the item again, corrected",
        )
    lines = {mine.item_key: mine, **_mates(ledger, party, mine)}
    bodies = {key: record.body() or {} for key, record in lines.items()}
    unsealed = ledger.personal(list(lines.values()))
    people = {record.item_id: unsealed.get(record.record_id, {}) for record in lines.values()}
    done = reassess_parcel(
        bodies[mine.item_key],
        said["changes"],
        assessor,
        people=people,
        mates=[body for key, body in bodies.items() if key != mine.item_key],
        thresholds=thresholds_of(ledger, party),
        earlier=sent_before(ledger, party),
    )
    assessed = [one for _, one in done]
    standing = keeper.standing(assessor)
    moved = []
    for (body, one), entry in zip(done, assessed_entries(assessed, standing), strict=True):
        record = lines[entry.item_key]
        if record is mine or canonical(entry.body) != canonical(body):
            words = in_words(body, one) or f"with {mine.item_id}"
            held = replace(entry, kind="correction", reason=words, manifest_sha256=record.manifest_sha256)
            moved.append((one, held))
    return moved


def _mates(ledger: Ledger, party: str, mine: Record) -> dict[str, Record]:
    """The other lines of the parcel, each by the record it was last assessed in."""
    if not mine.tracking_id:
        return {}
    keys = {record.item_key for record in ledger.item(party, mine.tracking_id)} - {mine.item_key}
    found = {key: _assessed(ledger, record) for key, record in ledger.current(party, keys).items()}
    return {key: record for key, record in found.items() if record is not None and record.kind != "return"}


def _assessed(ledger: Ledger, record: Record | None) -> Record | None:
    """The last record that assessed the item: this one, or the nearest before it."""
    while record is not None and "asked" not in (record.body() or {}):
        record = ledger.record(record.party, record.supersedes) if record.supersedes else None
    return record


def _priced(ledger: Ledger, looked_at: Record) -> None:
    """Raises ``REVIEW_NOT_PRICED`` where the item owes nobody knows what."""
    assessed = _assessed(ledger, looked_at)
    said = (assessed.body() or {})["assessment"]["duty"] if assessed else {"error": None}
    if "error" in said:
        raise MailDutyError(
            "REVIEW_NOT_PRICED",
            "the item has no price as it stands",
            "what is accepted is paid and entered",
            "correct it, hold it or send it back",
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
