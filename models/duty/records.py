"""What the calculator is asked and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from data.countries import country
from data.errors import MailDutyError
from models.duty.rounding import usd

CHANNELS = ("mail", "informal", "formal")
KEYS = ("id", "entry_date", "channel", "origin", "hts", "value_usd", "facts")


@dataclass(frozen=True, slots=True)
class DutyRequest:
    """One item to price.

    ``entry_date`` the day of entry; ``channel`` mail, informal or formal; ``origin`` ISO 3166-1 alpha-2, or
    several joined by ``+`` with the fact ``items``; ``hts`` 8 or 10 digits with or without dots, or None;
    ``value_usd`` dollars; ``facts`` as in :data:`models.duty.facts.FACTS`.
    """

    id: str
    entry_date: date
    channel: str
    origin: str
    hts: str | None
    value_usd: Decimal
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> DutyRequest:
        """Reads the keys of :data:`KEYS`. Raises ``REQUEST_*`` naming field, value and remedy."""
        missing = [key for key in (*KEYS[:4], "value_usd") if given.get(key) in (None, "")]
        if missing:
            raise _bad(
                "REQUEST_FIELD_MISSING", missing[0], None, f"the field {missing[0]} is missing", "give it"
            )
        try:
            on = given["entry_date"]
            on = on if isinstance(on, date) else date.fromisoformat(str(on))
        except ValueError:
            raise _bad(
                "REQUEST_DATE",
                "entry_date",
                given["entry_date"],
                f"entry_date {given['entry_date']!r} is no date",
                "write YYYY-MM-DD",
            ) from None
        channel = str(given["channel"]).strip().lower()
        if channel not in CHANNELS:
            raise _bad(
                "REQUEST_CHANNEL",
                "channel",
                given["channel"],
                f"channel {given['channel']!r} is unknown",
                f"use one of {', '.join(CHANNELS)}",
            )
        facts = given.get("facts") or {}
        if not isinstance(facts, Mapping):
            raise _bad("REQUEST_FACTS", "facts", facts, "facts is not an object", 'write {"fact": value}')
        hts = given.get("hts")
        if hts is not None and not isinstance(hts, str):
            raise _bad(
                "HTS_MALFORMED", "hts", hts, f"hts {hts!r} is not text", "quote it: zeros lead tariff numbers"
            )
        return cls(
            id=str(given["id"]),
            entry_date=on,
            channel=channel,
            origin=_origin(given["origin"]),
            hts=hts.strip() or None if hts else None,
            value_usd=dollars(given["value_usd"], "value_usd"),
            facts=dict(facts),
        )


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One line of an answer. ``amount`` integer cents; ``kind`` says which layer of the law it belongs to."""

    heading: str
    kind: str
    rate: str
    amount: int
    citation: str

    def as_json(self) -> dict[str, str]:
        return {
            "heading": self.heading,
            "kind": self.kind,
            "rate": self.rate,
            "amount_usd": usd(self.amount),
            "citation": self.citation,
        }


@dataclass(frozen=True, slots=True)
class DutyAssessment:
    """What an item owes: duty lines and fee lines that add up, warnings, and the versions behind it."""

    id: str
    regime: str
    lines: tuple[DutyLine, ...]
    fee_lines: tuple[DutyLine, ...] = ()
    warnings: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def duty(self) -> int:
        """Cents: the sum of ``lines``."""
        return sum(line.amount for line in self.lines)

    @property
    def fees(self) -> int:
        """Cents: the sum of ``fee_lines``."""
        return sum(line.amount for line in self.fee_lines)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "regime": self.regime,
            "duty_usd": usd(self.duty),
            "fees_usd": usd(self.fees),
            "lines": [line.as_json() for line in self.lines],
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class DutyError:
    """Why an item could not be priced. ``regime`` and ``fees`` (cents) where they are known all the same."""

    id: str
    code: str
    message: str
    regime: str | None = None
    fees: int | None = None

    @classmethod
    def of(cls, id: str, error: MailDutyError) -> DutyError:
        where = error.where
        return cls(id, error.code, str(error), where.get("regime"), where.get("fees"))

    def as_json(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"id": self.id, "error": {"code": self.code, "message": self.message}}
        if self.regime is not None:
            answer["regime"] = self.regime
        if self.fees is not None:
            answer["fees_usd"] = usd(self.fees)
        return answer


def dollars(given: Any, name: str) -> Decimal:
    """A money amount of a request as Decimal; never through a binary float's digits."""
    try:
        amount = given if isinstance(given, Decimal) else Decimal(str(given).strip())
    except InvalidOperation:
        amount = Decimal("NaN")
    if isinstance(given, bool) or not amount.is_finite() or amount < 0 or amount >= Decimal(10) ** 15:
        raise _bad(
            "REQUEST_VALUE", name, given, f"{name} {given!r} is no amount", "give zero or more dollars"
        )
    return amount


def _origin(given: Any) -> str:
    """One country, ``*`` for none in particular, or several joined by ``+``, as alpha-2."""
    text = str(given).strip().upper()
    if text == "*":
        return text
    return "+".join(country(part).code for part in text.split("+"))


def _bad(code: str, name: str, value: Any, fact: str, remedy: str) -> MailDutyError:
    return MailDutyError(
        code, fact, "", remedy, field=name, value=None if value is None else str(value)[:200]
    )
