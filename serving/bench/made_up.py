"""Made-up items for measuring: a mix as a carrier may see it, over every regime. Same seed, same items."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from data.schedule import Schedule
from models.duty.records import DutyRequest

FIRST, LAST = date(2025, 5, 2), date(2026, 11, 21)
CODES = 5_000
MIX = (
    f"{FIRST} to {LAST}, every day alike; 80% mail, 15% informal, 5% formal; 60 origins, a quarter of them China; "
    f"{CODES:,} ten-digit numbers, 15% given with eight; 92% with weight and pieces, 3% gifts, 4% with a programme, "
    "2% with the weight of their metal, 1% of several items or otherwise unusual, 3% without a number, with a wrong "
    "one or with a wrong fact"
)
# One in each hundred items for each time a place is named; the rest of the 60 share what is left.
COMMON = ("CN " * 25 + "GB " * 8 + "DE " * 6 + "JP " * 6 + "HK " * 5 + "IN " * 5 + "KR " * 4 + "CA " * 4 + "FR " * 4
          + "IT " * 3 + "MX " * 3 + "TW " * 3 + "VN " * 3 + "AU " * 2 + "BR " * 2 + "ES " * 2 + "CH " * 2).split()  # fmt: skip
OTHERS = ("AT BE BG CZ DK EE FI GR HR HU IE LT LU LV NL PL PT RO SE SI SK NO IL TR UA TH ID MY PH SG BD PK LK KH "
          "ZA EG AE CO CL PE AR NZ RU").split()  # fmt: skip
CLAIMS = {
    "CA": "S",
    "MX": "S",
    "KR": "KR",
    "AU": "AU",
    "SG": "SG",
    "IL": "IL",
    "CL": "CL",
    "CO": "CO",
    "PE": "PE",
}
UNUSUAL: tuple[dict[str, Any], ...] = (
    {"rate_pct": 10},
    {"formal_entry": True, "ems": True},
    {"metal": "steel", "metal_value_usd": 5},
    {"s232": "timber"},
    {"items": 2},
)


def made_up(count: int, schedule: Schedule, seed: int = 7) -> list[DutyRequest]:
    """``count`` items of the mix that :data:`MIX` tells in words."""
    return list(_items(count, schedule, random.Random(seed)))


def _items(count: int, schedule: Schedule, draw: random.Random) -> Iterator[DutyRequest]:
    leaves = [line.code for line in schedule.leaves(date(2026, 7, 1)) if line.level == 10]
    numbers = draw.sample(leaves, CODES)
    days = [FIRST + timedelta(at) for at in range((LAST - FIRST).days + 1)]
    chance, among = draw.random, draw.randrange
    for number in range(count):
        kind = chance()
        channel = "mail" if kind < 0.8 else "informal" if kind < 0.95 else "formal"
        place = among(100)
        origin = COMMON[place] if place < len(COMMON) else OTHERS[among(len(OTHERS))]
        hts: str | None = numbers[among(CODES)]
        if chance() < 0.15 and hts:
            hts = hts[:8]
        cents = int(draw.lognormvariate(8.5, 1)) if channel != "formal" else among(10_000, 2_000_000)
        facts = _facts(draw, origin, channel)
        if (odd := chance()) < 0.03:
            hts = hts if odd > 0.02 else None if odd > 0.01 else "6109.10.00.99" if odd > 0.005 else "61091"
            facts |= {"gift": "perhaps"} if odd > 0.02 else {}
        yield DutyRequest(
            str(number), days[among(len(days))], channel, origin, hts, Decimal(cents) / 100, facts
        )


def _facts(draw: random.Random, origin: str, channel: str) -> dict[str, Any]:
    chance = draw.random
    facts: dict[str, Any] = {}
    if chance() < 0.92:
        facts = {"net_kg": Decimal(draw.randrange(1, 3000)) / 1000, "number": 1 + draw.randrange(3)}
    if channel == "mail":
        facts["method"] = "specific" if chance() < 0.1 else "ad_valorem"
    if chance() < 0.03:
        facts["gift"] = True
    if chance() < 0.02:
        facts["metal_weight_pct"] = draw.randrange(100)
    if chance() < 0.04:
        facts["program"] = CLAIMS.get(origin, "A")
    if chance() < 0.01:
        facts |= UNUSUAL[draw.randrange(len(UNUSUAL))]
    return facts
