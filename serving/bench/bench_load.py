"""What a measurement of the service sends: made-up items, alone and as manifests, and what it saw of the answers.

Items are drawn from the catalogue, with the number, an origin, a value and people; days are those the law and the
tariff in the package know. Identifier and value differ from item to item; texts repeat after :data:`TEXTS` items.
"""

from __future__ import annotations

import csv
import http.client
import io
import random
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson

from data.catalogue import load
from data.catalogue_generate import generate
from data.parcel_world import name_of
from data.s10 import check_digit
from serving.bench.bench_started import HOST
from serving.bench.made_up import COMMON, LAST, OTHERS

TEXTS = 20_000
DAYS = [LAST - timedelta(n) for n in range(60)]
WITHOUT_NUMBER = 0.1
_SHORT = 60.0  # seconds a request may take


class MadeUp:
    """A row of goods after another; each has an S10 identifier of its own."""

    def __init__(self, texts: int) -> None:
        self.goods = list(generate(load(), min(texts, TEXTS), seed=20261121))
        self.draw = random.Random(20261121)
        self.made = 0
        self.lock = threading.Lock()

    def items(self, count: int) -> list[dict[str, str]]:
        """``count`` items nobody had yet, as rows of a manifest; safe to ask from several threads."""
        with self.lock:
            return [self._item() for _ in range(count)]

    def _item(self) -> dict[str, str]:
        goods, draw = self.goods[self.made % len(self.goods)], self.draw
        self.made += 1
        serial = f"{self.made:08d}"
        place = draw.randrange(100)
        origin = COMMON[place] if place < len(COMMON) else draw.choice(OTHERS)
        return {
            "tracking_id": f"RR{serial}{check_digit(serial)}{origin}",
            "description": goods["description"],
            "hts": "" if draw.random() < WITHOUT_NUMBER else goods["hts"],
            "origin": origin,
            "quantity": "1",
            "net_weight_kg": f"{draw.randrange(50, 2000) / 1000}",
            "value": f"{draw.lognormvariate(8.5, 1) / 100:.2f}",
            "currency": "USD",
            "sender_name": name_of(draw),
            "recipient_name": name_of(draw),
        }


def manifest(rows: Sequence[dict[str, str]]) -> bytes:
    """Rows as a CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def single(row: dict[str, str], on: str) -> bytes:
    """One item as ``/assess`` is asked."""
    item = {name: row[name] for name in ("description", "origin", "tracking_id")} | {
        "value_usd": row["value"]
    }
    item |= {"hts": row["hts"]} if row["hts"] else {}
    return orjson.dumps({"on": on, "items": {row["tracking_id"]: item}})


@dataclass
class Sustained:
    """What happened in a stretch of time: rows kept in it, seconds by the clock and of processor, singles beside."""

    rows: int = 0
    seconds: float = 0.0
    processor: float = 0.0
    singles: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Asking:
    """A connection that is kept, and what was seen on it: seconds of each request, and what was no answer."""

    def __init__(self, port: int) -> None:
        self.http = http.client.HTTPConnection(HOST, port, timeout=_SHORT)
        self.took: list[float] = []
        self.errors: list[str] = []

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> Any:
        """The answer's JSON; None where there was none, which is then among the errors."""
        headers = {"content-type": kind, "idempotency-key": str(uuid.uuid4())} if body else {}
        try:
            self.http.request(method, path, body or None, headers)
            answer = self.http.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.http.close()
            self.errors.append(type(error).__name__)
            return None
        if answer.status >= 300:
            self.errors.append(f"{answer.status} {said[:200]!r}")
            return None
        return orjson.loads(said)

    def assess(self, body: bytes) -> None:
        """One request to ``/assess``, timed; an item in error is an error."""
        begun = time.perf_counter()
        said = self.ask("POST", "/assess", body)
        self.took.append(time.perf_counter() - begun)
        if said and said.get("errors"):
            self.errors.append(str(said["items"])[:200])

    def send(self, rows: Sequence[dict[str, str]], on: str) -> str | None:
        """A manifest on its way; its task."""
        path = f"/manifests?name=made-up.csv&on={on}"
        said = self.ask("POST", path, manifest(rows), "application/octet-stream")
        return said["task_id"] if said else None

    def rows_done(self, task: str) -> tuple[int, bool]:
        """How far a manifest is, and whether that is its end; one that failed, or refused a row, is an error."""
        said = self.ask("GET", f"/manifests/{task}")
        if said is None:
            return 0, False
        ended = said["status"] in ("done", "failed")
        if said["status"] == "failed" or (ended and said["result"]["errors"]):
            self.errors.append(str(said["error"] or said["result"])[:300])
        return said["rows_done"], ended
