"""Opening a ledger: where it is, how its tables come to be, and that many may do so at once."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from data.errors import MailDutyError
from serving.ledger import Ledger, migrating
from serving.ledger.opening import ledger_url as place
from serving.ledger.tables import metadata


def test_the_tables_made_step_by_step_are_those_described(unmade_ledger_url: str) -> None:
    with Ledger.open(unmade_ledger_url).reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_opening_again_changes_nothing_and_is_quick(unmade_ledger_url: str) -> None:
    Ledger.open(unmade_ledger_url).close()
    quickest = 9.0
    for _ in range(5):
        begun = time.process_time()
        again = Ledger.open(unmade_ledger_url, migrate=False)
        quickest = min(quickest, time.process_time() - begun)
        with again.reading() as connection:
            assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
        again.close()
    assert quickest < 0.1, f"{quickest:.3f} s of our own"


def test_opening_a_ledger_with_its_tables_does_not_import_alembic(ledger_url: str) -> None:
    Ledger.open(ledger_url).close()
    code = (
        "import sys; from serving.ledger import Ledger; Ledger.open(sys.argv[1]);"
        "print(sorted({'alembic', 'pandas', 'bentoml', 'numpy', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, ledger_url], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_many_processes_may_open_an_empty_place_at_once(unmade_ledger_url: str) -> None:
    code = "import sys; from serving.ledger import Ledger; Ledger.open(sys.argv[1]); print('opened')"
    command = [sys.executable, "-c", code, unmade_ledger_url]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(8)
    ]
    said = [one.communicate(timeout=200) for one in running]
    assert [out.strip() for out, _ in said] == ["opened"] * 8, said
    with Ledger.open(unmade_ledger_url).reading() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).all() == [
            (migrating.head(),)
        ]


def test_steps_are_one_line_and_numbered_in_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrating.__file__).parent / "migrations"))
    steps = list(ScriptDirectory.from_config(config).walk_revisions())
    assert [step.revision for step in steps] == sorted((step.revision for step in steps), reverse=True)
    assert steps[0].revision == migrating.head()
    for step in steps:
        assert Path(step.path).name.startswith(f"{step.revision}_")


def test_a_step_that_fails_leaves_no_table_behind(
    unmade_ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = migrating._run_steps

    def breaks(connection: Any) -> None:
        whole(connection)
        raise KeyboardInterrupt

    monkeypatch.setattr(migrating, "_run_steps", breaks)
    with pytest.raises(KeyboardInterrupt):
        Ledger.open(unmade_ledger_url)
    monkeypatch.undo()
    with pytest.raises(MailDutyError, match="at step none"):
        Ledger.open(unmade_ledger_url, migrate=False)
    with Ledger.open(unmade_ledger_url).reading() as connection:
        assert set(metadata.tables) < set(inspect(connection).get_table_names())


def test_a_ledger_of_a_later_release_is_left_alone(unmade_ledger_url: str) -> None:
    opened = Ledger.open(unmade_ledger_url)
    with opened.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    opened.close()
    with pytest.raises(MailDutyError) as refused:
        Ledger.open(unmade_ledger_url)
    assert refused.value.code == "LEDGER_NEWER"


def test_without_migration_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(MailDutyError) as refused:
        Ledger.open(f"sqlite:///{tmp_path / 'no' / 'ledger.db'}", migrate=False)
    assert refused.value.code == "LEDGER_OPEN" and list(tmp_path.iterdir()) == []


def test_the_place_is_named_by_the_environment_else_it_is_at_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("MAILDUTY_LEDGER", raising=False)
    monkeypatch.setenv("MAILDUTY_HOME", str(tmp_path / "100% mine"))
    assert place().database == str(tmp_path / "100% mine" / "ledger.db")
    Ledger.open().close()
    file = tmp_path / "100% mine" / "ledger.db"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    monkeypatch.setenv("MAILDUTY_LEDGER", "postgresql://app@/duty?host=/run")
    assert place().drivername == "postgresql+psycopg"
    assert place("postgres://app@/duty").drivername == "postgresql+psycopg"
    assert place("sqlite+pysqlite:////x/y.db").drivername == "sqlite"


@pytest.mark.parametrize("named", ["ledger.db", "sqlite://", "sqlite:///:memory:", "mysql://u:secret@h/d"])
def test_another_place_is_refused_without_telling_its_password(named: str) -> None:
    with pytest.raises(MailDutyError) as refused:
        place(named)
    assert refused.value.code == "LEDGER_URL" and "secret" not in str(refused.value)


def test_a_place_that_cannot_be_reached_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "other.db").write_text("no database, but long enough to be looked at " * 40)
    for url in (
        f"sqlite:///{tmp_path}/file/ledger.db",
        f"sqlite:///{tmp_path}/other.db",
        f"postgresql://app@/x?host={tmp_path}",
    ):
        with pytest.raises(MailDutyError) as refused:
            Ledger.open(url)
        assert refused.value.code == "LEDGER_OPEN", url


def test_a_missing_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MailDutyError) as refused:
        Ledger.open("postgresql://app@/x")
    assert refused.value.code == "LEDGER_DRIVER" and "mailduty[postgres]" in refused.value.remedy


def test_sqlite_is_written_ahead_flushed_at_each_commit_and_holds_to_references(tmp_path: Path) -> None:
    def settings(**how: bool) -> tuple[Any, ...]:
        opened = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", **how)
        with opened.reading() as connection:
            return tuple(
                connection.scalar(text(f"PRAGMA {name}"))
                for name in ("journal_mode", "synchronous", "foreign_keys")
            )

    assert settings() == ("wal", 2, 1)
    assert settings(durable=False) == ("wal", 1, 1)


def test_the_ledger_ships_what_it_needs_to_make_its_tables() -> None:
    import tomllib

    root = Path(migrating.__file__).parents[2]
    set_up = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["setuptools"]
    assert "serving*" in set_up["packages"]["find"]["include"]
    for folder, _, files in os.walk(root / "serving" / "ledger"):
        if any(name.endswith(".py") for name in files):
            assert "__init__.py" in files, f"{folder} would not be packed"
