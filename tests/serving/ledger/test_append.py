"""Appending: what is written, what is not written again, what supersedes what, and what stays open."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from data.errors import MailDutyError
from serving.ledger import Entry, Ledger, OpenException
from serving.ledger.projecting import projected
from serving.ledger.tables import chains, parties, personal, records

Make = Callable[..., Entry]
VAGUE = OpenException("E03", "DESCRIPTION_VAGUE", "'gift' names no goods")
NO_ORIGIN = OpenException("E04", "ORIGIN_MISSING", "no country of origin is declared")


def test_entries_become_the_records_of_a_chain(
    ledger: Ledger, entry: Make, at: datetime, chain_holds: Any
) -> None:
    kept = ledger.append("acme", [entry(1), entry(2)], at=at, actor="nadia")
    assert [(one.seq, one.new) for one in kept] == [(1, True), (2, True)]
    first = ledger.record("acme", kept[0].record_id)
    assert first is not None and first.hash == kept[0].hash
    assert (first.at, first.actor, first.entered_on) == (
        "2026-10-05T09:30:00.123456+00:00", "nadia", "2026-10-01",
    )  # fmt: skip
    assert first.body() == entry(1).body and (first.decision, first.route) == ("accept", "worksheet")
    assert chain_holds(ledger.records("acme")) == 2


def test_the_same_again_writes_nothing(ledger: Ledger, entry: Make, at: datetime) -> None:
    once = ledger.append("acme", [entry(1), entry(1)], at=at, actor="nadia")
    assert [one.new for one in once] == [True, False]
    again = ledger.append("acme", [entry(1)], at=at + timedelta(days=1), actor="omar")
    assert {(one.record_id, one.seq, one.hash) for one in (*once, *again)} == {
        (once[0].record_id, 1, once[0].hash)
    }
    assert not again[0].new and len(list(ledger.records("acme"))) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"body": {"received": {}, "assessment": {"duty": "1.21"}}},
        {"decision": "review"},
        {"route": "formal"},
        {"exceptions": (VAGUE,)},
        {"personal": {"sender": {"name": "Ada"}}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_else_is_said_is_a_new_record(
    ledger: Ledger, entry: Make, at: datetime, change: dict[str, Any]
) -> None:
    [first] = ledger.append("acme", [entry(1)], at=at, actor="nadia")
    [second] = ledger.append("acme", [entry(1, **change)], at=at, actor="nadia")
    assert second.new and second.seq == 2
    now = ledger.current("acme", [entry(1).item_key])[entry(1).item_key]
    assert now.record_id == second.record_id and now.supersedes == first.record_id


def test_a_value_that_comes_back_is_news_each_time(ledger: Ledger, entry: Make, at: datetime) -> None:
    one, other = entry(1), entry(1, decision="hold")
    kept = ledger.append("acme", [one, other, one], at=at, actor="nadia")
    kept += ledger.append("acme", [other], at=at, actor="nadia")
    assert [k.new for k in kept] == [True, True, True, True]


def test_a_manifest_sent_again_does_not_overturn_a_review(ledger: Ledger, entry: Make, at: datetime) -> None:
    held = entry(1, decision="hold", exceptions=(VAGUE,))
    review = entry(1, kind="review", body={"taken": "accept"}, reason="seen the invoice")
    [assessed] = ledger.append("acme", [held], at=at, actor="nadia")
    [reviewed] = ledger.append("acme", [review], at=at, actor="omar")
    [again] = ledger.append("acme", [held], at=at, actor="nadia")
    assert (again.new, again.record_id) == (False, assessed.record_id)
    now = ledger.current("acme", [held.item_key])[held.item_key]
    assert (now.record_id, now.decision) == (reviewed.record_id, "accept")
    both = ledger.append("acme", [entry(1, decision="review"), review, held], at=at, actor="nadia")
    assert [one.new for one in both] == [True, True, True], "the situation had changed in between"


def test_all_or_nothing(ledger: Ledger, entry: Make, at: datetime) -> None:
    ledger.append("acme", [entry(1)], at=at, actor="nadia")

    def fails(connection: Any, kept: Any) -> None:
        raise ValueError("the answer could not be stored")

    with pytest.raises(ValueError, match="could not be stored"):
        ledger.append("acme", [entry(2)], at=at, actor="nadia", also=fails)
    with pytest.raises(MailDutyError) as refused:
        ledger.append("acme", [entry(3), entry(4, body={"x": object()})], at=at, actor="nadia")
    assert refused.value.code == "LEDGER_BODY" and refused.value.where["entry"] == 1
    assert [r.item_id for r in ledger.records("acme")] == ["item-1"]
    assert ledger.append("acme", [entry(5)], at=at, actor="nadia")[0].seq == 2


def test_what_else_is_written_is_committed_with_the_records(
    ledger: Ledger, entry: Make, at: datetime
) -> None:
    seen = []

    def also(connection: Any, kept: Any) -> None:
        connection.execute(parties.insert(), {"party": "seen", "name": kept[0].hash, "created_at": "now"})
        seen.extend(kept)

    kept = ledger.append("acme", [entry(1)], at=at, actor="nadia", also=also)
    assert seen == kept
    assert ledger.append("acme", [], at=at, actor="nadia", also=lambda c, k: seen.append(k)) == []
    assert seen[-1] == []
    with ledger.reading() as connection:
        assert connection.scalar(select(parties.c.name).where(parties.c.party == "seen")) == kept[0].hash


def test_entries_may_be_added_to_a_transaction_of_the_caller(
    ledger: Ledger, entry: Make, at: datetime, chain_holds: Any
) -> None:
    with ledger.writing() as connection:
        [one] = ledger.add(connection, "acme", [entry(1)], at=at, actor="nadia")
        [two] = ledger.add(connection, "acme", [entry(2)], at=at, actor="nadia")
        assert ledger.add(connection, "acme", [], at=at, actor="nadia") == []
    assert (one.seq, two.seq) == (1, 2) and chain_holds(ledger.records("acme")) == 2


def test_exceptions_stay_open_since_they_were_opened_until_no_longer_named(
    ledger: Ledger, entry: Make, at: datetime
) -> None:
    later = at + timedelta(hours=3)
    ledger.append("acme", [entry(1, exceptions=(VAGUE,)), entry(2, exceptions=(VAGUE,))], at=at, actor="n")
    ledger.append("acme", [entry(1, exceptions=(NO_ORIGIN, VAGUE, VAGUE))], at=later, actor="n")
    ledger.append("acme", [entry(2)], at=later, actor="n")
    open_now = ledger.open_exceptions("acme")
    assert [(one.code, one.item_key, one.opened_at[:13]) for one in open_now] == [
        ("E03", entry(1).item_key, "2026-10-05T09"),
        ("E04", entry(1).item_key, "2026-10-05T12"),
    ]
    assert open_now[0].as_json()["owner"] and [one.code for one in ledger.open_exceptions("acme", "E04")] == [
        "E04"
    ]


def test_records_that_concern_an_item_without_judging_it_leave_it_as_it_is(
    ledger: Ledger, entry: Make, at: datetime
) -> None:
    [first] = ledger.append("acme", [entry(1, exceptions=(VAGUE,))], at=at, actor="nadia")
    hold = entry(1, kind="legal_hold", body={"case": "17-204"})
    [held, held_again] = ledger.append("acme", [hold, hold], at=at, actor="nadia")
    assert held.new and held_again.new
    assert ledger.current("acme", [hold.item_key])[hold.item_key].record_id == first.record_id
    assert len(ledger.open_exceptions("acme")) == 1
    assert [r.kind for r in ledger.item("acme", "PARCEL000001")] == ["assessment", "legal_hold", "legal_hold"]


def test_an_item_is_found_by_parcel_and_by_its_own_id_with_all_lines(
    ledger: Ledger, entry: Make, at: datetime
) -> None:
    lines = [entry(n, tracking_id="CP1", item_key=f"CP1|item-{n}") for n in (1, 2)]
    ledger.append("acme", [*lines, entry(3)], at=at, actor="nadia")
    assert [r.item_id for r in ledger.item("acme", "CP1")] == ["item-1", "item-2"]
    assert [r.seq for r in ledger.item("acme", "item-2")] == [2]
    assert ledger.item("acme", "CP9") == []


@pytest.mark.parametrize("strange", ["", "\0", "CP\0DE", "\ud800", "x" * 5000, "%", "' OR 1=1 --"])
def test_what_no_database_keeps_is_not_found_either(
    ledger: Ledger, entry: Make, at: datetime, strange: str
) -> None:
    ledger.append("acme", [entry(1), Entry("manifest", {"rows": 1})], at=at, actor="nadia")
    assert ledger.item("acme", strange) == [] and ledger.record("acme", strange) is None
    assert ledger.current("acme", [strange]) == {} and ledger.open_exceptions("acme", strange) == []


def test_parties_do_not_see_each_other(ledger: Ledger, entry: Make, at: datetime, chain_holds: Any) -> None:
    [ours] = ledger.append("acme", [entry(1, exceptions=(VAGUE,))], at=at, actor="nadia")
    [theirs] = ledger.append("bolt", [entry(1)], at=at, actor="omar")
    assert ours.new and theirs.new and ours.seq == theirs.seq == 1
    assert ledger.record("bolt", ours.record_id) is None
    assert [r.record_id for r in ledger.item("bolt", "PARCEL000001")] == [theirs.record_id]
    assert [r.record_id for r in ledger.records("bolt")] == [theirs.record_id]
    assert ledger.current("bolt", [entry(1).item_key])[entry(1).item_key].record_id == theirs.record_id
    assert ledger.open_exceptions("bolt") == []
    assert chain_holds(ledger.records("acme")) == chain_holds(ledger.records("bolt")) == 1


def test_records_are_read_in_slices_after_a_number_and_by_kind(
    ledger: Ledger, entry: Make, at: datetime, chain_holds: Any
) -> None:
    many = [entry(n) for n in range(1200)]
    ledger.append("acme", [*many, entry(0, kind="review", body={})], at=at, actor="nadia")
    assert chain_holds(ledger.records("acme")) == 1201
    assert [r.seq for r in ledger.records("acme", after=1198)] == [1199, 1200, 1201]
    assert [r.seq for r in ledger.records("acme", kinds=["review"])] == [1201]
    assert len(ledger.current("acme", [one.item_key for one in many] + ["unknown|"])) == 1200
    assert not any(k.new for k in ledger.append("acme", many, at=at, actor="nadia"))


def test_amounts_and_days_are_written_as_text(ledger: Ledger, entry: Make, at: datetime) -> None:
    body = {"duty": Decimal("1.20"), "day": at.date(), 7: "number as name", "signs": "ü 漢 \u2028 \0"}
    [kept] = ledger.append("acme", [entry(1, body=body)], at=at, actor="nadia")
    found = ledger.record("acme", kept.record_id)
    assert found is not None and found.body() == {
        "duty": "1.20", "day": "2026-10-05", "7": "number as name", "signs": "ü 漢 \u2028 \0",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "rumour"}, "LEDGER_KIND"),
        ({"item_key": "x" * 521}, "LEDGER_TEXT"),
        ({"tracking_id": "CP\0"}, "LEDGER_TEXT"),
        ({"item_id": "\ud800"}, "LEDGER_TEXT"),
        ({"body": {"x": "\ud800"}}, "LEDGER_BODY"),
        ({"body": {"x": 2**70}}, "LEDGER_BODY"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_place(
    ledger: Ledger, entry: Make, at: datetime, change: dict[str, Any], code: str
) -> None:
    with pytest.raises(MailDutyError) as refused:
        ledger.append("acme", [entry(1), entry(2, **change)], at=at, actor="nadia")
    assert (refused.value.code, refused.value.where["entry"]) == (code, 1)
    assert list(ledger.records("acme")) == []


def test_the_longest_names_fit_both_databases(ledger: Ledger, entry: Make, at: datetime) -> None:
    wide = "\U0001f4e6"  # four bytes in UTF-8
    longest = entry(1, item_key=wide * 520, item_id=wide * 256, tracking_id=wide * 256)
    [kept] = ledger.append(wide * 100, [longest], at=at, actor=wide * 256)
    assert ledger.item(wide * 100, wide * 256)[0].record_id == kept.record_id


def test_free_text_loses_what_no_database_keeps(ledger: Ledger, entry: Make, at: datetime) -> None:
    said = OpenException("E03", "DESCRIPTION_VAGUE", "cell \0 with NUL")
    ledger.append("acme", [entry(1, reason="\ud800 half a sign", exceptions=(said,))], at=at, actor="n")
    assert next(iter(ledger.records("acme"))).reason == "\ufffd half a sign"
    assert ledger.open_exceptions("acme")[0].message == "cell \ufffd with NUL"


def test_a_time_without_zone_is_refused(ledger: Ledger, entry: Make, at: datetime) -> None:
    with pytest.raises(MailDutyError) as refused:
        ledger.append("acme", [entry(1)], at=at.replace(tzinfo=None), actor="nadia")
    assert refused.value.code == "LEDGER_TIME"


def test_the_tables_of_a_ledger_hold_together(ledger: Ledger, entry: Make, at: datetime, person: Any) -> None:
    some = [entry(n, exceptions=(VAGUE,), personal=person(n)) for n in range(20)]
    ledger.append("acme", some, at=at, actor="nadia")
    ledger.append("acme", [replace(one, exceptions=(NO_ORIGIN,)) for one in some[::2]], at=at, actor="nadia")
    with ledger.reading() as connection:
        last = connection.execute(select(chains.c.length, chains.c.head)).one()
        assert connection.scalar(select(func.count()).select_from(personal)) == 30
        newest = connection.execute(
            select(records.c.seq, records.c.hash).order_by(records.c.seq.desc())
        ).first()
    assert tuple(last) == tuple(newest or ())
    made = projected(ledger.records("acme"))
    assert {k: r.record_id for k, r in ledger.current("acme", made.current).items()} == {
        k: row["record_id"] for k, row in made.current.items()
    }
    assert {(w.item_key, w.code, w.opened_at, w.record_id) for w in ledger.open_exceptions("acme")} == {
        (row["item_key"], row["code"], row["opened_at"], row["record_id"])
        for codes in made.exceptions.values()
        for row in codes.values()
    }
