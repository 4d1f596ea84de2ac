"""The record of a run: what came in, what was answered, under which versions, and when.

One file of JSON lines for each run, under ``MAILDUTY_HOME`` (else ``$XDG_DATA_HOME/mailduty``, else
``~/.local/share/mailduty``): the run first, then each item, then each rejected row, then the count. A file is
written beside its place, flushed to the disk and then moved into place, so it is there whole or not at all; its
name is made anew for each run, so it never replaces another. Files can be read by their owner only: they hold names and addresses.

Records are added, never changed. They are not yet chained by hashes; each run's own hash is printed with it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from data.errors import MailDutyError
from serving.settings import home

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the record of a run is, its identifier and the SHA-256 of its bytes."""

    run_id: str
    path: Path
    sha256: str


def encoded(value: Mapping[str, Any]) -> bytes:
    """One JSON line. Decimals and days become text; keys keep their order."""
    return orjson.dumps(value, default=str, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS)


def keep(
    run: Mapping[str, Any],
    items: Iterable[Mapping[str, Any]],
    rejected: Iterable[Mapping[str, Any]] = (),
    at: datetime | None = None,
) -> Kept:
    """Writes one run. ``run`` holds what was asked and the versions; ``at`` is now unless given (UTC).

    Raises ``RECORD_NOT_KEPT`` where the folder cannot be written.
    """
    at = (at or datetime.now(UTC)).astimezone(UTC)
    run_id = f"{at:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:12]}"
    path = home() / "records" / f"{at:%Y-%m}" / f"{run_id}.jsonl"
    try:
        digest = _write(path, _lines({"run_id": run_id, "at": at.isoformat(), **run}, items, rejected))
    except OSError as error:
        raise MailDutyError(
            "RECORD_NOT_KEPT",
            f"the record of the run could not be written to {path.parent}: {error.strerror}",
            "no answer is given without a record of it",
            "set MAILDUTY_HOME to a folder that can be written",
            path=str(path),
        ) from error
    return Kept(run_id, path, digest)


def _lines(
    run: Mapping[str, Any], items: Iterable[Mapping[str, Any]], rejected: Iterable[Mapping[str, Any]]
) -> Iterable[bytes]:
    yield encoded({"kind": "run", "format": FORMAT, **run})
    counts = {"items": 0, "errors": 0}
    for item in items:
        counts["items"] += 1
        yield encoded({"kind": "item", **item})
    for row in rejected:
        counts["errors"] += 1
        yield encoded({"kind": "rejected", **row})
    yield encoded({"kind": "end", "rows_in": counts["items"] + counts["errors"], **counts})


def _write(path: Path, lines: Iterable[bytes]) -> str:
    """Writes to a file of its own, then moves it to ``path``; gives the SHA-256 of what was written."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=".writing-")  # readable by its owner only
    try:
        with os.fdopen(handle, "wb") as file:
            for line in lines:
                digest.update(line)
                file.write(line)
            file.flush()
            os.fsync(file.fileno())
        os.replace(scratch, path)
    except BaseException:
        os.unlink(scratch)
        raise
    return digest.hexdigest()
