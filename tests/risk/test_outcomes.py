"""Track D: an operator's outcomes, from the file to a trained and measured model, by the commands that do it."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from data.errors import MailDutyError
from data.parcel_generator import TRAINING, parcels
from models.artifact import load
from training.evaluate_risk import SETTINGS, evaluate_risk, settings
from training.run_risk import train_command

OF = {None: "clean", "undervaluation": "value_raised", "restricted": "seized"}
SMALL: dict[str, Any] = {
    "trees": 25, "wording_rows": 1, "band_rows": 1, "shifted_parcels": 2500, "suggester": "none",
    "past": {"days": 10, "inspected": 0.15, "known_after": 5},
}  # fmt: skip


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory, small_risk: Any, risk_rates: dict[str, float]) -> Path:
    """Parcels as an operator would have them, each with what came of it; one row that does not read."""
    words = small_risk[4]
    made = parcels(TRAINING, list(words.written_from), 5000, risk_rates)
    chance, rows = random.Random(5), []
    for one in made:
        outcome = OF.get(one.typology, "held")
        row = {**one.row, "outcome": "returned" if outcome == "clean" and chance.random() < 0.05 else outcome}
        rows.append(row | ({"typology": one.typology} if one.typology else {}))
    file = tmp_path_factory.mktemp("outcomes") / "outcomes.jsonl"
    file.write_text("\n".join(json.dumps(r) for r in rows) + '\n{"id": "no outcome"}\n')
    return file


def test_outcomes_train_and_measure_a_model(
    outcomes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILDUTY_HOME", str(tmp_path / "home"))
    asked, said = {**settings()["parcels"], **SMALL}, []
    model = tmp_path / "model"
    train_command(outcomes=outcomes, out=model, register=False, say=said.append, asked=asked)
    assert any(line.startswith("OUTCOME_UNREADABLE") for line in said)
    artifact = load(model)
    assert artifact.about["source"] == "parcels with outcomes of the operator"
    assert artifact.about["rows"] > 4900
    assert "outcomes of the operator" in (model / "card.md").read_text(encoding="utf-8")
    capsys.readouterr()
    found = evaluate_risk(
        "outcomes", None, None, outcomes, True, {**settings(), "parcels": asked}, model=model
    )
    assert found == json.loads(capsys.readouterr().out)
    assert set(found["typologies"]) == {
        "undervaluation",
        "misclassification",
        "origin",
        "restricted",
        "splitting",
    }
    assert found["overall"]["auc"] > 0.75  # on rows it has learned from: that it learned at all
    assert found["overall"]["r_at_5"] > found["overall"]["rules_r_at_5"]
    assert found["hard_negatives_opened"] == {}


def test_outcomes_of_too_few_days_are_refused_in_words(tmp_path: Path) -> None:
    few = tmp_path / "few.jsonl"
    few.write_text('{"id": "1", "posted_on": "2026-03-01", "outcome": "clean"}\n')
    asked = {**settings(), "parcels": {**settings()["parcels"], **SMALL}}
    with pytest.raises(MailDutyError) as caught:
        evaluate_risk("outcomes", None, None, few, True, asked)
    assert caught.value.code == "OUTCOMES_EMPTY" and "first 10 days" in str(caught.value)


def test_a_setting_that_admits_a_leak_stands_in_the_card_and_the_file() -> None:
    held = yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))["parcels"]
    about = load(SETTINGS.parent.parent / "models" / "artifacts" / "risk").about
    assert about["settings"]["admitted_leaks"] == held["admitted_leaks"]
    assert {k: about["settings"][k] for k in held} == held  # the shipped model is the settings' model
