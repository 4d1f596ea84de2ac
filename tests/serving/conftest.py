"""One service for all tests: a second one in the same process would register its metrics twice."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def no_suggester(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests hold whichever suggester is shipped: none answers, unless a test asks for the small one."""
    monkeypatch.setenv("MAILDUTY_HTS_MODEL", "none")


@pytest.fixture
def small_suggester(small_model: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The suggester trained in the tests answers."""
    folder: Path = small_model.artifact.folder
    monkeypatch.setenv("MAILDUTY_HTS_MODEL", str(folder))
    return folder


@pytest.fixture(scope="session")
def client(own_home: Any) -> Iterator[Any]:
    from starlette.testclient import TestClient

    from serving.service import MailDuty

    started = TestClient(MailDuty.to_asgi(), base_url="http://127.0.0.1:3000")  # loopback: no key needed
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAILDUTY_HTS_MODEL", "none")  # nothing to warm up; other tests see what ships
        client = started.__enter__()
    yield client
    started.__exit__(None, None, None)


class Cluster:
    """A PostgreSQL of our own, on a socket in a folder nobody else knows; Debian's programs or any others."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="mailduty-pg-", dir="/tmp"))  # a socket's path is short
        self.made = 0
        self.common: str | None = None

    def _do(self, program: str, *arguments: str) -> None:
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_postgres, str(self.programs / program), *arguments]
        done = subprocess.run(command, cwd=self.folder, stdout=subprocess.DEVNULL, timeout=120)
        assert done.returncode == 0, f"{program} failed; see {self.folder}"

    def start(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        data = str(self.folder / "data")
        if not (self.folder / "data").exists():
            self._do(
                "initdb",
                "-D",
                data,
                "-U",
                "app",
                "--auth=trust",
                "--no-sync",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
            )
        # fsync guards against a power cut, which no test makes; a commit survives a killed server without it
        said = f"-k {self.folder} -c listen_addresses='' -c fsync=off -c max_connections=200"
        self._do("pg_ctl", "-D", data, "-w", "-s", "-l", str(self.folder / "log"), "-o", said, "start")

    def stop(self, how: str = "fast") -> None:
        """``how``: fast, or immediate (as if it were killed)."""
        self._do("pg_ctl", "-D", str(self.folder / "data"), "-w", "-s", "-m", how, "stop")

    def say(self, statement: str, database: str = "postgres") -> None:
        import psycopg

        with psycopg.connect(f"host={self.folder} user=app dbname={database}", autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def new_database(self) -> str:
        """The URL of an empty database, without tables."""
        self.made += 1
        self.say(f"CREATE DATABASE l{self.made}")
        return f"postgresql://app@/l{self.made}?host={self.folder}"

    def emptied_database(self) -> str:
        """The URL of one database for all tests, its tables made once and emptied each time, past the triggers."""
        from serving.ledger import Ledger
        from serving.ledger.tables import metadata

        if self.common is None:
            self.common = self.new_database()
            Ledger.open(self.common).close()
        tables = ", ".join(table.name for table in metadata.sorted_tables)
        past = "SET session_replication_role = replica; SET lock_timeout = '30s'"
        self.say(f"{past}; TRUNCATE {tables}", self.common.partition("@/")[2].partition("?")[0])
        return self.common


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A private PostgreSQL; skipped where its programs are missing, a failure where CI is true."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    beside = shutil.which("initdb")
    if not found and not beside:
        said = "PostgreSQL is not installed: no /usr/lib/postgresql/*/bin and no initdb on the path"
        if os.environ.get("CI") == "true":
            pytest.fail(said)
        pytest.skip(said)
    cluster = Cluster(found[-1] if found else Path(str(beside)).parent)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop("immediate")
        shutil.rmtree(cluster.folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """Each database once, by its name."""
    return str(request.param)


@pytest.fixture
def unmade_ledger_url(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A place for a ledger that was never opened."""
    if database == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    cluster: Cluster = request.getfixturevalue("postgresql")
    return cluster.new_database()


@pytest.fixture
def ledger_url(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A place for a ledger with nothing in it."""
    if database == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    cluster: Cluster = request.getfixturevalue("postgresql")
    return cluster.emptied_database()


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Any]:
    """An empty ledger on each database."""
    from serving.ledger import Ledger

    opened = Ledger.open(ledger_url)
    yield opened
    opened.close()
