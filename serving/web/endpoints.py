"""Every address of the service in one table: who may use it, what goes in and out. Gate and description read it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from serving.web import messages, messages_kept

OPEN = ""  # the scope of what anybody may ask: it says nothing of anybody's items


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value in the path, the query or a header; ``schema`` is JSON Schema."""

    name: str
    place: str
    description: str
    example: Any
    schema: dict[str, Any]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``path`` as OpenAPI writes it. ``takes``: a message, or "file" for a body that is one."""

    method: str
    path: str
    scope: str
    summary: str
    gives: type[BaseModel] | str = "text/plain"
    takes: type[BaseModel] | str | None = None
    parameters: tuple[Parameter, ...] = ()
    status: int = 200
    writes: bool = False
    refusals: tuple[int, ...] = ()
    pattern: re.Pattern[str] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        form = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(self.path))
        if self.path == "/items/{tracking_id}":
            form = "/items/.+"  # an id of the caller's may hold anything
        object.__setattr__(self, "pattern", re.compile(form))


def _text(name: str, place: str, description: str, example: Any, **schema: Any) -> Parameter:
    return Parameter(name, place, description, example, {"type": "string", **schema}, place == "path")


def _number(name: str, description: str, example: int, least: int, most: int) -> Parameter:
    schema = {"type": "integer", "minimum": least, "maximum": most}
    return Parameter(name, "query", description, example, schema)


ONCE = _text(
    "Idempotency-Key",
    "header",
    "Yours for this request: sent again with it, the same request gives the same answer and is done once.",
    "5f2c1f0e-manifest-17",
    minLength=1,
    maxLength=200,
    pattern="^[!-~]+$",
)
_TASK = _text("task_id", "path", "The task's identifier.", "4b825dc642cb6eb9a060e54bf8d69288")
_AFTER = _text("after", "query", "Where the last page ended, as it said.", "17", maxLength=500)
_LIMIT = _number("limit", "Entries on a page.", 100, 1, 1000)
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_MANIFEST = (
    _text("name", "query", "Name of the file.", "2026-09-01.csv", maxLength=200),
    _text("layout", "query", "Its layout, where it should not be recognised.", "csv_plain", maxLength=60),
    _text(
        "on", "query", "Day of entry; else the day each item arrived, else today.", "2026-09-01", pattern=_DAY
    ),
    _text("method", "query", "Method of EO 14324.", "ad_valorem", enum=["ad_valorem", "specific"]),
    _text("value_basis", "query", "What an amount is for.", "row", enum=["row", "unit"]),
    _text("decimal_mark", "query", "Settles 1.234.", ".", enum=[".", ","]),
    _text("date_order", "query", "Settles 03/04/2026.", "dmy", enum=["mdy", "dmy"]),
    _text("weight_unit", "query", "Of weights whose column does not say.", "g", enum=["kg", "g", "lb", "oz"]),
    _text("encoding", "query", "Text encoding, where it is not recognised.", "latin-1", maxLength=40),
    _number("wait", "Seconds to wait for the result; 202 where it takes longer.", 5, 0, 60),
    ONCE,
)

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST", "/suggest", "assess",
        "Ranked tariff numbers for descriptions, the level that is defended, the question that would decide.",
        messages.SuggestAnswers, messages.SuggestBatch, refusals=(400, 413, 415, 503),
    ),
    Endpoint(
        "POST", "/score", "assess",
        "How likely something is wrong with each parcel, what, why, and the duty at stake.",
        messages.ScoreAnswers, messages.ScoreBatch, refusals=(400, 413, 415, 503),
    ),
    Endpoint(
        "POST", "/duty", "assess",
        "The duty of items whose tariff number is known, line by line with citations.",
        messages.DutyAnswers, messages.DutyBatch, refusals=(400, 413, 415),
    ),
    Endpoint(
        "POST", "/assess", "assess",
        "Suggestion, risk, duty, route and decision of items as declared. Each is kept in the ledger first.",
        messages.AssessAnswers, messages.AssessBatch, (ONCE,), writes=True, refusals=(400, 409, 413, 415, 422, 503),
    ),
    Endpoint(
        "POST", "/manifests", "assess",
        "Takes a manifest file as it is (the body, or the part `file` of a form; parts `rates` and "
        "`mapping` may hold exchange rates and a mapping file) and assesses it as a task. The same file with the same settings is the same task.",
        messages_kept.ManifestTask, "file", _MANIFEST, 202, writes=True, refusals=(400, 409, 413, 415, 422, 503),
    ),
    Endpoint(
        "GET", "/manifests/{task_id}", "read",
        "How far a manifest is, and what came of it.",
        messages_kept.ManifestTask, parameters=(_TASK,), refusals=(404,),
    ),
    Endpoint(
        "GET", "/manifests/{task_id}/errors", "read",
        "The rows of a manifest that could not be read, each with its row number and its remedy.",
        messages_kept.ManifestErrors, parameters=(_TASK, _AFTER, _LIMIT), refusals=(400, 404),
    ),
    Endpoint(
        "GET", "/items/{tracking_id}", "read",
        "The current record of each line of a parcel, its open exceptions, and every record before it.",
        messages_kept.ItemRecords,
        parameters=(_text("tracking_id", "path", "Of the parcel, or your id of the item.", "RR123456785IN"),),
        refusals=(404,),
    ),
    Endpoint(
        "POST", "/reviews", "review",
        "A person's decision on an item: accept, correct, hold or return. A correction assesses it anew.",
        messages_kept.ReviewAnswer, messages_kept.Review, (ONCE,), writes=True,
        refusals=(400, 404, 409, 413, 415, 422, 503),
    ),
    Endpoint(
        "GET", "/exceptions", "read",
        "What waits for somebody: open exceptions, oldest first, with what clears each.",
        messages_kept.OpenExceptions,
        parameters=(_text("code", "query", "Only this one.", "E04", pattern=r"^E\d\d$"), _AFTER, _LIMIT),
        refusals=(400,),
    ),
    Endpoint("GET", "/about", "read", "What answers here: versions of code, tariff, law and models.", messages.About),
    Endpoint("POST", "/about", "read", "The same, for clients that only post.", messages.About),
    Endpoint("GET", "/metrics", "metrics", "Figures of all parties together, for Prometheus."),
    Endpoint("GET", "/livez", OPEN, "The process is there."),
    Endpoint("GET", "/healthz", OPEN, "The process is there."),
    Endpoint("GET", "/readyz", OPEN, "It answers requests."),
    Endpoint("GET", "/docs.json", OPEN, "This description.", "application/json"),
    Endpoint("GET", "/", OPEN, "The description as a page.", "text/html"),
)  # fmt: skip


def endpoint(method: str, path: str) -> Endpoint | None:
    """The endpoint that answers a request, None where there is none."""
    method = "GET" if method == "HEAD" else method
    return next((one for one in ENDPOINTS if one.method == method and one.pattern.fullmatch(path)), None)
