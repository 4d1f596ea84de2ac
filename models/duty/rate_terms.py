"""The parts that a rate of duty is made of; each prices itself from the value and facts of an item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from data.errors import MailDutyError
from data.units import UNIT_FACTS, UNIT_SOURCES, unit_named

# A rate "on the case" is on the value of the case alone. The facts whose sum is that value; () is the whole.
PART_FACTS: dict[str, tuple[str, ...]] = {
    "": (),
    "entire set": (),
    "case": ("case_usd",),
    "strap, band or bracelet": ("strap_usd",),
    "case and strap, band or bracelet": ("case_usd", "strap_usd"),
    "movement": ("movement_usd",),
    "movement and case": ("movement_usd", "case_usd"),
    "battery": ("battery_usd",),
    "apparatus": ("apparatus_usd",),
    "rifle": ("rifle_usd",),
    "telescopic sight, if any": ("telescopic_sight_usd",),
    "lead content": ("lead_usd",),
}

# Every fact but quantities that a rate of duty can ask for, with what it means.
RATE_FACTS: dict[str, str] = {
    **{
        fact: f"dollar value of the {fact.removesuffix('_usd').replace('_', ' ')} within the whole value"
        for facts in PART_FACTS.values()
        for fact in facts
    },
    "degrees": "polarization of raw sugar in degrees, 100 for pure sucrose",
    "referred_duty_usd": "duty in dollars of the article or heading that the rate refers to",
    "ordinary_duty_usd": "duty in dollars under the goods' own number, on which a Chapter 99 rate builds",
    "has_plate": "true if a part of a watch movement consists in part of a plate or a set of plates",
    "complete_movement_duty_usd": "duty in dollars of the complete watch movement",
}


class Basis:
    """What an item offers a rate to work on: its value in dollars, quantities by unit, and named facts."""

    def __init__(self, value: Decimal, quantities: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
        self.value = value
        self._quantities = quantities
        self._facts = facts

    def quantity(self, unit: str) -> tuple[Decimal, int]:
        """How many of ``unit``, as a number and what to divide it by, so that 7 pieces stay exactly 7/12."""
        if unit in self._quantities:
            return self._number(unit, self._quantities[unit]), 1
        for spelled, given in self._quantities.items():
            if unit_named(spelled) == unit:
                return self._number(spelled, given), 1
        for fact, factor in UNIT_SOURCES[unit]:
            for named in (self._quantities, self._facts):
                if named.get(fact) is not None:
                    return self._number(fact, named[fact]) * factor.numerator, factor.denominator
        names = UNIT_FACTS[unit]
        raise MailDutyError(
            "QUANTITY_MISSING",
            f"the rate is per {unit} and no quantity in {unit} is given",
            "a specific rate cannot be priced from the value",
            f"give the fact {' or '.join(names)}",
            unit=unit,
            needs=list(names),
        )

    def amount(self, fact: str, why: str, code: str = "FACT_MISSING") -> Decimal:
        """A named amount in dollars; ``code`` is raised where it is not given, ``why`` says for what."""
        if self._facts.get(fact) is None:
            raise MailDutyError(code, why, "", f"give the fact {fact}", needs=[fact])
        return self._number(fact, self._facts[fact])

    def flag(self, fact: str, why: str) -> bool:
        """A named yes or no; raises ``FACT_MISSING`` where it is neither."""
        if not isinstance(self._facts.get(fact), bool):
            raise MailDutyError("FACT_MISSING", why, "", f"give the fact {fact}, true or false", needs=[fact])
        return bool(self._facts[fact])

    def _number(self, name: str, given: Any) -> Decimal:
        try:
            number = Decimal(str(given)) if not isinstance(given, bool) else Decimal("NaN")
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or number < 0:
            raise MailDutyError(
                "QUANTITY_INVALID",
                f"{name} is {given!r}",
                "a quantity or amount is a number, zero or more",
                f"correct {name}",
                needs=[name],
            )
        return number


class Term(Protocol):
    """One summand of a rate."""

    def price(self, basis: Basis) -> Decimal:
        """Unrounded dollars."""
        ...


@dataclass(frozen=True, slots=True)
class AdValorem:
    """A share of the value, or of the value of one part: 33 1/3% is ``AdValorem(Decimal(100), 300)``."""

    numerator: Decimal
    divisor: int = 100
    part: str = ""

    def price(self, basis: Basis) -> Decimal:
        facts = PART_FACTS[self.part]
        value = basis.value
        if facts:
            why = f"the rate is on the value of the {self.part.removesuffix(', if any')}"
            value = sum((basis.amount(fact, why) for fact in facts), Decimal(0))
            if value > basis.value:
                raise MailDutyError(
                    "PART_EXCEEDS_VALUE",
                    f"{' and '.join(facts)} make {value}, more than the whole value {basis.value}",
                    "a part is worth no more than the whole",
                    "correct the values",
                    needs=list(facts),
                )
        return value * self.numerator / self.divisor


@dataclass(frozen=True, slots=True)
class Specific:
    """Dollars per unit, on what goes ``beyond`` a number of them ("2.8 cents per jewel over 7")."""

    usd: Decimal
    unit: str
    beyond: int = 0

    def price(self, basis: Basis) -> Decimal:
        number, divisor = basis.quantity(self.unit)
        return self.usd * max(number - self.beyond * divisor, Decimal(0)) / divisor


@dataclass(frozen=True, slots=True)
class SugarDegrees:
    """Raw sugar: dollars per kg, less ``step`` for each degree of polarization under 100, to a floor."""

    usd: Decimal
    step: Decimal
    floor: Decimal

    def price(self, basis: Basis) -> Decimal:
        degrees = basis.amount("degrees", "the rate falls with each degree of polarization under 100")
        number, divisor = basis.quantity("kg")
        under = max(Decimal(100) - degrees, Decimal(0))
        return max(self.usd - self.step * under, self.floor) * number / divisor


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The duty is that of something else: another heading, the article it belongs to, a note."""

    target: str
    headings: tuple[str, ...] = ()

    def price(self, basis: Basis) -> Decimal:
        why = f"the rate is that of {self.target}"
        return basis.amount("referred_duty_usd", why, "RATE_REFERS_ELSEWHERE")


@dataclass(frozen=True, slots=True)
class OrdinaryDuty:
    """In Chapter 99: the duty that the goods owe under their own number in chapters 1 to 97."""

    def price(self, basis: Basis) -> Decimal:
        return basis.amount("ordinary_duty_usd", "the rate builds on the duty of the goods' own number")


@dataclass(frozen=True, slots=True)
class MovementCap:
    """Watch movement parts with a plate owe no more than the complete movement would."""

    def limit(self, amount: Decimal, basis: Basis) -> Decimal:
        if not basis.flag("has_plate", "the duty has a ceiling if the part consists in part of a plate"):
            return amount
        return min(amount, basis.amount("complete_movement_duty_usd", "that ceiling is the movement's duty"))
