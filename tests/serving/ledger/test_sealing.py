"""Personal data: sealed, committed to, found without being named, and never lost to a wrong key."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import delete, select, update

from data.errors import MailDutyError
from serving.ledger import Entry, Ledger
from serving.ledger.sealing import label_of, labels
from serving.ledger.tables import metadata, personal, sealing_keys, subjects

Make = Callable[..., Entry]
ONE, OTHER = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def own_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MAILDUTY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MAILDUTY_KEY", ONE)


def _everything(ledger: Ledger) -> bytes:
    with ledger.reading() as connection:
        rows = [row for table in metadata.sorted_tables for row in connection.execute(select(table))]
    return b" ".join(v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row)


def test_personal_data_comes_back_and_stands_nowhere_in_the_clear(
    ledger: Ledger, entry: Make, person: Any, at: datetime
) -> None:
    ledger.append("acme", [entry(1, personal=person(1)), entry(2)], at=at, actor="nadia")
    found = list(ledger.records("acme"))
    assert ledger.personal(found) == {found[0].record_id: person(1)}
    assert found[0].personal_mark and found[1].personal_mark is None
    held = _everything(ledger)
    assert b"cotton shirt 1" in held
    for word in ("Quimby", "Ferme", "Quai", "odell1", "12001", "5550001"):
        assert word.encode() not in held


def test_the_same_personal_data_is_nothing_new_and_other_data_is(
    ledger: Ledger, entry: Make, person: Any, at: datetime
) -> None:
    same, other = entry(1, personal=person(1)), entry(1, personal=person(2))
    kept = ledger.append("acme", [same, same], at=at, actor="nadia")
    kept += ledger.append("acme", [same, entry(1)], at=at, actor="nadia")
    assert [one.new for one in kept] == [True, False, False, False]
    kept = ledger.append("acme", [other, same], at=at, actor="nadia")
    assert [one.new for one in kept] == [True, True]
    marks = [record.personal_mark for record in ledger.records("acme")]
    assert len(set(marks)) == 3, "one person, two commitments that do not tell it"


def test_erased_data_leaves_the_chain_and_is_not_taken_in_again(
    ledger: Ledger, entry: Make, person: Any, at: datetime, chain_holds: Any
) -> None:
    [kept] = ledger.append("acme", [entry(1, personal=person(1))], at=at, actor="nadia")
    with ledger.writing() as connection:
        connection.execute(delete(personal))
        connection.execute(delete(subjects))
    [again] = ledger.append("acme", [entry(1, personal=person(1))], at=at, actor="nadia")
    assert (again.new, again.record_id) == (False, kept.record_id)
    assert ledger.personal(list(ledger.records("acme"))) == {} and chain_holds(ledger.records("acme")) == 1


def test_a_person_is_found_by_contact_however_it_is_written(
    ledger: Ledger, entry: Make, person: Any, at: datetime
) -> None:
    kept = ledger.append("acme", [entry(n, personal=person(n)) for n in (1, 2)], at=at, actor="nadia")
    ledger.append("bolt", [entry(1, personal=person(1))], at=at, actor="omar")
    asked = [
        {"name": "QUIMBY 1  Odell", "postal_code": "120-01"},
        {"email": " Odell1@Example.com"},
        {"phone": "+1 (518) 555-0001"},
    ]
    for who in asked:
        [label] = label_of(**who)
        look = select(subjects.c.record_id).where(
            subjects.c.party == "acme", subjects.c.subject.in_(ledger.sealer().subjects(label))
        )
        with ledger.reading() as connection:
            assert connection.execute(look).scalars().all() == [kept[0].record_id], who
    assert list(labels({"sender": [{"name": " -- "}, {"phone": "none"}], "note": "Ada"})) == []


def test_another_key_seals_nothing_and_loses_nothing(
    ledger: Ledger, ledger_url: str, entry: Make, person: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.append("acme", [entry(1, personal=person(1))], at=at, actor="nadia")
    monkeypatch.setenv("MAILDUTY_KEY", OTHER)
    wrong = Ledger.open(ledger_url)
    for attempt in (
        lambda: wrong.append("acme", [entry(2, personal=person(2))], at=at, actor="nadia"),
        lambda: wrong.personal(list(wrong.records("acme"))),
    ):
        with pytest.raises(MailDutyError) as refused:
            attempt()
        assert refused.value.code == "LEDGER_KEY_WRONG"
    assert wrong.append("acme", [entry(3)], at=at, actor="nadia")[0].new, (
        "without personal data no key is asked"
    )
    monkeypatch.setenv("MAILDUTY_KEY", ONE)
    right = Ledger.open(ledger_url)
    assert list(right.personal(list(right.records("acme"))).values()) == [person(1)]
    assert [r.item_id for r in right.records("acme")] == ["item-1", "item-3"]


def test_two_machines_that_begin_with_two_keys_are_told(
    ledger: Ledger, ledger_url: str, entry: Make, person: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILDUTY_KEY", OTHER)
    second = Ledger.open(ledger_url)
    second.sealer()  # before anything was sealed, any key will do
    monkeypatch.setenv("MAILDUTY_KEY", ONE)
    ledger.append("acme", [entry(1, personal=person(1))], at=at, actor="nadia")
    with pytest.raises(MailDutyError) as refused:
        second.append("bolt", [entry(1, personal=person(1))], at=at, actor="omar")
    assert refused.value.code == "LEDGER_KEY_WRONG" and list(second.records("bolt")) == []


def test_a_new_key_takes_over_while_the_old_one_still_opens(
    ledger: Ledger, ledger_url: str, entry: Make, person: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.append("acme", [entry(1, personal=person(1))], at=at, actor="nadia")
    monkeypatch.setenv("MAILDUTY_KEY", f"{OTHER}, {ONE}")
    both = Ledger.open(ledger_url)
    assert not both.append("acme", [entry(1, personal=person(1))], at=at, actor="nadia")[0].new
    both.append("acme", [entry(2, personal=person(2))], at=at, actor="nadia")
    assert list(both.personal(list(both.records("acme"))).values()) == [person(1), person(2)]
    with both.reading() as connection:
        assert set(connection.execute(select(sealing_keys.c.mark)).scalars()) == set(both.sealer().marks())
    monkeypatch.setenv("MAILDUTY_KEY", OTHER)
    assert Ledger.open(ledger_url).append("acme", [entry(3, personal=person(3))], at=at, actor="nadia")[0].new


def test_without_a_key_one_is_made_for_its_owner_only_and_stays(
    ledger: Ledger, ledger_url: str, entry: Make, person: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAILDUTY_KEY")
    key = Path(os.environ["MAILDUTY_HOME"]) / "ledger.key"
    ledger.append("acme", [entry(2)], at=at, actor="nadia")
    assert not key.exists(), "nothing personal, no key"
    ledger.append("acme", [entry(1, personal=person(1))], at=at, actor="nadia")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600 and [f.name for f in key.parent.iterdir()] == [
        "ledger.key"
    ]
    again = Ledger.open(ledger_url)
    assert list(again.personal(list(again.records("acme"))).values()) == [person(1)]
    key.unlink()
    lost = Ledger.open(ledger_url)
    for attempt in (
        lambda: lost.append("acme", [entry(3, personal=person(3))], at=at, actor="nadia"),
        lambda: lost.personal(list(lost.records("acme"))),
    ):
        with pytest.raises(MailDutyError) as refused:
            attempt()
        assert refused.value.code == "LEDGER_KEY_MISSING" and not key.exists()


def test_many_processes_make_one_key(tmp_path: Path) -> None:
    code = "from serving.ledger.sealing import sealer; print(sealer(may_make=True).keys[0].decode())"
    command, where = [sys.executable, "-c", code], {**os.environ, "MAILDUTY_HOME": str(tmp_path / "new")}
    where.pop("MAILDUTY_KEY")
    running = [subprocess.Popen(command, env=where, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    made = {one.communicate(timeout=100)[0].strip() for one in running}
    assert made == {(tmp_path / "new" / "ledger.key").read_text().strip()}


def test_a_key_that_is_none_is_refused(
    ledger: Ledger, entry: Make, person: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILDUTY_KEY", "letmein")
    with pytest.raises(MailDutyError) as refused:
        ledger.append("acme", [entry(1, personal=person(1))], at=at, actor="nadia")
    assert refused.value.code == "LEDGER_KEY"


def test_the_key_is_shown_nowhere(ledger: Ledger) -> None:
    assert ONE not in repr(ledger.sealer()) and ONE not in "".join(ledger.sealer().marks())


def test_personal_data_put_under_another_record_is_noticed(
    ledger: Ledger, entry: Make, person: Any, at: datetime
) -> None:
    kept = ledger.append("acme", [entry(n, personal=person(n)) for n in (1, 2)], at=at, actor="nadia")
    first, second = (one.record_id for one in kept)
    with ledger.writing() as connection:
        sealed = connection.scalar(select(personal.c.sealed).where(personal.c.record_id == second))
        connection.execute(update(personal).where(personal.c.record_id == first), {"sealed": sealed})
    with pytest.raises(MailDutyError) as refused:
        ledger.personal(list(ledger.records("acme")))
    assert refused.value.code == "LEDGER_PERSONAL_CHANGED"
