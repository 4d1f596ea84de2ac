"""How much one party, and everybody together, may ask of the service: sizes, rates, depth.

Each is set by the environment, is per worker process, and has a default that a first hour never meets:

* ``MAILDUTY_MAX_BODY``: megabytes of one request, 16.
* ``MAILDUTY_MAX_UPLOAD``: megabytes of one manifest, 64.
* ``MAILDUTY_MAX_BODIES``: megabytes of all requests in hand together, 256; beyond it a request is asked to wait.
* ``MAILDUTY_RATE``: requests a second of one party, 200; a request counts once more for every 64 KB of it.
* ``MAILDUTY_BURST``: how many may come at once after a pause, twice the rate.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from data.errors import MailDutyError

MEGABYTE = 1 << 20
WEIGHT = 64 << 10  # bytes of a request that count as one more request
MOST_NESTED = 32  # levels of JSON; ours needs six
MOST_PARTIES = 10_000  # buckets kept; the longest unused goes first

_BRACKETS = b"[]{}"
_NO_BRACKETS = bytes(set(range(256)) - set(_BRACKETS))
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.S)


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, rates in requests a second."""

    body: int = 16 * MEGABYTE
    upload: int = 64 * MEGABYTE
    bodies: int = 256 * MEGABYTE
    rate: float = 200.0
    burst: float = 400.0

    @classmethod
    def from_environment(cls) -> Limits:
        """The limits an operator set. Raises ``SETTING_UNKNOWN`` for one that is no positive number."""
        rate = _number("MAILDUTY_RATE", cls().rate)
        return cls(
            int(_number("MAILDUTY_MAX_BODY", 16) * MEGABYTE),
            int(_number("MAILDUTY_MAX_UPLOAD", 64) * MEGABYTE),
            int(_number("MAILDUTY_MAX_BODIES", 256) * MEGABYTE),
            rate,
            _number("MAILDUTY_BURST", 2 * rate),
        )


class Buckets:
    """One token bucket for each party. ``clock`` gives seconds that only grow."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.burst, self.clock = rate, burst, clock
        self._held: dict[str, tuple[float, float]] = {}

    def take(self, party: str, weight: float = 1.0) -> None:
        """Takes ``weight`` tokens, at most the burst. Raises ``RATE_EXCEEDED`` with ``retry_after`` seconds."""
        now, weight = self.clock(), min(weight, self.burst)
        tokens, since = self._held.pop(party, (self.burst, now))
        tokens = min(self.burst, tokens + (now - since) * self.rate)
        enough = tokens >= weight
        self._held[party] = (tokens - weight if enough else tokens, now)
        if len(self._held) > MOST_PARTIES:
            del self._held[next(iter(self._held))]
        if not enough:
            raise MailDutyError(
                "RATE_EXCEEDED",
                "too many requests in a short time",
                f"{self.rate:g} a second are answered, {self.burst:g} after a pause",
                "wait as Retry-After says; send batches rather than single items",
                retry_after=max(1, round((weight - tokens) / self.rate + 0.5)),
            )


def refuse_deep(body: bytes) -> None:
    """Raises ``JSON_TOO_DEEP`` where JSON nests deeper than anything we take. Texts may hold brackets."""
    marks = body.translate(None, _NO_BRACKETS)
    if len(marks) <= MOST_NESTED or _depth(marks) <= MOST_NESTED:
        return
    outside = b"".join(found for found in _TOKEN.findall(body) if found in (b"[", b"]", b"{", b"}"))
    if _depth(outside) > MOST_NESTED:
        raise MailDutyError(
            "JSON_TOO_DEEP",
            f"the JSON nests more than {MOST_NESTED} levels",
            "",
            "send the shape that the API documentation shows",
        )


def _depth(marks: bytes) -> int:
    """The deepest level of a run of brackets."""
    opened = np.frombuffer(marks, np.uint8)
    steps = np.where((opened == ord("[")) | (opened == ord("{")), 1, -1)
    return int(np.cumsum(steps, dtype=np.int64).max(initial=0))


def _number(name: str, default: float) -> float:
    text = os.environ.get(name, "")
    try:
        value = float(text) if text else default
    except ValueError:
        value = 0.0
    if not 0 < value < 1e9:
        raise MailDutyError(
            "SETTING_UNKNOWN", f"{name} is {text!r}", "it is a number above zero", "set it so"
        )
    return value
