"""Reviews on both databases: what each decision leaves open, what a correction moves, and what it is refused for."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from data.errors import MailDutyError
from serving.answers import Desk
from serving.assessor import Assessor
from serving.decisions.reviewing import review
from serving.ledger import Ledger
from serving.ledger.verify import verify
from serving.manifests.keeper import Keeper
from serving.parties import set_thresholds, thresholds_of

DAY = date(2026, 9, 1)
MUG = {"description": "ceramic mug", "hts": "6912003950", "origin": "CN", "value_usd": "12"}
SHIRT = {"description": "cotton T-shirt", "hts": "6109100012", "origin": "IN", "value_usd": "48"}


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(Assessor.shipped())


@pytest.fixture
def keeper(ledger: Ledger) -> Keeper:
    return Keeper(ledger, "p", "test")


def kept(desk: Desk, keeper: Keeper, **items: Mapping[str, Any]) -> dict[str, str]:
    """Items assessed and kept; the record of each."""
    answer = desk.assess({"on": DAY.isoformat(), "items": items}, DAY, keeper)
    return {name: one["record_id"] for name, one in answer["items"].items()}


def decide(desk: Desk, keeper: Keeper, record: str, decision: str, **changes: Any) -> dict[str, Any]:
    said = {"record_id": record, "decision": decision, "reason": "looked at it", "reviewer": "desk 4"}
    return review(desk.assessor, keeper, {**said, "changes": changes}, lambda _, __: None)


def codes(keeper: Keeper) -> list[tuple[str, str]]:
    return [(one.item_key, one.code) for one in keeper.ledger.open_exceptions(keeper.party)]


def test_what_is_accepted_waits_no_longer_and_the_same_again_brings_nothing_back(
    desk: Desk, keeper: Keeper
) -> None:
    gift = {**MUG, "facts": {"gift": True}}
    record = kept(desk, keeper, a=gift)["a"]
    assert codes(keeper)
    answer = decide(desk, keeper, record, "accept")
    assert answer["exceptions"] == [] and codes(keeper) == []
    now = keeper.ledger.current("p", {"|a"})["|a"]
    assert (now.kind, now.decision, now.reason, now.supersedes) == (
        "review",
        "accept",
        "looked at it",
        record,
    )
    assert kept(desk, keeper, a=gift)["a"] == record  # the same item sent once more says nothing new
    assert keeper.ledger.current("p", {"|a"})["|a"].record_id == now.record_id and codes(keeper) == []


def test_a_correction_is_priced_anew_and_the_earlier_record_stays(desk: Desk, keeper: Keeper) -> None:
    record = kept(desk, keeper, a={**SHIRT, "origin": None})["a"]
    assert codes(keeper) == [("|a", "E04")]
    answer = decide(desk, keeper, record, "correct", origin="IN")
    assert answer["items"]["a"]["duty"]["duty_usd"] == "12.72" and answer["exceptions"] == []
    history = keeper.ledger.item("p", "a")
    assert [one.kind for one in history] == ["assessment", "review", "correction"]
    assert [one.record_id for one in history] == [record, answer["record_id"], *answer["records"]]
    assert history[1].body() == {
        "of": record, "decision": "correct", "reviewer": "desk 4", "reason": "looked at it",
        "changes": {"origin": "IN"},
    }  # fmt: skip
    assert "origin None -> IN" in history[2].reason
    assert (history[0].body() or {})["asked"]["origin"] is None
    assert [one.breaks for one in verify(keeper.ledger, "p")] == [[]]


def test_a_correction_moves_the_other_lines_of_its_parcel_where_the_parcel_decides(
    desk: Desk, keeper: Keeper
) -> None:
    """Over the limit of the mail process, no line of the parcel may go that way: the mate is held too."""
    lines = {name: {**MUG, "tracking_id": "P1"} for name in ("a", "b")}
    records = kept(desk, keeper, **lines, other={**MUG, "tracking_id": "P2"})
    answer = decide(desk, keeper, records["a"], "correct", value_usd="2600")
    assert set(answer["items"]) == {"a", "b"} and len(answer["records"]) == 2
    now = keeper.ledger.current("p", {"P1|a", "P1|b", "P2|other"})
    assert [now[key].kind for key in ("P1|a", "P1|b", "P2|other")] == [
        "correction",
        "correction",
        "assessment",
    ]
    assert now["P1|b"].decision == "hold" and "with a" in now["P1|b"].reason


def test_a_correction_keeps_the_people_of_the_item_sealed(desk: Desk, keeper: Keeper) -> None:
    from serving.asked import from_message
    from serving.manifests.keeping import assessed_entries

    people = {"recipient": {"name": "Mila Vindez", "postal_code": "44120"}}
    asked = from_message("a", {**MUG, **people}, DAY, DAY)
    entries = assessed_entries(keeper.assess(desk.assessor, [asked]), keeper.standing(desk.assessor))
    record = keeper.keep(entries)[0].record_id
    answer = decide(desk, keeper, record, "correct", value_usd="20")
    new = keeper.ledger.record("p", answer["records"][0])
    assert new is not None and b"Mila" not in (new.content or b"")
    assert keeper.ledger.personal([new])[new.record_id]["recipient"] == people["recipient"]


def test_what_is_held_waits_on_and_what_goes_back_waits_for_its_proof(desk: Desk, keeper: Keeper) -> None:
    record = kept(desk, keeper, a={**MUG, "origin": None})["a"]
    held = decide(desk, keeper, record, "hold")
    assert codes(keeper) == [("|a", "E04")]
    back = decide(desk, keeper, held["record_id"], "return")
    assert codes(keeper) == [("|a", "E22")]
    now = keeper.ledger.current("p", {"|a"})["|a"]
    assert (now.kind, now.decision, now.route) == ("return", "returned", "returned")
    decide(desk, keeper, back["record_id"], "accept")  # the proof is held
    assert codes(keeper) == []


@pytest.mark.parametrize(
    "decision, changes, code",
    [
        ("correct", {}, "REVIEW_CHANGES"),
        ("accept", {"origin": "IN"}, "REVIEW_CHANGES"),
        ("accept", {}, "REVIEW_NOT_PRICED"),
        ("correct", {"colour": "red"}, "CHANGE_UNKNOWN"),
        ("correct", {"entry_date": "2026-02-30"}, "DATE_MALFORMED"),
        ("correct", {"origin": "Atlantis"}, "COUNTRY_UNKNOWN"),
        ("correct", {"value_usd": "NaN"}, "REQUEST_VALUE"),
        ("correct", {"value_usd": ["12"]}, "REQUEST_VALUE"),
    ],
)
def test_what_cannot_be_decided_is_refused_and_leaves_nothing(
    desk: Desk, keeper: Keeper, decision: str, changes: dict[str, Any], code: str
) -> None:
    record = kept(desk, keeper, a={**MUG, "origin": None})["a"]
    with pytest.raises(MailDutyError) as refused:
        decide(desk, keeper, record, decision, **changes)
    assert refused.value.code == code
    assert [one.kind for one in keeper.ledger.item("p", "a")] == ["assessment"]


def test_a_decision_on_what_no_longer_stands_is_refused(desk: Desk, keeper: Keeper) -> None:
    record = kept(desk, keeper, a=MUG)["a"]
    kept(desk, keeper, a={**MUG, "value_usd": "13"})
    with pytest.raises(MailDutyError) as refused:
        decide(desk, keeper, record, "accept")
    assert refused.value.code == "RECORD_SUPERSEDED"
    with pytest.raises(MailDutyError) as refused:
        review(
            desk.assessor,
            Keeper(keeper.ledger, "another", "test"),
            {"record_id": record, "decision": "hold", "reason": "r", "reviewer": "d"},
            lambda _, __: None,
        )
    assert refused.value.code == "RECORD_NOT_FOUND"


def test_the_thresholds_of_a_party_decide_its_items_and_no_others(desk: Desk, keeper: Keeper) -> None:
    now = datetime.now(UTC)
    set_thresholds(keeper.ledger, "p", {"risk": {"review_from": 0.0}}, now, "operator")
    other = Keeper(keeper.ledger, "q", "test")
    batch = {"on": DAY.isoformat(), "items": {"a": SHIRT}}
    ours, theirs = (desk.assess(batch, DAY, one)["items"]["a"] for one in (keeper, other))
    assert (ours["decision"]["outcome"], theirs["decision"]["outcome"]) == ("review", "accept")
    assert thresholds_of(keeper.ledger, "p").version in ours["versions"].values()
    assert [one.kind for one in keeper.ledger.records("p")] == ["settings", "assessment"]
    with pytest.raises(MailDutyError) as refused:
        set_thresholds(keeper.ledger, "p", {"risk": {"review_from": 7}}, now, "operator")
    assert refused.value.code == "THRESHOLDS_INVALID" and refused.value.where["field"] == "risk.review_from"
