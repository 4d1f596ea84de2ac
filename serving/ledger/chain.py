"""The chain of a party: each record carries the hash of the one before it, over everything but its body.

A body is in the chain by its own SHA-256, and personal data by a commitment, so both can go and the chain still
holds. Bodies are kept as the bytes that were hashed; nothing has to be written the same way twice to be checked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import orjson

from data.errors import MailDutyError

GENESIS = "0" * 64  # what the first record of a party names as the one before it
HEADER = (
    "record_id party seq kind item_key item_id tracking_id supersedes entered_on at actor reason manifest_sha256 "
    "body_sha256 personal_mark prev_hash"
).split()


def canonical(value: Any) -> bytes:
    """``value`` as JSON with sorted keys and nothing between; amounts as text, days in ISO 8601.

    Raises ``LEDGER_BODY`` for what JSON cannot hold: a lone surrogate, a number beyond 64 bits, an object.
    """
    try:
        return orjson.dumps(value, default=_as_text, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    except (TypeError, RecursionError) as error:
        raise MailDutyError(
            "LEDGER_BODY",
            f"this cannot be written as JSON: {error}",
            "a record is kept as JSON",
            "give text, numbers, lists and objects",
        ) from error


def digest(content: bytes) -> str:
    """SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def link(header: Mapping[str, Any]) -> str:
    """The hash of a record: SHA-256 over the canonical JSON of its header, ``prev_hash`` included."""
    return digest(canonical({name: header[name] for name in HEADER}))


def _as_text(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is no part of a record")
