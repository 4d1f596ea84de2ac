"""Two parties on one service: neither ever sees, moves or counts what is the other's, at any address."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from serving.web.endpoints import ENDPOINTS, OPEN
from tests.serving.running.server import Server, manifest

ITEM = {"description": "ceramic mug", "hts": "6912003950", "origin": "CN", "value_usd": "12"}


@pytest.fixture(scope="module")
def two(server: Server) -> Iterator[tuple[httpx.Client, httpx.Client, dict[str, Any]]]:
    """A party with an item, a manifest with a bad row, and a review; and another that has nothing."""
    with server.asking(server.key("owner")) as ours, server.asking(server.key("stranger")) as theirs:
        held = ours.post(
            "/assess", json={"items": {"mug": {**ITEM, "tracking_id": "T1", "origin": None}}}
        ).json()
        task = ours.post("/manifests?wait=60&on=2026-09-01", content=manifest(range(20), "P", bad=2)).json()
        assert task["status"] == "done" and task["result"]["errors"] == 2, task
        yield ours, theirs, {"record": held["items"]["mug"]["record_id"], "task": task["task_id"]}


def _at(path: str, known: dict[str, Any]) -> str:
    return path.replace("{tracking_id}", "P00000003").replace("{task_id}", known["task"])


READ = [one.path for one in ENDPOINTS if one.method == "GET" and "{" in one.path]


@pytest.mark.parametrize("path", READ)
def test_what_is_named_by_the_address_is_found_by_its_party_only(two: Any, path: str) -> None:
    ours, theirs, known = two
    assert ours.get(_at(path, known)).status_code == 200
    refused = theirs.get(_at(path, known))
    assert refused.status_code == 404
    assert "P0000" not in refused.text and "row" not in refused.json()["error"]


def test_an_item_is_found_by_its_id_and_its_parcel_by_its_party_only(two: Any) -> None:
    ours, theirs, _ = two
    for name in ("mug", "T1", "P00000003#1"):
        assert ours.get("/items/" + name.replace("#", "%23")).status_code == 200
        assert theirs.get("/items/" + name.replace("#", "%23")).status_code == 404


def test_exceptions_are_listed_and_counted_for_their_party_only(two: Any) -> None:
    ours, theirs, _ = two
    assert {"E04", "E06"} <= ours.get("/exceptions").json()["counts"].keys()
    assert theirs.get("/exceptions").json() == {"exceptions": [], "counts": {}, "next": None}
    place = ours.get("/exceptions?limit=1").json()["next"]
    assert theirs.get("/exceptions", params={"after": place}).json()["exceptions"] == []


def test_a_review_reaches_items_of_its_party_only(two: Any) -> None:
    ours, theirs, known = two
    said = {"record_id": known["record"], "decision": "hold", "reason": "looked", "reviewer": "desk"}
    assert theirs.post("/reviews", json=said).json()["error"]["code"] == "RECORD_NOT_FOUND"
    assert len(ours.get("/items/T1").json()["history"]) == 1  # the attempt left nothing
    assert ours.post("/reviews", json=said).status_code == 200


def test_the_same_manifest_of_two_parties_is_two_tasks_and_two_sets_of_records(two: Any) -> None:
    ours, theirs, known = two
    task = theirs.post("/manifests?wait=60&on=2026-09-01", content=manifest(range(20), "P", bad=2)).json()
    assert task["task_id"] != known["task"] and task["result"]["new"] == 20
    history = theirs.get("/items/P00000003").json()["history"]
    assert [one["seq"] for one in history] == [
        6
    ]  # after the key, the manifest and three rows: a chain of its own
    mine, other = (one.get("/items/P00000003").json()["history"][0] for one in (ours, theirs))
    assert mine["record_id"] != other["record_id"] and mine["hash"] != other["hash"]


def test_an_idempotency_key_is_a_partys_own(two: Any) -> None:
    ours, theirs, _ = two
    once = {"Idempotency-Key": "one-and-the-same"}
    first = ours.post("/assess", json={"items": {"a": ITEM}}, headers=once)
    second = theirs.post("/assess", json={"items": {"b": ITEM}}, headers=once)
    assert first.status_code == second.status_code == 200
    assert list(second.json()["items"]) == ["b"]


def test_the_figures_of_all_name_nobody(server: Server, two: Any) -> None:
    with server.asking(server.key("watcher", "metrics")) as watcher:
        said = watcher.get("/metrics").text
        assert "mailduty_items_total" in said
        for name in ("owner", "stranger", "P0000", "T1", "mug"):
            assert name not in said
        assert watcher.get("/items/T1").json()["error"]["code"] == "SCOPE_MISSING"


def test_every_address_that_tells_of_items_is_tested_above() -> None:
    """A new endpoint comes here first: this list is written by hand."""
    told = {(one.method, one.path) for one in ENDPOINTS if one.scope != OPEN}
    answers_only_what_was_sent = {("POST", "/suggest"), ("POST", "/score"), ("POST", "/duty")}
    of_the_service = {("GET", "/about"), ("POST", "/about"), ("GET", "/metrics")}
    tested = {("GET", path) for path in READ} | {
        ("GET", "/exceptions"),
        ("POST", "/reviews"),
        ("POST", "/manifests"),
        ("POST", "/assess"),
    }
    assert told == tested | answers_only_what_was_sent | of_the_service
