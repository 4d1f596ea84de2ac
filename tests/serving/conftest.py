"""One service for all tests: a second one in the same process would register its metrics twice."""

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

    started = TestClient(MailDuty.to_asgi())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAILDUTY_HTS_MODEL", "none")  # nothing to warm up; other tests see what ships
        client = started.__enter__()
    yield client
    started.__exit__(None, None, None)
