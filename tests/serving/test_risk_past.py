"""History from the ledger: every call adds to it, names are hashed, a re-sent item finds its answer, bounds hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from data.errors import MailDutyError
from models.risk.history import NAMES, History
from serving.answers import Desk
from serving.asked import from_message
from serving.assessor import Assessor
from serving.commands.looking_back import looked_back
from serving.ledger import Entry, Ledger
from serving.manifests.keeper import Keeper
from serving.risk.risk_past import RiskPast, bounds, past_of

DAY = date(2026, 9, 1)
PHONE_CASE = {
    "description": "silicone phone case", "hts": "3926909989", "origin": "CN", "value_usd": "9.00",
    "sender": {"name": "Rolen Trading", "country": "CN"},
    "recipient": {"name": "Mila Vindez", "address": "12 Elm St", "postal_code": "44120", "country": "US"},
}  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger.open(f"sqlite:///{tmp_path}/ledger.db")) as opened:
        yield opened


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(Assessor.shipped())


def keeper(ledger: Ledger, at: datetime = datetime(2026, 9, 1, 12, tzinfo=UTC)) -> Keeper:
    return Keeper(ledger, "post", "a test", clock=lambda: at)


def send(desk: Desk, ledger: Ledger, *names: str, on: date = DAY, **changes: Any) -> dict[str, Any]:
    items = {name: {**PHONE_CASE, "tracking_id": f"X-{name}", **changes} for name in names}
    return desk.assess({"on": on.isoformat(), "items": items}, on, keeper(ledger))


def splitting(answer: dict[str, Any], name: str) -> float:
    return answer["items"][name]["risk"]["learned"]["typologies"]["splitting"]


def of(past: History, name: str, on: date = DAY, **changes: Any) -> dict[str, float]:
    from serving.risk.rating import parcel_of

    item = from_message(name, {**PHONE_CASE, "tracking_id": f"X-{name}", **changes}, on, on)
    return dict(zip(NAMES, past.features([parcel_of(item)])[0], strict=True))


def test_an_order_split_over_many_calls_is_seen(desk: Desk, ledger: Ledger) -> None:
    answers = [send(desk, ledger, f"p{n}") for n in range(6)]
    assert splitting(answers[5], "p5") > 2 * splitting(answers[0], "p0")
    past = past_of(ledger, "post")
    assert past is not None and past.parcels == 6
    assert of(past, "new")["goods_to_recipient_window"] == 7
    assert of(past, "p5")["goods_to_recipient_window"] == 6  # known already, counted once


def test_the_same_items_sent_again_write_nothing_though_the_history_has_moved(
    desk: Desk, ledger: Ledger
) -> None:
    first = send(desk, ledger, "a", "b")
    for n in range(5):
        send(desk, ledger, f"later{n}")
    again = send(desk, ledger, "a", "b")
    assert [again["items"][i]["record_id"] for i in "ab"] == [first["items"][i]["record_id"] for i in "ab"]
    assert again["items"]["a"]["risk"] == first["items"]["a"]["risk"]
    moved = send(desk, ledger, "a", value_usd="1.00")
    assert moved["items"]["a"]["record_id"] != first["items"]["a"]["record_id"]
    assert splitting(moved, "a") > splitting(
        first, "a"
    )  # something changed: rated anew, with all that came since
    renamed = send(desk, ledger, "b", sender={"name": "Somebody Else", "country": "CN"})
    assert renamed["items"]["b"]["record_id"] != first["items"]["b"]["record_id"]


def test_a_party_knows_only_its_own_parcels(desk: Desk, ledger: Ledger) -> None:
    send(desk, ledger, *"abcd")
    other = past_of(ledger, "another")
    assert other is not None and other.parcels == 0


def test_later_days_never_count_for_earlier_ones(desk: Desk, ledger: Ledger) -> None:
    send(desk, ledger, *"abcd", on=date(2026, 9, 10))
    past = past_of(ledger, "post")
    assert past is not None
    assert of(past, "n", DAY)["sender_count"] == 0 and of(past, "n", DAY)["pair_window"] == 1
    assert of(past, "n", date(2026, 9, 12))["pair_window"] == 5


def test_what_a_person_found_counts_from_the_day_after(desk: Desk, ledger: Ledger) -> None:
    send(desk, ledger, *"abcdef")
    found = {"a": "correct", "b": "correct", "c": "correct", "d": "accept", "e": "hold"}
    for name, decision in found.items():
        body = {"of": "x", "decision": decision, "reviewer": "who"}
        entry = Entry("review", body, item_key=f"X-{name}|{name}", item_id=name, tracking_id=f"X-{name}")
        ledger.append("post", [entry], at=datetime(2026, 9, 2, 9, tzinfo=UTC), actor="a test")
    past = past_of(ledger, "post")
    assert past is not None
    assert of(past, "n", date(2026, 9, 3))["sender_clean"] == pytest.approx(0.25)
    assert str(of(past, "n", date(2026, 9, 2))["sender_clean"]) == "nan"


def test_no_name_is_held(desk: Desk, ledger: Ledger) -> None:
    send(desk, ledger, "a")
    past = RiskPast(ledger, "post")
    held = repr({**vars(past.history()), **vars(past.history()._held), **vars(past)}).casefold()
    assert "rolen" not in held and "vindez" not in held and "elm" not in held


def test_days_and_parcels_are_bounded(desk: Desk, ledger: Ledger) -> None:
    send(desk, ledger, *(f"p{n}" for n in range(30)))
    assert RiskPast(ledger, "post", most=5).history().parcels == 10  # a parcel has a record or two
    old = RiskPast(ledger, "post", days=30)
    assert old.history().parcels == 30
    send(desk, ledger, "late", on=date(2026, 12, 24))
    assert old.history().parcels == 1


def test_settings_bound_it_or_do_without(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    assert bounds() == (90, 50_000)
    monkeypatch.setenv("MAILDUTY_HISTORY_DAYS", "0")
    assert past_of(ledger, "post") is None
    assert looked_back(ledger, "post", [], Assessor.shipped()) == (None, {})
    monkeypatch.setenv("MAILDUTY_HISTORY_DAYS", "many")
    with pytest.raises(MailDutyError, match="MAILDUTY_HISTORY_DAYS"):
        bounds()


def test_score_knows_what_was_assessed_before(desk: Desk, ledger: Ledger) -> None:
    send(desk, ledger, *(f"p{n}" for n in range(6)))
    parcel = {
        "posted_on": DAY.isoformat(), "description": "silicone phone case", "hts": "3926909989", "origin": "CN",
        "value_usd": 9.0, "sender": PHONE_CASE["sender"], "recipient": PHONE_CASE["recipient"],
    }  # fmt: skip
    batch = {"on": DAY.isoformat(), "suggester": False, "items": {"s": parcel}}
    alone, known = (desk.score(batch, DAY, past) for past in (None, past_of(ledger, "post")))
    p = [a["items"]["s"]["typologies"]["splitting"] for a in (alone, known)]
    assert p[1] > 2 * p[0]
    assert desk.score(batch, DAY, past_of(ledger, "post")) == known  # a score is kept nowhere
