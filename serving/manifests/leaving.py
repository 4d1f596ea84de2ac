"""What every answer passes on its way out: errors get our form, each its request's identifier, and it is counted.

One line about each request goes to the log: which endpoint, which status, how long. No address, no query, no body: a
tracking number leads to a person.
"""

from __future__ import annotations

import time
import uuid

from starlette.types import Message, Send

from serving.web import metrics
from serving.web.answering import in_our_form
from serving.web.endpoints import Endpoint
from serving.web.keys import Caller
from serving.web.logs import log

_QUIET = ("/livez", "/healthz", "/readyz", "/metrics")


class Leaving:
    """The ``send`` of one request."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._since = time.perf_counter()
        self._held: Message | None = None  # the start of an error whose body is still to come
        self._parts: list[bytes] = []
        self.request_id = uuid.uuid4().hex
        self.endpoint: Endpoint | None = None
        self.caller: Caller | None = None
        self.started = False
        self.status = 0

    async def __call__(self, message: Message) -> None:
        """Hands on a message; an error is held back until it is whole."""
        if message["type"] == "http.response.start":
            self.status, self.started = message["status"], True
            headers = [*message.get("headers", []), (b"x-request-id", self.request_id.encode())]
            if self.caller is not None:
                headers += [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
            message = {**message, "headers": headers}
            if self.status >= 400:
                self._held = message
                return
        elif self._held is not None and message["type"] == "http.response.body":
            self._parts.append(message.get("body", b""))
            if message.get("more_body", False):
                return
            body = in_our_form(self.status, b"".join(self._parts))
            await self._send({**self._held, "headers": _for(self._held["headers"], body)})
            self._held, message = None, {**message, "body": body}
        await self._send(message)

    def tell(self, method: str) -> None:
        """Counts the request and writes its line."""
        took = time.perf_counter() - self._since
        path = self.endpoint.path if self.endpoint else "unknown"
        metrics.answered(method, path, self.status, took)
        if path in _QUIET and self.status < 400:
            return
        log.info(
            "answered",
            request=self.request_id,
            method=method,
            endpoint=path,
            status=self.status,
            ms=round(took * 1000, 1),
            party=self.caller.party if self.caller else None,
            key=self.caller.key_id if self.caller else None,
        )


def _for(headers: list[tuple[bytes, bytes]], body: bytes) -> list[tuple[bytes, bytes]]:
    """Headers for a body of ours in place of another."""
    rest = [(name, value) for name, value in headers if name not in (b"content-length", b"content-type")]
    return [*rest, (b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
