"""The operator's past parcels as history for the risk score: from a file, or from the ledger as it grows.

From the ledger: each assessment counts with the day it was entered, names and addresses unsealed only to be hashed
with the operator's salt. What a person found counts from the day after: an acceptance in review as clean, a correction
as wrong (somebody had to put the declaration right). ``MAILDUTY_HISTORY_DAYS`` (90; 0: no history) and ``MAILDUTY_HISTORY_PARCELS`` (50,000) bound time and
memory; a subject that was erased is gone at the next start.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from threading import Lock, RLock
from typing import Any

from sqlalchemy import select

from data.declarations import OUTCOMES
from data.errors import MailDutyError
from models.risk.bands import Bands
from models.risk.history import History
from models.risk.parcel import RiskParcel, read_parcel
from models.risk.tallies import Keys
from serving.asked import asked_from
from serving.ledger import Ledger, Record
from serving.ledger.tables import chains
from serving.risk.rating import parcel_of
from serving.risk.risking import salt

LEAST_OWN = 2000  # parcels of history from which the operator's own bands take the place of the samples
DAYS, PARCELS = 90, 50_000
PARTIES = 16  # whose histories are held at once
AT_ONCE = 500  # records whose personal data is unsealed together
_KINDS = ("assessment", "review")
FOUND = {"accept": False, "correct": True}  # what a person's decision on an item says of its declaration


def history_of(rows: Sequence[Any], today: date) -> tuple[History, Bands | None]:
    """Past parcels, some with an ``outcome`` (and ``known_on``, the day it was known), as history; and own bands
    where there are enough of them. Raises ``OUTCOME_UNREADABLE`` or ``RISK_FIELD`` for the first row that is wrong."""
    past: list[RiskParcel] = []
    known: dict[date, list[tuple[RiskParcel, bool]]] = {}
    for number, row in enumerate(rows, 1):
        if isinstance(row, MailDutyError):
            raise row
        fields = {k: v for k, v in row.items() if k not in ("outcome", "typology", "known_on")}
        try:
            parcel = read_parcel(fields, today)
            outcome = row.get("outcome")
            if outcome is not None:
                day = date.fromisoformat(row["known_on"]) if row.get("known_on") else parcel.posted_on
                known.setdefault(day, []).append((parcel, OUTCOMES[outcome]))
        except (KeyError, ValueError, TypeError) as why:
            raise MailDutyError(
                "OUTCOME_UNREADABLE",
                f"history, row {number}: {row.get('outcome')!r}, known on {row.get('known_on')!r}",
                f"an outcome is one of {', '.join(OUTCOMES)}, a day is written YYYY-MM-DD",
                "correct it",
                field="outcome",
            ) from why
        past.append(parcel)
    history = History(salt())
    history.add(sorted(past, key=lambda p: p.posted_on))
    for day, outcomes in known.items():
        history.settle(outcomes, day)
    bands = Bands(source=f"own history of {len(past)} parcels").fit(past) if len(past) >= LEAST_OWN else None
    return history, bands


def bounds() -> tuple[int, int]:
    """Days and parcels of history that are set. Raises ``SETTING_MALFORMED``."""
    return _number("MAILDUTY_HISTORY_DAYS", DAYS), _number("MAILDUTY_HISTORY_PARCELS", PARCELS)


class _Shared(History):
    """A history that one thread reads while another adds to it."""

    def __init__(self, salt: bytes, keep_days: int, most: int) -> None:
        super().__init__(salt, keep_days, most)
        self._turn = RLock()

    def features(self, parcels: Sequence[RiskParcel]) -> list[tuple[float, ...]]:
        with self._turn:
            return super().features(parcels)

    def add(self, parcels: Iterable[RiskParcel]) -> None:
        with self._turn:
            super().add(parcels)

    def settle_keys(self, outcomes: Iterable[tuple[Keys, bool]], known_on: date) -> None:
        with self._turn:
            super().settle_keys(outcomes, known_on)


class RiskPast:
    """One party's history, kept up with its ledger: each record is read once. Safe to share between threads."""

    def __init__(self, ledger: Ledger, party: str, days: int = DAYS, most: int = PARCELS) -> None:
        self._ledger, self._party, self._most = ledger, party, most
        self._history = _Shared(salt(), days, most)
        self._keys: dict[str, Keys] = {}  # by item key, for what is found of it later; hashes, no names
        self._read = 0
        self._turn = Lock()

    def history(self) -> History:
        """The history up to the ledger's end; of an old ledger the newest parcels alone."""
        with self._turn:
            self._read = max(self._read, _length(self._ledger, self._party) - 2 * self._most)
            records = self._ledger.records(self._party, self._read, _KINDS)
            while some := list(islice(records, AT_ONCE)):
                self._take(some)
                self._read = some[-1].seq
            return self._history

    def _take(self, records: Sequence[Record]) -> None:
        personal = self._ledger.personal(records)
        for record in records:
            body = record.body()
            if body is None:
                continue  # purged
            if record.kind == "review":
                self._settle(record, body)
            elif (parcel := _parcel(body, personal.get(record.record_id, {}))) is not None:
                self._history.add([parcel])
                self._keys[record.item_key] = self._history.keys(parcel)
        while len(self._keys) > self._most:
            del self._keys[next(iter(self._keys))]

    def _settle(self, record: Record, body: Mapping[str, Any]) -> None:
        found, keys = FOUND.get(str(body.get("decision", ""))), self._keys.get(record.item_key)
        if found is not None and keys is not None:
            self._history.settle_keys([(keys, found)], datetime.fromisoformat(record.at).date())


_pasts: dict[tuple[int, str], tuple[Ledger, RiskPast]] = {}


def past_of(ledger: Ledger, party: str) -> History | None:
    """The history of a party, made once for each ledger; None where none is wanted."""
    days, most = bounds()
    if not days:
        return None
    key = (id(ledger), party)
    if key not in _pasts:
        if len(_pasts) >= PARTIES:
            del _pasts[next(iter(_pasts))]
        _pasts[key] = (ledger, RiskPast(ledger, party, days, most))
    return _pasts[key][1].history()


def _parcel(body: Mapping[str, Any], personal: Mapping[str, Any]) -> RiskParcel | None:
    said = body.get("asked")
    if not said:
        return None
    return parcel_of(asked_from(said, {**body.get("received", {}), **personal}))


def _length(ledger: Ledger, party: str) -> int:
    with ledger.reading() as connection:
        return int(connection.execute(select(chains.c.length).where(chains.c.party == party)).scalar() or 0)


def _number(name: str, usual: int) -> int:
    given = os.environ.get(name)
    if not given:
        return usual
    if not given.isdigit():
        raise MailDutyError(
            "SETTING_MALFORMED", f"{name} is {given[:40]!r}", "it is a whole number", "set it to 0 or more"
        )
    return int(given)
