"""Parcels the ledger has seen go to the same recipient, on each database; the same manifest again finds the same."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from serving.asked import AskedItem
from serving.assessor import Assessment, Assessor
from serving.decisions.sent import Sent
from serving.decisions.sent_before import sent_before
from serving.ledger import Ledger
from serving.ledger.artefacts import Standing
from serving.manifests.keeping import assessed_entries

AT = datetime(2026, 9, 12, tzinfo=UTC)
LATER = datetime(2026, 9, 13, tzinfo=UTC)
DAY = date(2026, 9, 10)
MILA = {"name": "Mila Vindez", "address": "12 Elm St", "postal_code": "44120", "phone": "+1 216 555 0100"}
STANDING = Standing("law", "schedule")


@pytest.fixture(autouse=True)
def own_key(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILDUTY_HOME", str(tmp_path))


@pytest.fixture(scope="module")
def assessor() -> Assessor:
    return Assessor.shipped()


def item(parcel: str, value: str, day: date = DAY, line: int = 1, **more: Any) -> AskedItem:
    who = {"recipient": MILA, "sender": {"name": "Lindenhof Versand"}} | more.pop("who", {})
    given: dict[str, Any] = {"facts": {}} | more
    return AskedItem(
        f"{parcel}#{line}", day, "arrival", "mail", "cotton T-shirt", "6109.10.00.12", "IN", Decimal(value),
        parcel=parcel, received={**who}, **given,
    )  # fmt: skip


def keep(ledger: Ledger, done: list[Assessment], party: str = "post", at: datetime = AT) -> None:
    ledger.append(party, assessed_entries(done, STANDING), at=at, actor="test")


def test_parcels_to_one_person_are_found_with_what_they_hold(ledger: Ledger, assessor: Assessor) -> None:
    keep(ledger, assessor.assess([item("P1", "700.00"), item("P1", "800.00", line=2)]))
    keep(
        ledger, assessor.assess([item("P2", "20.00", facts={"gift": True}, who={"sender": {"name": "Ana"}})])
    )
    other = {"name": "MILA VINDEZ", "postal_code": "44120", "phone": "216 555 7777"}
    (found,) = sent_before(ledger, "post")([item("P3", "1400.00", who={"recipient": other})], 7)
    assert sorted(found, key=lambda sent: sent.parcel) == [
        Sent("P1", DAY, Decimal("1500.00"), frozenset({"6109"}), False, True),
        Sent("P2", DAY, Decimal("20.00"), frozenset({"6109"}), True, False),
    ]


@pytest.mark.parametrize(
    "asked",
    [
        item("P3", "1.00", who={"recipient": {"name": "Odell Quimby", "postal_code": "44120"}}),
        item("P3", "1.00", who={"recipient": {"name": "Other", "postal_code": "1", "phone": MILA["phone"]}}),
        item("P3", "1.00", who={"recipient": None}),
        item("P3", "1.00", DAY + timedelta(7)),
        item("P1", "1.00", line=2),
    ],
    ids=["another", "a shared telephone", "nobody", "after the window", "the parcel itself"],
)
def test_others_and_the_parcel_itself_are_left_out(
    ledger: Ledger, assessor: Assessor, asked: AskedItem
) -> None:
    keep(ledger, assessor.assess([item("P1", "700.00")]))
    assert sent_before(ledger, "post")([asked], 7) == [[]]


def test_a_party_sees_its_own_parcels_only(ledger: Ledger, assessor: Assessor) -> None:
    keep(ledger, assessor.assess([item("P1", "700.00")]), "another")
    assert sent_before(ledger, "post")([item("P2", "700.00")], 7) == [[]]
    assert len(sent_before(ledger, "another")([item("P2", "700.00")], 7)[0]) == 1


def test_an_order_sent_apart_over_two_manifests_is_seen_in_the_second(
    ledger: Ledger, assessor: Assessor
) -> None:
    earlier = sent_before(ledger, "post")
    first = assessor.assess([item("P1", "1500.00")], earlier=earlier)
    keep(ledger, first)
    second = assessor.assess([item("P2", "1400.00", DAY + timedelta(2))], earlier=earlier)
    keep(ledger, second)
    assert [e.code for e in first[0].exceptions] == []
    assert [e.code for e in second[0].exceptions] == ["E14"] and second[0].decision.outcome == "review"


def test_the_same_manifests_again_write_nothing_new(ledger: Ledger, assessor: Assessor) -> None:
    """An item is held against what came before its own first record, not against what has come since."""
    earlier = sent_before(ledger, "post")
    manifests = [[item("P1", "1500.00")], [item("P2", "1400.00", DAY + timedelta(2)), item("P3", "5.00")]]
    for n, asked in enumerate((*manifests, *manifests)):
        keep(ledger, assessor.assess(asked, earlier=earlier), at=AT + timedelta(hours=n))
    assert len(list(ledger.records("post"))) == 3


def test_parcels_of_one_batch_are_found_again_for_each_of_them(ledger: Ledger, assessor: Assessor) -> None:
    asked = [item("P1", "1500.00"), item("P2", "1400.00")]
    keep(ledger, assessor.assess(asked))
    found = sent_before(ledger, "post")(asked, 7)
    assert [[sent.parcel for sent in some] for some in found] == [["P2"], ["P1"]]
    # what came later is not held against them, as it was not when they came
    keep(ledger, assessor.assess([item("P3", "9.00")]), at=LATER)
    assert sent_before(ledger, "post")(asked, 7) == found


def test_who_was_erased_is_not_found(ledger: Ledger, assessor: Assessor) -> None:
    from serving.ledger.tables import personal, subjects

    keep(ledger, assessor.assess([item("P1", "700.00")]))
    with ledger.writing() as connection:
        connection.execute(subjects.delete())
        connection.execute(personal.delete())
    assert sent_before(ledger, "post")([item("P2", "700.00")], 7) == [[]]


def test_a_value_that_is_not_known_counts_as_nothing(ledger: Ledger, assessor: Assessor) -> None:
    unknown = AskedItem(
        **{**{n: getattr(item("P1", "1.00"), n) for n in AskedItem.__slots__}, "value_usd": None}
    )
    keep(ledger, assessor.assess([unknown]))
    (found,) = sent_before(ledger, "post")([item("P2", "700.00")], 7)
    assert [sent.value_usd for sent in found] == [Decimal(0)]
