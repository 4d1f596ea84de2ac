"""Entries of our own making, and a check of the chain that shares no code with the ledger."""

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from serving.ledger import Entry, Record

HEADER = (
    "record_id party seq kind item_key item_id tracking_id supersedes entered_on at actor reason "
    "manifest_sha256 body_sha256 personal_mark prev_hash"
).split()


@pytest.fixture(scope="session")
def at() -> datetime:
    return datetime(2026, 10, 5, 9, 30, 0, 123456, tzinfo=UTC)


@pytest.fixture(scope="session")
def entry() -> Callable[..., Entry]:
    """entry(n, **changes): an assessment of item n of a parcel of its own."""

    def made(n: int, **changes: Any) -> Entry:
        said = {
            "kind": "assessment",
            "body": {"received": {"description": f"cotton shirt {n}"}, "assessment": {"duty": "1.20"}},
            "item_key": f"PARCEL{n:06}|item-{n}",
            "item_id": f"item-{n}",
            "tracking_id": f"PARCEL{n:06}",
            "entered_on": date(2026, 10, 1),
            "decision": "accept",
            "route": "worksheet",
        }
        return Entry(**{**said, **changes})

    return made


@pytest.fixture(scope="session")
def person() -> Callable[[int], dict[str, Any]]:
    """person(n): personal data of item n, as it is parted from what was received."""

    def made(n: int) -> dict[str, Any]:
        return {
            "sender": {"name": f"Łucja Ferme {n}", "address": "4 Quai Neuf", "country": "FR"},
            "recipient": {
                "name": f"Odell Quimby {n}",
                "postal_code": f"{12000 + n}",
                "email": f"odell{n}@example.com",
                "phone": f"+1 518 555 {n:04}",
            },
        }

    return made


@pytest.fixture(scope="session")
def chain_holds() -> Callable[[Iterable[Record]], int]:
    """Follows a chain with the standard library alone; gives its length."""

    def follow(found: Iterable[Record]) -> int:
        head, length = "0" * 64, 0
        for record in found:
            length += 1
            assert (record.seq, record.prev_hash) == (length, head)
            said = json.dumps(
                {name: getattr(record, name) for name in HEADER},
                sort_keys=True, separators=(",", ":"), ensure_ascii=False,
            )  # fmt: skip
            assert record.hash == hashlib.sha256(said.encode()).hexdigest(), record.seq
            assert record.content is None or record.body_sha256 == hashlib.sha256(record.content).hexdigest()
            head = record.hash
        return length

    return follow
