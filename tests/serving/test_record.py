"""The record of a run: whole or not at all, never replaced, readable by its owner only."""

import hashlib
import json
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from data.errors import MailDutyError
from serving import record, settings

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAILDUTY_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_run_is_kept_with_everything_in_it(home: Path) -> None:
    kept = record.keep(
        {"asked_by": "test"}, [{"id": "a", "value": Decimal("1.10")}], [{"error": {"code": "X"}}], at=AT
    )
    lines = [json.loads(line) for line in kept.path.read_bytes().splitlines()]
    assert [line["kind"] for line in lines] == ["run", "item", "rejected", "end"]
    assert lines[0]["at"] == "2026-11-21T12:00:00+00:00" and lines[0]["run_id"] == kept.run_id
    assert lines[1]["value"] == "1.10"
    assert lines[-1] == {"kind": "end", "rows_in": 2, "items": 1, "errors": 1}
    assert kept.sha256 == hashlib.sha256(kept.path.read_bytes()).hexdigest()
    assert kept.path.is_relative_to(home)


def test_only_its_owner_reads_it(home: Path) -> None:
    kept = record.keep({}, [], at=AT)
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600


def test_two_runs_of_one_second_are_two_records(home: Path) -> None:
    assert record.keep({}, [], at=AT).path != record.keep({}, [], at=AT).path


def test_a_run_that_breaks_leaves_nothing(home: Path) -> None:
    def items() -> Iterator[dict[str, str]]:
        yield {"id": "a"}
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        record.keep({}, items(), at=AT)
    assert not [f for f in home.rglob("*") if f.is_file()]


def test_a_home_that_cannot_be_written_is_an_error_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MAILDUTY_HOME", str(tmp_path / "file"))
    with pytest.raises(MailDutyError, match="MAILDUTY_HOME") as caught:
        record.keep({}, [], at=AT)
    assert caught.value.code == "RECORD_NOT_KEPT"


def test_home_follows_the_setting_then_the_desktop_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAILDUTY_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", "/x")
    assert settings.home() == Path("/x/mailduty")
    monkeypatch.setenv("MAILDUTY_HOME", "/y")
    assert settings.home() == Path("/y")
