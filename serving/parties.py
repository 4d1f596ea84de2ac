"""Parties and what an operator sets for each: the thresholds of its decisions.

A setting is kept as a record of the party's chain, so that every decision can be held against what was set that day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select, update

from data.errors import MailDutyError
from serving.decisions.thresholds import Thresholds
from serving.ledger import Entry, Kept, Ledger
from serving.ledger.tables import parties


def settings_of(ledger: Ledger, party: str) -> dict[str, Any]:
    """What is set for a party; empty where nothing is, or where the ledger does not know it."""
    with ledger.reading() as connection:
        said = connection.execute(select(parties.c.settings).where(parties.c.party == party)).scalar()
    held: dict[str, Any] = orjson.loads(said or "{}")
    return held


def thresholds_of(ledger: Ledger, party: str) -> Thresholds:
    """The thresholds a party's items are decided by: its own where it has any, over the defaults."""
    return Thresholds.of(settings_of(ledger, party).get("thresholds"))


def set_thresholds(ledger: Ledger, party: str, said: Any, at: datetime, actor: str) -> Thresholds:
    """Sets a party's thresholds, in place of those it had; {} is the defaults. Raises ``THRESHOLDS_INVALID``."""
    if not isinstance(said, Mapping):
        raise MailDutyError(
            "THRESHOLDS_INVALID",
            "thresholds are no names with values",
            "",
            "see serving/decisions/thresholds.yaml",
        )
    checked = Thresholds.of(said)
    settings = {**settings_of(ledger, party), "thresholds": dict(said)}
    if not said:
        del settings["thresholds"]

    def also(connection: Connection, _: Sequence[Kept]) -> None:
        row = {"settings": orjson.dumps(settings, default=str).decode()}
        connection.execute(update(parties).where(parties.c.party == party).values(row))

    body = {"thresholds": dict(said), "version": checked.version}
    ledger.append(party, [Entry("settings", body)], at=at, actor=actor, also=also)
    return checked
