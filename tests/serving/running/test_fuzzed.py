"""The service asked whatever its own description allows, and more: never a 500, always the shape it describes.

Who is let in is tested elsewhere; here every request has a key with all scopes. What is found in one run is found in
the next: the requests are drawn from a fixed seed.
"""

from collections.abc import Iterator

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from serving.web.description import description
from serving.web.endpoints import ENDPOINTS
from tests.serving.running.server import Server

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
WITHOUT_MODEL = {"/suggest"}  # these services run without a suggester: 503 is right, and described

schema = schemathesis.openapi.from_dict(description())


@pytest.fixture(scope="module")
def session(server: Server) -> Iterator[requests.Session]:
    with requests.Session() as opened:
        opened.headers["Authorization"] = f"Bearer {server.key('fuzzed')}"
        yield opened


@schema.parametrize()
@seed(20261121)
@settings(
    max_examples=12,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_never_a_500_and_always_as_described(
    case: schemathesis.Case, server: Server, session: requests.Session
) -> None:
    answer = case.call(base_url=server.url, session=session)
    if case.path in WITHOUT_MODEL and answer.status_code == 503:
        assert answer.json()["error"]["code"] == "MODEL_MISSING"
        return
    case.validate_response(answer, checks=CHECKS)


def test_every_endpoint_is_asked() -> None:
    asked = {(one.ok().method.upper(), one.ok().path) for one in schema.get_all_operations()}
    assert asked == {(one.method, one.path) for one in ENDPOINTS}
