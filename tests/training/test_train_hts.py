"""The pipeline from settings to a registered model, small."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from data.catalogue import Catalogue
from data.errors import MailDutyError
from data.labelled import labelled
from data.schedule import Schedule
from models.artifact import load
from models.hts.artifact import suggester_of
from training.evaluate_hts import evaluate, item_of
from training.outside_hts import data_sum, outside_rows
from training.tracking import champion_folder, run
from training.train_hts import DAY, Trained, settings, train


def test_run_is_logged_registered_and_found_again(
    small_catalogue: Catalogue, small_settings: dict[str, Any], tmp_path: Path
) -> None:
    with run("hts", "small", home=tmp_path / "home") as started:
        trained = train(small_settings, tmp_path / "model", run=started, catalogue=small_catalogue)
        version = started.register("hts", tmp_path / "model", champion=True)
    assert version == "1"
    found = champion_folder("hts", home=tmp_path / "home")
    assert found is not None and load(found).version == trained.artifact.version


def test_same_settings_and_data_give_the_same_model(
    small_catalogue: Catalogue, small_settings: dict[str, Any], tmp_path: Path
) -> None:
    few = {**small_settings, "rows": 900, "ranker_rows": 400}
    one = train(few, tmp_path / "one", catalogue=small_catalogue).artifact
    two = train(few, tmp_path / "two", catalogue=small_catalogue).artifact
    assert one.version == two.version


def test_evaluation_scores_what_is_served(small_model: Trained, small_catalogue: Catalogue) -> None:
    leaves = {line.code for line in Schedule.load().leaves(DAY)}
    suggester = suggester_of(small_model.artifact, small_catalogue, leaves)
    rows = [
        labelled({"id": "1", "description": "acrylic earrings for women", "hts": "7117907500"}),
        labelled({"id": "2", "description": "usb c wall charger", "hts": "8504409510"}),
    ]
    report = evaluate(suggester, rows, leaves)
    served = [a.suggestions[0].code for a in suggester.suggest([item_of(r) for r in rows])]
    assert [r["given"][0] for r in report.rows] == served
    assert report.scores.table[1, 4].share == 1
    assert set(report.as_json()) >= {
        "rows",
        "top1_at10",
        "ceiling",
        "calibration_error",
        "coverage_at_precision",
    }


def test_held_out_files_are_never_trained_on(tmp_path: Path) -> None:
    asked = settings(outside=[{"file": "marketplace_dev.jsonl", "weight": 1}])
    with pytest.raises(MailDutyError) as caught:
        outside_rows(asked, tmp_path)
    assert caught.value.code == "TRAINING_ON_HELD_OUT"


def test_data_sum_changes_with_the_catalogue(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("x", encoding="utf-8")
    before = data_sum(tmp_path)
    (tmp_path / "a.yaml").write_text("y", encoding="utf-8")
    assert data_sum(tmp_path) != before
