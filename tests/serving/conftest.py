"""One service for all tests: a second one in the same process would register its metrics twice."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def client(own_home: Any) -> Iterator[Any]:
    from starlette.testclient import TestClient

    from serving.service import MailDuty

    with TestClient(MailDuty.to_asgi()) as client:
        yield client
