"""What an operator watches: figures that add up over the work done, and a log that names nobody."""

import json
import re
import time
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.serving.running.server import Server, manifest

MUG = {"description": "ceramic mug", "hts": "6912003950", "origin": "CN", "value_usd": "12"}


def _figures(server: Server) -> dict[str, float]:
    """Every figure by its name and labels."""
    with server.asking(server.key("watcher", "metrics")) as watcher:
        said = watcher.get("/metrics")
    assert said.headers["content-type"].startswith("text/plain")
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(said.text)
        for sample in family.samples
    }


def test_figures_add_up_over_what_was_done(server: Server, asking: httpx.Client) -> None:
    before = _figures(server)
    batch = {"a": MUG, "b": {**MUG, "origin": None}, "c": {**MUG, "value_usd": "many"}}
    answer = asking.post("/assess", json={"on": "2026-09-01", "items": batch}).json()
    asking.post("/assess", json={"on": "2026-09-01", "items": batch})  # known already: counted once
    task = asking.post("/manifests?on=2026-09-01&wait=60", content=manifest(range(20), "W", bad=3)).json()
    after = _figures(server)

    def more(name: str) -> float:
        return after.get(name, 0.0) - before.get(name, 0.0)

    assert (more("mailduty_items_total assess"), more("mailduty_items_total manifest")) == (2, 17)
    assert (more("mailduty_rejected_total assess"), more("mailduty_rejected_total manifest")) == (1, 3)
    decisions = [answer["items"][i]["decision"]["outcome"] for i in "ab"]
    for outcome in ("accept", "review", "hold"):
        known = decisions.count(outcome) + task["result"]["decisions"][outcome]
        assert more(f"mailduty_decisions_total {outcome}") == known
    cents = round(100 * (float(answer["items"]["a"]["duty"]["duty_usd"]) + float(task["result"]["duty_usd"])))
    assert more("mailduty_duty_assessed_cents_total") == cents
    assert more("mailduty_risk_probability_count") == 19
    assert more("mailduty_manifests_total done") == 1
    assert more("mailduty_exceptions_open E04") == 1 and more("mailduty_exceptions_open E06") >= 3
    assert after["mailduty_oldest_exception_age_seconds"] > 0
    assert more("mailduty_requests_total /assess POST 200") == 2
    assert more("mailduty_request_seconds_count /assess") == 2


def test_labels_are_few_whatever_is_asked(server: Server, asking: httpx.Client) -> None:
    """A scanner must not fill the memory with addresses it made up."""
    before = set(_figures(server))
    for n in range(50):
        asking.get(f"/items/nobody-{n}")
        asking.get(f"/wp-admin-{n}.php")
        asking.request(f"M{n}", "/about")
    new = set(_figures(server)) - before
    assert not [name for name in new if re.search(r"nobody|wp-admin|M\d", name)] and len(new) < 60


@pytest.fixture
def said(server: Server) -> Any:
    """What the log says from here on."""
    begin = len(server.log.read_text())

    def read() -> str:
        time.sleep(0.3)
        return server.log.read_text()[begin:]

    return read


def test_the_log_names_nobody_whatever_happens(asking: httpx.Client, said: Any) -> None:
    secret = "Mila-Vindez-44120"
    item = {**MUG, "description": secret, "tracking_id": secret}
    asking.post("/assess", json={"items": {secret: item}})
    asking.post("/assess", json={"items": {secret: {**item, "value_usd": secret, "origin": secret}}})
    asking.post("/assess", json={"items": {secret: {secret: [secret]}}})
    asking.post("/assess", json={"items": [secret]}, headers={"Idempotency-Key": secret})
    asking.post(
        "/assess", content=f'{{"items": {{"{secret}"'.encode(), headers={"content-type": "application/json"}
    )
    asking.post("/score", json={"items": {secret: {"recipient": {"name": secret}}}})
    asking.get(f"/items/{secret}")
    asking.get("/exceptions", params={"after": secret})
    asking.post(
        f"/manifests?name={secret}&wait=30", content=manifest(range(2)).replace(b"Person 1", secret.encode())
    )
    asking.post(f"/manifests?name={secret}", content=secret.encode())
    asking.post(f"/{secret}", headers={"X-Api-Key": secret})
    text = said()
    assert secret not in text and "X0000" not in text
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    answered = [one for one in lines if one["said"] == "answered"]
    assert len(answered) == 11 and {one["endpoint"] for one in answered} >= {
        "/assess",
        "/items/{tracking_id}",
    }
    assert all(one["ms"] >= 0 and one["timestamp"] and "status" in one for one in answered)


def test_health_checks_do_not_fill_the_log(server: Server, said: Any) -> None:
    with server.asking() as nobody:
        for _ in range(20):
            assert nobody.get("/livez").status_code == nobody.get("/readyz").status_code == 200
    assert "livez" not in said()
