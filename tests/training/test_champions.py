"""Champions of a registry come to where serving looks; what cannot be used leaves everything as it was."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

import mailduty
from data.errors import MailDutyError
from models.artifact import SHIPPED, Draft, load
from models.risk.features import FEATURES_VERSION, NAMES
from serving.settings import model_place
from serving.versions import models_in_use
from training.champions import pull
from training.tracking import run

DAY = date(2026, 11, 21)


def register(home: Path, folder: Path, name: str = "risk", champion: bool = True) -> None:
    with run(name, "a test", home=home) as started:
        started.register(name, folder, champion=champion)


def small_risk_folder(folder: Path, version: str = FEATURES_VERSION, note: str = "a") -> Path:
    """A folder that looks like a risk model; nothing in it is learned."""
    draft = Draft({"name": "mailduty-risk", "note": note})
    draft.json("features.json", {"version": version, "names": list(NAMES)})
    draft.json("note.json", {"note": note})
    draft.save(folder)
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAILDUTY_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MAILDUTY_RISK_MODEL", raising=False)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return tmp_path / "home"


def test_without_a_champion_it_is_said_and_the_package_answers(home: Path) -> None:
    with pytest.raises(MailDutyError) as caught:
        pull(["risk"], home / "models", DAY)
    assert caught.value.code == "MODEL_NO_CHAMPION"
    with pytest.raises(MailDutyError, match="no model"):
        pull(["weather"], home / "models", DAY)
    assert model_place("risk") == (SHIPPED / "risk", "package")


def test_the_champion_is_fetched_and_used_and_a_later_one_takes_its_place(home: Path, tmp_path: Path) -> None:
    first = small_risk_folder(tmp_path / "first", note="first")
    register(home, first)
    register(home, small_risk_folder(tmp_path / "worse", note="worse"), champion=False)
    said = CliRunner().invoke(mailduty.app, ["models", "pull", "risk"])
    assert said.exit_code == 0, said.output
    place = model_place("risk")
    assert place.folder == home / "models" / "risk" and place.source.startswith(
        "registry, version 1, pulled 20"
    )
    assert load(place.folder).version == load(first).version
    assert models_in_use()["risk"]["version"] == f"risk {load(first).version}"
    register(home, small_risk_folder(tmp_path / "second", note="second"))
    (one,) = pull(["risk"], home / "models", DAY)
    assert one.version == "3" and load(home / "models" / "risk").json("note.json") == {"note": "second"}
    assert json.loads((one.folder / "pulled.json").read_text())["on"] == "2026-11-21"
    shown = CliRunner().invoke(mailduty.app, ["models", "show"])
    assert "registry, version 3, pulled 2026-11-21" in shown.output
    assert [p.name for p in (home / "models").iterdir()] == ["risk"]


def test_a_champion_this_release_cannot_read_leaves_the_one_before(home: Path, tmp_path: Path) -> None:
    register(home, small_risk_folder(tmp_path / "good", note="good"))
    pull(["risk"], home / "models", DAY)
    register(home, small_risk_folder(tmp_path / "new", version="999"))
    with pytest.raises(MailDutyError) as caught:
        pull(["risk"], home / "models", DAY)
    assert caught.value.code == "MODEL_FEATURES"
    assert load(home / "models" / "risk").json("note.json") == {"note": "good"}
    assert [p.name for p in (home / "models").iterdir()] == ["risk"]


def test_the_setting_comes_before_the_registry(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(home, small_risk_folder(tmp_path / "good"))
    pull(["risk"], home / "models", DAY)
    monkeypatch.setenv("MAILDUTY_RISK_MODEL", str(tmp_path / "mine"))
    assert model_place("risk") == (tmp_path / "mine", "MAILDUTY_RISK_MODEL")
    monkeypatch.setenv("MAILDUTY_RISK_MODEL", "none")
    assert model_place("risk").folder is None


def test_a_suggester_of_another_text_version_is_refused(home: Path, tmp_path: Path) -> None:
    draft = Draft({"name": "hts", "text": "0.0"})
    draft.json("note.json", {})
    draft.save(tmp_path / "old")
    register(home, tmp_path / "old", "hts")
    with pytest.raises(MailDutyError) as caught:
        pull(["hts"], home / "models", DAY)
    assert caught.value.code == "MODEL_STALE"
    assert not (home / "models" / "hts").exists()


def test_a_server_that_does_not_answer_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(MailDutyError) as caught:
        pull(["risk"], home / "models", DAY)
    assert caught.value.code == "MODEL_REGISTRY"
