"""Who may ask: API keys, each of one party, each with its scopes.

A key is shown once, when it is made. The ledger holds its SHA-256 only: a key is 256 random bits, so nothing is
gained by a slower hash. Adding and revoking are records in the party's chain.

While the ledger has no key at all, the service on loopback answers everybody as the party ``local``. From the first
key on, and always on another address than loopback, a key is needed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from data.errors import MailDutyError
from serving.ledger import Entry, Kept, Ledger
from serving.ledger.tables import keys as table

SCOPES = {
    "read": "items, exceptions, tasks and what answers here",
    "assess": "suggest, score, price and assess, send manifests",
    "review": "take decisions on items",
    "file": "prepare what goes to customs",
    "metrics": "figures of all parties together, for whoever runs the service",
}
LOCAL = "local"
FRESH = 1.0  # seconds for which a key is taken on trust: a revoked one works no longer than that
_PARTY = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_FORM = re.compile(r"md_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the party whose items these are, what it may do, and the key it came with."""

    party: str
    scopes: frozenset[str]
    key_id: str | None = None

    @property
    def actor(self) -> str:
        """As records name it."""
        return f"key {self.key_id}" if self.key_id else self.party

    def needs(self, scope: str) -> None:
        """Raises ``SCOPE_MISSING`` where this key was not given the scope."""
        if scope not in self.scopes:
            raise MailDutyError(
                "SCOPE_MISSING",
                f"this key has not the scope {scope}",
                f"{scope}: {SCOPES[scope]}",
                "use a key that has it; whoever runs the service makes one with mailduty keys add",
            )


EVERYBODY = Caller(LOCAL, frozenset(SCOPES))


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is listed: everything but the key."""

    key_id: str
    party: str
    scopes: tuple[str, ...]
    created_at: str
    revoked_at: str | None


def add_key(ledger: Ledger, party: str, scopes: Iterable[str], at: datetime, actor: str) -> str:
    """Makes a key and gives it, this once. Raises ``PARTY_NAME`` and ``SCOPE_UNKNOWN``."""
    if not _PARTY.fullmatch(party):
        raise MailDutyError(
            "PARTY_NAME",
            f"{party[:70]!r} cannot name a party",
            "small letters, digits, dot, dash and underscore, up to 64",
            "choose another name",
        )
    asked = set(scopes)
    given = [name for name in SCOPES if name in asked]
    if len(given) != len(asked) or not asked:
        named = ", ".join(sorted(asked)) or "none"
        raise MailDutyError(
            "SCOPE_UNKNOWN", f"scopes asked for: {named}"[:200], "", f"use {', '.join(SCOPES)}"
        )
    key_id = secrets.token_hex(6)
    token = f"md_{key_id}_{secrets.token_urlsafe(32)}"
    row = {
        "key_id": key_id,
        "party": party,
        "digest": _digest(token),
        "scopes": " ".join(given),
        "created_at": at.isoformat(timespec="microseconds"),
    }

    def also(connection: Connection, _: Sequence[Kept]) -> None:
        connection.execute(insert(table).values(row))

    body = {
        "key_id": key_id,
        "scopes": given,
        "digest": row["digest"],
        "done": "added",
    }  # a hash of chance alone
    said = Entry("key", body, item_key=f"key|{key_id}")
    ledger.append(party, [said], at=at, actor=actor, also=also)
    return token


def revoke_key(ledger: Ledger, key_id: str, at: datetime, actor: str) -> Key:
    """Ends a key; a revoked one stays revoked. Raises ``KEY_NOT_FOUND``."""
    found = next((key for key in list_keys(ledger) if key.key_id == key_id), None)
    if found is None:
        raise MailDutyError("KEY_NOT_FOUND", f"no key is {key_id[:40]!r}", "", "see mailduty keys list")
    if found.revoked_at is not None:
        return found
    stamp = at.isoformat(timespec="microseconds")

    def also(connection: Connection, _: Sequence[Kept]) -> None:
        connection.execute(update(table).where(table.c.key_id == key_id).values(revoked_at=stamp))

    said = Entry("key", {"key_id": key_id, "done": "revoked"}, item_key=f"key|{key_id}")
    ledger.append(found.party, [said], at=at, actor=actor, also=also)
    return Key(found.key_id, found.party, found.scopes, found.created_at, stamp)


def list_keys(ledger: Ledger) -> list[Key]:
    """Every key there ever was, oldest first."""
    with ledger.engine.connect() as connection:
        rows = connection.execute(select(table).order_by(table.c.created_at, table.c.key_id)).all()
    return [Key(r.key_id, r.party, tuple(r.scopes.split()), r.created_at, r.revoked_at) for r in rows]


class Doorkeeper:
    """Says who asks. What it looked up it trusts for a second; safe to use from several threads."""

    def __init__(self, ledger: Ledger, clock: Callable[[], float] = time.monotonic) -> None:
        self.ledger, self.clock = ledger, clock
        self._known: dict[str, tuple[float, Caller]] = {}
        self._keyless_until = -1.0
        self._lock = threading.Lock()

    def quick(self, token: str | None, loopback: bool) -> Caller | None:
        """The caller where no look into the ledger is needed, else None."""
        if token is None:
            return EVERYBODY if loopback and self.clock() < self._keyless_until else None
        until, caller = self._known.get(_digest(token), (-1.0, EVERYBODY))
        return caller if self.clock() < until else None

    def caller(self, token: str | None, loopback: bool) -> Caller:
        """Who asks with this key, or without one from this machine. Raises ``KEY_MISSING``, ``KEY_UNKNOWN``."""
        return self.quick(token, loopback) or (self._by_key(token) if token else self._without(loopback))

    def _without(self, loopback: bool) -> Caller:
        if loopback:
            with self.ledger.engine.connect() as connection:
                any_key = connection.execute(select(table.c.key_id).limit(1)).first()
            if any_key is None:
                self._keyless_until = self.clock() + FRESH
                return EVERYBODY
        raise MailDutyError(
            "KEY_MISSING",
            "no API key came with the request",
            "this service answers those it knows",
            "send the header Authorization: Bearer KEY; whoever runs the service makes one with mailduty keys add",
        )

    def _by_key(self, token: str) -> Caller:
        form, digest = _FORM.fullmatch(token), _digest(token)
        row = None
        if form:
            asked = select(table).where(table.c.key_id == form[1], table.c.revoked_at.is_(None))
            with self.ledger.engine.connect() as connection:
                row = connection.execute(asked).first()
        if row is None or not hmac.compare_digest(row.digest, digest):
            raise MailDutyError(
                "KEY_UNKNOWN",
                "that API key is not known here, or no longer",
                "",
                "ask whoever runs the service for one",
            )
        caller = Caller(row.party, frozenset(row.scopes.split()), row.key_id)
        with self._lock:
            if len(self._known) > 10_000:
                self._known.clear()
            self._known[digest] = (self.clock() + FRESH, caller)
        return caller


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
