"""One running service for all tests of this folder that need no other; each test has a party of its own."""

from collections.abc import Iterator

import httpx
import pytest

from tests.serving.running.server import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all; tests keep apart by parties of their own."""
    running = Server(
        tmp_path_factory.mktemp("service"), MAILDUTY_MAX_BODY="1", MAILDUTY_MAX_UPLOAD="4"
    ).start()
    yield running
    running.stop()


_PARTIES = iter(range(1, 10_000))


@pytest.fixture
def party() -> str:
    """A party that no other test knows."""
    return f"party-{next(_PARTIES)}"


@pytest.fixture
def asking(server: Server, party: str) -> Iterator[httpx.Client]:
    """A client with every scope, for a party of its own."""
    with server.asking(server.key(party)) as client:
        yield client
