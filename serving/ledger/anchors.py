"""Where the chains stood at a moment, to be kept away from the database: on paper, in a mail, at a notary.

Whoever can write to the database can cut a chain's end off and shorten its head, or build all of it anew, and the
chain would hold. It would not hold against an anchor taken before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import orjson
from sqlalchemy import select

from data.errors import MailDutyError
from serving.ledger.book import Ledger
from serving.ledger.tables import chains
from serving.ledger.writing import stamp


@dataclass(frozen=True, slots=True)
class Anchor:
    """The length of a party's chain and the hash of its last record, at a moment (UTC)."""

    party: str
    length: int
    head: str
    taken_at: str

    def line(self) -> str:
        """One JSON line."""
        return orjson.dumps(asdict(self)).decode()


def anchors(ledger: Ledger, at: datetime, party: str | None = None) -> list[Anchor]:
    """Where each chain stands, or the one of the party named."""
    asked = select(chains.c.party, chains.c.length, chains.c.head).order_by(chains.c.party)
    if party is not None:
        asked = asked.where(chains.c.party == party)
    with ledger.reading() as connection:
        return [Anchor(*row, stamp(at)) for row in connection.execute(asked)]


def read_anchors(file: Path) -> Sequence[Anchor]:
    """Anchors as :meth:`Anchor.line` wrote them. Raises ``LEDGER_ANCHOR``."""
    try:
        return [Anchor(**orjson.loads(line)) for line in file.read_bytes().splitlines() if line.strip()]
    except (OSError, ValueError, TypeError) as error:
        raise MailDutyError(
            "LEDGER_ANCHOR",
            f"{file} holds no anchors: {error}",
            "an anchor is a JSON line with party, length, head and taken_at",
            "give the file that `mailduty ledger anchor` wrote",
        ) from error
