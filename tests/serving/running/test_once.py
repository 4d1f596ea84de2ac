"""What is sent twice is done once: by an Idempotency-Key, by the file itself, by what the ledger says already."""

import concurrent.futures
from contextlib import closing
from typing import Any

import httpx
import pytest

from tests.serving.running.server import Server, manifest

MUG = {"description": "ceramic mug", "hts": "6912003950", "origin": "CN", "value_usd": "12"}
BATCH = {"on": "2026-09-01", "items": {"a": MUG, "b": {**MUG, "origin": "nowhere"}}}


def _records(server: Server, party: str) -> list[Any]:
    with closing(server.ledger()) as ledger:
        return [one for one in ledger.records(party) if one.kind != "key"]


def test_the_same_request_under_its_key_gets_the_same_answer(
    server: Server, asking: httpx.Client, party: str
) -> None:
    first = asking.post("/assess", json=BATCH, headers={"Idempotency-Key": "k1"})
    second = asking.post("/assess", json=BATCH, headers={"Idempotency-Key": "k1"})
    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert "idempotent-replay" not in first.headers and second.headers["idempotent-replay"] == "true"
    assert [one.kind for one in _records(server, party)] == ["assessment", "rejected"]


@pytest.mark.parametrize("path", ["/assess", "/assess?x=1"])
def test_another_request_under_the_same_key_is_refused(asking: httpx.Client, path: str) -> None:
    asking.post("/assess", json=BATCH, headers={"Idempotency-Key": "k2"})
    other = {**BATCH, "on": "2026-09-02"} if path == "/assess" else BATCH
    answer = asking.post(path, json=other, headers={"Idempotency-Key": "k2"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "IDEMPOTENCY_MISMATCH")


@pytest.mark.parametrize("key", ["", "x" * 201, "two words", "ü"])
def test_what_cannot_be_a_key_is_refused(asking: httpx.Client, key: str) -> None:
    answer = asking.post("/assess", json=BATCH, headers={"Idempotency-Key": key.encode()})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "IDEMPOTENCY_KEY")


def test_a_refused_request_leaves_its_key_free(asking: httpx.Client) -> None:
    headers = {"Idempotency-Key": "k3"}
    assert asking.post("/assess", json={"on": "never", "items": {}}, headers=headers).status_code == 400
    assert asking.post("/assess", json=BATCH, headers=headers).status_code == 200


def test_the_same_request_many_times_at_once_is_done_once(
    server: Server, asking: httpx.Client, party: str
) -> None:
    def ask(_: int) -> httpx.Response:
        return asking.post("/assess", json=BATCH, headers={"Idempotency-Key": "k4"})

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(16)))
    assert {one.status_code for one in answers} == {200}
    assert len({one.content for one in answers}) == 1
    assert len(_records(server, party)) == 2


def test_the_same_item_again_writes_nothing_and_names_its_record(asking: httpx.Client) -> None:
    first, second = (asking.post("/assess", json=BATCH).json()["items"]["a"]["record_id"] for _ in range(2))
    assert first == second
    other = asking.post("/assess", json={**BATCH, "on": "2026-09-02"}).json()["items"]["a"]["record_id"]
    history = asking.get("/items/a").json()["history"]
    assert [(one["record_id"], one["supersedes"]) for one in history] == [(first, None), (other, first)]


def test_the_same_file_is_the_same_task_and_other_settings_are_another(
    server: Server, asking: httpx.Client, party: str
) -> None:
    file = manifest(range(40), "S", bad=1)
    first = asking.post("/manifests?on=2026-09-01&name=a.csv", content=file).json()
    second = asking.post("/manifests?on=2026-09-01&name=b.csv&wait=60", content=file).json()
    assert first["task_id"] == second["task_id"] and second["status"] == "done"
    assert second["result"]["new"] == 40
    other = asking.post("/manifests?on=2026-09-02&wait=60", content=file).json()
    assert other["task_id"] != first["task_id"]
    assert (other["result"]["new"], other["result"]["items"]) == (39, 39)  # the bad row is as it was
    again = asking.post("/manifests?on=2026-09-01&wait=60", content=file).json()
    assert again == second
    kinds = [one.kind for one in _records(server, party)]
    assert (kinds.count("assessment"), kinds.count("rejected"), kinds.count("manifest")) == (78, 1, 2)


def test_a_manifest_and_a_review_are_answered_again_under_their_key(asking: httpx.Client) -> None:
    file, headers = manifest(range(3), "R"), {"Idempotency-Key": "m1"}
    first, second = (asking.post("/manifests", content=file, headers=headers) for _ in range(2))
    assert first.status_code == second.status_code == 202 and first.json() == second.json()
    record = asking.post("/assess", json=BATCH).json()["items"]["a"]["record_id"]
    said = {"record_id": record, "decision": "hold", "reason": "looked", "reviewer": "desk"}
    first, second = (asking.post("/reviews", json=said, headers={"Idempotency-Key": "r1"}) for _ in range(2))
    assert first.status_code == 200 and first.content == second.content
    assert asking.post("/reviews", json=said).json()["record_id"] == first.json()["record_id"]
    other = asking.post("/reviews", json={**said, "reason": "looked again"})
    assert (other.status_code, other.json()["error"]["code"]) == (409, "RECORD_SUPERSEDED")
