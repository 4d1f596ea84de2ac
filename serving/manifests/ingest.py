"""A manifest on its way into the ledger: taken in as a task, assessed by whole parcels, kept chunk by chunk.

A chunk's records and the task's progress are one transaction, so a crash at any point leaves each item there once or
not yet. Going on begins with reading the file again, as it was received and under the settings it came with; what is
counted as done is skipped. Where the reading has changed meanwhile (a new release), the task begins anew, and what
the ledger says already is not written again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection

from data.errors import MailDutyError
from data.manifest import ManifestReading, RowError, read_manifest
from data.manifest.map_file import read_map
from data.money import Rates
from serving.asked import AskedItem, as_day
from serving.assessor import Assessor
from serving.decisions.outcome import Outcome
from serving.ledger import Kept, Ledger
from serving.ledger.received import file_of, keep_file, sealed_file
from serving.manifests.keeper import Keeper
from serving.manifests.keeping import assessed_entries, manifest_entry
from serving.manifests.manifests import about, asked_items, keepable, rejected_row
from serving.manifests.resent import closed_by
from serving.manifests.tasks import Task, advance, renew, submitted
from serving.parcels import whole_parcels
from serving.web import metrics

CHUNK = 250  # items in a transaction: under a second of work
READ_AT_ONCE = (
    2 << 20
)  # bytes; a smaller file is read before it is accepted, so that a bad one is refused at once
RENEWED = timedelta(seconds=20)  # between two renewals while a large file is read
METHODS = ("ad_valorem", "specific")
OF_A_FILE = ("layout", "value_basis", "decimal_mark", "date_order", "weight_unit", "encoding")


def receive(
    ledger: Ledger,
    party: str,
    content: bytes,
    name: str,
    settings: Mapping[str, Any],
    at: datetime,
    also: Callable[[Connection, Task], None] | None = None,
) -> Task:
    """Keeps a file and its task, in one transaction with ``also``; the same file and settings: the same task.

    ``settings``: those of :data:`OF_A_FILE`, ``on`` (YYYY-MM-DD), ``method``, ``rates`` (the text of a table),
    ``mapping`` (the text of a mapping file).
    Raises MailDutyError where the file, its settings or its rates cannot be used at all; then nothing is kept.
    """
    given = {name: value for name, value in settings.items() if value}
    _checked(given)
    if len(content) <= READ_AT_ONCE:
        _read(content, name, given)
    file = sealed_file(ledger, content, name)
    said = orjson.dumps([file.sha256, given], option=orjson.OPT_SORT_KEYS)
    held = {**given, "name": file.name, "size": file.size, "today": at.astimezone(UTC).date().isoformat()}
    with ledger.writing() as connection:
        ledger.mark_key(connection, at)
        keep_file(connection, party, file, at)
        task = submitted(connection, party, hashlib.sha256(said).hexdigest(), file.sha256, held, at)
        if also is not None:
            also(connection, task)
    return task


@dataclass
class Work:
    """What works on tasks. ``clock`` says the time; ``stopping`` says whether to leave after the running chunk."""

    ledger: Ledger
    assessor: Assessor
    worker: str
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    stopping: Callable[[], bool] = lambda: False
    chunk: int = CHUNK

    def do(self, task: Task) -> Task:
        """Does a task that was taken, to its end or until ``stopping``; the task as it then stands.

        Raises MailDutyError where the file cannot be read or the ledger not be written, :class:`LeaseLost`.
        """
        file = file_of(self.ledger, task.party, task.file_sha256)
        name = task.settings.get("name", file.name)
        reading = _read(file.content, name, task.settings, self._holding(task))
        fresh = Outcome.of(reading)
        outcome = fresh.taken_up(task.result) if task.rows_done else fresh
        if outcome is None:
            task, outcome = self._move(task, replace(task, rows_done=0)), fresh
        for chunk in self._chunks(reading, task):
            if self.stopping():
                return task
            task, outcome = self._keep(task, chunk, reading, outcome)
        return self._move(
            task, replace(task, status="done", rows_total=reading.rows_in, result=outcome.as_json())
        )

    def _chunks(self, reading: ManifestReading, task: Task) -> Iterator[Sequence[AskedItem | RowError]]:
        """Whole parcels, then rejected rows; without those that are done."""
        on = task.settings.get("on")
        facts = {"method": task.settings.get("method", "ad_valorem")}
        today = date.fromisoformat(task.settings["today"])
        asked = list(asked_items(reading, date.fromisoformat(on) if on else None, today, facts))
        passed = 0
        for some in whole_parcels(asked, self.chunk):
            passed += len(some)
            if passed > task.rows_done:
                yield some
        left = max(task.rows_done - len(asked), 0)
        for start in range(left, len(reading.errors), self.chunk):
            yield reading.errors[start : start + self.chunk]

    def _keep(
        self, task: Task, chunk: Sequence[AskedItem | RowError], reading: ManifestReading, outcome: Outcome
    ) -> tuple[Task, Outcome]:
        """One transaction: the records of a chunk, and the progress they are."""
        now, sha256 = self.clock(), task.file_sha256
        items = [one for one in chunk if isinstance(one, AskedItem)]
        keeper = Keeper(self.ledger, task.party, f"manifest {sha256[:12]}", lambda: now)
        done = keeper.assess(self.assessor, items)
        entries = assessed_entries(done, keeper.standing(self.assessor), sha256)
        entries += [rejected_row(one, sha256) for one in chunk if isinstance(one, RowError)]
        before = [] if task.rows_done else [manifest_entry(about(reading), sha256)]
        closing = closed_by(self.ledger, task.party, entries, sha256)
        after: list[tuple[Task, Outcome]] = []
        ours = slice(len(before), len(before) + len(entries))

        def also(connection: Connection, kept: Sequence[Kept]) -> None:
            sums = outcome.and_chunk(done, entries, len(entries) - len(done), kept[ours])
            rows = task.rows_done + len(chunk)
            moved = replace(task, rows_total=reading.rows_in, rows_done=rows, result=sums.as_json())
            advance(connection, task, self.worker, moved, now)
            after.append((moved, sums))

        kept = keeper.keep([*before, *entries, *closing], also)
        metrics.kept(done, entries, kept[ours], "manifest")
        return after[-1]

    def _move(self, task: Task, changed: Task) -> Task:
        """Writes progress that is no chunk."""
        with self.ledger.writing() as connection:
            advance(connection, task, self.worker, changed, self.clock())
        return changed

    def _holding(self, task: Task) -> Callable[[int, int], None]:
        """Renews the lease while a large file is read."""
        since = self.clock()

        def progress(_: int, __: int) -> None:
            nonlocal since
            if (now := self.clock()) - since > RENEWED:
                renew(self.ledger, task, self.worker, now)
                since = now

        return progress


def _read(
    content: bytes, name: str, settings: Mapping[str, Any], progress: Callable[[int, int], None] | None = None
) -> ManifestReading:
    """The file read. Raises MailDutyError MANIFEST_* where no row of it can be."""
    given = {one: settings[one] for one in OF_A_FILE if settings.get(one)}
    if settings.get("mapping"):
        given["mapping"] = read_map(settings["mapping"], "the mapping")
    reading = read_manifest(content, **given, rates=_rates(settings), name=name, progress=progress)
    return keepable(reading)


def _checked(settings: Mapping[str, Any]) -> None:
    """Raises MailDutyError for what would only be noticed once a worker has the task."""
    _rates(settings)
    if "mapping" in settings:
        read_map(settings["mapping"], "the mapping")
    if "on" in settings:
        as_day(settings["on"], "on")
    if settings.get("method", METHODS[0]) not in METHODS:
        raise MailDutyError(
            "SETTING_UNKNOWN",
            "method cannot be that",
            "it is the carrier's choice",
            f"use {', '.join(METHODS)}",
        )


def _rates(settings: Mapping[str, Any]) -> Rates | None:
    text = settings.get("rates")
    return Rates.of_text(text) if text else None
