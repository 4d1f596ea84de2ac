"""Manifests as tasks, without a server and on both databases: progress, crash, two workers, one file twice."""

from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from data.errors import MailDutyError
from serving.assessor import Assessor
from serving.ledger import Ledger
from serving.ledger.tables import files
from serving.ledger.verify import verify
from serving.manifests import tasks
from serving.manifests.ingest import Work, receive
from serving.manifests.tasks import LeaseLost, Task, fail, put_back, submitted, take, task_of
from tests.serving.running.server import HEAD, manifest

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)


class Killed(BaseException):
    """As if the process had ended there."""


@pytest.fixture(scope="module")
def assessor() -> Assessor:
    return Assessor.shipped()


class Clock:
    """A time of our own."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


def sent(ledger: Ledger, content: bytes, party: str = "p", **settings: Any) -> Task:
    return receive(ledger, party, content, "m.csv", {"on": "2026-09-01", **settings}, NOW)


def work(ledger: Ledger, assessor: Assessor, worker: str = "w", **more: Any) -> Work:
    return Work(ledger, assessor, worker, **{"clock": Clock(), "chunk": 10, **more})


def kinds(ledger: Ledger, party: str = "p") -> dict[str, int]:
    found: dict[str, int] = {}
    for record in ledger.records(party):
        found[record.kind] = found.get(record.kind, 0) + 1
    return found


def test_a_manifest_is_kept_whole_and_told_of(ledger: Ledger, assessor: Assessor) -> None:
    sent(ledger, manifest(range(35), bad=2))
    task = take(ledger, "w", NOW)
    assert task is not None and task.status == "running"
    assert work(ledger, assessor).do(task).rows_done == 35
    held = task_of(ledger, "p", task.task_id)
    assert (held.status, held.rows_total, held.rows_done) == ("done", 35, 35)
    assert (held.result["items"], held.result["errors"], held.result["new"]) == (33, 2, 35)
    assert kinds(ledger) == {"manifest": 1, "assessment": 33, "rejected": 2}
    assert [one.breaks for one in verify(ledger, "p")] == [[]]
    assert take(ledger, "w", NOW) is None


def test_the_file_as_received_is_sealed(ledger: Ledger) -> None:
    content = manifest(range(3))
    task = sent(ledger, content)
    with ledger.reading() as connection:
        row = connection.execute(select(files)).one()
    assert row.sha256 == task.file_sha256 and row.size == len(content)
    assert b"Person" in content and b"Person" not in row.sealed


@pytest.mark.parametrize("at", range(6))
def test_whoever_is_killed_leaves_each_item_once_or_not_yet(
    ledger: Ledger, assessor: Assessor, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before, in or after the transaction of one chunk after another; another process goes on."""
    sent(ledger, manifest(range(25), bad=3))
    task = take(ledger, "first", NOW)
    assert task is not None
    calls = 0

    def killed(*given: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == at // 2 + 1 and at % 2 == 0:
            raise Killed  # before the commit: nothing of the chunk is there
        advance(*given)
        if calls == at // 2 + 1:
            raise Killed  # in the transaction, after its last statement: nothing either

    advance = tasks.advance
    monkeypatch.setattr("serving.manifests.ingest.advance", killed)
    with pytest.raises(Killed):
        work(ledger, assessor, "first").do(task)
    monkeypatch.undo()
    before = kinds(ledger)
    assert sum(before.values()) - before.get("manifest", 0) == at // 2 * 10
    assert take(ledger, "second", NOW) is None  # still leased
    again = take(ledger, "second", NOW + timedelta(seconds=121))
    assert again is not None and again.rows_done == sum(before.values()) - before.get("manifest", 0)
    work(ledger, assessor, "second").do(again)
    assert kinds(ledger) == {"manifest": 1, "assessment": 22, "rejected": 3}
    assert {record.seq for record in ledger.records("p")} == set(range(1, 27))


def test_one_that_lost_its_lease_writes_nothing_more(ledger: Ledger, assessor: Assessor) -> None:
    sent(ledger, manifest(range(25)))
    slow = take(ledger, "slow", NOW)
    quick = take(ledger, "quick", NOW + timedelta(seconds=121))
    assert slow is not None and quick is not None
    with pytest.raises(LeaseLost):
        work(ledger, assessor, "slow").do(slow)
    assert kinds(ledger) == {}
    work(ledger, assessor, "quick").do(quick)
    with pytest.raises(LeaseLost):
        work(ledger, assessor, "slow").do(slow)
    assert kinds(ledger) == {"manifest": 1, "assessment": 25}


def test_one_that_is_stopped_puts_the_rest_back(ledger: Ledger, assessor: Assessor) -> None:
    sent(ledger, manifest(range(25)))
    task = take(ledger, "w", NOW)
    assert task is not None
    stops = iter([False, True])
    left = work(ledger, assessor, stopping=lambda: next(stops)).do(task)
    assert (left.status, left.rows_done) == ("running", 10)
    put_back(ledger, left, "w", NOW)
    again = take(ledger, "other", NOW)
    assert again is not None and again.rows_done == 10
    work(ledger, assessor, "other").do(again)
    assert kinds(ledger) == {"manifest": 1, "assessment": 25}


def test_a_process_that_is_no_more_holds_nothing(ledger: Ledger) -> None:
    sent(ledger, manifest(range(3)))
    host = tasks.me().partition(":")[0]
    assert take(ledger, f"{host}:999999999:123", NOW) is not None
    assert take(ledger, "elsewhere:1:1", NOW) is not None  # the machine is ours, the process is gone
    assert take(ledger, "w", NOW) is None  # of another machine nobody here can tell


def test_parties_take_turns(ledger: Ledger) -> None:
    for n in range(3):
        sent(ledger, manifest(range(n, n + 3)), "busy")
    sent(ledger, manifest(range(3)), "small")
    taken = [take(ledger, f"elsewhere:{n}:1", NOW) for n in range(4)]
    assert [one.party for one in taken if one] == ["busy", "small", "busy", "busy"]


def test_a_file_that_stops_whoever_takes_it_is_given_up(ledger: Ledger) -> None:
    task = sent(ledger, manifest(range(3)))
    when = NOW
    for _ in range(tasks.MOST_TAKES):
        assert take(ledger, "w", when) is not None
        when += timedelta(seconds=121)
    assert take(ledger, "w", when) is None
    held = task_of(ledger, "p", task.task_id)
    assert held.status == "failed" and held.result["error"]["code"] == "TASK_ABANDONED"


def test_a_failed_file_sent_again_is_tried_again(ledger: Ledger, assessor: Assessor) -> None:
    task = sent(ledger, manifest(range(3)))
    taken = take(ledger, "w", NOW)
    assert taken is not None
    fail(ledger, taken, "w", MailDutyError("MODEL_CORRUPT", "the model is not whole"), NOW)
    assert task_of(ledger, "p", task.task_id).result["error"]["code"] == "MODEL_CORRUPT"
    again = sent(ledger, manifest(range(3)))
    assert (again.task_id, again.status) == (task.task_id, "queued")


def test_a_reading_that_changed_begins_anew_and_doubles_nothing(ledger: Ledger, assessor: Assessor) -> None:
    """As after a release whose reader finds other rows: what was counted as done means nothing any more."""
    task = sent(ledger, manifest(range(25)))
    taken = take(ledger, "w", NOW)
    assert taken is not None
    stops = iter([False, True])
    left = work(ledger, assessor, stopping=lambda: next(stops)).do(taken)
    with ledger.writing() as connection:
        said = {"result": '{"reading": "another"}', "rows_done": 17}
        connection.execute(update(tasks.tasks).where(tasks.tasks.c.task_id == task.task_id).values(said))
    put_back(ledger, left, "w", NOW)
    again = take(ledger, "w", NOW)
    assert again is not None
    work(ledger, assessor).do(again)
    assert kinds(ledger)["assessment"] == 25
    assert task_of(ledger, "p", task.task_id).result["items"] == 25


def test_a_row_that_could_not_be_read_waits_until_its_parcel_comes_again(
    ledger: Ledger, assessor: Assessor
) -> None:
    good, bad = manifest(range(2)), manifest(range(2), bad=1)
    for content, waiting in ((bad, ["X00000001"]), (good, [])):
        sent(ledger, content)
        task = take(ledger, "w", NOW)
        assert task is not None
        work(ledger, assessor).do(task)
        assert [one.item_key.partition("|")[0] for one in ledger.open_exceptions("p")] == waiting
    assert kinds(ledger) == {"manifest": 2, "assessment": 2, "rejected": 1, "correction": 1}


def test_a_parcel_is_never_cut_in_two(ledger: Ledger, assessor: Assessor) -> None:
    rows = [f"{'BIG' if n % 2 else f'X{n}'},mug,6912003950,CN,10,USD,S,P,1" for n in range(60)]
    sent(ledger, "\n".join([HEAD, *rows]).encode())
    task = take(ledger, "w", NOW)
    assert task is not None
    steps: list[int] = []

    def stopping() -> bool:
        steps.append(task_of(ledger, "p", task.task_id).rows_done)
        return False

    work(ledger, assessor, stopping=stopping).do(task)
    whole = ledger.item("p", "BIG")
    assert len(whole) == 30 and len({record.at for record in whole}) == 1
    assert len({record.at for record in ledger.records("p", kinds=("assessment",))}) > 2


@pytest.mark.parametrize(
    "content, settings, code",
    [
        (b"", {}, "MANIFEST_EMPTY"),
        (b"%PDF-1.7 ...", {}, "MANIFEST_BINARY"),
        (manifest(range(2)), {"on": "2026-02-30"}, "DATE_MALFORMED"),
        (manifest(range(2)), {"method": "guess"}, "SETTING_UNKNOWN"),
        (manifest(range(2)), {"rates": "currency\nXXX"}, "RATES_INCOMPLETE"),
        (manifest(range(2)), {"encoding": "klingon"}, "MANIFEST_ENCODING"),
        (manifest(range(2)), {"layout": "nobodys"}, "MANIFEST_LAYOUT_UNKNOWN"),
    ],
)
def test_what_cannot_be_used_is_refused_and_not_kept(
    ledger: Ledger, content: bytes, settings: dict[str, str], code: str
) -> None:
    with pytest.raises(MailDutyError) as refused:
        sent(ledger, content, **settings)
    assert refused.value.code == code
    with ledger.reading() as connection:
        assert connection.execute(select(files)).first() is None
    assert take(ledger, "w", NOW) is None


def test_the_day_a_file_came_is_the_day_it_is_priced_for_however_late(
    ledger: Ledger, assessor: Assessor
) -> None:
    receive(ledger, "p", manifest(range(2)), "m.csv", {}, NOW)
    task = take(ledger, "w", NOW + timedelta(days=3))
    assert task is not None
    work(ledger, assessor).do(task)
    days = {record.entered_on for record in ledger.records("p", kinds=("assessment",))}
    assert days == {date(2026, 9, 1).isoformat()}


def test_two_processes_open_one_ledger_and_make_one_task(ledger_url: str) -> None:
    with closing(Ledger.open(ledger_url)) as one, closing(Ledger.open(ledger_url)) as other:
        first, second = sent(one, manifest(range(3))), sent(other, manifest(range(3)))
        assert first.task_id == second.task_id
        with other.writing() as connection:
            third = submitted(connection, "q", "x", first.file_sha256, {}, NOW)
        assert third.task_id != first.task_id
