"""The service: a thin BentoML class around the counter. The only file that knows BentoML.

Work is done in threads, so that health checks are answered while a batch is priced. No usage reports, no third-party
scripts. Every request passes the gate first; manifests are worked off by a clerk beside the requests.
"""

from __future__ import annotations

import os

os.environ.setdefault("BENTOML_DO_NOT_TRACK", "True")

import gc
import sys
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import anyio
import bentoml
from pydantic import BaseModel
from starlette.responses import Response

from serving.answers import Desk
from serving.ledger import Ledger
from serving.orphans import end_with_parent
from serving.web.clerk import Clerk
from serving.web.counter import Counter
from serving.web.gate import ASKED, Asked, Gate
from serving.web.keys import Doorkeeper
from serving.web.logs import take_over
from serving.web.messages import (
    AssessAnswers,
    AssessBatch,
    DutyAnswers,
    DutyBatch,
    ScoreAnswers,
    ScoreBatch,
    SuggestAnswers,
    SuggestBatch,
)
from serving.web.messages_kept import Review, ReviewAnswer
from serving.web.pages import aside, pages

TOGETHER = 4  # batches worked on at once in a process; the others wait in line


class _Opened:
    """What a process opens once, when its service starts."""

    def __init__(self) -> None:
        desk = Desk.shipped()
        desk.warm(date.today())
        self.ledger = Ledger.open()
        self.door = Doorkeeper(self.ledger)
        self.clerk = Clerk(self.ledger, lambda: desk.assessor)
        self.counter = Counter(desk, self.ledger, self.clerk.call)


@lru_cache(maxsize=1)
def _opened() -> _Opened:
    return _Opened()


@bentoml.service(
    name="mailduty",
    workers=int(os.environ.get("MAILDUTY_WORKERS", "1")),
    traffic={"timeout": 120},
    logging={"access": {"enabled": False}},
    tracing={"excluded_urls": ".*"},
    metrics={"enabled": False},  # its labels would hold tracking numbers; ours are at /metrics
)
@bentoml.asgi_app(pages(lambda: _opened().counter), path="/")
class MailDuty:
    """US duty on low-value mail: suggestion, risk, duty and decision, and the ledger they are kept in."""

    def __init__(self) -> None:
        take_over()
        self.counter = _opened().counter
        self.line = anyio.CapacityLimiter(TOGETHER)

    @bentoml.on_startup
    def settle(self) -> None:
        """The tariff stays for good: taken out of the garbage collector, long pauses go. Then the clerk begins.

        A request and the clerk share one interpreter: they take turns ten times as often as is usual, so that a single
        item does not wait behind a chunk of hundreds.
        """
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 50, 100)
        sys.setswitchinterval(0.0005)
        if os.environ.get("MAILDUTY_HOST"):  # started by mailduty serve: a worker process
            end_with_parent()
        _opened().clerk.start()

    @bentoml.on_shutdown
    def leave(self) -> None:
        """The clerk finishes what it has in hand."""
        _opened().clerk.stop()
        _opened().ledger.close()

    @bentoml.api(route="/duty")
    async def duty(self, batch: DutyBatch, /) -> DutyAnswers:
        """The duty of items whose tariff number is known, line by line with citations."""
        return await self._answered(self.counter.duty, batch)

    @bentoml.api(route="/suggest")
    async def suggest(self, batch: SuggestBatch, /) -> SuggestAnswers:
        """Ranked tariff numbers for descriptions, the level that is defended, the question that would decide."""
        return await self._answered(self.counter.suggest, batch)

    @bentoml.api(route="/score")
    async def score(self, batch: ScoreBatch, /) -> ScoreAnswers:
        """How likely something is wrong with each parcel, what, why, and the duty at stake."""
        return await self._answered(self.counter.score, batch)

    @bentoml.api(route="/assess")
    async def assess(self, batch: AssessBatch, /) -> AssessAnswers:
        """Suggestion, risk, duty, route and decision of items as declared. Each is kept in the ledger first."""
        return await self._answered(self.counter.assess, batch)

    @bentoml.api(route="/reviews")
    async def reviews(self, review: Review, /) -> ReviewAnswer:
        """A person's decision on an item: accept, correct, hold or return."""
        return await self._answered(self.counter.review, review)

    async def _answered(
        self, work: Callable[[Asked, Mapping[str, Any]], Response], message: BaseModel
    ) -> Any:
        """The answer of ``work``. It goes out as it is; the message type describes it."""
        asked = ASKED.get()
        return await aside(lambda: work(asked, message.model_dump(exclude_unset=True)), self.line)


_service: Any = MailDuty  # what the decorator made of it
_service.add_asgi_middleware(Gate, door=lambda: _opened().door)
