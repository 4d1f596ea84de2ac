"""Who keeps what was answered: a ledger, the party it is for, who asked, and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from serving.assessor import Assessor
from serving.ledger import Entry, Kept, Ledger
from serving.ledger.artefacts import Standing, standing


@dataclass(frozen=True, slots=True)
class Keeper:
    """Writes for one party in one actor's name."""

    ledger: Ledger
    party: str
    actor: str
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def keep(
        self, entries: Sequence[Entry], also: Callable[[Connection, Sequence[Kept]], None] | None = None
    ) -> list[Kept]:
        """All entries or none, in one transaction with ``also``; raises as :meth:`Ledger.append`."""
        return self.ledger.append(self.party, entries, at=self.clock(), actor=self.actor, also=also)

    def standing(self, assessor: Assessor) -> Standing:
        """The archived law and tariff that an assessor prices with."""
        return standing(self.ledger.engine, assessor.law, assessor.schedule)
