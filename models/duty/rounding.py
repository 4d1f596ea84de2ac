"""CBP's rounding as one rule, used by every layer and every fee.

A duty or fee is rounded half up to the cent, line by line; the total is the sum of the rounded lines. The
value of a line is whole dollars on an entry in ACE (informal and formal) and as declared, in cents, in mail,
whose worksheet carries cents. See ``data/law/ASSUMPTIONS.md``, "Rounding".
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
DOLLAR = Decimal(1)
WHOLE_DOLLAR_CHANNELS = frozenset({"informal", "formal"})


def to_cents(dollars: Decimal) -> int:
    """Dollars to integer cents, half up."""
    return int(dollars.quantize(CENT, rounding=ROUND_HALF_UP) * 100)


def line_value(value: Decimal, channel: str) -> Decimal:
    """The value a rate is applied to: whole dollars in ACE channels, cents in mail, half up."""
    unit = DOLLAR if channel in WHOLE_DOLLAR_CHANNELS else CENT
    return value.quantize(unit, rounding=ROUND_HALF_UP)


def usd(cents: int) -> str:
    """Integer cents as text with two decimals: 1950 is ``19.50``."""
    return f"{cents // 100}.{cents % 100:02d}"
