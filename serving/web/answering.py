"""The one form of every answer that is none: ``{"error": {"code", "message", "fact", "rule", "remedy"}}``.

Whatever went wrong, in our code or in a library before it, leaves in this form with its HTTP status.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response

from data.errors import MailDutyError
from serving.json_lines import encoded

_STATUS = {
    "KEY_MISSING": 401,
    "KEY_UNKNOWN": 401,
    "SCOPE_MISSING": 403,
    "ORIGIN_FOREIGN": 403,
    "ADDRESS_UNKNOWN": 404,
    "TASK_NOT_FOUND": 404,
    "ITEM_NOT_FOUND": 404,
    "RECORD_NOT_FOUND": 404,
    "METHOD_UNKNOWN": 405,
    "RECORD_SUPERSEDED": 409,
    "LEDGER_TEXT": 400,
    "LEDGER_BODY": 400,
    "BODY_TOO_LARGE": 413,
    "MEDIA_TYPE": 415,
    "IDEMPOTENCY_MISMATCH": 422,
    "RATE_EXCEEDED": 429,
    "INTERNAL": 500,
    "SERVICE_BUSY": 503,
}
# What nothing in the request caused: a model or a ledger that cannot be used now.
_OURS = ("MODEL_", "LEDGER_", "SEALING_", "RECORD_NOT_KEPT")
_PASSES = ("LEDGER_BUSY", "LEDGER_OPEN")
# What a library answers, in our words.
_FOREIGN = {
    400: ("REQUEST_SHAPE", "the request has not the shape that is asked for"),
    404: ("ADDRESS_UNKNOWN", "there is nothing at this address"),
    405: ("METHOD_UNKNOWN", "this address does not take that method"),
    413: ("BODY_TOO_LARGE", "the request is larger than is taken"),
    415: ("MEDIA_TYPE", "the request is of a type that is not taken"),
}


def status_of(error: MailDutyError) -> int:
    """The HTTP status of an error: 4xx where the request can be made good, 503 where we cannot answer now."""
    if error.code in _STATUS:
        return _STATUS[error.code]
    return 503 if error.code.startswith(_OURS) else 400


def answer(body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer. Decimals and days become text."""
    return Response(encoded(body), status, headers, "application/json")


def refused(error: MailDutyError) -> Response:
    """The answer to a request that ended in this error."""
    headers = {}
    if "retry_after" in error.where or error.code in _PASSES:
        headers["Retry-After"] = str(error.where.get("retry_after", 2))
    if error.code == "BODY_TOO_LARGE":
        headers["Connection"] = "close"  # what is still coming is not read
    status = status_of(error)
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="mailduty"'
    return answer({"error": error.as_dict()}, status, headers)


def internal() -> Response:
    """The answer where the fault is ours; what it was stands in the log under the request's identifier."""
    return answer(
        {"error": {"code": "INTERNAL", "message": "something went wrong here; it is in the log"}}, 500
    )


def in_our_form(status: int, body: bytes) -> bytes:
    """The body of an error as a library wrote it, in our form; ours stays as it is."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        said = None
    if isinstance(said, dict) and isinstance(said.get("error"), dict) and "code" in said["error"]:
        return body
    code, message = _FOREIGN.get(status, ("INTERNAL", "something went wrong here; it is in the log"))
    error: dict[str, Any] = {"code": code, "message": message}
    if isinstance(said, dict) and isinstance(said.get("detail"), list):
        error["detail"] = [_place(one) for one in said["detail"][:20]]
        error["message"] += "".join(f"; {one['field']}: {one['message']}" for one in error["detail"][:3])
    return encoded({"error": error})


def _place(one: Any) -> dict[str, str]:
    """Where and what, never what was sent."""
    if not isinstance(one, dict):
        return {"field": "", "message": ""}
    where = ".".join(str(part) for part in one.get("loc", ()))
    return {"field": where[:200], "message": str(one.get("msg", ""))[:200]}
