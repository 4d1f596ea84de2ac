"""Manifests through a running service: shared by two processes, killed in the middle, stopped in the middle."""

import concurrent.futures
import re
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from serving.ledger.verify import verify
from tests.serving.running.server import Server, manifest


def _waited(client: httpx.Client, task_id: str, seconds: float = 150.0) -> dict[str, Any]:
    """The task once it has come to an end."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        said: dict[str, Any] = client.get(f"/manifests/{task_id}").json()
        if said["status"] in ("done", "failed"):
            return said
        time.sleep(0.2)
    raise AssertionError(said)


def _moving(client: httpx.Client, task_id: str) -> int:
    """How far a task is, once it has moved and is not done."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        said = client.get(f"/manifests/{task_id}").json()
        if said["rows_done"]:
            return int(said["rows_done"])
        time.sleep(0.01)
    raise AssertionError(said)


def _manifests_done(server: Server) -> float:
    with server.asking() as client:  # a connection of its own: any of the processes may answer
        found = re.search(r'mailduty_manifests_total{status="done"} (\S+)', client.get("/metrics").text)
    return float(found[1]) if found else 0.0


def test_a_form_brings_a_file_with_its_exchange_rates(asking: httpx.Client) -> None:
    file = manifest(range(4)).replace(b"USD", b"EUR")
    rates = b"currency,usd_per_unit,date,source\nEUR,1.10,2026-08-01,a bank\n"
    parts = {"file": ("may.csv", file), "rates": ("rates.csv", rates)}
    done = asking.post("/manifests?on=2026-09-01&wait=60", files=parts).json()
    assert done["name"] == "may.csv" and (done["result"]["items"], done["result"]["errors"]) == (4, 0), done
    body = asking.get("/items/X00000001").json()["current"][0]["body"]
    assert body["asked"]["value_usd"] == "12.10"


def test_a_file_that_can_only_be_read_later_fails_as_a_task(asking: httpx.Client) -> None:
    """A large one is accepted first; what is wrong with it, its task says."""
    file = b"what,nobody,knows\n" + b"x,y,z\n" * 400_000
    sent = asking.post("/manifests?name=large.csv", content=file)
    assert sent.status_code == 202
    said = _waited(asking, sent.json()["task_id"])
    assert (
        said["status"] == "failed"
        and said["error"]["code"].startswith("MANIFEST_")
        and said["error"]["remedy"]
    )


def test_no_person_is_named_in_what_is_read_of_an_item(asking: httpx.Client) -> None:
    asking.post("/manifests?on=2026-09-01&wait=60", content=manifest(range(3), bad=1))
    for path in ("/items/X00000001", "/items/X00000002", "/exceptions"):
        assert "Person" not in asking.get(path).text


@pytest.fixture
def two_workers(tmp_path: Path, unmade_ledger_url: str) -> Any:
    """Two processes on one ledger, on each database; they find no tables and make them, each once."""
    running = Server(tmp_path, workers=2, MAILDUTY_LEDGER=unmade_ledger_url).start()
    yield running
    running.stop()


def test_killed_in_the_middle_it_goes_on_and_doubles_nothing(two_workers: Server) -> None:
    """kill -9 of every process, twice; sent again meanwhile; two processes work on what is left."""
    files = {f"F{n}": manifest(range(400), f"F{n}", bad=5) for n in range(2)}
    with two_workers.asking() as client:
        tasks = {
            name: client.post("/manifests?on=2026-09-01", content=file).json()["task_id"]
            for name, file in files.items()
        }
        reached = _moving(client, tasks["F0"])
    for _ in range(2):
        two_workers.kill()
        two_workers.start()
        with two_workers.asking() as client:
            assert _moving(client, tasks["F0"]) >= reached  # nothing that was there is lost
    with two_workers.asking() as client:
        for name, file in files.items():
            assert client.post("/manifests?on=2026-09-01", content=file).json()["task_id"] == tasks[name]
        for task in tasks.values():
            said = _waited(client, task)
            assert (said["status"], said["rows_done"], said["result"]["new"]) == ("done", 400, 400)
        figures = {_manifests_done(two_workers) for _ in range(6)}
        assert len(figures) == 1 and figures != {0.0}  # whichever process is asked, it tells of both
    with closing(two_workers.ledger()) as ledger:
        times = Counter((record.kind, record.item_key) for record in ledger.records("local"))
        assert set(times.values()) == {1}
        assert Counter(kind for kind, _ in times) == {"manifest": 2, "assessment": 790, "rejected": 10}
        assert [one.breaks for one in verify(ledger, "local")] == [[]]


def test_told_to_stop_it_finishes_what_it_has_in_hand(tmp_path: Path) -> None:
    server = Server(tmp_path).start()
    with server.asking() as client, concurrent.futures.ThreadPoolExecutor(1) as pool:
        task = client.post("/manifests?on=2026-09-01", content=manifest(range(6000))).json()["task_id"]
        _moving(client, task)
        batch = {
            f"i{n}": {"description": "mug", "hts": "6912003950", "origin": "CN", "value_usd": n}
            for n in range(150)
        }
        answer = pool.submit(client.post, "/assess", json={"on": "2026-09-01", "items": batch})
        time.sleep(0.3)
        server.stop()
        assert answer.result().status_code == 200  # accepted, so answered
        ids = [one["record_id"] for one in answer.result().json()["items"].values()]
    assert server.process is not None and server.process.returncode == 0
    with closing(server.ledger()) as ledger:
        assert all(ledger.record("local", one) for one in ids)
        done = Counter(record.kind for record in ledger.records("local"))["assessment"] - 150
    assert 0 < done < 6000 and done % 250 == 0  # whole chunks
    server.start()
    with server.asking() as client:
        assert _waited(client, task)["result"]["items"] == 6000
    server.stop()
