"""What came of a manifest so far: counts, decisions, exceptions, duty. Kept with the task, chunk by chunk."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from data.manifest import ManifestReading
from models.duty.records import DutyAssessment
from models.duty.rounding import usd
from serving.assessor import Assessment
from serving.ledger import Entry, Kept


@dataclass(frozen=True, slots=True)
class Outcome:
    """The sums; ``reading`` tells one reading of the file from another. ``first`` and ``last`` bound its rejects."""

    reading: str
    rows_in: int
    skipped: int
    layout: str
    notes: tuple[str, ...] = ()
    doubts: tuple[Mapping[str, Any], ...] = ()  # about the whole file: totals that differ, other sheets
    items: int = 0
    errors: int = 0
    new: int = 0
    decisions: Mapping[str, int] = field(default_factory=lambda: {"accept": 0, "review": 0, "hold": 0})
    exceptions: Mapping[str, int] = field(default_factory=dict)
    duty_cents: int = 0
    first: int = 0  # number of the first rejected record in the party's chain; 0: none
    last: int = 0

    @classmethod
    def of(cls, reading: ManifestReading) -> Outcome:
        """Of a file that was read, before its first chunk."""
        told = hashlib.sha256(f"{reading.layout} {reading.manifest.layout_version}".encode())
        for item in reading.items:
            told.update(f"\n{item.id}".encode())
        for error in reading.errors:
            told.update(f"\n{error.row}".encode())
        doubts = tuple(one.model_dump(mode="json") for one in reading.doubts)
        skipped, notes = len(reading.skipped), tuple(reading.notes)
        return cls(told.hexdigest(), reading.rows_in, skipped, reading.layout, notes, doubts)

    def taken_up(self, said: Mapping[str, Any]) -> Outcome | None:
        """The sums as a task holds them; None where they are of another reading of the file."""
        if said.get("reading") != self.reading:
            return None
        counted = "items errors new decisions exceptions duty_cents first last".split()
        return replace(self, **{name: said[name] for name in counted})

    def and_chunk(
        self, done: Sequence[Assessment], entries: Sequence[Entry], rejected: int, kept: Sequence[Kept]
    ) -> Outcome:
        """With a chunk more: its assessments, their entries and those of ``rejected`` rows, and what was kept."""
        found = Counter(
            one.code for entry in entries for one in {e.code: e for e in entry.exceptions}.values()
        )
        refused = [one.seq for one in kept[len(done) :]]
        duty = sum(one.duty.duty for one in done if isinstance(one.duty, DutyAssessment))
        taken: Counter[str] = Counter(one.decision.outcome for one in done)
        return replace(
            self,
            items=self.items + len(done),
            errors=self.errors + rejected,
            new=self.new + sum(one.new for one in kept),
            decisions={name: self.decisions.get(name, 0) + taken[name] for name in self.decisions},
            exceptions=dict(sorted((Counter(self.exceptions) + found).items())),
            duty_cents=self.duty_cents + duty,
            first=min([*([self.first] if self.first else []), *refused], default=0),
            last=max([self.last, *refused]),
        )

    def as_json(self) -> dict[str, Any]:
        """As the task holds it."""
        return {name: getattr(self, name) for name in self.__slots__}


def shown(result: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is told of a task's result; None where nothing was done yet. Shape of ``ManifestResult``."""
    if "reading" not in result:
        return None
    kept = "rows_in items errors skipped new decisions exceptions layout doubts notes".split()
    return {**{name: result[name] for name in kept}, "duty_usd": usd(result["duty_cents"])}
