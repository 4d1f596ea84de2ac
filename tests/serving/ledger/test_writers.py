"""Many writers at once, threads and processes, to one party and to several: no gap, no double, no broken chain."""

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from data.errors import MailDutyError
from serving.ledger import Entry, Ledger, opening

Make = Callable[..., Entry]

WRITER = """
import sys
from datetime import UTC, datetime
from serving.ledger import Entry, Ledger

url, me = sys.argv[1], sys.argv[2]
ledger = Ledger.open(url)
sys.stdin.readline()  # until all are ready
news = 0
for n in range(12):
    own = [Entry("assessment", {"n": n}, f"|{me}-{n}-{k}", f"{me}-{n}-{k}") for k in range(3)]
    all_have_it = Entry("assessment", {"n": n}, f"|common-{n}", f"common-{n}", personal={"sender": {"name": "Ada"}})
    kept = ledger.append(f"party-{n % 2}", [*own, all_have_it], at=datetime.now(UTC), actor=me)
    assert [one.new for one in kept[:3]] == [True] * 3
    news += kept[3].new
print(news)
"""


def test_processes_of_several_parties(ledger: Ledger, ledger_url: str, chain_holds: Any) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, ledger_url, f"writer-{n}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for n in range(4)
    ]  # fmt: skip
    news = [int(one.communicate("go\n", timeout=250)[0]) for one in running]
    assert sum(news) == 12, "what all had was written once"
    for party in ("party-0", "party-1"):
        found = list(ledger.records(party))
        assert chain_holds(found) == 4 * 6 * 3 + 6
        assert set(Counter(r.item_id for r in found).values()) == {1}


def test_threads_that_share_a_ledger(ledger: Ledger, entry: Make, at: datetime, chain_holds: Any) -> None:
    ready = threading.Barrier(8)

    def write(me: int) -> int:
        ready.wait(timeout=60)
        news = 0
        for n in range(10):
            kept = ledger.append(
                f"party-{n % 3}", [entry(1000 * me + n), entry(n)], at=at, actor=f"thread {me}"
            )
            news += sum(one.new for one in kept)
        return news

    with ThreadPoolExecutor(8) as threads:
        news = list(threads.map(write, range(1, 9)))
    assert sum(news) == 8 * 10 + 10
    assert sum(chain_holds(ledger.records(f"party-{n}")) for n in range(3)) == 90


def test_readers_do_not_wait_for_a_writer(ledger: Ledger, entry: Make, at: datetime) -> None:
    ledger.append("acme", [entry(1)], at=at, actor="nadia")
    with ledger.writing() as connection:
        ledger.add(connection, "acme", [entry(2)], at=at, actor="nadia")
        with ThreadPoolExecutor(1) as thread:
            seen = thread.submit(lambda: [r.item_id for r in ledger.records("acme")]).result(timeout=10)
    assert seen == ["item-1"] and len(list(ledger.records("acme"))) == 2


def test_a_writer_that_waits_too_long_is_told_and_nothing_is_written(
    ledger: Ledger, ledger_url: str, entry: Make, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "WAIT_S", 0.05)
    other = Ledger.open(ledger_url)
    with ledger.writing() as connection:
        ledger.add(connection, "acme", [entry(1)], at=at, actor="nadia")
        with pytest.raises(MailDutyError) as refused:
            other.append("acme", [entry(2)], at=at, actor="omar")
    assert refused.value.code == "LEDGER_BUSY"
    assert [r.item_id for r in other.records("acme")] == ["item-1"]
    assert other.append("acme", [entry(2)], at=at, actor="omar")[0].seq == 2


def test_a_transaction_inside_another_is_refused_at_once(ledger: Ledger, entry: Make, at: datetime) -> None:
    begun = time.monotonic()
    with pytest.raises(RuntimeError, match=r"use Ledger\.add"), ledger.writing():
        ledger.append("acme", [entry(1)], at=at, actor="nadia")
    assert time.monotonic() - begun < 5
    assert ledger.append("acme", [entry(1)], at=at, actor="nadia")[0].new


def test_a_full_disk_is_told_and_nothing_is_written(
    tmp_path: Path, entry: Make, at: datetime, chain_holds: Any
) -> None:
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")

    @event.listens_for(ledger.engine, "checkout")
    def no_more_than_so_many_pages(connection: Any, *_: Any) -> None:
        connection.execute("PRAGMA max_page_count = 120")

    ledger.append("acme", [entry(1)], at=at, actor="nadia")
    with pytest.raises(MailDutyError) as refused:
        ledger.append("acme", [entry(n) for n in range(2, 2000)], at=at, actor="nadia")
    assert refused.value.code == "LEDGER_FULL"
    assert [r.item_id for r in ledger.records("acme")] == ["item-1"]
    assert ledger.append("acme", [entry(2)], at=at, actor="nadia")[0].seq == 2
    assert chain_holds(ledger.records("acme")) == 2


def test_a_database_server_that_crashes_loses_and_doubles_nothing(
    postgresql: Any, entry: Make, at: datetime, chain_holds: Any
) -> None:
    url = postgresql.emptied_database()
    ledger, refusals, given = Ledger.open(url), Counter[str](), 0
    stop = threading.Event()

    def write() -> None:
        nonlocal given
        while not stop.is_set():
            some = [entry(given + n) for n in range(5)]
            try:
                ledger.append("acme", some, at=at, actor="nadia")
                given += 5
            except MailDutyError as error:  # not known whether it was kept; the same again finds out
                refusals[error.code] += 1
                time.sleep(0.02)

    with ThreadPoolExecutor(1) as thread:
        writing = thread.submit(write)
        try:
            for _ in range(3):
                before = given
                while given < before + 20 and not writing.done():
                    time.sleep(0.005)
                postgresql.stop("immediate")
                postgresql.start()
            before = given
            while given < before + 20 and not writing.done():
                time.sleep(0.005)
        finally:
            stop.set()
        writing.result(timeout=60)
    found = list(ledger.records("acme"))
    assert refusals["LEDGER_OPEN"] >= 3 and set(refusals) == {"LEDGER_OPEN"}
    assert chain_holds(found) == given and len({r.item_id for r in found}) == given
