"""Which regime prices an item: by channel, day of entry and, before 2025-08-29, origin."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from data.law import Law
from models.duty.goods import row_for

ENTRY_REGIMES = {"informal": "INFORMAL_ENTRY", "formal": "FORMAL_ENTRY"}
ENTRY_CITATION = {"informal": "19 CFR 143.21", "formal": "19 USC 1484; 19 CFR part 141"}
METHOD_SUFFIX = {"ad_valorem": "_ADVALOREM", "specific": "_SPECIFIC"}


class Regime(NamedTuple):
    """``basis`` says what prices it: ordinary, flat, ieepa, china_2025 or exempt."""

    name: str
    basis: str
    citation: str
    confidence: str


def regime(
    channel: str, origin: str, on: date, law: Law, method: str = "ad_valorem", formal_entry: bool = False
) -> Regime:
    """The regime of that day. Mail entered formally (``formal_entry``) is a formal entry; mail of several origins follows the one that is not exempt, if any.

    Raises ``LAW_NO_VALUE`` before the first day the law data covers.
    """
    if channel == "mail" and formal_entry:
        channel = "formal"
    if channel != "mail":
        law.entry("limits/informal_value_usd", on)
        return Regime(ENTRY_REGIMES[channel], "ordinary", ENTRY_CITATION[channel], "high")
    law.entry("limits/mail_value_usd", on)
    rows = law.rows("mail/regimes", on)
    found = [row for part in origin.split("+") if (row := row_for(rows, part)) is not None]
    row = next((row for row in found if row["basis"] != "exempt"), found[0])
    name = row["regime"] + (METHOD_SUFFIX[method] if row["basis"] == "ieepa" else "")
    return Regime(name, row["basis"], row.citation, row.confidence)
