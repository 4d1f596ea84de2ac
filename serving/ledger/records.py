"""What goes into the ledger and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import orjson

from serving.decisions.exceptions import OpenException

#: Kinds that say something new of an item: they name the record they supersede and become the item's current one.
OF_AN_ITEM = frozenset({"assessment", "review", "correction", "return", "rejected"})
#: Every kind of record.
KINDS = OF_AN_ITEM | {
    "manifest", "settings", "legal_hold", "legal_release", "erasure", "purge", "key",
}  # fmt: skip
#: Kinds that files bring in: the same again, even after a review, is nothing new.
FROM_FILES = frozenset({"assessment", "rejected"})


@dataclass(frozen=True, slots=True)
class Waiting(OpenException):
    """An exception that is open on an item: by which record, and since when (UTC text)."""

    item_key: str
    record_id: str
    opened_at: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be written.

    ``body`` holds no personal data and nothing volatile: it decides whether the same has been said already.
    ``personal`` is sealed. ``exceptions`` are all that stay open on the item after this record; what is not named
    is closed. ``item_key`` is ``"{tracking_id}|{item_id}"``.
    """

    kind: str
    body: Mapping[str, Any]
    item_key: str = ""
    item_id: str = ""
    tracking_id: str = ""
    entered_on: date | None = None
    personal: Mapping[str, Any] | None = None
    manifest_sha256: str | None = None
    decision: str = ""
    route: str = ""
    exceptions: tuple[OpenException, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """Where an entry is kept. ``new`` False: the ledger said exactly this already, and nothing was written."""

    record_id: str
    seq: int
    hash: str
    new: bool


@dataclass(frozen=True)
class Record:
    """One record as it stands: its header, and its content as the bytes that were hashed (None: purged)."""

    record_id: str
    party: str
    seq: int
    kind: str
    item_key: str
    item_id: str
    tracking_id: str
    supersedes: str | None
    entered_on: str | None
    at: str
    actor: str
    reason: str
    manifest_sha256: str | None
    body_sha256: str
    personal_mark: str | None
    prev_hash: str
    hash: str
    content: bytes | None

    def body(self) -> dict[str, Any] | None:
        """What :attr:`Entry.body` said; None where it was purged."""
        return self._said.get("body")

    @property
    def decision(self) -> str:
        """Accept, review or hold; empty where the record decides nothing or was purged."""
        return self._said.get("decision", "")

    @property
    def route(self) -> str:
        """The way into the country; empty where the record names none or was purged."""
        return self._said.get("route", "")

    @property
    def exceptions(self) -> tuple[OpenException, ...]:
        """What stood open on the item after this record."""
        return tuple(OpenException(*said) for said in self._said.get("exceptions", ()))

    @cached_property
    def _said(self) -> dict[str, Any]:
        return {} if self.content is None else orjson.loads(self.content)


def cleaned(text: str) -> str:
    """Free text without what a database cannot hold: NUL and lone surrogates become U+FFFD."""
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def keepable(text: str) -> bool:
    """Whether both databases can hold ``text``, and so whether anything can be found by it."""
    return (text.isascii() and "\0" not in text) or cleaned(text) == text
