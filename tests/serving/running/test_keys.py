"""Keys: who is let in, what each scope opens, and what is left of a key in the ledger."""

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from serving.web.endpoints import ENDPOINTS, OPEN, Endpoint
from serving.web.keys import FRESH, SCOPES, revoke_key
from tests.serving.running.server import Server

ITEM = {"items": {"a": {"description": "mug", "origin": "CN", "value_usd": 5}}}
GUARDED = [one for one in ENDPOINTS if one.scope != OPEN]


def _ask(client: httpx.Client, one: Endpoint) -> httpx.Response:
    """The endpoint, asked with nothing in it: whoever is let in is refused for another reason or answered."""
    path = one.path.replace("{task_id}", "none").replace("{tracking_id}", "none")
    return client.request(one.method, path, json={} if one.takes else None)


@pytest.fixture(scope="module")
def of_scope(server: Server) -> Iterator[dict[str, httpx.Client]]:
    """A client for each scope, with a key that has that scope alone."""
    clients = {scope: server.asking(server.key(f"scope-{scope}", scope)) for scope in SCOPES}
    yield clients
    for client in clients.values():
        client.close()


@pytest.mark.parametrize("one", GUARDED, ids=lambda one: f"{one.method} {one.path}")
def test_an_address_is_open_to_its_scope_and_to_no_other(
    server: Server, of_scope: dict[str, httpx.Client], one: Endpoint
) -> None:
    for scope, client in of_scope.items():
        answer = _ask(client, one)
        if scope == one.scope:
            assert answer.status_code in (200, 202, 400, 404), answer.text
        else:
            assert answer.status_code == 403 and answer.json()["error"]["code"] == "SCOPE_MISSING"
    with server.asking() as nobody, server.asking("md_0123456789ab_" + "x" * 43) as stranger:
        missing, unknown = _ask(nobody, one), _ask(stranger, one)
    assert missing.status_code == unknown.status_code == 401
    assert missing.json()["error"]["code"] == "KEY_MISSING" and "remedy" in missing.json()["error"]
    assert unknown.json()["error"]["code"] == "KEY_UNKNOWN" and missing.headers["www-authenticate"]


@pytest.mark.parametrize("path", [one.path for one in ENDPOINTS if one.scope == OPEN])
def test_what_tells_of_nobody_needs_no_key(server: Server, path: str) -> None:
    with server.asking() as nobody:
        assert nobody.get(path).status_code == 200


@pytest.mark.parametrize("key", ["", "md_", "x" * 5000, "md_0123456789ab_' OR 1=1 --", "md_ü"])
def test_what_is_no_key_is_not_known(server: Server, key: str) -> None:
    with server.asking() as client:
        answer = client.get("/about", headers={"X-Api-Key": key.encode()})
    assert answer.status_code == 401


def test_a_key_is_taken_from_either_header(server: Server, party: str) -> None:
    key = server.key(party)
    with server.asking() as client:
        assert client.get("/about", headers={"X-Api-Key": key}).status_code == 200
        assert client.get("/about", headers={"Authorization": f"bearer {key}"}).status_code == 200
        assert client.get("/about", headers={"Authorization": f"Basic {key}"}).status_code == 401


def test_a_revoked_key_ends_within_a_second_or_so(server: Server, party: str) -> None:
    key = server.key(party)
    with server.asking(key) as client, closing(server.ledger()) as ledger:
        assert client.get("/about").status_code == 200
        revoke_key(ledger, key.split("_")[1], datetime.now(UTC), "test")
        time.sleep(FRESH)
        assert client.get("/about").json()["error"]["code"] == "KEY_UNKNOWN"
        kinds = [(record.kind, (record.body() or {})["done"]) for record in ledger.records(party)]
    assert kinds == [("key", "added"), ("key", "revoked")]


def test_a_key_is_nowhere_in_the_ledger_or_the_log(server: Server, party: str) -> None:
    key = server.key(party)
    with server.asking(key) as client:
        client.post("/assess", json=ITEM)
    secret = key.split("_", 2)[2].encode()
    for file in (file for file in Path(server.home).rglob("*") if file.is_file()):
        assert secret not in file.read_bytes(), file


def test_a_service_on_another_address_wants_a_key_even_from_this_machine(tmp_path: Path) -> None:
    """Bound to all addresses it would answer whoever reaches the machine."""
    server = Server(tmp_path, host="0.0.0.0").start()
    try:
        with server.asking() as nobody:
            assert nobody.get("/about").json()["error"]["code"] == "KEY_MISSING"
            assert nobody.get("/livez").status_code == 200
        with server.asking(server.key("p")) as known:
            assert known.get("/about").status_code == 200
    finally:
        server.stop()
