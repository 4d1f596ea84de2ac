"""The clerk: a thread of the service that works off manifests, one at a time, chunk by chunk.

Each worker process has one; they share the tasks of the ledger. A clerk that is stopped finishes its chunk and puts
the task back, for another to go on with.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from data.errors import MailDutyError
from serving.assessor import Assessor
from serving.ledger import Ledger
from serving.manifests.ingest import Work
from serving.manifests.tasks import LeaseLost, Task, fail, me, put_back, take
from serving.web import metrics
from serving.web.idempotency import forget
from serving.web.logs import failure, log

POLL = 1.0  # seconds between two looks for work that came to another process
AGAIN = timedelta(seconds=5)  # until a task is tried again that could not be done just now
MOST_TRIES = 3  # of a task that meets an error of ours
_LATER = ("LEDGER_BUSY", "LEDGER_FULL", "LEDGER_OPEN", "MODEL_")  # of errors that pass
HOUR = timedelta(hours=1)


def _now() -> datetime:
    return datetime.now(UTC)


class Clerk(threading.Thread):
    """Works until :meth:`stop`. ``assessor`` is asked for once there is work."""

    def __init__(self, ledger: Ledger, assessor: Callable[[], Assessor]) -> None:
        super().__init__(name="clerk", daemon=True)
        self.ledger, self.assessor = ledger, assessor
        self.worker = me()
        self._bell = threading.Event()
        self._leaving = threading.Event()

    def call(self) -> None:
        """Says that there is work."""
        self._bell.set()

    def stop(self, patience: float = 60.0) -> None:
        """Asks it to leave after its chunk, and waits for that."""
        self._leaving.set()
        self._bell.set()
        if self.is_alive():
            self.join(patience)

    def run(self) -> None:
        """Until it is stopped: the next task, or a wait for one."""
        tidied = _now() - HOUR
        while not self._leaving.is_set():
            try:
                if _now() - tidied >= HOUR:
                    tidied = _now()
                    with self.ledger.writing() as connection:
                        forget(connection, tidied)
                task = take(self.ledger, self.worker, _now())
            except Exception as error:  # the ledger is away: it may come back
                failure(error)
                task = None
            if task is not None:
                self.work(task)
                continue
            self._bell.wait(POLL)
            self._bell.clear()

    def work(self, task: Task) -> None:
        """One task, whatever becomes of it."""
        log.info("begun", task=task.task_id, party=task.party, rows_done=task.rows_done)
        try:
            work = Work(self.ledger, self.assessor(), self.worker, stopping=self._leaving.is_set)
            done = work.do(task)
            if done.status != "done":
                put_back(self.ledger, done, self.worker, _now())
        except LeaseLost:
            log.warning("lease lost", task=task.task_id)
            return
        except MailDutyError as error:
            passes = error.code.startswith(_LATER)
            self._again(task, error) if passes else self._failed(task, error)
            return
        except Exception as error:
            failure(error, task=task.task_id)
            ours = MailDutyError("INTERNAL", "something went wrong here; it is in the log")
            tried = task.result.get("takes", 1) >= MOST_TRIES
            self._failed(task, ours) if tried else self._again(task, ours, in_vain=True)
            return
        if done.status == "done":
            metrics.manifest_ended("done")
        log.info(done.status, task=task.task_id, party=task.party, rows=done.rows_done)

    def _again(self, task: Task, error: MailDutyError, in_vain: bool = False) -> None:
        log.warning("again later", task=task.task_id, code=error.code)
        with self._or_the_lease_ends(task):
            put_back(self.ledger, task, self.worker, _now(), AGAIN, in_vain)

    def _failed(self, task: Task, error: MailDutyError) -> None:
        log.warning("failed", task=task.task_id, code=error.code)
        with self._or_the_lease_ends(task):
            fail(self.ledger, task, self.worker, error, _now())
            metrics.manifest_ended("failed")

    @contextmanager
    def _or_the_lease_ends(self, task: Task) -> Iterator[None]:
        """What cannot be written down about a task its lease does: it ends by itself, then another tries."""
        try:
            yield
        except (MailDutyError, LeaseLost) as error:
            failure(error, task=task.task_id)
