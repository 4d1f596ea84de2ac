"""Who assesses and keeps: for a party, in the name of whoever asked, in a ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from serving.asked import AskedItem
from serving.assessor import Assessment, Assessor
from serving.commands.looking_back import looked_back
from serving.decisions.sent_before import sent_before
from serving.ledger import Entry, Kept, Ledger
from serving.ledger.artefacts import Standing, standing
from serving.parties import thresholds_of


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

    def assess(self, assessor: Assessor, items: Sequence[AskedItem]) -> list[Assessment]:
        """The assessments of a batch for this party: by its thresholds, among what it has sent before."""
        if not items:
            return []
        limits, earlier = thresholds_of(self.ledger, self.party), sent_before(self.ledger, self.party)
        back = looked_back(self.ledger, self.party, items, assessor, limits)
        return assessor.assess(items, limits, earlier, back.risks, back.past)

    def standing(self, assessor: Assessor) -> Standing:
        """The archived law and tariff that an assessor prices with."""
        return standing(self.ledger.engine, assessor.law, assessor.schedule)
