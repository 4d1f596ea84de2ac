"""The shipped model: what its card claims holds the gates of the settings, and it answers beside any suggester."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data.parcel_typologies import TYPOLOGIES
from models.artifact import SHIPPED, load
from serving.risk.risk_desk import RiskDesk
from training.evaluate_risk import settings

DAY = date(2026, 9, 1)
CARD = (SHIPPED / "risk" / "card.md").read_text(encoding="utf-8")
EARRINGS = {
    "id": "e", "posted_on": "2026-08-28", "description": "acrylic drop earrings for women", "origin": "CN",
    "value_usd": 12.0, "quantity": 1, "weight_kg": 0.04, "sender": {"name": "Rolen Trading", "country": "CN"},
}  # fmt: skip


def rows() -> dict[str, list[float]]:
    """The card's table: name -> recall, that of the rules, precision, that of the rules, AUC, calibration error."""
    found = {}
    for line in CARD.splitlines():
        cells = [c.strip() for c in line.strip("|").split("|")]
        if len(cells) == 8 and cells[1].endswith("%"):
            found[cells[0]] = [float(c) for c in cells[2:]]
    return found


def test_the_card_is_of_the_shipped_model_and_its_figures_hold_the_gates() -> None:
    gates, held = settings()["parcels"]["gates"], rows()
    assert f"# Risk score {load(SHIPPED / 'risk').version}\n" in CARD
    assert set(held) >= {*TYPOLOGIES, "overall", "misclassification, no suggester"}
    for name in TYPOLOGIES:
        recall, by_rules, precision, precision_by_rules, _, error = held[name]
        assert recall > by_rules and precision >= precision_by_rules, name
        assert error < gates["calibration_error"] == 0.03
    assert held["overall"][5] < 0.03
    shuffled = re.search(r"All labels shuffled .*: AUC ([\d.]+)", CARD)
    assert shuffled and abs(float(shuffled[1]) - 0.5) <= gates["shuffled_auc"] == 0.02
    assert "Hard negatives among the 5% opened: all " in CARD


@pytest.fixture
def suggester(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder: Path = request.getfixturevalue("small_model").artifact.folder
    monkeypatch.setenv("MAILDUTY_HTS_MODEL", str(folder))
    return folder


def scored(**changes: Any) -> dict[str, Any]:
    return RiskDesk.shipped(DAY).score([{**EARRINGS, **changes}], DAY)[0]


def test_another_suggester_than_the_one_it_learned_with_is_listened_to(suggester: Path) -> None:
    assert load(suggester).version not in CARD
    wrong, right = scored(hts="8504409550"), scored(hts="7117907500")
    said = {r["code"]: r["sentence"] for r in wrong["reasons"]}
    assert (
        "8504.40.95.50" in said["DESCRIPTION_CODE_MISMATCH"] and "7117" in said["DESCRIPTION_CODE_MISMATCH"]
    )
    assert "DESCRIPTION_CODE_MISMATCH" not in {r["code"] for r in right["reasons"]}
    assert wrong["typologies"]["misclassification"] > 3 * right["typologies"]["misclassification"]
    assert wrong["duty_at_stake_basis"] == "whole duty"


def test_without_a_suggester_words_alone_speak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILDUTY_HTS_MODEL", "none")
    wrong, right = scored(hts="8504409550"), scored(hts="7117907500")
    assert {"CODE_CONTRADICTED", "CODE_SAVES_DUTY"} & {r["code"] for r in wrong["reasons"]}
    assert "DESCRIPTION_CODE_MISMATCH" not in {r["code"] for r in wrong["reasons"]}
    assert wrong["typologies"]["misclassification"] > 3 * right["typologies"]["misclassification"]


def test_a_dearer_suspicion_has_more_at_stake(suggester: Path) -> None:
    """Earrings of 7117.90 owe 11% where the charger's number is free: the gap, times how likely it is."""
    stakes = [float(scored(hts="8504409550", value_usd=v)["duty_at_stake_usd"]) for v in (10.0, 1000.0)]
    assert 0 <= stakes[0] < stakes[1]
