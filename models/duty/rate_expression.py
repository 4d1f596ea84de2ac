"""A rate of duty as a sum of terms within limits, and what a caller may ask of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

from data.errors import MailDutyError
from models.duty.rate_terms import PART_FACTS, AdValorem, Basis, Elsewhere, Specific, SugarDegrees, Term


class Limit(Protocol):
    """A floor or ceiling that a rate sets to its own sum."""

    def limit(self, amount: Decimal, basis: Basis) -> Decimal:
        """The amount after the limit, in dollars."""
        ...


@dataclass(frozen=True, slots=True)
class Bound:
    """``but not less than`` / ``but not more than`` another rate."""

    rate: Rate
    least: bool

    def limit(self, amount: Decimal, basis: Basis) -> Decimal:
        other = self.rate.amount(basis)
        return max(amount, other) if self.least else min(amount, other)


@dataclass(frozen=True)
class Rate:
    """One rate of duty: the sum of ``terms`` within ``limits``. ``text`` is how the schedule states it."""

    text: str
    terms: tuple[Term, ...] = ()
    limits: tuple[Limit, ...] = ()

    def price(
        self,
        value: Decimal,
        quantities: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> Decimal:
        """Unrounded dollars on ``value`` dollars; ``quantities`` by unit or fact name, ``facts`` by name.

        Raises ``QUANTITY_MISSING`` (``where`` names unit and facts), ``FACT_MISSING``, ``QUANTITY_INVALID``,
        ``PART_EXCEEDS_VALUE``, ``RATE_REFERS_ELSEWHERE``, ``VALUE_INVALID``.
        """
        if not value.is_finite() or value < 0:
            raise MailDutyError("VALUE_INVALID", f"the value is {value}", "a value is zero dollars or more")
        return self.amount(Basis(value, quantities or {}, facts or {}))

    def amount(self, basis: Basis) -> Decimal:
        """Like :meth:`price`, on a basis already made."""
        amount = sum((term.price(basis) for term in self.terms), Decimal(0))
        for limit in self.limits:
            amount = limit.limit(amount, basis)
        return max(amount, Decimal(0))

    @property
    def units(self) -> frozenset[str]:
        """The units of quantity it needs; their facts stand in ``UNIT_FACTS``."""
        own = {t.unit for t in self.terms if isinstance(t, Specific)}
        own |= {"kg" for t in self.terms if isinstance(t, SugarDegrees)}
        return frozenset(own.union(*(x.rate.units for x in self.limits if isinstance(x, Bound))))

    @property
    def is_simple(self) -> bool:
        """Whether it is a plain sum of a share of the whole value and amounts per unit, without limits."""
        return not self.limits and all(
            (isinstance(t, AdValorem) and not PART_FACTS[t.part])
            or (isinstance(t, Specific) and not t.beyond)
            for t in self.terms
        )

    @property
    def share(self) -> Fraction:
        """The ad valorem part on the whole value as an exact share: 33 1/3% is 1/3. Of use if simple."""
        shares = (t for t in self.terms if isinstance(t, AdValorem) and not PART_FACTS[t.part])
        return sum((Fraction(t.numerator) / t.divisor for t in shares), Fraction(0))

    @property
    def ad_valorem(self) -> Decimal | None:
        """Percent of the value where that is all of it, 0 for Free, else None."""
        if not self.is_simple or self.specific:
            return None
        return Decimal(self.share.numerator) * 100 / Decimal(self.share.denominator)

    @property
    def specific(self) -> tuple[tuple[Decimal, str], ...]:
        """The amounts per unit: ``((Decimal("0.065"), "kg"),)``."""
        return tuple((t.usd, t.unit) for t in self.terms if isinstance(t, Specific))

    @property
    def elsewhere(self) -> tuple[Elsewhere, ...]:
        """What it refers to, if its own words do not price it."""
        return tuple(t for t in self.terms if isinstance(t, Elsewhere))
