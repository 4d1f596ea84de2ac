"""A client of the service for Python: typed answers, retries that do nothing twice.

    with Client("http://127.0.0.1:3000", key="md_...") as mailduty:
        answers = mailduty.assess({"parcel-1": {"description": "cotton T-shirt", "origin": "IN", "value_usd": "48"}})
        print(answers.items["parcel-1"].decision.outcome)

Everything that writes carries an Idempotency-Key, the same one on each attempt: where a connection is lost after
the service has done its work, the next attempt gets the answer of the first.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel

from data.errors import MailDutyError
from serving.web.messages import About, AssessAnswers, DutyAnswers, ScoreAnswers, SuggestAnswers
from serving.web.messages_kept import (
    ItemRecords,
    ManifestErrors,
    ManifestTask,
    OpenException,
    OpenExceptions,
    RejectedRow,
    ReviewAnswer,
)

ATTEMPTS = 4
_LATER = (429, 502, 504)  # and 503 where it says when
_Message = TypeVar("_Message", bound=BaseModel)
_Page = TypeVar("_Page", ManifestErrors, OpenExceptions)


class Client:
    """One service, one key. ``sleep`` waits that many seconds between attempts."""

    def __init__(
        self,
        url: str,
        key: str | None = None,
        timeout: float = 60.0,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=timeout, transport=transport)
        self._sleep = sleep

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the connections."""
        self._http.close()

    def suggest(self, items: Mapping[str, Mapping[str, Any]], **batch: Any) -> SuggestAnswers:
        """Tariff numbers for descriptions, by your ids; ``on``, ``top``, ``confidence`` as in ``SuggestBatch``."""
        return self._post("/suggest", {**batch, "items": items}, SuggestAnswers)

    def score(self, items: Mapping[str, Mapping[str, Any]], **batch: Any) -> ScoreAnswers:
        """Risk of parcels, by your ids."""
        return self._post("/score", {**batch, "items": items}, ScoreAnswers)

    def duty(self, items: Mapping[str, Mapping[str, Any]]) -> DutyAnswers:
        """Duty of items whose number is known, by your ids."""
        return self._post("/duty", {"items": items}, DutyAnswers)

    def assess(
        self, items: Mapping[str, Mapping[str, Any]], on: str | None = None, once: str = ""
    ) -> AssessAnswers:
        """The whole assessment of items, kept in the ledger. ``once``: your own Idempotency-Key."""
        return self._post("/assess", {"on": on, "items": items}, AssessAnswers, once or _new())

    def review(
        self,
        record_id: str,
        decision: str,
        reason: str,
        reviewer: str,
        changes: Mapping[str, Any] | None = None,
        once: str = "",
    ) -> ReviewAnswer:
        """A decision on an item: accept, correct (with ``changes``), hold or return."""
        said = {"record_id": record_id, "decision": decision, "reason": reason, "reviewer": reviewer}
        return self._post("/reviews", {**said, "changes": dict(changes or {})}, ReviewAnswer, once or _new())

    def send_manifest(
        self,
        file: str | Path | bytes,
        name: str = "",
        rates: str | Path | None = None,
        mapping: str | Path | None = None,
        wait: float = 0.0,
        once: str = "",
        **settings: str,
    ) -> ManifestTask:
        """Sends a manifest; waits up to ``wait`` seconds for its end. ``settings`` are those of the query.

        ``file`` is a path or the bytes of the file; ``rates`` and ``mapping`` are paths.
        """
        content = file if isinstance(file, bytes) else Path(file).read_bytes()
        name = name or ("" if isinstance(file, bytes) else Path(file).name)
        until = time.monotonic() + wait
        query = {**settings, "name": name, "wait": str(min(60, round(wait)))}
        sent: dict[str, Any] = {"content": content, "headers": {"content-type": "application/octet-stream"}}
        beside = {part: Path(path) for part, path in (("rates", rates), ("mapping", mapping)) if path}
        if beside:
            parts = {part: (path.name, path.read_bytes()) for part, path in beside.items()}
            sent = {"files": {"file": (name or "manifest", content), **parts}}
        task = self._ask("POST", "/manifests", ManifestTask, once or _new(), params=query, **sent)
        while task.status in ("queued", "running") and time.monotonic() < until:
            self._sleep(0.5)
            task = self.manifest(task.task_id)
        return task

    def manifest(self, task_id: str) -> ManifestTask:
        """How far a manifest is, and what came of it."""
        return self._ask("GET", f"/manifests/{_segment(task_id)}", ManifestTask)

    def manifest_errors(self, task_id: str) -> Iterator[RejectedRow]:
        """Every row of a manifest that could not be read, page by page."""
        path = f"/manifests/{_segment(task_id)}/errors"
        for page in self._pages(path, ManifestErrors):
            yield from page.errors

    def item(self, tracking_id: str) -> ItemRecords:
        """Everything kept of a parcel, or of an item by its id."""
        return self._ask("GET", f"/items/{_segment(tracking_id)}", ItemRecords)

    def exceptions(self, code: str | None = None) -> Iterator[OpenException]:
        """Everything that waits, oldest first, page by page; of one code where it is named."""
        for page in self._pages("/exceptions", OpenExceptions, **({"code": code} if code else {})):
            yield from page.exceptions

    def about(self) -> About:
        """What answers there."""
        return self._ask("GET", "/about", About)

    def _pages(self, path: str, kind: type[_Page], **query: str) -> Iterator[_Page]:
        after: str | None = ""
        while after is not None:
            page = self._ask("GET", path, kind, params={**query, "after": after, "limit": 1000})
            yield page
            after = page.next

    def _post(self, path: str, said: Mapping[str, Any], kind: type[_Message], once: str = "") -> _Message:
        return self._ask("POST", path, kind, once, json={k: v for k, v in said.items() if v is not None})

    def _ask(self, method: str, path: str, kind: type[_Message], once: str = "", **sent: Any) -> _Message:
        """The answer, after as many attempts as it takes; raises the service's own error as MailDutyError."""
        headers = {**sent.pop("headers", {}), **({"Idempotency-Key": once} if once else {})}
        lost: httpx.TransportError | None = None
        for attempt in range(ATTEMPTS):
            try:
                answer = self._http.request(method, path, headers=headers, **sent)
            except httpx.TransportError as error:
                lost, wait = error, 0.2 * 2**attempt
            else:
                if answer.is_success:
                    return kind.model_validate_json(answer.content)
                says_when = "retry-after" in answer.headers
                if attempt == ATTEMPTS - 1 or not (says_when or answer.status_code in _LATER):
                    raise _refusal(answer)
                wait = float(answer.headers.get("retry-after", 0.2 * 2**attempt))
            if attempt < ATTEMPTS - 1:
                self._sleep(wait)
        raise MailDutyError(
            "SERVICE_UNREACHABLE",
            f"no answer after {ATTEMPTS} attempts: {type(lost).__name__}",
            "",
            "see whether the service runs; what was sent may be sent again with the same key",
            idempotency_key=once,
        ) from lost


def _refusal(answer: httpx.Response) -> MailDutyError:
    """The error as the service raised it."""
    try:
        said = dict(answer.json()["error"])
    except (ValueError, KeyError, TypeError):
        return MailDutyError(
            "SERVICE_UNREACHABLE", f"the answer is {answer.status_code} and no JSON", "", "see its log"
        )
    code, message = said.pop("code"), said.pop("message")
    fact, rule, remedy = said.pop("fact", message), said.pop("rule", ""), said.pop("remedy", "")
    return MailDutyError(code, fact, rule, remedy, **{**said, "status": answer.status_code})


def _segment(text: str) -> str:
    """A text as one part of a path."""
    return quote(text, safe="")


def _new() -> str:
    return str(uuid.uuid4())
