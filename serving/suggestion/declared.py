"""A declared tariff number as digits."""

from __future__ import annotations

LENGTHS = (4, 6, 8, 10)


def digits_of(declared: str | None) -> str | None:
    """The digits of one declared number of 4, 6, 8 or 10; None for anything else, two numbers too."""
    digits = "".join(c for c in declared or "" if c.isdigit())
    return digits if len(digits) in LENGTHS else None
