"""Tasks: manifests that wait for their turn, and who has them in hand.

A task belongs to the file and its settings, so the same file sent again is the same task. A worker holds a task by a
lease it renews with every chunk; a lease ends by itself, or at once where its holder was a process of this machine
that is no more. Progress is written in the transaction of the records it counts, and only by the lease's holder.
"""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Row, and_, exists, insert, or_, select, update

from data.errors import MailDutyError
from serving.ledger import Ledger
from serving.ledger.tables import tasks
from serving.ledger.writing import stamp

LEASE = timedelta(seconds=120)
MOST_TAKES = 5  # without getting any further; then the file is what stops it


@dataclass(frozen=True, slots=True)
class Task:
    """A task as it stands. ``settings`` are those of the file; ``result`` is what came of it so far."""

    task_id: str
    party: str
    file_sha256: str
    settings: dict[str, Any]
    status: str
    rows_total: int
    rows_done: int
    result: dict[str, Any]
    created_at: str
    updated_at: str


class LeaseLost(Exception):
    """Another worker has the task in hand: what this one was about to write is not written."""


def me() -> str:
    """This process as leases name it: machine, process, when it started; made anew after a fork."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid()) or secrets.token_hex(4)}"


def submitted(
    connection: Connection, party: str, dedup: str, file_sha256: str, settings: dict[str, Any], at: datetime
) -> Task:
    """The task of a file: made, or the one that is there. One that failed is queued once more."""
    found = connection.execute(select(tasks).where(tasks.c.party == party, tasks.c.dedup == dedup)).first()
    if found is None:
        row = {
            "task_id": secrets.token_hex(16),
            "party": party,
            "dedup": dedup,
            "file_sha256": file_sha256,
            "settings": orjson.dumps(settings).decode(),
            "status": "queued",
            "result": "{}",
            "created_at": stamp(at),
            "updated_at": stamp(at),
        }
        connection.execute(insert(tasks), row)
    elif found.status == "failed":
        again = {"status": "queued", "result": "{}", "rows_done": 0, "updated_at": stamp(at)}
        connection.execute(update(tasks).where(tasks.c.task_id == found.task_id).values(again))
    else:
        return _task(found)
    return _task(
        connection.execute(select(tasks).where(tasks.c.party == party, tasks.c.dedup == dedup)).one()
    )


def task_of(ledger: Ledger, party: str, task_id: str) -> Task:
    """A party's task. Raises ``TASK_NOT_FOUND``."""
    asked = select(tasks).where(tasks.c.party == party, tasks.c.task_id == task_id)
    with ledger.reading() as connection:
        found = connection.execute(asked).first()
    if found is None:
        raise MailDutyError(
            "TASK_NOT_FOUND", "no manifest has this task", "", "use the task_id of /manifests"
        )
    return _task(found)


def take(ledger: Ledger, worker: str, now: datetime) -> Task | None:
    """The next task that nobody has in hand, now ours; None where there is none.

    Parties take turns: one that has a manifest in hand waits behind one that has none.
    """
    other = tasks.alias()
    in_hand = exists().where(
        other.c.party == tasks.c.party, other.c.status == "running", other.c.lease_until >= stamp(now)
    )
    with (
        ledger.reading() as connection
    ):  # most of the time there is nothing, and no writer need wait for that
        open_now = connection.execute(_open(now)).all()
    dead = {row.lease_by for row in open_now if row.lease_by and _is_gone(row.lease_by)}
    free = or_(tasks.c.lease_until.is_(None), tasks.c.lease_until < stamp(now), tasks.c.lease_by.in_(dead))
    waiting = and_(tasks.c.status.in_(("queued", "running")), free)
    if not any(
        row.lease_until is None or row.lease_until < stamp(now) or row.lease_by in dead for row in open_now
    ):
        return None
    with ledger.writing() as connection:
        asked = select(tasks).where(waiting).order_by(in_hand, tasks.c.created_at).limit(1)
        found = connection.execute(asked.with_for_update(skip_locked=True, of=tasks)).first()
        if found is None:
            return None
        task = _task(found)
        takes = task.result.get("takes", 0) + 1
        result = {**task.result, "takes": takes}
        if takes > MOST_TAKES:
            result["error"] = _given_up()
        changed = {
            "status": "failed" if takes > MOST_TAKES else "running",
            "lease_by": worker,
            "lease_until": stamp(now + LEASE),
            "result": orjson.dumps(result).decode(),
            "updated_at": stamp(now),
        }
        connection.execute(update(tasks).where(tasks.c.task_id == task.task_id).values(changed))
    return None if takes > MOST_TAKES else replace(task, status="running", result=result)


def renew(ledger: Ledger, task: Task, worker: str, now: datetime) -> None:
    """Holds a task for longer, without progress. Raises :class:`LeaseLost`."""
    with ledger.writing() as connection:
        _only_mine(connection, task, worker, {"lease_until": stamp(now + LEASE)})


def advance(connection: Connection, task: Task, worker: str, changed: Task, now: datetime) -> None:
    """Writes progress from ``task`` to ``changed``, in the caller's transaction. Raises :class:`LeaseLost`.

    A task that is done, failed or put back is let go of.
    """
    held = changed.status == "running"
    values = {
        "status": changed.status,
        "rows_total": changed.rows_total,
        "rows_done": changed.rows_done,
        "result": _without_takes(changed.result),
        "lease_by": worker if held else None,
        "lease_until": stamp(now + LEASE) if held else None,
        "updated_at": stamp(now),
    }
    _only_mine(connection, task, worker, values)


def put_back(
    ledger: Ledger,
    task: Task,
    worker: str,
    now: datetime,
    wait: timedelta = timedelta(0),
    in_vain: bool = False,
) -> None:
    """Lets go of a task that is not done; nobody takes it before ``wait`` is over. ``in_vain`` counts the attempt."""
    until = stamp(now + wait) if wait else None
    with ledger.writing() as connection:
        row = connection.execute(select(tasks).where(tasks.c.task_id == task.task_id)).one()
        values = {
            "lease_by": None,
            "lease_until": until,
            "result": row.result if in_vain else _without_takes(_task(row).result),
            "updated_at": stamp(now),
        }
        mine = and_(tasks.c.task_id == task.task_id, tasks.c.lease_by == worker)
        connection.execute(update(tasks).where(mine).values(values))


def fail(ledger: Ledger, task: Task, worker: str, error: MailDutyError, now: datetime) -> None:
    """Ends a task with the reason why its file could not be done; what was kept of it stays kept."""
    with ledger.writing() as connection:
        row = connection.execute(select(tasks).where(tasks.c.task_id == task.task_id)).one()
        stands = _task(row)
        changed = replace(stands, status="failed", result={**stands.result, "error": error.as_dict()})
        advance(connection, stands, worker, changed, now)


def _without_takes(result: dict[str, Any]) -> str:
    return orjson.dumps({name: said for name, said in result.items() if name != "takes"}).decode()


def _only_mine(connection: Connection, task: Task, worker: str, values: dict[str, Any]) -> None:
    mine = and_(
        tasks.c.task_id == task.task_id,
        tasks.c.lease_by == worker,
        tasks.c.status == "running",
        tasks.c.rows_done == task.rows_done,
    )
    if connection.execute(update(tasks).where(mine).values(values)).rowcount != 1:
        raise LeaseLost(task.task_id)


def _open(now: datetime) -> Any:
    asked = select(tasks.c.lease_by, tasks.c.lease_until)
    return asked.where(tasks.c.status.in_(("queued", "running"))).limit(1000)


def _task(row: Row[Any]) -> Task:
    held = row._asdict()
    held["settings"] = orjson.loads(row.settings)
    held["result"] = orjson.loads(row.result or "{}")
    return Task(**{name: held[name] for name in Task.__slots__})


def _is_gone(lease_by: str) -> bool:
    """Whether the holder was a process of this machine that is no more, or another with its number."""
    host, _, rest = lease_by.partition(":")
    number, _, started = rest.partition(":")
    if host != socket.gethostname() or not number.isdigit():
        return False
    return _started(int(number)) != started if Path("/proc/self/stat").exists() else False


def _started(process: int) -> str | None:
    """When a process started, in ticks since the machine did; None where there is none, or where nobody says."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return None


def _given_up() -> dict[str, Any]:
    return MailDutyError(
        "TASK_ABANDONED",
        f"it was begun {MOST_TAKES} times and never got further",
        "",
        "look into the log; send the file in parts",
    ).as_dict()
