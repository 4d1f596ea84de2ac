"""A duty is computed again from its record to the cent, whatever law is shipped by then."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest

from data.errors import MailDutyError
from data.law import Law
from data.schedule import Schedule
from models.duty.records import DutyAssessment
from models.risk.standin import StandInScorer
from serving import versions
from serving.asked import AskedItem
from serving.assessor import Assessment, Assessor
from serving.bench.made_up import made_up
from serving.ledger import Ledger
from serving.ledger.artefacts import law_of, schedule_of, standing
from serving.ledger.chain import HEADER, canonical, digest, link
from serving.ledger.comparing import Replay
from serving.ledger.replay import replay, replay_each
from serving.manifests.keeping import assessed_entries
from serving.suggestion.proposing import Proposer
from tests.serving.ledger.tampering import Tamperer

ON = date(2026, 9, 1)
SHIRT = {"hts": "6109.10.00.12", "origin": "BD", "value_usd": "24.00", "facts": {"net_kg": Decimal("0.42")}}


class NoModel(StandInScorer):
    """Rates by the plain rules alone: the risk is not what is computed again."""

    def rate(self, items: Any, facts: Any, *_: Any, **__: Any) -> Any:
        return self.score(facts)


def assessor(law: Law | None = None) -> Assessor:
    law, schedule = law or Law.load(), Schedule.load()
    rater: Any = NoModel()
    return Assessor(schedule, law, Proposer(schedule, law), rater)


def item(identifier: str, parcel: str | None = None, on: date = ON, **said: Any) -> AskedItem:
    said = {**SHIRT, **said}
    value = said["value_usd"]
    return AskedItem(
        id=identifier,
        day=on,
        day_from="asked",
        channel=said.get("channel", "mail"),
        description="cotton T-shirt, knitted",
        hts_declared=said["hts"],
        origin=said["origin"],
        value_usd=None if value is None else Decimal(value),
        facts=said["facts"],
        parcel=parcel,
        received={"id": identifier, "description": "cotton T-shirt, knitted"},
    )


PARCELS = [
    item("alone"),
    item("alone in a parcel", "P1"),
    # two lines, over the gift limit only together
    item("gift 1", "P2", value_usd="60.00", facts={"gift": True}),
    item("gift 2", "P2", value_usd="70.00", facts={"gift": True}, origin="VN"),
    # over the limit of mail only together
    item("dear 1", "P3", value_usd="1400"),
    item("dear 2", "P3", value_usd="1400"),
    # a sum once per package, under the order of 2025
    item("first", "P4", on=date(2025, 10, 1), facts={"method": "specific"}),
    item("second", "P4", on=date(2025, 10, 1), facts={"method": "specific"}, origin="CN"),
    item("no value", "P2b", value_usd=None),
    item("no such number", hts="6109.10.00.99"),
    item("formal", channel="formal", value_usd="3100.50"),
]


def kept(ledger: Ledger, desk: Assessor, asked: Sequence[AskedItem], at: datetime) -> list[Assessment]:
    done = desk.assess(asked)
    basis = standing(ledger.engine, desk.law, desk.schedule)
    ledger.append("acme", assessed_entries(done, basis), at=at, actor="test")
    return done


def replayed(ledger: Ledger) -> list[Replay]:
    return list(replay_each(ledger, "acme", ledger.records("acme")))


def changed_law() -> Law:
    """The law with another rate for shirts of Bangladesh and another gift limit, as a later release might ship it."""
    files = dict(Law.load().files)
    rates = files["section_301_forced_labor/rates"]
    files["section_301_forced_labor/rates"] = rates.replace(b'"BD", rate: 10,', b'"BD", rate: 35,')
    assert files["section_301_forced_labor/rates"] != rates
    files["limits/gift_usd"] = files["limits/gift_usd"].replace(b"value: 100", b"value: 200")
    return Law.of_files(files)


def test_every_duty_is_computed_again_to_the_cent(ledger: Ledger, at: datetime) -> None:
    done = kept(ledger, assessor(), PARCELS, at)
    found = {one.item_key.split("|")[1]: one for one in replayed(ledger)}
    assert Counter(one.outcome for one in found.values()) == {"same": 10, "unpriced": 1}
    assert found["no value"].outcome == "unpriced"
    for one in done:
        if isinstance(one.duty, DutyAssessment):
            again = found[one.asked.id]
            assert sum(Decimal(line.again or 0) for line in again.lines) * 100 == one.duty.duty
            assert all(line.recorded == line.again for line in again.lines)
    assert found["second"].duty == ("0.00", "0.00") and found["first"].duty[0] != "0.00"
    one = ledger.item("acme", "alone")[0]
    assert replay(ledger, "acme", one.record_id) == found["alone"]


def test_the_mix_of_all_regimes_is_computed_again(ledger: Ledger, at: datetime) -> None:
    desk = assessor()
    asked = [
        item(
            one.id,
            f"P{number // 2}" if number % 3 else None,
            one.entry_date,
            hts=one.hts or "",
            origin=one.origin,
            value_usd=str(one.value_usd),
            facts=one.facts,
            channel=one.channel,
        )
        for number, one in enumerate(made_up(600, desk.schedule, seed=11))
    ]
    kept(ledger, desk, asked, at)
    found = replayed(ledger)
    assert Counter(one.outcome for one in found) == {"same": 600}, [one for one in found if one.said][:3]


def test_an_old_record_keeps_its_cents_when_the_law_changes(ledger: Ledger, at: datetime) -> None:
    old, new = assessor(), assessor(changed_law())
    assert old.law.version != new.law.version
    before = kept(ledger, old, PARCELS, at)
    after = kept(ledger, new, PARCELS, at)
    moved = [
        one.asked.id
        for one, two in zip(before, after, strict=True)
        if isinstance(one.duty, DutyAssessment) and one.duty.duty != getattr(two.duty, "duty", None)
    ]
    assert {"alone", "gift 1", "gift 2"} <= set(moved)
    found = replayed(ledger)
    assert len(found) == 22 and Counter(one.outcome for one in found) == {"same": 20, "unpriced": 2}
    laws = {one.versions["law"] for one in found if one.versions}
    assert laws == {old.law.version, new.law.version}
    first, second = (one for one in found if one.item_key == "|alone")
    assert first.duty != second.duty


def test_the_archive_gives_back_law_and_tariff(ledger: Ledger) -> None:
    law, schedule = changed_law(), Schedule.load()
    held = standing(ledger.engine, law, schedule)
    assert standing(ledger.engine, law, schedule) == held
    assert law_of(ledger.engine, held.law).version == law.version
    assert schedule_of(ledger.engine, held.schedule).lines() == schedule.lines()
    for wrong in (held.schedule[::-1], "f" * 64):
        with pytest.raises(MailDutyError) as caught:
            law_of(ledger.engine, wrong)
        assert caught.value.code == "ARCHIVE_MISSING"
    with pytest.raises(MailDutyError) as caught:
        standing(ledger.engine, Law({}, "x"), schedule)
    assert caught.value.code == "ARCHIVE_NO_TEXT"


def test_a_changed_amount_is_found_even_in_a_chain_that_was_made_to_hold(
    ledger: Ledger, at: datetime
) -> None:
    kept(ledger, assessor(), PARCELS, at)
    record = ledger.item("acme", "alone")[0]
    assert record.content is not None
    said = orjson.loads(record.content)
    duty = said["body"]["assessment"]["duty"]
    old = duty["lines"][0]["amount_usd"]
    duty["lines"][0]["amount_usd"] = "0.01"
    duty["duty_usd"] = "0.01"
    forged = canonical(said)

    hand = Tamperer(ledger)
    hand.do("UPDATE records SET body = ? WHERE record_id = ?", forged, record.record_id)
    found = replay(ledger, "acme", record.record_id)
    assert found.outcome == "differs" and "chain" in found.said[0]

    header = {name: getattr(record, name) for name in HEADER} | {"body_sha256": digest(forged)}
    hand.do(
        "UPDATE records SET body_sha256 = ?, hash = ? WHERE record_id = ?",
        header["body_sha256"], link(header), record.record_id,
    )  # fmt: skip
    found = replay(ledger, "acme", record.record_id)
    assert found.outcome == "differs" and not found.good
    (line, *_) = [line for line in found.lines if line.recorded != line.again]
    assert (line.recorded, line.again) == ("0.01", old)
    assert any(said.startswith("duty_usd was 0.01, is ") for said in found.said)


def test_what_the_parcel_asked_cannot_be_changed_for_a_mate(ledger: Ledger, at: datetime) -> None:
    kept(ledger, assessor(), PARCELS, at)
    first, second = ledger.item("acme", "P2")
    said = orjson.loads(first.content or b"")
    said["body"]["basis"]["parcel"]["requests"][1]["value_usd"] = "1.00"
    forged = canonical(said)
    header = {name: getattr(first, name) for name in HEADER} | {"body_sha256": digest(forged)}
    Tamperer(ledger).do(
        "UPDATE records SET body = ?, body_sha256 = ?, hash = ? WHERE record_id = ?",
        forged, header["body_sha256"], link(header), first.record_id,
    )  # fmt: skip
    assert replay(ledger, "acme", second.record_id).outcome == "differs"


def test_other_code_is_said(ledger: Ledger, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(ledger, assessor(), PARCELS[:1], at)
    ran = versions.code_version()
    monkeypatch.setattr("serving.ledger.comparing.code_version", lambda: "9.9.9+src.000000000000")
    (found,) = replayed(ledger)
    assert found.outcome == "same"
    assert found.said == (f"computed with other code: recorded {ran}, now 9.9.9+src.000000000000",)


def test_a_correction_of_one_line_keeps_the_duty_of_the_others(ledger: Ledger, at: datetime) -> None:
    desk = assessor()
    kept(ledger, desk, PARCELS, at)
    kept(ledger, desk, [PARCELS[2], replace(PARCELS[3], value_usd=Decimal("20.00"))], at)
    found = [one for one in replayed(ledger) if one.item_key.startswith("P2|")]
    assert [one.outcome for one in found] == ["same"] * 4
    assert [one.duty[0] for one in found][2:] == ["0.00", "0.00"] != [one.duty[0] for one in found][:2]


def test_a_record_that_is_not_there_is_an_error(ledger: Ledger) -> None:
    with pytest.raises(MailDutyError) as caught:
        replay(ledger, "acme", "nowhere")
    assert caught.value.code == "LEDGER_RECORD_UNKNOWN"
