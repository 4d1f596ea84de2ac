"""The counter: what stands behind each address. A request that was let in goes in, an answer comes out.

Everything here runs in a thread of its own and is asked for one caller: the party in every look and every write is
the caller's, and there is no way to name another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError
from starlette.responses import Response

from serving.answers import Desk
from serving.commands import showing
from serving.decisions.reviewing import review
from serving.json_lines import encoded
from serving.ledger import Ledger
from serving.manifests.ingest import receive
from serving.manifests.keeper import Keeper
from serving.manifests.tasks import Task, task_of
from serving.risk.risk_past import past_of
from serving.web import metrics
from serving.web.answering import answer
from serving.web.gate import Asked
from serving.web.idempotency import DoneMeanwhile, Given, Once, given, keep


class Counter:
    """Answers for a desk and a ledger. ``call`` is rung when there is work for a clerk."""

    def __init__(self, desk: Desk, ledger: Ledger, call: Callable[[], None]) -> None:
        self.desk, self.ledger, self.call = desk, ledger, call

    # --- answers that are not kept

    def suggest(self, _: Asked, batch: Mapping[str, Any]) -> Response:
        """``/suggest``"""
        return answer(self.desk.suggest(batch, date.today()))

    def score(self, asked: Asked, batch: Mapping[str, Any]) -> Response:
        """``/score``"""
        return answer(self.desk.score(batch, date.today(), past_of(self.ledger, asked.caller.party)))

    def duty(self, _: Asked, batch: Mapping[str, Any]) -> Response:
        """``/duty``"""
        return answer(self.desk.duty(batch, date.today()))

    def about(self, _: Asked) -> Response:
        """``/about``"""
        return answer(self.desk.about(date.today()))

    def metrics(self, _: Asked) -> Response:
        """``/metrics``"""
        return Response(metrics.exposed(self.ledger), media_type=metrics.CONTENT_TYPE)

    # --- answers that are kept before they are given

    def assess(self, asked: Asked, batch: Mapping[str, Any]) -> Response:
        """``/assess``"""
        keeper = self._keeper(asked)

        def work(also: Callable[[Connection, Mapping[str, Any]], None]) -> Mapping[str, Any]:
            return self.desk.assess(batch, date.today(), keeper, also)

        return self._once(asked, work)

    def review(self, asked: Asked, said: Mapping[str, Any]) -> Response:
        """``/reviews``"""
        keeper = self._keeper(asked)

        def work(also: Callable[[Connection, Mapping[str, Any]], None]) -> Mapping[str, Any]:
            return review(self.desk.assessor, keeper, said, also)

        return self._once(asked, work)

    def manifest(self, asked: Asked, file: bytes, name: str, settings: Mapping[str, Any]) -> Response:
        """``POST /manifests``"""

        def work(also: Callable[[Connection, Mapping[str, Any]], None]) -> Mapping[str, Any]:
            def told(connection: Connection, task: Task) -> None:
                also(connection, showing.task(task))

            task = receive(self.ledger, asked.caller.party, file, name, settings, _now(), told)
            return showing.task(task)

        response = self._once(asked, work, status=202)
        self.call()
        return response

    # --- what is kept

    def task(self, asked: Asked, task_id: str) -> Response:
        """``GET /manifests/{task_id}``"""
        return answer(showing.task(task_of(self.ledger, asked.caller.party, task_id)))

    def errors(self, asked: Asked, task_id: str, after: str, limit: int) -> Response:
        """``GET /manifests/{task_id}/errors``"""
        task = task_of(self.ledger, asked.caller.party, task_id)
        return answer(showing.errors(self.ledger, task, after, limit))

    def item(self, asked: Asked, tracking_id: str) -> Response:
        """``GET /items/{tracking_id}``"""
        return answer(showing.item(self.ledger, asked.caller.party, tracking_id))

    def exceptions(self, asked: Asked, code: str | None, after: str, limit: int) -> Response:
        """``GET /exceptions``"""
        return answer(showing.exceptions(self.ledger, asked.caller.party, code, after, limit))

    def _keeper(self, asked: Asked) -> Keeper:
        return Keeper(self.ledger, asked.caller.party, asked.caller.actor)

    def _once(
        self,
        asked: Asked,
        work: Callable[[Callable[[Connection, Mapping[str, Any]], None]], Mapping[str, Any]],
        status: int = 200,
    ) -> Response:
        """The answer of ``work``, done once for each Idempotency-Key; it hands its answer over in its transaction."""
        once = Once.of(asked.caller.party, asked.key, asked.address, asked.body)
        before = given(self.ledger, once)
        if before is None:
            said: list[bytes] = []

            def also(connection: Connection, body: Mapping[str, Any]) -> None:
                said[:] = [encoded(body)]
                keep(connection, self.ledger, once, status, said[0], _now())

            try:
                body = work(also)
            except (DoneMeanwhile, IntegrityError):
                before = given(self.ledger, once)
                if before is None:
                    raise
            else:
                return Response(said[0] if said else encoded(body), status, media_type="application/json")
        return _again(before)


def _again(before: Given) -> Response:
    return Response(before.body, before.status, {"Idempotent-Replay": "true"}, "application/json")


def _now() -> datetime:
    return datetime.now(UTC)
