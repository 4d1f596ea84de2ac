"""The curve of confidence thresholds: counted by hand, drawn, and the same acceptance as the service decides."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data.catalogue_generate import generate
from data.labelled import Labelled, labelled
from data.law import Law
from data.schedule import Schedule
from serving.asked import AskedItem
from serving.decisions.thresholds import Thresholds
from serving.risk.staking import least_confidence
from serving.suggestion.proposing import Proposer
from training import thresholds_hts
from training.evaluate_hts import duty_rate
from training.thresholds_hts import Answered, answered, curve, lines, same_duty, thresholds_command

DAY = date(2026, 9, 1)
LIMITS = Thresholds.shipped().code


def row(confidence: float, wrong: bool = False, cost: str | None = "0", same: bool = False) -> Answered:
    return Answered("6109100012", confidence, wrong, None if cost is None else Decimal(cost), same)


NONE = Answered(None, 0.0, False, None)


def test_a_curve_counts_what_is_accepted_and_what_of_it_is_wrong() -> None:
    rows = [row(0.9), row(0.8, wrong=True, cost="30"), row(0.8), row(0.5, wrong=True, cost=None), NONE]
    low, high, none = curve(rows, (0.5, 0.8, 0.95))
    assert (low.accepted.share, low.wrong.hits, low.wrong.n, low.duty_wrong) == (0.8, 2, 4, Decimal(10))
    assert (high.accepted.share, high.wrong.hits, high.wrong.n, high.duty_wrong) == (0.6, 1, 3, Decimal(10))
    assert (none.accepted.hits, none.wrong.n, none.duty_wrong) == (0, 0, None)
    assert none.as_json()["wrong"] is None


def test_a_number_that_cannot_be_defended_is_accepted_at_no_threshold() -> None:
    (point,) = curve([row(0.0), NONE], (0.0,))
    assert point.accepted.hits == 0


def test_more_confidence_never_accepts_more() -> None:
    shares = [p.accepted.share for p in curve([row(c / 100) for c in range(100)])]
    assert shares == sorted(shares, reverse=True)


def test_the_same_duty_is_counted_apart() -> None:
    point = same_duty([row(0.3, same=True), row(0.3, wrong=True, cost="8", same=True), row(0.9)])
    assert (point.accepted.hits, point.wrong.hits, point.duty_wrong) == (2, 1, Decimal(4))


def test_lines_have_every_threshold_and_say_where_none_is_accepted() -> None:
    said = lines("file", curve([row(0.9)], (0.5, 0.95)), same_duty([row(0.9)]), DAY, "CN")
    assert len(said) == 5 and "100.0%" in said[2] and "none accepted" in said[3] and "same duty" in said[4]


def test_it_measures_with_the_thresholds_that_ship() -> None:
    assert LIMITS.alternatives_from == thresholds_hts.ALTERNATIVES_FROM
    assert LIMITS.defended_from == thresholds_hts.DEFENDED_FROM
    assert LIMITS.accept_from in thresholds_hts.THRESHOLDS


@pytest.fixture(scope="module")
def rows(small_catalogue: Any) -> list[Labelled]:
    return [labelled(one) for one in generate(small_catalogue, 120, 7)]


def test_what_it_accepts_is_what_the_service_accepts(
    rows: Sequence[Labelled], small_model: Any, small_catalogue: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILDUTY_HTS_MODEL", str(small_model.artifact.folder))
    law, schedule = Law.load(), Schedule.load()
    proposer = Proposer(schedule, law)
    bare = [AskedItem(r.id, DAY, "asked", "mail", r.text, None, "CN", Decimal(1000)) for r in rows]
    asked = [Labelled(r.id, r.text, r.codes, value_usd=1000.0) for r in rows]
    from serving.suggestion.suggesting import suggester_on

    suggester = suggester_on(schedule, DAY)
    assert suggester is not None
    measured = answered(suggester, asked, duty_rate(law, schedule, DAY, "CN"), words_only=True)
    for threshold in (0.3, 0.6, 0.8):
        proposed = proposer.propose(bare, threshold)
        served = [
            one.code
            if one.reason == "HTS_SUGGESTED" and (least_confidence(one) or 0.0) >= threshold
            else None
            for one in proposed
        ]
        accepted = [m.code if m.code and m.confidence >= threshold else None for m in measured]
        assert served == accepted
        assert any(accepted) and not all(accepted), (
            "a threshold that accepts all or nothing would show nothing"
        )


def test_the_command_reads_measures_prints_and_draws(
    rows: Sequence[Labelled], small_model: Any, tmp_path: Path
) -> None:
    file = tmp_path / "rows.jsonl"
    some = [{"id": r.id, "description": r.text, "hts": next(iter(r.codes))} for r in rows[:30]]
    short = {"id": "short", "description": "acrylic earrings", "hts": "711719"}
    file.write_text("\n".join(json.dumps(one) for one in [*some, short]))
    said: list[str] = []
    folder = small_model.artifact.folder
    found = thresholds_command([file], folder, DAY, words_only=True, as_json=True, say=said.append)
    body = json.loads(said[0])["rows"]
    assert body["rows"] == 30  # six digits cannot say whether ten are right
    assert [point["threshold"] for point in body["curve"]] == [point.threshold for point in found["rows"]]
    assert body["same_duty"]["rows_accepted"] <= 30

    pytest.importorskip("matplotlib", reason="the picture wants the train extra")
    thresholds_command([file], folder, DAY, plot=tmp_path / "curve.png", say=said.append)
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")
    assert any("same duty" in line for line in said[1:])
