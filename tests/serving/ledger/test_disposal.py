"""What goes and what stays: terms, legal holds, purges, people who asked to be forgotten. The chain holds throughout."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from data.errors import MailDutyError
from data.law import Law
from serving.ledger import Entry, Ledger, OpenException
from serving.ledger.disposed import Stretches
from serving.ledger.erasure import erase, find
from serving.ledger.holds import Holds, hold, release
from serving.ledger.people import ERASED, Person, without
from serving.ledger.purging import purge
from serving.ledger.received import keep_file, sealed_file
from serving.ledger.retention import due, term
from serving.ledger.tables import current, exceptions, files, personal, records, requests, subjects
from serving.ledger.verify import verify
from serving.manifests.keeping import manifest_entry, rejected_entry

LAW = Law.load()
LATER = datetime(2031, 10, 2, 8, 0, tzinfo=UTC)  # five years and a day after the entries of `entry`
VAGUE = OpenException("E03", "DESCRIPTION_VAGUE", "'gift' names no goods")
CSV = (
    b"tracking,recipient,zip,email\r\n"
    b"PARCEL000001,Odell Quimby 1,12001,odell1@example.com\r\n"
    b"PARCEL000002,Odell Quimby 2,12002,odell2@example.com\r\n"
    b"PARCEL000009,Quimby Odell 1,12001,\r\n"
)
SHA = hashlib.sha256(CSV).hexdigest()


def keep(ledger: Ledger, content: bytes, name: str, at: datetime) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    with ledger.writing() as connection:
        ledger.mark_key(connection, at)
        keep_file(connection, "acme", sealed_file(ledger, content, name), at)
        ledger.add(connection, "acme", [manifest_entry({"source_name": name}, sha256)], at=at, actor="nadia")
    return sha256


@pytest.fixture
def filled(ledger: Ledger, entry: Callable[..., Entry], person: Any, at: datetime) -> Ledger:
    """A file with two items of 1 October 2026 and a rejected row, a review, an item of a later day."""
    keep(ledger, CSV, "oct.csv", at)
    rows = [
        entry(
            n,
            personal=person(n),
            manifest_sha256=SHA,
            exceptions=(VAGUE,),
            body={"received": {"row": n + 1}, "assessment": {"duty": {"duty_usd": f"{n}.20"}}},
        )
        for n in (1, 2)
    ]
    fault = {
        "row": 4,
        "code": "ROW_FIELD",
        "field": "zip",
        "value": "Quimby, Odell 1 12001",
        "remedy": "Correct it",
    }
    rows.append(rejected_entry({"error": {**fault, "tracking_id": "PARCEL000009"}}, "row 4", SHA))
    rows.append(entry(3, personal=person(3), entered_on=date(2026, 10, 2)))
    ledger.append("acme", rows, at=at, actor="nadia")
    ledger.append("acme", [entry(2, kind="review", decision="accept", entered_on=None)], at=at, actor="omar")
    ledger.append("other", [entry(1, personal=person(1))], at=at, actor="omar")
    return ledger


def holds_true(ledger: Ledger) -> None:
    assert [str(said) for one in verify(ledger) for said in one.breaks] == []


def count(ledger: Ledger, table: Any, party: str = "acme") -> int:
    asked = select(func.count()).select_from(table)
    if table is personal:
        asked = asked.join(records, records.c.record_id == personal.c.record_id).where(
            records.c.party == party
        )
    else:
        asked = asked.where(table.c.party == party)
    with ledger.reading() as connection:
        return connection.execute(asked).scalar_one()


@given(st.dates(date(2030, 1, 1), date(2060, 12, 31)))
def test_a_term_ends_on_the_same_day_five_years_later(on: date) -> None:
    found = term(LAW, on)
    assert (found.years, found.citation) == (5, "19 CFR 163.4(a)")
    today = (on.year, on.month, on.day)
    stays, gone = found.before, found.before - timedelta(1)
    assert (gone.year + 5, gone.month, gone.day) < today <= (stays.year + 5, stays.month, stays.day)


def test_what_is_past_its_term_goes_and_the_chain_holds(filled: Ledger, at: datetime) -> None:
    told = due(filled, "acme", LAW, date(2031, 10, 2))
    assert (told.items, told.records, told.held) == (1, 1, 0), "item 2 was reviewed on 5 October 2026"
    told = due(filled, "acme", LAW, date(2031, 10, 6))
    assert (told.items, told.records) == (4, 5)
    assert count(filled, personal) == 4, "a dry run touches nothing"

    with pytest.raises(MailDutyError) as caught:
        purge(filled, "acme", LAW, date(2031, 10, 6), at=LATER, actor="nadia")
    assert caught.value.code == "LEDGER_PURGE_EARLY"

    done = purge(filled, "acme", LAW, LATER.date(), at=LATER, actor="nadia")
    assert (done.items, done.records, done.files) == (1, 1, 0)
    gone = filled.item("acme", "PARCEL000001")[0]
    assert gone.content is None and gone.personal_mark and gone.hash
    assert filled.item("acme", "PARCEL000002")[0].body() is not None
    holds_true(filled)

    later = datetime(2031, 10, 6, tzinfo=UTC)
    done = purge(filled, "acme", LAW, later.date(), at=later, actor="nadia")
    assert (done.items, done.records, done.files) == (3, 5, 1), "and the file with the record of its coming"
    assert [count(filled, table) for table in (personal, subjects, current, exceptions, files)] == [0] * 5
    said = [record.body() for record in filled.records("acme", kinds=("purge",))]
    assert [one["seqs"] for one in said if one] == [[[2, 2]], [[3, 6]], [[1, 1]]]
    assert all(one and (one["years"], one["citation"]) == (5, "19 CFR 163.4(a)") for one in said)
    holds_true(filled)
    assert count(filled, personal, "other") == 1, "another party's ledger is another party's"

    again = purge(filled, "acme", LAW, later.date(), at=later, actor="nadia")
    assert (again.items, again.records, again.files) == (0, 0, 0)


def test_a_purge_that_breaks_off_has_said_what_went_and_goes_on_the_next_time(
    filled: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.ledger.retention.AT_ONCE", 1)
    calls, add, later = [], filled.add, datetime(2031, 10, 6, tzinfo=UTC)

    def second_fails(*said: Any, **how: Any) -> Any:
        calls.append(said)
        if len(calls) == 2:
            raise RuntimeError("power cut")
        return add(*said, **how)

    monkeypatch.setattr(filled, "add", second_fails)
    with pytest.raises(RuntimeError):
        purge(filled, "acme", LAW, later.date(), at=later, actor="nadia")
    assert sum(record.content is None for record in filled.records("acme")) == 1
    holds_true(filled)
    done = purge(filled, "acme", LAW, later.date(), at=later, actor="nadia")
    assert done.items == 3
    holds_true(filled)


def test_a_legal_hold_keeps_what_is_past_its_term_until_it_is_released(filled: Ledger, at: datetime) -> None:
    hold(filled, "acme", "PARCEL000001", "CBP Form 28", at=at, actor="nadia")
    with pytest.raises(MailDutyError) as caught:
        hold(filled, "acme", "PARCEL000001", "again", at=at, actor="nadia")
    assert caught.value.code == "LEDGER_HOLD_STANDS"
    later = datetime(2031, 10, 6, tzinfo=UTC)
    done = purge(filled, "acme", LAW, later.date(), at=later, actor="nadia")
    assert (done.items, done.held, done.files) == (3, 1, 0), "the file still has an item"
    assert filled.item("acme", "PARCEL000001")[0].body() is not None
    holds_true(filled)

    release(filled, "acme", "PARCEL000001", "closed", at=later, actor="nadia")
    done = purge(filled, "acme", LAW, later.date(), at=later, actor="nadia")
    assert (done.items, done.held, done.files) == (1, 0, 1)
    holds_true(filled)
    kinds = [record.kind for record in filled.records("acme", kinds=("legal_hold", "legal_release"))]
    assert kinds == ["legal_hold", "legal_release"]
    assert [r.reason for r in filled.records("acme", kinds=("legal_hold",))] == ["CBP Form 28"]


def test_a_hold_is_on_a_parcel_an_item_or_everything(filled: Ledger, at: datetime) -> None:
    hold(filled, "acme", "item-1", "by its own id", at=at, actor="nadia")
    assert due(filled, "acme", LAW, date(2031, 10, 6)).held == 1
    hold(filled, "acme", "*", "everything", at=at, actor="nadia")
    told = due(filled, "acme", LAW, date(2031, 10, 6))
    assert (told.items, told.held) == (0, 4)
    release(filled, "acme", "*", "no longer", at=at, actor="nadia")
    for what, code in (("*", "LEDGER_HOLD_NONE"), ("nothing", "LEDGER_HOLD_NONE")):
        with pytest.raises(MailDutyError) as caught:
            release(filled, "acme", what, "", at=at, actor="nadia")
        assert caught.value.code == code
    with pytest.raises(MailDutyError) as caught:
        hold(filled, "acme", "nothing", "", at=at, actor="nadia")
    assert caught.value.code == "LEDGER_ITEM_UNKNOWN"
    with filled.reading() as connection:
        assert Holds.of(connection, "acme").on == {"item-1"}


def test_a_person_is_erased_and_the_figures_stay(filled: Ledger, at: datetime) -> None:
    whom = Person(name="QUIMBY 1, Odell", postal_code="12001")
    told = find(filled, "acme", whom)
    first, rejected = filled.item("acme", "PARCEL000001")[0], filled.item("acme", "PARCEL000009")[0]
    assert told.records == [first.record_id, rejected.record_id]
    assert told.parcels == ["PARCEL000001", "PARCEL000009"]
    before = {record.record_id: record.body() for record in filled.records("acme")}
    opened = filled.open_exceptions("acme")

    done = erase(filled, "acme", whom, "asked on 3 November", at=LATER, actor="nadia")
    assert done == told and done.lines == 2
    assert set(filled.personal(list(filled.records("acme")))) == {
        filled.item("acme", f"PARCEL00000{n}")[0].record_id for n in (2, 3)
    }
    now = {record.record_id: record.body() for record in filled.records("acme")}
    (new,) = now.keys() - before.keys()
    assert {name: body for name, body in now.items() if name != new} == before
    assert filled.open_exceptions("acme") == opened
    said = str(now[new]).casefold() + (filled.record("acme", new) or rejected).reason
    assert first.record_id in said and not any(one in said for one in ("quimby", "odell", "12001"))
    holds_true(filled)
    assert filled.personal(list(filled.records("other"))), "another party answers for itself"

    with pytest.raises(MailDutyError) as caught:
        erase(filled, "acme", whom, "again", at=LATER, actor="nadia")
    assert caught.value.code == "PERSON_NOT_FOUND"


def test_the_file_goes_on_without_the_persons_lines(filled: Ledger, at: datetime) -> None:
    done = erase(filled, "acme", Person(email="Odell1@example.com"), "asked", at=LATER, actor="nadia")
    with filled.reading() as connection:
        row = connection.execute(select(files).where(files.c.party == "acme")).one()
    left = filled.sealer().unseal(row.sealed)
    assert left.splitlines()[1] == ERASED and left.splitlines()[2:] == CSV.splitlines()[2:]
    assert done.files == {SHA: hashlib.sha256(left).hexdigest()} and row.sha256 == SHA
    holds_true(filled)

    with filled.writing() as connection:
        keep_file(connection, "acme", sealed_file(filled, CSV, "oct.csv"), LATER)
    with filled.reading() as connection:
        again = connection.execute(select(files.c.sealed).where(files.c.party == "acme")).scalar_one()
    assert filled.sealer().unseal(again) == left, "the same file sent again does not bring the person back"
    erase(filled, "acme", Person(email="odell2@example.com"), "asked", at=LATER, actor="nadia")
    holds_true(filled)


def test_a_file_that_is_no_text_goes_whole(
    ledger: Ledger, entry: Callable[..., Entry], person: Any, at: datetime
) -> None:
    sha256 = keep(ledger, b"PK\x03\x04 a workbook", "oct.xlsx", at)
    ledger.append("acme", [entry(1, personal=person(1), manifest_sha256=sha256)], at=at, actor="nadia")
    done = erase(ledger, "acme", Person(phone="+1 (518) 555-0001"), "asked", at=LATER, actor="nadia")
    assert done.files == {sha256: None}
    with ledger.reading() as connection:
        row = connection.execute(select(files)).one()
    assert (row.sha256, row.sealed, row.size) == (sha256, b"", 0)
    holds_true(ledger)


def test_a_hold_keeps_a_person_and_the_file(filled: Ledger, at: datetime) -> None:
    hold(filled, "acme", "PARCEL000001", "CBP Form 28", at=at, actor="nadia")
    done = erase(filled, "acme", Person("Odell Quimby 1", "12001"), "asked", at=LATER, actor="nadia")
    assert len(done.held) == 1 and done.files == {} and done.files_held == [SHA]
    assert done.parcels == ["PARCEL000009"]
    holds_true(filled)


@pytest.mark.parametrize(
    "said",
    [{}, {"postal_code": "12001"}, {"phone": "555"}, {"email": " "}, {"name": "?"}],
)  # fmt: skip
def test_too_little_finds_nobody(said: dict[str, str]) -> None:
    with pytest.raises(MailDutyError) as caught:
        Person(**said)
    assert caught.value.code == "PERSON_UNNAMED"


def test_a_reason_that_names_the_person_is_refused(filled: Ledger) -> None:
    with pytest.raises(MailDutyError) as caught:
        erase(
            filled,
            "acme",
            Person("Odell Quimby 1", "12001"),
            "Odell Quimby 1 of 12001 asked",
            at=LATER,
            actor="n",
        )
    assert caught.value.code == "PERSON_IN_REASON"
    assert count(filled, personal) == 4


def test_answers_kept_for_a_key_go_with_the_person(filled: Ledger) -> None:
    rows = [
        {
            "party": party,
            "key": key,
            "request_sha256": "0" * 64,
            "status": 200,
            "response": kept,
            "at": "2026-09-01",
        }
        for party, key, kept in (
            ("acme", "a", b"sealed"),
            ("acme", "running", None),
            ("other", "a", b"sealed"),
        )
    ]
    with filled.writing() as connection:
        connection.execute(requests.insert(), rows)
    erase(filled, "acme", Person(email="odell2@example.com"), "asked", at=LATER, actor="nadia")
    with filled.reading() as connection:
        left = connection.execute(select(requests.c.party, requests.c.key)).all()
    assert sorted(map(tuple, left)) == [("acme", "running"), ("other", "a")]


def test_nothing_of_what_was_erased_is_left_in_the_file_of_sqlite(
    tmp_path: Path, entry: Callable[..., Entry], person: Any, at: datetime
) -> None:
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    ledger.append("acme", [entry(n, personal=person(n)) for n in range(1, 60)], at=at, actor="nadia")
    with ledger.reading() as connection:
        sealed = connection.execute(
            select(personal.c.sealed).where(
                personal.c.record_id == ledger.item("acme", "item-7")[0].record_id
            )
        ).scalar_one()
    erase(ledger, "acme", Person(email="odell7@example.com"), "asked", at=LATER, actor="nadia")
    held = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert sealed[20:120] not in held
    body = ledger.item("acme", "item-8")[0].content or b""
    assert body in held
    done = purge(ledger, "acme", LAW, date(2032, 1, 1), at=datetime(2032, 1, 1, tzinfo=UTC), actor="nadia")
    assert done.items == 59
    assert body not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    ledger.close()


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04",
        "id,name\n1,Odell Quimby\n".encode("utf-16"),
        b'id,name\n1,"Odell\nQuimby"\n',
        b"<items><item>Odell Quimby</item></items>",
        b'[{"name": "Odell Quimby"}]',
        b"id,name\n1,somebody else\n",
        b"Odell Quimby,12001\n",
    ],
)
def test_where_a_line_is_no_row_nothing_is_taken_out_by_halves(content: bytes) -> None:
    assert without(content, Person("Odell Quimby", email="o@example.com"), set()) is None


def test_lines_of_json_lose_the_person_too() -> None:
    content = b'{"to": {"name": "Odell \\u0051uimby"}}\n{"to": {"name": "Nadia"}}\n'
    assert without(content, Person("odell quimby"), set()) == (ERASED + b'\n{"to": {"name": "Nadia"}}\n', 1)


@given(st.sets(st.integers(1, 400)))
def test_stretches_hold_the_numbers_they_were_made_of(numbers: set[int]) -> None:
    held = Stretches(Stretches.of(numbers))
    assert {n for n in range(402) if n in held} == numbers
    assert len(Stretches.of(numbers)) <= max(1, len(numbers)) and "3" not in held
