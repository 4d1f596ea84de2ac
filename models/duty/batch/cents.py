"""Exact integer arithmetic on whole columns, rounded half up as :mod:`models.duty.rounding` does it.

A value is a whole number of cents under 10**12 and a share is a fraction of small whole numbers, so that no
product leaves 64 bits. A share that is not small goes to the calculator's Decimal instead.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np

from models.duty.batch.coded import Ints

MOST = 4_000_000  # 2 * 10**12 cents * MOST stays under 2**63


def share(percent: Decimal) -> tuple[int, int] | None:
    """A percentage as numerator and denominator of a share of the value; None if the product could overflow."""
    exact = Fraction(percent) / 100
    return fits(exact)


def fits(exact: Fraction) -> tuple[int, int] | None:
    """A share as numerator and denominator, None if a product with it could overflow or it is negative."""
    if exact < 0 or exact.numerator > MOST or exact.denominator > 10**15:
        return None
    return exact.numerator, exact.denominator


def part(cents: Ints, numerator: Ints | int, denominator: Ints | int) -> Ints:
    """``cents * numerator / denominator``, half up to the cent."""
    return (2 * cents * numerator + denominator) // (2 * denominator)


def line_cents(micros: Ints, whole_dollars: Ints) -> Ints:
    """Values in millionths of a dollar as line values in cents: to the dollar where ``whole_dollars``."""
    unit = np.where(whole_dollars, 1_000_000, 10_000)
    return (micros + unit // 2) // unit * np.where(whole_dollars, 100, 1)
