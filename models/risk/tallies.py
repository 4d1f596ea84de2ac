"""Counts by hashed key: parcels, outcomes, values, recent days; and a layer of them on top of others left as they are."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from models.risk.parcel import RiskParcel

WINDOW = 7  # days within which an order may have been split


@dataclass(slots=True)
class Tally:
    """Of one key: parcels so far, how many outcomes, how many of them wrong, the first day, values, recent days."""

    count: int = 0
    judged: int = 0
    wrong: int = 0
    first: int = 0
    log_value: float = 0.0
    priced: int = 0
    recent: dict[int, list[float]] = field(default_factory=dict)  # day -> [parcels, value]
    names: set[bytes] | None = None

    def within(self, day: int) -> tuple[float, float]:
        """Parcels and value of the window that ends with ``day``."""
        count = value = 0.0
        for when, (n, worth) in self.recent.items():
            if day - WINDOW < when <= day:
                count += n
                value += worth
        return count, value


@dataclass(frozen=True, slots=True)
class Keys:
    """The hashed keys of one parcel; an empty one where what it needs is missing."""

    rated: tuple[bytes, ...]
    windowed: tuple[bytes, ...]
    name: bytes


class Overlay:
    """Tallies on top of others that stay as they are; ``own`` writes through."""

    def __init__(self, below: dict[bytes, Tally], own: bool = False) -> None:
        self._below = below
        self._above: dict[bytes, Tally] = below if own else {}

    def get(self, key: bytes) -> Tally | None:
        return (self._above.get(key) or self._below.get(key)) if key else None

    def _mine(self, key: bytes, day: int) -> Tally:
        held = self._above.get(key)
        if held is None:
            old = self._below.get(key)
            held = self._above[key] = (
                Tally(first=day)
                if old is None
                else Tally(
                    old.count, old.judged, old.wrong, old.first, old.log_value, old.priced,
                    {d: list(v) for d, v in old.recent.items()}, set(old.names) if old.names else None,
                )
            )  # fmt: skip
        return held

    def window(self, keys: Keys, parcel: RiskParcel) -> None:
        day, value = parcel.posted_on.toordinal(), parcel.value_usd or 0.0
        for n, key in enumerate(keys.windowed):
            if key:
                tally = self._mine(key, day)
                seen = tally.recent.setdefault(day, [0.0, 0.0])
                seen[0] += 1
                seen[1] += value
                if len(tally.recent) > 4 * WINDOW:
                    tally.recent = {d: v for d, v in tally.recent.items() if d > day - 2 * WINDOW}
                if n == 1 and keys.name:
                    tally.names = tally.names or set()
                    if len(tally.names) < 50:
                        tally.names.add(keys.name)

    def count(self, keys: Keys, parcel: RiskParcel) -> None:
        day = parcel.posted_on.toordinal()
        for n, key in enumerate(keys.rated):
            if key:
                tally = self._mine(key, day)
                tally.count += 1
                tally.first = min(tally.first or day, day)
                if n == 0 and parcel.value_usd is not None:
                    tally.log_value += math.log(max(parcel.value_usd, 0.01))
                    tally.priced += 1
