"""The clerk: works off what comes, tells what cannot be done from what passes, leaves when told."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from data.errors import MailDutyError
from serving.assessor import Assessor
from serving.ledger import Ledger
from serving.manifests.ingest import receive
from serving.manifests.tasks import Task, take, task_of
from serving.web import clerk as clerks
from serving.web.clerk import Clerk
from tests.serving.running.server import manifest


class Failing:
    """An assessor that fails in a way of its own, so many times."""

    def __init__(self, error: Exception, times: int) -> None:
        self.error, self.left = error, times
        self.shipped = Assessor.shipped()

    def __getattr__(self, name: str) -> Any:
        if name == "assess" and self.left > 0:
            self.left -= 1
            raise self.error
        return getattr(self.shipped, name)


def _sent(ledger: Ledger) -> Task:
    return receive(ledger, "p", manifest(range(5)), "m.csv", {"on": "2026-09-01"}, datetime.now(UTC))


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is tried at once."""
    monkeypatch.setattr(clerks, "AGAIN", clerks.AGAIN * 0)


@pytest.mark.parametrize(
    "error, times, status, code",
    [
        (ValueError("Mila Vindez"), 2, "done", None),
        (ValueError("Mila Vindez"), 99, "failed", "INTERNAL"),
        (MailDutyError("LEDGER_BUSY", "another writes"), 7, "done", None),
        (MailDutyError("MODEL_MISSING", "no model"), 7, "done", None),
        (MailDutyError("LAW_UNKNOWN", "no law that day"), 1, "failed", "LAW_UNKNOWN"),
    ],
    ids=["once ours", "ours", "busy", "model", "final"],
)
def test_what_passes_is_tried_again_and_what_does_not_is_said(
    ledger: Ledger,
    error: Exception,
    times: int,
    status: str,
    code: str | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    task = _sent(ledger)
    failing: Any = Failing(error, times)
    clerk = Clerk(ledger, lambda: failing)
    for _ in range(12):
        taken = take(ledger, clerk.worker, datetime.now(UTC))
        if taken is None:
            break
        clerk.work(taken)
    held = task_of(ledger, "p", task.task_id)
    assert held.status == status
    assert (held.result.get("error") or {}).get("code") == code
    assert held.result.get("items") == (5 if status == "done" else None)
    assert "Mila" not in capsys.readouterr().err


def test_it_works_off_what_comes_and_leaves_when_told(ledger: Ledger) -> None:
    assessor = Assessor.shipped()
    clerk = Clerk(ledger, lambda: assessor)
    clerk.start()
    task = _sent(ledger)
    clerk.call()
    until = time.monotonic() + 60
    while task_of(ledger, "p", task.task_id).status != "done" and time.monotonic() < until:
        time.sleep(0.05)
    clerk.stop()
    assert not clerk.is_alive()
    assert task_of(ledger, "p", task.task_id).status == "done"
    after = receive(ledger, "p", manifest(range(9, 12)), "n.csv", {}, datetime.now(UTC))
    assert task_of(ledger, "p", after.task_id).status == "queued"
