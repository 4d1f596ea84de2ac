"""Assessing again from a record: nothing changed, the same; a change, what it moves; the law turned, who is affected."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import MailDutyError
from data.law import Law
from serving.asked import AskedItem
from serving.assessor import Assessment, Assessor
from serving.decisions.decision import Ground
from serving.decisions.law_windows import changes_between, to_assess_again
from serving.decisions.reassessing import in_words, reassess
from serving.decisions.thresholds import Thresholds
from serving.ledger.artefacts import Standing
from serving.manifests.keeping import assessed_entries

DAY = date(2026, 9, 1)
TSHIRT, DRESS, BOOK = "6109.10.00.12", "6204.43.40.30", "4901.99.00.70"
STANDING = Standing("law", "schedule")
Body = dict[str, Any]


@pytest.fixture(scope="module")
def assessor() -> Assessor:
    return Assessor.shipped()


def item(n: int = 1, **changes: Any) -> AskedItem:
    said: dict[str, Any] = {
        "id": f"item-{n}",
        "day": DAY,
        "day_from": "arrival",
        "channel": "mail",
        "description": "cotton T-shirt",
        "hts_declared": TSHIRT,
        "origin": "IN",
        "value_usd": Decimal("48.00"),
        "facts": {"number": Decimal(2), "net_kg": Decimal("0.40")},
        "received": {"quantity": "2", "net_weight_kg": "0.40", "category": "sale_of_goods"},
    }
    return AskedItem(**{**said, **changes})


def bodies(done: list[Assessment]) -> list[Body]:
    """The bodies of a batch as the ledger gives them back."""
    return [json.loads(json.dumps(entry.body)) for entry in assessed_entries(done, STANDING)]


def body(one: Assessment) -> Body:
    return bodies([one])[0]


def kept(assessor: Assessor, one: AskedItem, **limits: Any) -> Body:
    return body(assessor.assess([one], **limits)[0])


# --- nothing changed

amounts = st.decimals("0", "2600", places=2)
items = st.builds(
    item,
    day=st.dates(date(2025, 5, 1), date(2026, 12, 1)),
    channel=st.sampled_from(["mail", "mail", "informal", "formal"]),
    description=st.sampled_from(["cotton T-shirt", "gift", "novel, printed", "", None]),
    hts_declared=st.sampled_from([TSHIRT, DRESS, BOOK, "6109.10", "0000", "T-shirt", None]),
    origin=st.sampled_from(["IN", "CN", "US", "VI", None]),
    value_usd=st.none() | amounts,
    facts=st.fixed_dictionaries(
        {"number": st.integers(1, 12).map(Decimal), "net_kg": st.decimals("0.01", "5", places=3)},
        optional={name: st.booleans() for name in ("gift", "undelivered", "documents", "pga", "adcvd")},
    ),
    parcel=st.sampled_from([None, "CP473124829DE", "LX473124829US", "no number"]),
    questions=st.sampled_from([(), (Ground("HTS_MULTIPLE", "two numbers"),)]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(items)
def test_with_nothing_changed_the_same_comes_out(one: AskedItem) -> None:
    assessor = Assessor.shipped()
    before = kept(assessor, one)
    assert body(reassess(before, {}, assessor)) == before


def test_the_risk_given_among_other_parcels_stands(assessor: Assessor) -> None:
    """Alone, the score would be another: the parcels of that day are not there any more."""
    to = {"recipient": {"name": "Mila Vindez", "address": "12 Elm St", "postal_code": "44120"}}
    batch = [item(n, parcel=f"P{n}", received={**item().received, **to}) for n in range(8)]
    done = assessor.assess(batch)
    alone = assessor.assess(batch[:1])[0]
    if done[0].risk.probability == alone.risk.probability:
        pytest.fail("the batch makes no difference here, so this test would show nothing")
    before = bodies(done)[0]
    assert body(reassess(before, {}, assessor)) == before


def test_what_other_parcels_said_of_it_stands(assessor: Assessor) -> None:
    shop = {
        "sender": {"name": "Lindenhof Versand"},
        "recipient": {"name": "Mila Vindez", "postal_code": "44120"},
    }
    done = assessor.assess([item(n, parcel=f"P{n}", value_usd=Decimal(1400), received=shop) for n in (1, 2)])
    for before in bodies(done):
        assert [e["code"] for e in before["assessment"]["exceptions"]] == ["E14"]
        assert body(reassess(before, {}, assessor, personal=shop)) == before
        smaller = reassess(before, {"value_usd": "20.00"}, assessor, personal=shop)
        assert smaller.exceptions == ()  # alone, and what it was said of has changed


def test_every_line_of_a_parcel_comes_out_the_same(assessor: Assessor) -> None:
    gifts = {"facts": {"gift": True}, "parcel": "CP473124829DE"}
    before = bodies(assessor.assess([item(1, **gifts), item(2, **gifts), item(3, **gifts)]))
    for n, one in enumerate(before):
        again = reassess(one, {}, assessor, mates=[b for m, b in enumerate(before) if m != n])
        assert again.as_json() == one["assessment"]
        assert again.as_json()["duty"]["duty_usd"] != "0.00"  # together they are over the limit of a gift


def test_a_line_cannot_be_assessed_again_without_its_mates(assessor: Assessor) -> None:
    before = bodies(assessor.assess([item(1, parcel="P"), item(2, parcel="P")]))
    with pytest.raises(MailDutyError) as caught:
        reassess(before[0], {}, assessor)
    assert caught.value.code == "PARCEL_MATES_MISSING"


def test_with_the_suggester_too(assessor: Assessor, small_suggester: Path) -> None:
    before = kept(assessor, item(description="acrylic earrings for women", hts_declared=None))
    assert before["assessment"]["suggestion"]["stand-in"] is False
    assert body(reassess(before, {}, assessor)) == before


# --- a change


def duty(one: Assessment) -> str:
    said = one.duty.as_json()
    return str(said.get("duty_usd") or said["error"]["code"])


def test_each_change_moves_what_hangs_on_it_and_leaves_the_record(assessor: Assessor) -> None:
    before = kept(assessor, item())
    as_it_was = json.dumps(before)
    assert before["assessment"]["duty"]["duty_usd"] == "12.72"
    assert duty(reassess(before, {"value_usd": "96.00"}, assessor)) == "25.44"
    assert duty(reassess(before, {"origin": "CN"}, assessor)) != "12.72"
    assert duty(reassess(before, {"hts": BOOK}, assessor)) == "4.80"
    assert (
        duty(reassess(before, {"entry_date": "2026-03-02"}, assessor)) == "4.80"
    )  # the flat tenth of that spring
    assert duty(reassess(before, {}, assessor, date(2026, 3, 2))) == "4.80"
    assert duty(reassess(before, {"facts": {"gift": True}}, assessor)) == "0.00"
    assert reassess(before, {"channel": "informal"}, assessor).route is None
    assert json.dumps(before) == as_it_was


def test_a_change_of_day_moves_the_way_in(assessor: Assessor) -> None:
    before = kept(assessor, item())
    assert before["assessment"]["route"]["route"] == "worksheet"
    later = reassess(before, {}, assessor, date(2026, 10, 22))
    assert later.route and later.route.route == "entry_type_13"
    assert (later.asked.day_from, before["asked"]["entry_date_from"]) == ("asked", "arrival")


def test_a_question_that_the_change_answers_is_gone_and_its_exception_with_it(assessor: Assessor) -> None:
    asked = item(
        hts_declared=None,
        questions=(Ground("HTS_MULTIPLE", "two numbers"), Ground("ORIGIN_MIXED", "two origins")),
    )
    before = kept(assessor, asked)
    assert {e["code"] for e in before["assessment"]["exceptions"]} == {"E04", "E05"}
    after = reassess(before, {"hts": TSHIRT}, assessor)
    assert [e.code for e in after.exceptions] == ["E04"]
    assert reassess(before, {"hts": TSHIRT, "origin": "IN"}, assessor).decision.outcome == "accept"


def test_the_risk_is_asked_again_where_what_it_reads_has_changed(assessor: Assessor) -> None:
    before = kept(assessor, item())
    cheap = reassess(before, {"value_usd": "0.50"}, assessor)
    assert cheap.risk.as_json() != before["assessment"]["risk"]
    assert "VALUE_NOMINAL" in [s.code for s in cheap.risk.signals]


def test_people_are_rated_where_they_are_given_back(assessor: Assessor) -> None:
    nobody = {"recipient": {"name": "Mickey Mouse", "address": "1 Main St", "postal_code": "44120"}}
    before = kept(assessor, item(received={**item().received, **nobody}))
    assert "recipient" not in before["received"]
    change = {"value_usd": "30.00"}
    with_names = reassess(before, change, assessor, personal=nobody)
    without = reassess(before, change, assessor)
    assert (with_names.risk.probability or 0) > (without.risk.probability or 0)


def test_thresholds_of_a_party_hold_here_too(assessor: Assessor) -> None:
    own = Thresholds.of({"elements": {"required": ["recipient_name"]}})
    before = kept(assessor, item(), thresholds=own)
    assert before["versions"]["thresholds"] == own.version
    assert body(reassess(before, {}, assessor, thresholds=own)) == before
    assert reassess(before, {}, assessor).decision.outcome == "accept"


def test_what_changed_is_said_in_words(assessor: Assessor) -> None:
    before = kept(assessor, item())
    after = reassess(before, {"value_usd": "30.00", "origin": "CN"}, assessor)
    assert in_words(before, after) == "origin IN -> CN; value_usd 48.00 -> 30.00"
    assert in_words(before, reassess(before, {}, assessor)) == ""


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"colour": "red"}, "CHANGE_UNKNOWN"),
        ({"value_usd": "much"}, "REQUEST_VALUE"),
        ({"origin": "Atlantis"}, "COUNTRY_UNKNOWN"),
        ({"entry_date": "2026-02-30"}, "DATE_MALFORMED"),
        ({"channel": "pigeon"}, "REQUEST_CHANNEL"),
    ],
)
def test_a_change_that_cannot_be_is_refused(
    assessor: Assessor, changes: Mapping[str, Any], code: str
) -> None:
    with pytest.raises(MailDutyError) as caught:
        reassess(kept(assessor, item()), changes, assessor)
    assert caught.value.code == code


# --- who is affected


def test_nobody_is_affected_while_nothing_turns(assessor: Assessor) -> None:
    before = [kept(assessor, item(n, day=day)) for n, day in enumerate((DAY, date(2026, 3, 2)))]
    assert list(to_assess_again(before, assessor)) == []
    assert list(to_assess_again(before[:1], assessor, DAY)) == []
    assert list(to_assess_again([{"error": {}}], assessor)) == []


def test_another_law_or_tariff_calls_for_its_records(assessor: Assessor) -> None:
    before = kept(assessor, item())
    other = {**before, "versions": {**before["versions"], "law": "0123456789ab"}}
    found = list(to_assess_again([before, other], assessor))
    assert [one for one, _ in found] == [other] and "law was 0123456789ab" in found[0][1][0]
    model = {**before, "versions": {**before["versions"], "risk_model": "risk 1"}}
    assert list(to_assess_again([model], assessor)) == []
    assert list(to_assess_again([model], assessor, about=("risk_model",)))


# The windows of the mail regimes, and what each switch of them is called.
SWITCHES = [
    ("2025-05-01", "2025-05-02", "CN", "DE_MINIMIS -> CN_HK_MAIL_2025"),
    ("2025-08-28", "2025-08-29", "IN", "DE_MINIMIS -> EO14324"),
    ("2026-02-23", "2026-02-24", "IN", "EO14324_ADVALOREM -> S122_MAIL"),
    ("2026-07-23", "2026-07-24", "IN", "S122_MAIL -> MAIL_INFORMAL_IFR"),
    ("2026-09-21", "2026-09-22", "IN", "Entry type 13 is open"),
    ("2026-10-21", "2026-10-22", "IN", "leave the worksheet"),
    ("2026-11-29", "2026-11-30", "IN", "not resident in the US"),
    ("2027-06-30", "2027-07-01", "IN", "de minimis exemption itself is repealed"),
]


@pytest.mark.parametrize(("one", "other", "origin", "said"), SWITCHES)
def test_a_day_beyond_a_switch_of_the_regimes_is_another_answer(
    assessor: Assessor, one: str, other: str, origin: str, said: str
) -> None:
    days = date.fromisoformat(one), date.fromisoformat(other)
    for early, late in (days, days[::-1]):  # an entry may be brought forward too
        why = changes_between(assessor.law, assessor.schedule, early, late, origin)
        assert any(said in reason for reason in why) or (
            early > late and any("->" in reason for reason in why)
        )
    before = kept(assessor, item(day=days[0], origin=origin))
    assert [found for found, _ in to_assess_again([before], assessor, days[1])] == [before]


def test_a_day_within_the_same_window_is_the_same_answer(assessor: Assessor) -> None:
    assert changes_between(assessor.law, assessor.schedule, date(2026, 10, 23), date(2026, 11, 1), "CN") == []
    before = kept(assessor, item(day=date(2026, 10, 23)))
    assert list(to_assess_again([before], assessor, date(2026, 11, 1))) == []


@settings(max_examples=40, deadline=None)
@given(st.dates(date(2025, 5, 1), date(2027, 8, 1)), st.integers(-20, 20))
def test_where_nothing_turns_between_two_days_the_law_says_the_same(one: date, days: int) -> None:
    other = one + timedelta(days)
    law, schedule = Law.load(), Assessor.shipped().schedule
    if changes_between(law, schedule, one, other, "CN"):
        return
    for path in law.paths():
        document = law.documents[path]
        if "values" in document:
            assert law.find(path, one) == law.find(path, other), path
        elif "rows" in document:
            assert law.rows(path, one) == law.rows(path, other), path
