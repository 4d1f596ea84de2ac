"""The figures an operator watches, for Prometheus, over all worker processes and all parties together.

Counters and histograms are kept by each process in the folder that ``PROMETHEUS_MULTIPROC_DIR`` names (the service
sets it) and added up when asked. What stands open is read off the ledger. No figure names a party or an item.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from models.duty.records import DutyAssessment
from serving.assessor import Assessment
from serving.ledger import Entry, Kept, Ledger
from serving.ledger.tables import exceptions, tasks

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_TENTHS = tuple(n / 10 for n in range(1, 11))
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)

_requests = Counter(
    "mailduty_requests", "Requests answered.", ["method", "endpoint", "status"], registry=REGISTRY
)
_took = Histogram("mailduty_request_seconds", "Seconds to the answer.", ["endpoint"], buckets=_SECONDS)
_items = Counter("mailduty_items", "Items kept in the ledger, each once.", ["via"])
_decisions = Counter("mailduty_decisions", "Their decisions.", ["decision"])
_opened = Counter("mailduty_exceptions_opened", "Exceptions they opened.", ["code"])
_rejected = Counter("mailduty_rejected", "Items and rows that could not be read.", ["via"])
_duty = Counter("mailduty_duty_assessed_cents", "Duty assessed on them, in cents.")
_risk = Histogram("mailduty_risk_probability", "Risk of items, where it was learned.", buckets=_TENTHS)
_sure = Histogram(
    "mailduty_suggestion_confidence", "Confidence of suggestions, learned ones.", buckets=_TENTHS
)
_files = Counter("mailduty_manifests", "Manifests that came to an end.", ["status"])


def answered(method: str, endpoint: str, status: int, seconds: float) -> None:
    """Counts a request. ``endpoint`` is the form of the address, never the address itself."""
    known = method if method in ("GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS") else "other"
    _requests.labels(known, endpoint, str(status)).inc()
    _took.labels(endpoint).observe(seconds)


def kept(done: Sequence[Assessment], entries: Sequence[Entry], written: Sequence[Kept], via: str) -> None:
    """Counts what was kept of a batch: ``done`` goes with the first of ``entries``; the rest were rejected.

    What the ledger knew already is not counted again.
    """
    cents = 0
    for place, (entry, one) in enumerate(zip(entries, written, strict=True)):
        if not one.new:
            continue
        if place >= len(done):
            _rejected.labels(via).inc()
            continue
        assessed = done[place]
        _items.labels(via).inc()
        _decisions.labels(assessed.decision.outcome).inc()
        for exception in entry.exceptions:
            _opened.labels(exception.code).inc()
        if isinstance(assessed.duty, DutyAssessment):
            cents += assessed.duty.duty
        if assessed.risk.probability is not None:
            _risk.observe(assessed.risk.probability)
        if assessed.suggestion.confidence is not None:
            _sure.observe(assessed.suggestion.confidence)
    if cents > 0:
        _duty.inc(cents)


def manifest_ended(status: str) -> None:
    """Counts a manifest: done or failed."""
    _files.labels(status).inc()


class _Standing(Collector):
    """What stands open in the ledger now."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def collect(self) -> Iterator[Metric]:
        of_codes = select(exceptions.c.code, func.count(), func.min(exceptions.c.opened_at))
        of_tasks = select(tasks.c.status, func.count()).where(tasks.c.status.in_(("queued", "running")))
        with self.ledger.reading() as connection:
            codes = connection.execute(of_codes.group_by(exceptions.c.code)).all()
            waiting = {
                status: count for status, count in connection.execute(of_tasks.group_by(tasks.c.status))
            }
        is_open = GaugeMetricFamily("mailduty_exceptions_open", "Exceptions open now.", labels=["code"])
        age = 0.0
        for code, count, oldest in codes:
            is_open.add_metric([code], count)
            age = max(age, (datetime.now(UTC) - datetime.fromisoformat(oldest)).total_seconds())
        yield is_open
        yield GaugeMetricFamily(
            "mailduty_oldest_exception_age_seconds", "Age of the oldest open exception; 0: none.", value=age
        )
        tasks_now = GaugeMetricFamily("mailduty_manifests_waiting", "Manifests not done.", labels=["status"])
        for status in ("queued", "running"):
            tasks_now.add_metric([status], waiting.get(status, 0))
        yield tasks_now


def exposed(ledger: Ledger) -> bytes:
    """Everything, as Prometheus reads it."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
        counted = generate_latest(registry)
    else:
        counted = generate_latest(REGISTRY)
    standing = CollectorRegistry()
    standing.register(_Standing(ledger))
    return counted + generate_latest(standing)
