"""Whatever is changed behind the ledger's back is found, on both databases."""

import hashlib
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from data.errors import MailDutyError
from data.law import Law
from data.schedule import Schedule
from data.schedule_table import write_table
from serving.ledger import Entry, Ledger, OpenException
from serving.ledger.anchors import anchors, read_anchors
from serving.ledger.artefacts import standing
from serving.ledger.received import keep_file, sealed_file
from serving.ledger.tables import metadata, records
from serving.ledger.verify import verify
from serving.manifests.keeping import manifest_entry
from serving.parties import set_thresholds
from serving.web.keys import add_key, revoke_key
from tests.serving.ledger.tampering import Tamperer

FILE = b"tracking,description\nPARCEL000001,cotton shirt\n"
SHA = hashlib.sha256(FILE).hexdigest()
VAGUE = OpenException("E03", "DESCRIPTION_VAGUE", "'gift' names no goods")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Law, Schedule]:
    """A law and a tariff of a line each: they are read again at every verification."""
    folder = tmp_path_factory.mktemp("tariff")
    contents = {
        "first_day": "2026-01-01",
        "last_verified": "2026-02-01",
        "revisions": [{"effective_date": "2026-01-01", "revision": "2026_rev_1"}],
    }
    write_table(
        folder, [("0101", "No.", "Free", "", "", "", "2026-01-01", "", "2026_rev_1", "export")], contents
    )
    law = Law.load()
    return Law.of_files({"verified": law.files["verified"]}), Schedule.load(folder)


@pytest.fixture
def filled(
    ledger: Ledger, entry: Callable[..., Entry], person: Any, at: datetime, small: tuple[Law, Schedule]
) -> Ledger:
    """Three parties; items with people, an open exception that a review leaves open, a rejected row, a file, keys."""
    basis = standing(ledger.engine, *small).as_json()
    body = {"received": {}, "basis": {**basis, "request": None, "parcel": None}}
    with ledger.writing() as connection:
        keep_file(connection, "acme", sealed_file(ledger, FILE, "oct.csv"), at)
        manifest = manifest_entry({"source_name": "oct.csv"}, SHA)
        ledger.add(connection, "acme", [manifest], at=at, actor="nadia")
    ledger.append(
        "acme",
        [
            entry(1, personal=person(1), manifest_sha256=SHA, exceptions=(VAGUE,)),
            entry(2, personal=person(2), manifest_sha256=SHA, body=body),
            entry(3, kind="rejected", decision="", route="", reason="ROW_FIELD"),
        ],
        at=at,
        actor="nadia",
    )
    ledger.append(
        "acme", [entry(1, kind="review", exceptions=(VAGUE,))], at=at + timedelta(days=1), actor="omar"
    )
    ledger.append("other", [entry(1), entry(4, personal=person(4))], at=at, actor="omar")
    add_key(ledger, "third", ["read"], at, "omar")
    key = add_key(ledger, "third", ["read", "review"], at, "omar")
    revoke_key(ledger, key.split("_")[1], at, "omar")
    set_thresholds(ledger, "third", {"risk": {"review_from": 0.25}}, at, "omar")
    return ledger


def breaks(ledger: Ledger, **how: Any) -> list[str]:
    return [f"{one.party} {said}" for one in verify(ledger, **how) for said in one.breaks]


def test_what_was_written_holds(filled: Ledger) -> None:
    found = verify(filled)
    assert [(one.party, one.records, one.good, one.notes) for one in found] == [
        ("acme", 5, True, []),
        ("other", 2, True, []),
        ("third", 4, True, []),
    ]
    with pytest.raises(MailDutyError) as caught:
        verify(filled, "nobody")
    assert caught.value.code == "LEDGER_PARTY_UNKNOWN"


def test_the_first_broken_link_is_named(filled: Ledger) -> None:
    hand = Tamperer(filled)
    names = dict(hand.do("SELECT seq, record_id FROM records WHERE party = 'acme'"))
    hand.do("UPDATE records SET reason = 'none' WHERE party = 'acme' AND seq IN (3, 4)")
    (first, *_) = next(one for one in verify(filled) if one.party == "acme").breaks
    assert (first.seq, first.record_id) == (3, names[3]) and "header" in first.said


@pytest.mark.parametrize("seed", [1, 2])
def test_any_change_to_any_column_of_any_record_is_found(filled: Ledger, seed: int) -> None:
    """In every column of three records a bit is turned somewhere, or the column emptied; then it is put right."""
    hand, draw = Tamperer(filled), random.Random(seed)
    with filled.engine.connect() as connection:
        rows = connection.execute(select(records).order_by(records.c.party, records.c.seq)).mappings().all()
    for column in rows[0]:
        for row in draw.sample(rows, 3):
            new = _changed(row[column], hand.sqlite, draw)
            name = row["record_id"]
            put = f"UPDATE records SET {column} = {_as_text(new, hand)} WHERE record_id = ?"
            hand.do(put, _stored(new), name)
            found = breaks(filled)
            name = new if column == "record_id" else name
            put_back = f"UPDATE records SET {column} = ? WHERE record_id = {_as_text(name, hand)}"
            hand.do(put_back, row[column], _stored(name))
            assert found, (column, row[column], new)
    assert not breaks(filled)


def _changed(value: Any, sqlite: bool, draw: random.Random) -> Any:
    """Another value of the same column: a bit turned (in SQLite also into bytes that are no text), or nothing."""
    if value is None:
        return "x"
    if isinstance(value, int):
        return value ^ (1 << draw.randrange(3, 40))  # no number that another record has
    raw = bytearray(value if isinstance(value, bytes) else value.encode())
    if not raw:
        return "x"
    at = draw.randrange(len(raw))
    if isinstance(value, bytes):
        if draw.random() < 0.2:
            return None
        raw[at] ^= 1 << draw.randrange(8)
        return bytes(raw)
    raw[at] ^= 1 << draw.randrange(8 if sqlite else 5)
    if sqlite:
        return bytearray(raw)  # text, whatever its bytes are
    return raw.decode("utf-8", "replace").replace("\0", "0")


def _as_text(new: Any, hand: Tamperer) -> str:
    return "CAST(? AS TEXT)" if hand.sqlite and isinstance(new, bytearray) else "?"


def _stored(new: Any) -> Any:
    return bytes(new) if isinstance(new, bytearray) else new


DONE = {
    "a record deleted": "DELETE FROM records WHERE party = 'acme' AND seq = 3",
    "the first record deleted": "DELETE FROM records WHERE party = 'acme' AND seq = 1",
    "the last record deleted": "DELETE FROM records WHERE party = 'acme' AND seq = 5",
    "all records of a party deleted": "DELETE FROM records WHERE party = 'other'",
    "a record inserted at the end": """INSERT INTO records SELECT 'f' || record_id, party, 6, kind, item_key, item_id,
        tracking_id, supersedes, entered_on, at, actor, reason, manifest_sha256, body_sha256, personal_mark, prev_hash,
        hash, body FROM records WHERE party = 'acme' AND seq = 5""",
    "the head changed": "UPDATE chains SET head = 'f' || substr(head, 2) WHERE party = 'acme'",
    "the length changed": "UPDATE chains SET length = 4 WHERE party = 'acme'",
    "a chain deleted": "DELETE FROM chains WHERE party = 'other'",
    "a party deleted": "DELETE FROM parties WHERE party = 'other'",
    "a body emptied without a purge": "UPDATE records SET body = NULL WHERE party = 'acme' AND seq = 4",
    "sealed data deleted without an erasure": "DELETE FROM personal",
    "sealed data of another record": "UPDATE personal SET sealed = (SELECT sealed FROM personal LIMIT 1)",
    "the index of people changed": "UPDATE subjects SET subject = 'f' || subject",
    "a person taken out of the index": "DELETE FROM subjects WHERE subject = (SELECT min(subject) FROM subjects)",
    "the file deleted": "DELETE FROM files",
    "the file renamed": "UPDATE files SET name = 'nov.csv'",
    "the file resized": "UPDATE files SET size = size + 1",
    "a file of no manifest": """INSERT INTO files SELECT 'other', sha256, name, size, sealed, received_at
        FROM files WHERE party = 'acme'""",
    "the law gone": "DELETE FROM artefacts WHERE kind = 'law'",
    "the tariff renamed": "UPDATE artefacts SET name = 'x' WHERE kind = 'schedule'",
    "law for tariff": "UPDATE artefacts SET kind = 'law'",
    "an item accepted": "UPDATE current SET decision = 'hold' WHERE party = 'other'",
    "an item sent another way": "UPDATE current SET route = 'exempt' WHERE party = 'acme'",
    "an earlier record made current": """UPDATE current SET record_id = (SELECT record_id FROM records
        WHERE party = 'acme' AND seq = 2) WHERE party = 'acme' AND item_key = 'PARCEL000001|item-1'""",
    "an item no longer current": "DELETE FROM current WHERE party = 'other' AND item_key LIKE '%4'",
    "an item that never was": """INSERT INTO current SELECT party, 'x' || item_key, record_id, decision, route, at
        FROM current WHERE party = 'other'""",
    "a key that may do more": "UPDATE keys SET scopes = 'read assess review file'",
    "a revoked key that opens again": "UPDATE keys SET revoked_at = NULL",
    "a key of somebody else's": "UPDATE keys SET digest = 'f' || substr(digest, 2)",
    "a key that nobody added": """INSERT INTO keys SELECT 'x' || key_id, party, 'x' || digest, scopes, created_at,
        revoked_at FROM keys""",
    "thresholds that nobody set": "UPDATE parties SET settings = '{}'",
    "an exception closed": "DELETE FROM exceptions",
    "an exception opened later": "UPDATE exceptions SET opened_at = at FROM current WHERE "
    "exceptions.item_key = current.item_key AND exceptions.party = current.party",
    "an exception of another sentence": "UPDATE exceptions SET message = 'x'",
    "an exception that never was": """INSERT INTO exceptions SELECT 'other', item_key, code, reason, message,
        record_id, opened_at FROM exceptions""",
}  # fmt: skip


@pytest.mark.parametrize("done", DONE)
def test_it_is_found(filled: Ledger, done: str) -> None:
    Tamperer(filled).do(DONE[done])
    assert breaks(filled), done


@pytest.mark.parametrize("table", ["personal", "files", "artefacts"])
@pytest.mark.parametrize("where", [0, 0.5, 1])
def test_a_byte_of_anything_kept_beside_the_chain_is_found(filled: Ledger, table: str, where: float) -> None:
    hand = Tamperer(filled)
    column = "content" if table == "artefacts" else "sealed"
    key = [column.name for column in metadata.tables[table].primary_key]
    *key_values, content = hand_bytes(filled, table, [*key, column])
    place = round(where * (len(content) - 1))
    # the last four bytes of gzip count its bytes: any change there is one that reading notices
    changed = bytearray(content)
    changed[place] ^= 4
    keyed = " AND ".join(f"{name} = ?" for name in key)
    hand.do(f"UPDATE {table} SET {column} = ? WHERE {keyed}", bytes(changed), *key_values)
    assert breaks(filled), (table, place)


def hand_bytes(ledger: Ledger, table: str, columns: list[str]) -> list[Any]:
    with ledger.engine.connect() as connection:
        return list(connection.execute(select(*(metadata.tables[table].c[name] for name in columns))).first())


def test_two_records_that_changed_places_are_found(filled: Ledger) -> None:
    hand = Tamperer(filled)
    for new, old in ((99, 2), (2, 3), (3, 99)):
        hand.do("UPDATE records SET seq = ? WHERE party = 'acme' AND seq = ?", new, old)
    first = next(one for one in verify(filled) if one.party == "acme").breaks[0]
    assert first.seq == 2


def test_an_anchor_shows_an_end_cut_off_together_with_the_head(
    filled: Ledger, at: datetime, tmp_path: Path
) -> None:
    taken = anchors(filled, at)
    assert [(one.party, one.length) for one in taken] == [
        ("acme", 5),
        ("other", 2),
        ("third", 4),
    ]
    file = tmp_path / "anchor.jsonl"
    file.write_text("".join(one.line() + "\n" for one in taken))
    assert read_anchors(file) == taken
    assert not breaks(filled, anchors=taken)

    hand = Tamperer(filled)
    hand.do("DELETE FROM exceptions WHERE party = 'other'")
    hand.do("DELETE FROM current WHERE party = 'other' AND item_key LIKE '%4'")
    for table in ("personal", "subjects"):
        hand.do(
            f"DELETE FROM {table} WHERE record_id IN (SELECT record_id FROM records WHERE party = 'other')"
        )
    hand.do("DELETE FROM records WHERE party = 'other' AND seq = 2")
    hand.do("UPDATE chains SET length = 1, head = (SELECT hash FROM records WHERE party = 'other') "
            "WHERE party = 'other'")  # fmt: skip
    assert not breaks(filled), "the chain itself holds"
    (said,) = breaks(filled, anchors=taken)
    assert said.startswith("other the anchor of 2026-10-05") and said.endswith("the chain was cut")

    hand.do("DELETE FROM chains WHERE party = 'other'")
    hand.do("DELETE FROM parties WHERE party = 'other'")
    hand.do("DELETE FROM current WHERE party = 'other'")
    hand.do("DELETE FROM records WHERE party = 'other'")
    assert not breaks(filled), "nothing of the party is left"
    assert any("cut" in one for one in breaks(filled, anchors=taken))


def test_an_anchor_shows_a_chain_built_anew(
    filled: Ledger, entry: Callable[..., Entry], at: datetime, tmp_path: Path
) -> None:
    taken = anchors(filled, at, "other")
    other = Ledger.open(f"sqlite:///{tmp_path / 'anew.db'}")
    other.append("other", [entry(1, decision="hold"), entry(4)], at=at, actor="omar")
    assert not breaks(other)
    assert [said for said in breaks(other, anchors=taken) if "anchor" in said]
    other.close()


def test_a_file_that_holds_no_anchors_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_text('{"party": "x"}\n')
    for file in (tmp_path / "a", tmp_path / "none"):
        with pytest.raises(MailDutyError) as caught:
            read_anchors(file)
        assert caught.value.code == "LEDGER_ANCHOR"


def test_without_the_key_the_chain_is_verified_and_the_rest_is_said(
    filled: Ledger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MAILDUTY_HOME", str(tmp_path / "elsewhere"))
    blind = Ledger(filled.engine)
    found = verify(blind, "acme")[0]
    assert found.good and found.records == 5
    assert len(found.notes) == 1 and "not looked into" in found.notes[0]
