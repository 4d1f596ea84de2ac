"""The service: a thin BentoML class around the assessor. The only file that knows BentoML.

Work is done in a thread, so that health checks are answered while a batch is priced. No usage reports, no
third-party scripts: the page of the API documentation is our own, because the one that comes with BentoML loads a
tracker into the reader's browser.
"""

from __future__ import annotations

import os

os.environ.setdefault("BENTOML_DO_NOT_TRACK", "True")

import gc
import logging
from collections.abc import Callable
from datetime import date
from typing import Any

import anyio.to_thread
import bentoml
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from data.errors import MailDutyError
from serving.answers import Desk
from serving.messages import (
    About,
    AssessAnswers,
    AssessBatch,
    DutyAnswers,
    DutyBatch,
    ScoreAnswers,
    ScoreBatch,
    SuggestAnswers,
    SuggestBatch,
)
from serving.record import encoded

# Swagger UI is in the BentoML package and served from here.
_DOCS = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>mailduty</title>
<link rel="stylesheet" href="./static_content/swagger-ui.css"></head><body><div id="swagger-ui"></div>
<script src="./static_content/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({url: "./docs.json", dom_id: "#swagger-ui", validatorUrl: null});</script></body></html>"""


async def _docs(_: Request) -> HTMLResponse:
    return HTMLResponse(_DOCS)


async def _about(_: Request) -> JSONResponse:
    about = await anyio.to_thread.run_sync(lambda: Desk.shipped().about(date.today()))
    return JSONResponse(about)


class _NoInputs(logging.Filter):
    """Keeps what people sent out of the log: a refused request is logged without its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[0] is not None:
            record.msg = f"{record.getMessage()}: {record.exc_info[0].__name__}"
            record.args, record.exc_info, record.exc_text = (), None, None
        return True


@bentoml.service(
    name="mailduty",
    workers=int(os.environ.get("MAILDUTY_WORKERS", "1")),
    traffic={"timeout": 120, "max_concurrency": 64},
    logging={"access": {"enabled": False}},
    tracing={"excluded_urls": ".*"},
)
@bentoml.asgi_app(Starlette(routes=[Route("/", _docs), Route("/about", _about)]), path="/")
class MailDuty:
    """US duty on low-value mail: suggestion, risk, duty and decision for batches of items."""

    def __init__(self) -> None:
        self.desk = Desk.shipped()
        self.desk.warm(date.today())
        for name in ("bentoml", "_bentoml_impl", "bentoml._internal.server.http_app"):
            logging.getLogger(name).addFilter(_NoInputs())

    @bentoml.on_startup
    def settle(self) -> None:
        """The tariff stays for good: taken out of the garbage collector, long pauses go."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 50, 100)

    @bentoml.api(route="/duty")
    async def duty(self, batch: DutyBatch, /) -> DutyAnswers:
        """The duty of items whose tariff number is known, line by line with citations."""
        return await _aside(self.desk.duty, batch)

    @bentoml.api(route="/suggest")
    async def suggest(self, batch: SuggestBatch, /) -> SuggestAnswers:
        """Ranked tariff numbers for descriptions, the level that is defended, the question that would decide."""
        return await _aside(self.desk.suggest, batch)

    @bentoml.api(route="/score")
    async def score(self, batch: ScoreBatch, /) -> ScoreAnswers:
        """How likely something is wrong with each parcel, what, why, and the duty at stake."""
        return await _aside(self.desk.score, batch)

    @bentoml.api(route="/assess")
    async def assess(self, batch: AssessBatch, /) -> AssessAnswers:
        """Suggestion, risk, duty, route and decision of items as declared. A record of it is kept."""
        return await _aside(self.desk.assess, batch)

    @bentoml.api(route="/about")
    async def about(self) -> About:
        """What answers here: versions of code, tariff, law and models; law verified through. Also by GET."""
        return About.model_validate(await anyio.to_thread.run_sync(self.desk.about, date.today()))


async def _aside(work: Callable[[dict[str, Any], date], Any], batch: BaseModel) -> Any:
    """The answer of ``work``, done in a thread. It goes out as it is; the message type describes it."""

    def answered() -> Response:
        try:
            answer, status = work(batch.model_dump(exclude_unset=True), date.today()), 200
        except MailDutyError as error:  # the batch as a whole, or a model that cannot be used
            answer, status = {"error": error.as_dict()}, 503 if error.code.startswith("MODEL_") else 400
        return Response(encoded(answer), status, media_type="application/json")

    return await anyio.to_thread.run_sync(answered)
