"""The Python client against the running service: typed answers, and nothing done twice when a connection is lost."""

import re
from collections.abc import Iterator

import httpx
import pytest

from data.errors import MailDutyError
from serving.web.client import ATTEMPTS, Client
from tests.serving.running.server import ROOT, Server, manifest

MUG = {"description": "ceramic mug", "hts": "6912003950", "origin": "CN", "value_usd": "12"}


@pytest.fixture
def client(server: Server, party: str) -> Iterator[Client]:
    with Client(server.url, server.key(party)) as opened:
        yield opened


class Losing(httpx.HTTPTransport):
    """A network that loses the answer to some attempts: the service has done the work, nobody hears of it."""

    def __init__(self, lost: int) -> None:
        super().__init__()
        self.lost = lost
        self.attempts = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.attempts += 1
        answer = super().handle_request(request)
        if self.attempts <= self.lost:
            answer.read()
            raise httpx.ReadError("lost")
        return answer


def test_every_answer_comes_typed(client: Client) -> None:
    assert client.about().versions["mailduty"]
    priced = client.duty(
        {
            "a": {
                "entry_date": "2026-09-01",
                "channel": "mail",
                "origin": "IN",
                "hts": "6109100012",
                "value_usd": "48",
            }
        }
    )
    assert priced.items["a"].duty_usd == "12.72"
    assert (
        client.score({"a": {"description": "gift", "value_usd": 5}}, on="2026-09-01").items["a"].risk
        is not None
    )
    with pytest.raises(MailDutyError, match="no suggester"):  # these services run without one
        client.suggest({"a": {"description": "mug"}}, on="2026-09-01")
    done = client.assess({"mug": {**MUG, "tracking_id": "C1"}}, on="2026-09-01").items["mug"]
    assert done.decision is not None and done.decision.outcome == "accept" and done.record_id
    kept = client.item("C1")
    assert [one.record_id for one in kept.current] == [done.record_id]


def test_a_manifest_is_sent_waited_for_and_its_errors_read(client: Client) -> None:
    task = client.send_manifest(manifest(range(30), "K", bad=4), name="k.csv", wait=60, on="2026-09-01")
    assert task.status == "done" and task.name == "k.csv"
    assert task.result is not None and (task.result.items, task.result.errors) == (26, 4)
    rows = list(client.manifest_errors(task.task_id))
    assert [one.row for one in rows] == [28, 29, 30, 31]
    assert {one.error.code for one in rows} == {"VALUE_MISSING"}
    waiting = [
        one for one in client.exceptions("E06") if one.tracking_id in {row.tracking_id for row in rows}
    ]
    assert len(waiting) == 4


def test_a_review_is_taken(client: Client) -> None:
    record = client.assess({"mug": {**MUG, "origin": None}}, on="2026-09-01").items["mug"].record_id
    assert [one.code for one in client.exceptions()] == ["E04"]
    answer = client.review(str(record), "hold", "asked the sender", "desk 4")
    assert [one.code for one in answer.exceptions] == ["E04"]
    assert [one.kind for one in client.item("mug").history] == ["assessment", "review"]


@pytest.mark.parametrize("lost", [1, ATTEMPTS - 1])
def test_a_lost_answer_is_asked_for_again_and_the_work_is_done_once(
    server: Server, party: str, lost: int
) -> None:
    network = Losing(lost)
    with Client(server.url, server.key(party), transport=network, sleep=lambda _: None) as client:
        answer = client.assess({"a": MUG}, on="2026-09-01")
        assert network.attempts == lost + 1
        network.lost = 0
        assert [one.record_id for one in client.item("a").history] == [answer.items["a"].record_id]


def test_a_service_that_never_answers_is_said(server: Server, party: str) -> None:
    network = Losing(99)
    client = Client(server.url, server.key(party), transport=network, sleep=lambda _: None)
    with client, pytest.raises(MailDutyError) as said:
        client.assess({"a": MUG}, once="mine")
    assert said.value.code == "SERVICE_UNREACHABLE" and said.value.where["idempotency_key"] == "mine"
    assert network.attempts == ATTEMPTS


def test_a_refusal_comes_as_the_service_raised_it(client: Client) -> None:
    with pytest.raises(MailDutyError) as said:
        client.item("nothing/of this")
    assert said.value.code == "ITEM_NOT_FOUND" and said.value.where["status"] == 404 and said.value.remedy


def test_the_client_of_the_readme_does_what_it_shows(
    server: Server, party: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = re.search(r"^```py\n(.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S)
    assert found
    said = found[1].replace('"data/', f'"{ROOT}/data/')
    said = said.replace('"http://127.0.0.1:3000", key=None', f'"{server.url}", key="{server.key(party)}"')
    exec(compile(said, "README.md", "exec"), {"__name__": "readme"})
    first, second, *rows = capsys.readouterr().out.splitlines()
    assert first == "accept 12.72"
    status, items, errors = second.split()
    assert status == "done" and int(items) > 10 and len(rows) == int(errors)
