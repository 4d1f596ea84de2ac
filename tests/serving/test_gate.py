"""The gate without a server: who is let in without a key, what is read of a body, what is left in hand."""

import asyncio
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from serving.ledger import Ledger
from serving.web.endpoints import ENDPOINTS, OPEN
from serving.web.gate import ASKED, Gate
from serving.web.keys import Doorkeeper
from serving.web.limits import Limits


class Inside:
    """What stands behind the gate: remembers what came through."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.bodies: list[bytes] = []
        self.parties: list[str] = []
        self.fails = fails

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self.fails is not None:
            raise self.fails
        message = await receive()
        self.bodies.append(message.get("body", b""))
        self.parties.append(ASKED.get().caller.party)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})


@pytest.fixture
def empty(tmp_path: Any) -> Iterator[Doorkeeper]:
    """The doorkeeper of a ledger without keys."""
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield Doorkeeper(ledger)
    ledger.close()


def ask(
    gate: Gate,
    method: str = "POST",
    path: str = "/duty",
    parts: tuple[bytes, ...] = (b"{}",),
    server: str = "127.0.0.1",
    ends: bool = True,
    **headers: str,
) -> tuple[int, dict[str, Any]]:
    """Status and body of one request, its body in parts as a network gives them."""
    named = {"host": "127.0.0.1:3000", "content_type": "application/json", **headers}
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in named.items()],
        "server": (server, 3000),
        "client": ("127.0.0.1", 1),
    }
    coming = [
        {"type": "http.request", "body": part, "more_body": not ends or n < len(parts) - 1}
        for n, part in enumerate(parts)
    ]
    out: list[Any] = []

    async def receive() -> Any:
        return coming.pop(0) if coming else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        out.append(message)

    asyncio.run(gate(scope, receive, send))
    if not out:
        return 0, {}
    return out[0]["status"], orjson.loads(b"".join(one.get("body", b"") for one in out) or b"{}")


def test_without_any_key_this_machine_is_the_party_local(empty: Doorkeeper) -> None:
    inside = Inside()
    assert ask(Gate(inside, lambda: empty))[0] == 200
    assert inside.parties == ["local"]


@pytest.mark.parametrize(
    "said",
    [
        {"server": "10.0.0.7"},
        {"host": "shop.example"},
        {"host": "127.0.0.1.shop.example:3000"},
        {"origin": "https://shop.example"},
        {"origin": "null"},
    ],
    ids=lambda said: " ".join(f"{k} {v}" for k, v in said.items()),
)
def test_without_a_key_no_other_machine_and_no_page_of_another_site_is_answered(
    empty: Doorkeeper, said: dict[str, str]
) -> None:
    """A page somewhere could make a browser of this machine ask us; a name of theirs may lead to 127.0.0.1."""
    inside = Inside()
    status, answer = ask(Gate(inside, lambda: empty), **said)
    assert status in (401, 403) and answer["error"]["code"] in ("KEY_MISSING", "ORIGIN_FOREIGN")
    assert not inside.bodies


def test_an_address_the_operator_set_needs_a_key_whatever_the_socket_says(
    empty: Doorkeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILDUTY_HOST", "0.0.0.0")
    assert ask(Gate(Inside(), lambda: empty))[0] == 401


def test_a_body_in_parts_arrives_whole(empty: Doorkeeper) -> None:
    inside = Inside()
    gate = Gate(inside, lambda: empty)
    ask(gate, parts=(b'{"it', b"", b'ems": 1}'))
    assert inside.bodies == [b'{"items": 1}'] and gate.in_hand == 0


@pytest.mark.parametrize(
    "headers", [{}, {"content_length": "3000"}, {"content_length": "5"}, {"content_length": "x"}]
)
def test_a_body_over_the_limit_is_refused_whatever_it_says_of_itself(
    empty: Doorkeeper, headers: dict[str, str]
) -> None:
    inside = Inside()
    gate = Gate(inside, lambda: empty, Limits(body=2000))
    status, answer = ask(gate, parts=(b"x" * 1000,) * 3, **headers)
    assert (status, answer["error"]["code"]) == (413, "BODY_TOO_LARGE")
    assert not inside.bodies and gate.in_hand == 0


def test_more_than_fits_in_hand_is_asked_to_wait(empty: Doorkeeper) -> None:
    gate = Gate(Inside(), lambda: empty, Limits(bodies=1500))
    status, answer = ask(gate, parts=(b"x" * 1000,) * 2)
    assert (status, answer["error"]["code"], gate.in_hand) == (503, "SERVICE_BUSY", 0)


def test_whoever_leaves_in_the_middle_leaves_nothing_in_hand(empty: Doorkeeper) -> None:
    inside = Inside()
    gate = Gate(inside, lambda: empty)
    assert ask(gate, parts=(b"x" * 1000,), ends=False)[0] == 0
    assert gate.in_hand == 0 and not inside.bodies


def test_only_json_is_taken_where_json_is_asked_for(empty: Doorkeeper) -> None:
    status, answer = ask(Gate(Inside(), lambda: empty), content_type="text/plain")
    assert (status, answer["error"]["code"]) == (415, "MEDIA_TYPE")


def test_what_fails_inside_says_nothing_outside(
    empty: Doorkeeper, capsys: pytest.CaptureFixture[str]
) -> None:
    gate = Gate(Inside(fails=ValueError("Hanna Weber, 12 Elm Street")), lambda: empty)
    status, answer = ask(gate)
    assert status == 500 and answer["error"]["code"] == "INTERNAL"
    said = capsys.readouterr().err
    assert "ValueError" in said and "test_gate.py" in said
    assert "Hanna" not in said and "Hanna" not in str(answer)


def test_no_endpoint_is_open_by_oversight() -> None:
    open_to_all = {one.path for one in ENDPOINTS if one.scope == OPEN}
    assert open_to_all == {"/livez", "/healthz", "/readyz", "/docs.json", "/"}
