"""The ledger as a file for others: CSV, JSON lines or Parquet, a record a row, read and written in slices.

Personal data is never in it. In CSV no cell can act as a formula; JSON lines hold the whole body; Parquet wants pyarrow.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select

from data.errors import MailDutyError
from serving.json_lines import encoded
from serving.ledger.book import Ledger
from serving.ledger.finding import slices
from serving.ledger.records import Record
from serving.ledger.tables import current
from serving.sheets import safe_row

FORMATS = ("csv", "jsonl", "parquet")
AT_ONCE = 2_000
_HEADER = (
    "party seq record_id at actor kind reason tracking_id item_id entered_on supersedes current purged decision route"
).split()
_SAID = "description hts_declared hts origin value_usd regime duty_usd fees_usd error".split()
_REST = (
    "exceptions mailduty schedule law hts_model risk_model manifest_sha256 body_sha256 prev_hash hash"
).split()
COLUMNS = (*_HEADER, *_SAID, *_REST)
_MONEY = frozenset({"duty_usd", "fees_usd"})
_FLAGS = frozenset({"current", "purged"})
Row = dict[str, Any]


def export(
    ledger: Ledger, party: str, kind: str, out: Path, first: date | None = None, last: date | None = None
) -> int:
    """Writes the records of a party to ``out``, of entries from ``first`` to ``last``; how many.

    A record without a day of entry counts by the day it was written. The file is there whole or not at all.
    Raises ``EXPORT_FORMAT``, ``EXPORT_PYARROW``, ``OUT_UNWRITABLE``.
    """
    if kind not in FORMATS:
        raise MailDutyError(
            "EXPORT_FORMAT", f"there is no format {kind!r}", "", f"use one of {', '.join(FORMATS)}"
        )
    write = {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet}[kind]
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=out.parent, prefix=f".{out.name}.", delete=False) as part:
            path = Path(part.name)
        try:
            count = write(path, _slices(ledger, party, first, last))
            path.replace(out)
        finally:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise MailDutyError(
            "OUT_UNWRITABLE", f"{out} cannot be written: {error.strerror}", "", "choose another --out"
        ) from error
    return count


def row_of(record: Record, is_current: bool) -> Row:
    """A record as one flat row of :data:`COLUMNS`; amounts as text, what it does not say as None."""
    body = record.body() or {}
    said = body.get("assessment") or {}
    received, duty = body.get("received") or {}, said.get("duty") or {}
    versions: Mapping[str, Any] = body.get("versions") or {}
    return {
        **{name: getattr(record, name) for name in _HEADER if name not in _FLAGS},
        "current": is_current,
        "purged": record.content is None,
        "description": received.get("description"),
        "hts_declared": (body.get("asked") or {}).get("hts"),
        "hts": (said.get("suggestion") or {}).get("code"),
        "origin": (body.get("asked") or {}).get("origin"),
        "value_usd": (body.get("asked") or {}).get("value_usd"),
        "regime": duty.get("regime"),
        "duty_usd": duty.get("duty_usd"),
        "fees_usd": duty.get("fees_usd"),
        "error": (duty.get("error") or body.get("error") or {}).get("code"),
        "exceptions": " ".join(sorted({one.code for one in record.exceptions})),
        **{name: versions.get(name) for name in ("mailduty", "schedule", "law", "hts_model", "risk_model")},
        **{name: getattr(record, name) for name in ("manifest_sha256", "body_sha256", "prev_hash", "hash")},
    }


def _slices(
    ledger: Ledger, party: str, first: date | None, last: date | None
) -> Iterator[list[tuple[Record, bool]]]:
    """Records of those days with whether each is its item's current one, some at a time."""
    low, high = (one.isoformat() if one else None for one in (first, last))
    wanted = (
        record
        for record in ledger.records(party)
        if (low is None or _day(record) >= low) and (high is None or _day(record) <= high)
    )
    while some := list(islice(wanted, AT_ONCE)):
        now: set[str] = set()
        with ledger.reading() as connection:
            for ids in slices([record.record_id for record in some]):
                asked = select(current.c.record_id).where(current.c.record_id.in_(ids))
                now |= set(connection.execute(asked).scalars())
        yield [(record, record.record_id in now) for record in some]


def _day(record: Record) -> str:
    return record.entered_on or record.at[:10]


def _csv(path: Path, found: Iterator[list[tuple[Record, bool]]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for some in found:
            for one in some:
                row = row_of(*one)
                writer.writerow(safe_row([row[name] for name in COLUMNS]))
            count += len(some)
    return count


def _jsonl(path: Path, found: Iterator[list[tuple[Record, bool]]]) -> int:
    count = 0
    with path.open("wb") as file:
        for some in found:
            for record, is_current in some:
                header = {k: v for k, v in vars(record).items() if k != "content" and not k.startswith("_")}
                said = {
                    "decision": record.decision,
                    "route": record.route,
                    "exceptions": [[one.code, one.reason, one.message] for one in record.exceptions],
                }
                file.write(encoded({**header, "current": is_current, **said, "body": record.body()}))
            count += len(some)
    return count


def _parquet(path: Path, found: Iterator[list[tuple[Record, bool]]]) -> int:
    pa, pq = _pyarrow()
    schema = pa.schema([(name, _type(pa, name)) for name in COLUMNS])
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for some in found:
            rows = [_typed(row_of(*one)) for one in some]
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
            count += len(some)
    return count


def _type(pa: Any, name: str) -> Any:
    if name in _MONEY:
        return pa.decimal128(18, 2)
    if name in _FLAGS:
        return pa.bool_()
    return pa.int64() if name == "seq" else pa.string()


def _typed(row: Row) -> Row:
    return {
        **row,
        **{name: None if row[name] is None else Decimal(row[name]) for name in _MONEY},
    }


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MailDutyError(
            "EXPORT_PYARROW",
            "pyarrow is not installed",
            "Parquet is written with it",
            "pip install 'mailduty[parquet]', or export csv or jsonl",
        ) from error
    return pyarrow, pyarrow.parquet
