"""One month end to end: three parties, a change of regime, corrections, returns. Nothing lost, nothing doubled."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from data.law import Law
from data.schedule import Schedule
from models.duty.calculator import assess_many
from models.duty.records import DutyAssessment
from models.duty.rounding import usd
from serving.assessor import Assessor
from serving.decisions.reviewing import review
from serving.ledger import OF_AN_ITEM, Ledger, Record
from serving.ledger.anchors import anchors
from serving.ledger.received import file_of
from serving.ledger.replay import replay_each
from serving.ledger.verify import verify
from serving.manifests.ingest import Work, receive
from serving.manifests.keeper import Keeper
from serving.manifests.tasks import put_back, take, task_of
from tests.serving.made_up_month import CARRIERS, SHARED, File, Line, Month, made_up_month

ITEMS = {
    "sqlite": 5_000,
    "postgresql": 600,
}  # the whole month on the default database, a part of it on the other
SWITCH = date(2026, 7, 24)
CHUNK = 100  # rows in a transaction; smaller than a file, so that a file can be broken off
MORE = Decimal("12.50")  # what a reviewer adds to a value


class Clock:
    """Noon of the day at hand, and a little later each time it is asked."""

    def __init__(self) -> None:
        self.now = datetime(2026, 7, 1, tzinfo=UTC)

    def on(self, day: date) -> None:
        self.now = max(self.now, datetime.combine(day, time(12), UTC))

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


def send(ledger: Ledger, assessor: Assessor, file: File, clock: Clock, broken_off: bool) -> dict[str, Any]:
    """A manifest taken in and worked off; ``broken_off`` once after its first chunk, to be taken up by another."""
    clock.on(file.day)
    name = f"{file.day}.csv"
    task = receive(ledger, file.carrier, file.content, name, {}, clock())
    taken = take(ledger, "one", clock())
    if taken is not None and broken_off:
        asked = iter((False, True))
        Work(ledger, assessor, "one", clock, stopping=lambda: next(asked), chunk=CHUNK).do(taken)
        put_back(ledger, taken, "one", clock())
        taken = take(ledger, "two", clock())
    if taken is not None:
        Work(ledger, assessor, "two" if broken_off else "one", clock, chunk=CHUNK).do(taken)
    done = task_of(ledger, file.carrier, task.task_id)
    assert (done.status, done.rows_done) == ("done", file.good + file.bad)
    return done.result


def reviewed(ledger: Ledger, assessor: Assessor, month: Month, clock: Clock) -> dict[str, Counter[str]]:
    """Each party's people correct, accept and send back some of what waits; the truth moves along."""
    done: dict[str, Counter[str]] = {}
    for party in CARRIERS:
        keeper, counts = Keeper(ledger, party, "reviewer", clock), Counter[str]()
        lines = [one for one in month.lines[party].values() if one.alone]
        for line in random.Random(party).sample(lines, len(lines) // 40):
            stands = ledger.current(party, {line.key})[line.key]
            priced = "error" not in (stands.body() or {})["assessment"]["duty"]
            decision = ("correct", "return", "accept" if priced else "hold")[counts.total() % 3]
            said = {"record_id": stands.record_id, "decision": decision, "reason": "papers", "reviewer": "r"}
            if decision == "correct":
                said["changes"] = {"value_usd": str(line.value + MORE)}
                month.lines[party][line.key] = replace(line, value=line.value + MORE)
            answer = review(assessor, keeper, said, lambda _, __: None)
            assert len(answer["records"]) == (decision == "correct")
            counts[decision] += 1
        done[party] = counts
    return done


def history(ledger: Ledger, party: str) -> dict[str, list[Record]]:
    """Item key -> its records, oldest first."""
    found: dict[str, list[Record]] = {}
    for record in ledger.records(party):
        if record.kind in OF_AN_ITEM:
            found.setdefault(record.item_key, []).append(record)
    return found


def assessed(records: list[Record]) -> dict[str, Any]:
    """The last assessment of an item."""
    return next(body for one in reversed(records) if "assessment" in (body := one.body() or {}))


def test_a_month_of_three_parties(ledger: Ledger, tmp_path: Any) -> None:
    assessor, clock = Assessor.shipped(), Clock()
    items = ITEMS[ledger.engine.dialect.name]
    month = made_up_month(items, assessor.schedule)
    results = [
        send(ledger, assessor, file, clock, broken_off=n % 5 == 1) for n, file in enumerate(month.files)
    ]
    length = {one.party: one.length for one in anchors(ledger, clock())}
    send(ledger, assessor, month.files[0], clock, broken_off=False)  # sent twice
    assert {one.party: one.length for one in anchors(ledger, clock())} == length
    taken = anchors(ledger, clock())
    decided = reviewed(ledger, assessor, month, clock)

    assert sum(len(lines) for lines in month.lines.values()) + _never_mended(month) == items
    assert sum(one["items"] for one in results) == sum(month.sent.values())
    assert sum(one["errors"] for one in results) == sum(month.bad.values()) > 0
    for party in CARRIERS:
        _every_item_once(history(ledger, party), month, party, decided[party])
        _every_cent_again(ledger, party)
        _as_the_law_says(history(ledger, party), month.lines[party], assessor.law, assessor.schedule)
    _apart(ledger, month)
    for file in month.files:
        kept = next(
            r for r in ledger.records(file.carrier, kinds=("manifest",)) if r.at[:10] == str(file.day)
        )
        assert file_of(ledger, file.carrier, kept.manifest_sha256 or "").content == file.content
    found = verify(ledger, anchors=taken)
    assert [(one.party, one.breaks) for one in found] == [(party, []) for party in CARRIERS]


def _never_mended(month: Month) -> int:
    return sum(month.bad[party] - month.mended[party] for party in CARRIERS)


def _every_item_once(found: dict[str, list[Record]], month: Month, party: str, decided: Counter[str]) -> None:
    """Each item is there with a whole chain of its own; no record is there that nobody can account for."""
    lines = month.lines[party]
    rows = {key: records for key, records in found.items() if records[0].kind == "rejected"}
    assert found.keys() - rows.keys() == lines.keys()
    assert len(rows) == month.bad[party]
    for key, records in found.items():
        before = [None, *(one.record_id for one in records[:-1])]
        assert [one.supersedes for one in records] == before, key
    kinds = Counter(one.kind for records in found.values() for one in records)
    assert kinds["assessment"] == month.sent[party], "one for each row sent, for each says something new"
    assert kinds["rejected"] == month.bad[party]
    assert kinds["review"] + kinds["return"] == decided.total() and kinds["return"] == decided["return"] > 0
    closed = sum(records[-1].kind == "correction" for records in rows.values())
    assert kinds["correction"] == decided["correct"] + closed and decided["correct"] > 0
    assert closed >= month.mended[party] > 0, "a row in error waits no longer once its parcel came again"


def _every_cent_again(ledger: Ledger, party: str) -> None:
    outcomes = Counter(one.outcome for one in replay_each(ledger, party, ledger.records(party)))
    assert not outcomes["differs"] and not outcomes["purged"] and outcomes["same"] > 0, outcomes


def _as_the_law_says(
    found: dict[str, list[Record]], lines: dict[str, Line], law: Law, schedule: Schedule
) -> None:
    """Duties held against the law asked directly, item by item; and the regime against the day."""
    plain = [line for line in lines.values() if line.alone and line.category == "sale_of_goods"]
    assert len(plain) > len(lines) / 3
    regimes: dict[bool, set[str]] = {True: set(), False: set()}
    for line, owed in zip(plain, assess_many([one.request() for one in plain], law, schedule), strict=True):
        said = assessed(found[line.key])["assessment"]
        assert said["entry_date"] == line.arrived.isoformat()
        if isinstance(owed, DutyAssessment):
            assert said["duty"]["duty_usd"] == usd(owed.duty), line
            regimes[line.arrived < SWITCH].add(said["duty"]["regime"])
        else:
            assert said["duty"]["error"]["code"] == owed.code, line
    assert all(len(names) == 1 for names in regimes.values()) and regimes[True] != regimes[False]


def _apart(ledger: Ledger, month: Month) -> None:
    """Nobody's item is in another's ledger; one number used by two is two items."""
    seen: dict[str, set[str]] = {
        party: {one.tracking_id for one in ledger.records(party) if one.tracking_id} for party in CARRIERS
    }
    assert seen["acme"] & seen["borealis"] == {SHARED} and not seen["corvid"] & (
        seen["acme"] | seen["borealis"]
    )
    for party in CARRIERS[:2]:
        (line,) = (one for one in month.lines[party].values() if one.tracking == SHARED)
        assert assessed(ledger.item(party, SHARED))["asked"]["value_usd"] == str(line.value)
    assert ledger.item("corvid", SHARED) == []
