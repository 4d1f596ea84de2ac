"""What every request passes before it is answered: who asks, how much, how large, how deep. Pure ASGI.

The body is taken in here, within its limit, so that nothing behind ever meets one that is too large. Whoever answers
finds the caller in :data:`ASKED`.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.errors import MailDutyError
from serving.manifests.leaving import Leaving
from serving.web.answering import internal, refused
from serving.web.endpoints import ENDPOINTS, OPEN, Endpoint, endpoint
from serving.web.keys import Caller, Doorkeeper
from serving.web.limits import MEGABYTE, WEIGHT, Buckets, Limits, refuse_deep
from serving.web.logs import failure

_STATIC = Endpoint("GET", "/static_content", OPEN, "What the page of the description needs.")
_KEY = re.compile(r"[!-~]{1,200}")
_NAMES = ("localhost", "ip6-localhost")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was let in."""

    caller: Caller
    body: bytes
    key: str | None  # its Idempotency-Key
    address: str  # method, path and query, as they were
    request_id: str


ASKED: ContextVar[Asked] = ContextVar("asked")


class _Gone(Exception):
    """Whoever asked has left."""


class Gate:
    """Lets requests in to ``app``, each with its caller. ``door`` gives the doorkeeper of the ledger."""

    def __init__(self, app: ASGIApp, door: Callable[[], Doorkeeper], limits: Limits | None = None) -> None:
        self.app, self.door = app, door
        self.limits = limits or Limits.from_environment()
        self.buckets = Buckets(self.limits.rate, self.limits.burst)
        self.in_hand = 0  # bytes of all bodies now held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        out = Leaving(send)
        try:
            await self._let_in(scope, receive, out)
        except MailDutyError as error:
            if not out.started:
                await refused(error)(scope, receive, out)
        except _Gone:
            out.status = 499
        except Exception as error:
            failure(error, out.request_id)
            if not out.started:
                await internal()(scope, receive, out)
        finally:
            out.tell(scope["method"])

    async def _let_in(self, scope: Scope, receive: Receive, out: Leaving) -> None:
        headers = Headers(scope=scope)
        out.endpoint = wanted = _endpoint(scope["method"], scope["path"])
        if wanted.scope == OPEN:
            return await self.app(scope, receive, out)
        out.caller = caller = await self._caller(scope, headers)
        caller.needs(wanted.scope)
        self.buckets.take(caller.party)
        key = _idempotency_key(headers) if wanted.writes else None
        body = b""
        try:
            if wanted.takes is not None:
                upload = wanted.takes == "file"
                if not upload:
                    _json_only(headers)
                body = await self._take_in(
                    headers, receive, self.limits.upload if upload else self.limits.body
                )
                self.buckets.take(caller.party, len(body) // WEIGHT)
                if not upload:
                    await anyio.to_thread.run_sync(refuse_deep, body)
            address = f"{scope['method']} {scope['path']}?{scope['query_string'].decode('latin-1')}"
            mark = ASKED.set(Asked(caller, body, key, address, out.request_id))
            try:
                await self.app(scope, _again(body, receive), out)
            finally:
                ASKED.reset(mark)
        finally:
            self.in_hand -= len(body)

    async def _take_in(self, headers: Headers, receive: Receive, most: int) -> bytes:
        """The whole body, counted in ``in_hand``. Raises ``BODY_TOO_LARGE`` and ``SERVICE_BUSY``."""
        said = headers.get("content-length", "")
        if said.isascii() and said.isdigit() and int(said[:20]) > most:
            raise _too_large(most)
        parts: list[bytes] = []
        size = 0
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _Gone
                part = message.get("body", b"")
                if size + len(part) > most:
                    raise _too_large(most)
                if self.in_hand + len(part) > self.limits.bodies:
                    raise _busy()
                size += len(part)
                self.in_hand += len(part)
                parts.append(part)
                if not message.get("more_body", False):
                    return b"".join(parts)
        except BaseException:
            self.in_hand -= size
            raise

    async def _caller(self, scope: Scope, headers: Headers) -> Caller:
        token = headers.get("x-api-key")
        kind, _, rest = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            token = rest.strip()
        loopback = token is None and _from_here(scope)
        if loopback:
            _no_other_site(headers)
        door = self.door()
        known = door.quick(token, loopback)
        if known is not None:
            return known
        return await anyio.to_thread.run_sync(door.caller, token, loopback)


def _again(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that gives the body that was taken in already."""
    rest = [body]

    async def again() -> Message:
        if rest:
            return {"type": "http.request", "body": rest.pop(), "more_body": False}
        return await receive()

    return again


def _endpoint(method: str, path: str) -> Endpoint:
    found = endpoint(method, path)
    if found is not None:
        return found
    if method in ("GET", "HEAD") and path.startswith("/static_content/"):
        return _STATIC
    takes = [one.method for one in ENDPOINTS if one.pattern.fullmatch(path)]
    if takes:
        raise MailDutyError("METHOD_UNKNOWN", "this address does not take that method", "", f"use {takes[0]}")
    raise MailDutyError("ADDRESS_UNKNOWN", "there is nothing at this address", "", "see / for what there is")


def _from_here(scope: Scope) -> bool:
    """True where the service is bound to loopback and the request came in there."""
    server = scope.get("server") or ("",)
    return _loopback(os.environ.get("MAILDUTY_HOST", "127.0.0.1")) and _loopback(str(server[0]))


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host in _NAMES


def _no_other_site(headers: Headers) -> None:
    """Without a key, only pages of this machine may make a browser ask us: raises ``ORIGIN_FOREIGN``."""
    host = re.sub(r":\d+$", "", headers.get("host", ""))
    site = re.sub(r"^https?://|:\d+$", "", headers.get("origin", host))
    if not _loopback(host) or not _loopback(site):
        raise MailDutyError(
            "ORIGIN_FOREIGN",
            "the request came from another site",
            "without an API key only this machine is answered",
            "make a key with mailduty keys add and send it",
        )


def _json_only(headers: Headers) -> None:
    kind = headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise MailDutyError(
            "MEDIA_TYPE",
            "the request says it is no JSON",
            "this address takes application/json",
            "send the header content-type: application/json",
        )


def _idempotency_key(headers: Headers) -> str | None:
    key = headers.get("idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        raise MailDutyError(
            "IDEMPOTENCY_KEY",
            "the Idempotency-Key cannot be used",
            "1 to 200 visible ASCII characters",
            "take a UUID, a new one for each request and the same one when it is sent again",
        )
    return key


def _too_large(most: int) -> MailDutyError:
    return MailDutyError(
        "BODY_TOO_LARGE",
        f"the request is larger than {most / MEGABYTE:g} MB",
        "",
        "send it in parts; a manifest goes to /manifests",
    )


def _busy() -> MailDutyError:
    return MailDutyError(
        "SERVICE_BUSY", "as many requests are in hand as fit", "", "send it again in a moment", retry_after=2
    )
