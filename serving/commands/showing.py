"""What is kept, as the service tells it: tasks, rejected rows, records of items, open exceptions; page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from data.errors import MailDutyError
from serving.decisions.exceptions import EXCEPTIONS
from serving.decisions.outcome import shown
from serving.decisions.reasons import reason
from serving.ledger import Ledger, Record
from serving.ledger.tables import exceptions as waiting
from serving.ledger.tables import records
from serving.manifests.tasks import Task


def task(one: Task) -> dict[str, Any]:
    """Shape of ``ManifestTask``."""
    return {
        "task_id": one.task_id,
        "status": one.status,
        "name": one.settings.get("name", ""),
        "sha256": one.file_sha256,
        "size": one.settings.get("size", 0),
        "rows_total": one.rows_total,
        "rows_done": one.rows_done,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
        "result": shown(one.result),
        "error": one.result.get("error"),
    }


def errors(ledger: Ledger, one: Task, after: str, limit: int) -> dict[str, Any]:
    """A page of the rows of a manifest that could not be read; shape of ``ManifestErrors``."""
    begin = max(_number(after), one.result.get("first", 0) - 1)
    asked = select(records).where(
        records.c.party == one.party,
        records.c.seq > begin,
        records.c.seq <= one.result.get("last", 0),
        records.c.kind == "rejected",
        records.c.manifest_sha256 == one.file_sha256,
    )
    with ledger.reading() as connection:
        found = [Record(*row) for row in connection.execute(asked.order_by(records.c.seq).limit(limit + 1))]
    page = found[:limit]
    people = ledger.personal(page)
    return {
        "errors": [_rejected(record, people.get(record.record_id, {})) for record in page],
        "next": str(page[-1].seq) if len(found) > limit else None,
    }


def item(ledger: Ledger, party: str, tracking_id: str) -> dict[str, Any]:
    """Everything kept of a parcel; shape of ``ItemRecords``. Raises ``ITEM_NOT_FOUND``."""
    found = ledger.item(party, tracking_id)
    if not found:
        raise MailDutyError("ITEM_NOT_FOUND", "no item of yours is known by this", "", "check the identifier")
    now = ledger.current(party, {record.item_key for record in found})
    with ledger.reading() as connection:
        still = waiting_on(connection, party, sorted(now))
    return {
        "tracking_id": tracking_id,
        "current": [told(record) for record in sorted(now.values(), key=lambda one: one.seq)],
        "history": [told(record) for record in found],
        "exceptions": still,
    }


def told(record: Record) -> dict[str, Any]:
    """Shape of ``LedgerRecord``."""
    plain = (
        "record_id seq kind item_id tracking_id entered_on at actor reason supersedes manifest_sha256 hash"
    )
    return {**{name: getattr(record, name) for name in plain.split()}, "body": record.body()}


def waiting_on(connection: Connection, party: str, item_keys: Sequence[str]) -> list[dict[str, Any]]:
    """What waits on some items, by code, as a transaction sees it."""
    asked = _waiting(party).where(waiting.c.item_key.in_(item_keys))
    asked = asked.order_by(waiting.c.item_key, waiting.c.code)
    return [_open(row) for row in connection.execute(asked)]


def exceptions(ledger: Ledger, party: str, code: str | None, after: str, limit: int) -> dict[str, Any]:
    """A page of what waits, oldest first; shape of ``OpenExceptions``."""
    if code is not None and code not in EXCEPTIONS:
        raise MailDutyError("EXCEPTION_UNKNOWN", f"{code[:20]!r} is no exception", "", "use E01 to E26")
    order = (waiting.c.opened_at, waiting.c.item_key, waiting.c.code)
    asked = _waiting(party).order_by(*order).limit(limit + 1)
    counted = select(waiting.c.code, func.count()).where(waiting.c.party == party).group_by(waiting.c.code)
    if code is not None:
        asked = asked.where(waiting.c.code == code)
    if after:
        at, key, last = _place(after)
        asked = asked.where(
            or_(
                waiting.c.opened_at > at,
                and_(waiting.c.opened_at == at, waiting.c.item_key > key),
                and_(waiting.c.opened_at == at, waiting.c.item_key == key, waiting.c.code > last),
            )
        )
    with ledger.reading() as connection:
        found = connection.execute(asked).all()
        counts = {one: count for one, count in connection.execute(counted)}
    page = found[:limit]
    last_of = page[-1] if len(found) > limit else None
    return {
        "exceptions": [_open(row) for row in page],
        "counts": dict(sorted(counts.items())),
        "next": f"{last_of.opened_at} {last_of.code} {last_of.item_key}" if last_of else None,
    }


def _waiting(party: str) -> Any:
    """Open exceptions with the item they are of."""
    named = [records.c.tracking_id, records.c.item_id]
    return (
        select(waiting, *named)
        .join(records, records.c.record_id == waiting.c.record_id)
        .where(waiting.c.party == party)
    )


def _open(row: Any) -> dict[str, Any]:
    known = EXCEPTIONS[row.code]
    plain = "code reason message tracking_id item_id record_id opened_at"
    said = {"sentence": known.sentence, "owner": known.owner, "clears": known.clears}
    return {**{name: getattr(row, name) for name in plain.split()}, **said}


def _rejected(record: Record, sealed: dict[str, Any]) -> dict[str, Any]:
    """With the message as it was where it is still there, else with what may always be said."""
    body = record.body() or {}
    error = sealed.get("error") or body.get("error") or {"code": "ERASED"}
    error = {"message": reason(error["code"]).sentence, **error}
    return {
        "record_id": record.record_id,
        "row": error.get("row"),
        "tracking_id": record.tracking_id,
        "error": error,
    }


def _number(after: str) -> int:
    if after and not (after.isascii() and after.isdigit() and len(after) < 19):
        raise _no_place(after)
    return int(after or 0)


def _place(after: str) -> tuple[str, str, str]:
    parts = after.split(" ", 2)
    if len(parts) != 3 or "\0" in after:
        raise _no_place(after)
    return parts[0], parts[2], parts[1]


def _no_place(after: str) -> MailDutyError:
    return MailDutyError(
        "PAGE_UNKNOWN", f"{after[:40]!r} is no place in the list", "", "give `next` as it was said"
    )
