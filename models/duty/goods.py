"""What a layer of the law looks at, and what it answers.

A layer is a function ``(goods, law) -> Layer``. It sees the tariff line, origin, day and facts, never the
value: so its answer, a :class:`Plan`, holds for every item alike and is priced in :mod:`models.duty.pricing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from data.law import Row, plain
from data.schedule import Line
from models.duty.rates import Rate


class Term(NamedTuple):
    """One line of duty before a value is known.

    ``percent`` of the value, or ``top_up_to``: the total percent up to which it lifts column 1 (with
    ``heading_at_floor`` where column 1 is there already). ``whole`` reports the total on this line and zero
    on the base. ``on_fact`` names the fact that holds the value it applies to, if not the whole value.
    """

    heading: str
    kind: str
    rate: str
    citation: str
    percent: Decimal | None = None
    top_up_to: Decimal | None = None
    heading_at_floor: str = ""
    whole: bool = False
    on_fact: str = ""


class Note(NamedTuple):
    """A warning. With ``heading`` it is a duty or exemption that hangs on ``fact``: CONDITIONAL."""

    code: str
    text: str
    heading: str = ""
    rate: str = ""
    fact: str = ""

    def __str__(self) -> str:
        return f"{self.code}: {self.text}"


class Layer(NamedTuple):
    """What one authority adds: lines and notes. ``reached`` says the goods are goods of that authority."""

    terms: tuple[Term, ...] = ()
    notes: tuple[Note, ...] = ()
    reached: bool = False


NOTHING = Layer()


class Base(NamedTuple):
    """The duty of the goods' own line: column 1 general, special, column 2, or what stands in its place."""

    heading: str
    kind: str
    rate: Rate
    citation: str


class Programme(NamedTuple):
    """A special programme claimed: HTS symbol, and what the law says of it."""

    symbol: str
    name: str
    mpf_exempt: bool
    citation: str


@dataclass(frozen=True, slots=True)
class Goods:
    """The goods as the law sees them. ``code`` digits of ``line``; ``base`` what column it pays."""

    code: str
    line: Line
    origin: str
    on: date
    channel: str
    facts: Mapping[str, Any]
    programme: Programme | None
    column2: bool
    base: Base

    def says(self, fact: str) -> bool:
        """Whether a flag is stated to be true."""
        return self.facts.get(fact) is True

    @property
    def usmca(self) -> bool:
        return self.programme is not None and self.programme.symbol in ("S", "S+")

    @property
    def chapter(self) -> str:
        return self.code[:2]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides the duty of goods but their value: base, lines in order, warnings."""

    base: Base
    terms: tuple[Term, ...]
    notes: tuple[Note, ...] = ()
    programme: Programme | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


def percent_text(number: Decimal) -> str:
    return f"{plain(number)}%"


def zero(heading: str, kind: str, why: str, citation: str) -> Term:
    """A line that owes nothing and is reported all the same."""
    return Term(heading, kind, why, citation, percent=Decimal(0))


def conditional(heading: str, rate: str, text: str, fact: str) -> Note:
    """A duty or an exemption that may apply and cannot be decided from what is known."""
    return Note(
        "CONDITIONAL", f"{heading} ({rate}): {text}; decide with the fact {fact}", heading, rate, fact
    )


def row_for(rows: list[Row], origin: str) -> Row | None:
    """The row of this origin, else the row of every origin without one of its own."""
    own = next((row for row in rows if row["origin"] == origin), None)
    return own or next((row for row in rows if row["origin"] == "*"), None)


def term_of(row: Row, kind: str, floor_text: str = "{total}% total", whole: bool = False) -> Term:
    """The line a rate row states: additive percent, or a top-up to a total."""
    total = row.get("top_up_to")
    if total is None:
        return Term(row["heading"], kind, percent_text(row["rate"]), row.citation, percent=row["rate"])
    return Term(
        row["heading"],
        kind,
        floor_text.format(total=plain(total)),
        row.citation,
        top_up_to=total,
        heading_at_floor=row.get("heading_at_floor", row["heading"]),
        whole=whole,
    )
