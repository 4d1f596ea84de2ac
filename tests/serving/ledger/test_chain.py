"""What must hold for any order of appends: an unbroken chain, and projections that follow from it."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from serving.ledger import Entry, Ledger, OpenException
from serving.ledger.projecting import projected

JUDGING = ("assessment", "review", "correction", "return", "rejected")
numbers = itertools.count()

open_codes = st.lists(st.sampled_from(["E03", "E04", "E06"]), unique=True, max_size=2).map(tuple)
entries = st.builds(
    lambda kind, key, said, decision, codes, who: Entry(
        kind,
        {"said": said},
        key,
        tracking_id=key.partition("|")[0],
        decision=decision,
        exceptions=tuple(OpenException(code, "DESCRIPTION_VAGUE", "vague") for code in codes),
        personal={"sender": {"name": who}} if who else None,
    ),
    st.sampled_from([*JUDGING, "assessment", "assessment", "legal_hold"]),
    st.sampled_from(["", "A|1", "A|2", "|3"]),
    st.integers(0, 2),
    st.sampled_from(["accept", "hold"]),
    open_codes,
    st.sampled_from(["", "", "Ada", "Grace"]),
)
calls = st.lists(st.lists(entries, max_size=5), min_size=1, max_size=6)


@dataclass
class Expected:
    """A ledger of one party, as simply as it can be said."""

    written: list[Entry] = field(default_factory=list)
    open_since: dict[tuple[str, str], int] = field(default_factory=dict)

    def take(self, entry: Entry, call: int) -> bool:
        """Whether the entry is news."""
        about = [e for e in self.written if e.item_key == entry.item_key and e.kind in JUDGING]
        if not entry.item_key or entry.kind not in JUDGING:
            self.written.append(entry)
            return True
        if entry.kind in ("assessment", "rejected"):
            about = [e for e in about if e.kind == entry.kind]
        if about and self._same(about[-1], entry):
            return False
        self.written.append(entry)
        named = {one.code for one in entry.exceptions}
        for key, code in list(self.open_since):
            if key == entry.item_key and code not in named:
                del self.open_since[key, code]
        for code in named:
            self.open_since.setdefault((entry.item_key, code), call)
        return True

    def _same(self, last: Entry, entry: Entry) -> bool:
        return (
            (last.kind, last.body, last.decision, last.exceptions)
            == (entry.kind, entry.body, entry.decision, entry.exceptions)
        ) and (entry.personal is None or entry.personal == last.personal)

    def current(self) -> dict[str, Entry]:
        return {e.item_key: e for e in self.written if e.item_key and e.kind in JUDGING}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=calls)
def test_any_appends_make_one_chain_and_what_follows_from_it(
    ledger: Ledger, chain_holds: Any, calls: list[list[Entry]]
) -> None:
    party, expected = f"party-{next(numbers)}", Expected()
    begun = datetime(2026, 10, 5, tzinfo=UTC)
    times = [(begun + timedelta(minutes=n)).isoformat(timespec="microseconds") for n in range(len(calls))]
    for n, call in enumerate(calls):
        kept = ledger.append(party, call, at=begun + timedelta(minutes=n), actor="nadia")
        assert [one.new for one in kept] == [expected.take(entry, n) for entry in call]
    found = list(ledger.records(party))
    assert chain_holds(found) == len(expected.written)
    assert [(r.kind, r.item_key, r.body(), r.decision, r.exceptions) for r in found] == [
        (e.kind, e.item_key, e.body, e.decision, e.exceptions) for e in expected.written
    ]
    now = ledger.current(party, {"A|1", "A|2", "|3"})
    assert {k: r.body() for k, r in now.items()} == {k: e.body for k, e in expected.current().items()}
    waiting = {(w.item_key, w.code): w.opened_at for w in ledger.open_exceptions(party)}
    assert waiting == {where: times[n] for where, n in expected.open_since.items()}
    followed = projected(found)
    assert {k: row["record_id"] for k, row in followed.current.items()} == {
        k: r.record_id for k, r in now.items()
    }
    assert waiting == {
        (key, code): row["opened_at"]
        for key, codes in followed.exceptions.items()
        for code, row in codes.items()
    }


def test_each_record_names_the_one_it_supersedes(
    ledger: Ledger, entry: Callable[..., Entry], at: datetime
) -> None:
    said = [entry(1, decision=d) for d in ("hold", "review", "accept")]
    kept = ledger.append("acme", said, at=at, actor="nadia")
    assert [r.supersedes for r in ledger.item("acme", "item-1")] == [
        None, kept[0].record_id, kept[1].record_id,
    ]  # fmt: skip


NEVER = [
    "UPDATE records SET actor = 'mallory' WHERE seq = 1",
    "UPDATE records SET body = :other WHERE seq = 1",
    "UPDATE records SET body = NULL, reason = 'purged' WHERE seq = 1",
    "UPDATE records SET body_sha256 = '' WHERE seq = 1",
    "UPDATE records SET supersedes = 'x' WHERE seq = 1",
    "DELETE FROM records WHERE seq = 2",
    "DELETE FROM records",
]


@pytest.mark.parametrize("statement", NEVER)
def test_the_database_itself_refuses_to_change_a_record(
    ledger: Ledger, entry: Callable[..., Entry], at: datetime, chain_holds: Any, statement: str
) -> None:
    ledger.append("acme", [entry(1), entry(2)], at=at, actor="nadia")
    with pytest.raises(Exception, match="record of the ledger is never"), ledger.writing() as connection:
        connection.execute(text(statement), {"other": b"{}"} if ":other" in statement else {})
    assert chain_holds(ledger.records("acme")) == 2


def test_a_record_cannot_be_replaced_or_the_table_emptied(
    ledger: Ledger, entry: Callable[..., Entry], at: datetime, chain_holds: Any
) -> None:
    ledger.append("acme", [entry(1), entry(2)], at=at, actor="nadia")
    if ledger.engine.dialect.name == "sqlite":
        columns = "party, seq, kind, item_key, item_id, tracking_id, at, reason, body_sha256, prev_hash, hash"
        statements = [
            f"INSERT OR REPLACE INTO records (record_id, actor, {columns}) "
            f"SELECT {one}, 'mallory', {columns} FROM records WHERE seq = 1"
            for one in ("record_id", "'another'")
        ]
    else:
        statements = ["TRUNCATE records CASCADE"]
    for statement in statements:
        with pytest.raises(Exception, match="record of the ledger is never"), ledger.writing() as connection:
            connection.execute(text(statement))
    assert chain_holds(ledger.records("acme")) == 2


def test_a_body_may_go_and_the_chain_still_holds(
    ledger: Ledger, entry: Callable[..., Entry], at: datetime, chain_holds: Any
) -> None:
    ledger.append("acme", [entry(1), entry(2)], at=at, actor="nadia")
    with ledger.writing() as connection:
        connection.execute(text("UPDATE records SET body = NULL WHERE seq = 1"))
    purged, other = ledger.records("acme")
    assert purged.body() is None and purged.exceptions == () and other.body() == entry(2).body
    assert chain_holds([purged, other]) == 2
    with pytest.raises(Exception, match="record of the ledger is never"), ledger.writing() as connection:
        connection.execute(text("UPDATE records SET body = :made_up WHERE seq = 1"), {"made_up": b"{}"})
