"""Counts by hashed key, day by day, so that any day can be asked for as it stood before it: parcels, outcomes, values.

A layer of them may lie on top of others that stay as they are: a batch counts for itself and leaves no trace.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

WINDOW = 7  # days within which an order may have been split
MOST_NAMES = 50  # names remembered of one address
ADDRESS = 1  # which of the windowed keys is the address


@dataclass(slots=True)
class Running:
    """A sum that grows day by day: ``days`` in order, and ``sums`` up to and with each of them."""

    days: list[int] = field(default_factory=list)
    sums: list[float] = field(default_factory=list)

    def add(self, day: int, amount: float) -> None:
        if not self.days or day > self.days[-1]:
            self.sums.append((self.sums[-1] if self.sums else 0.0) + amount)
            self.days.append(day)
            return
        at = bisect_left(self.days, day)
        if self.days[at] != day:
            self.sums.insert(at, self.sums[at - 1] if at else 0.0)
            self.days.insert(at, day)
        for n in range(at, len(self.sums)):
            self.sums[n] += amount

    def before(self, day: int) -> float:
        """The sum of all days before this one."""
        days = self.days
        if not days:
            return 0.0
        if days[-1] < day:
            return self.sums[-1]
        at = bisect_left(days, day)
        return self.sums[at - 1] if at else 0.0

    def forget(self, before: int) -> None:
        """Days before this one become one day: the sum stays, when it grew is no longer known."""
        at = bisect_left(self.days, before)
        if at > 1:
            del self.days[: at - 1], self.sums[: at - 1]


@dataclass(slots=True)
class Tally:
    """Of one key: its first day, parcels, outcomes, how many wrong, and, of a sender, values (sum of logarithms)."""

    first: int = 0
    parcels: Running = field(default_factory=Running)
    judged: Running | None = None
    wrong: Running | None = None
    priced: Running | None = None
    log_value: Running | None = None

    def settle(self, day: int, wrong: bool) -> None:
        if self.judged is None or self.wrong is None:
            self.judged, self.wrong = Running(), Running()
        self.judged.add(day, 1.0)
        self.wrong.add(day, float(wrong))

    def price(self, day: int, value: float) -> None:
        if self.priced is None or self.log_value is None:
            self.priced, self.log_value = Running(), Running()
        self.priced.add(day, 1.0)
        self.log_value.add(day, math.log(max(value, 0.01)))

    def forget(self, before: int) -> bool:
        """Folds old days; true where nothing of later days is left and the key may go."""
        parts = [r for r in (self.parcels, self.judged, self.wrong, self.priced, self.log_value) if r]
        for part in parts:
            part.forget(before)
        return all(not part.days or part.days[-1] < before for part in parts)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one parcel, made of salted hashes; None where what one needs is missing."""

    rated: tuple[Hashable, ...]
    windowed: tuple[Hashable, ...]
    name: bytes
    item: tuple[str, int]  # identifier and day: lines that share it are one parcel


class Windows:
    """Parcels and values of each day by key, and the names met at an address."""

    def __init__(self) -> None:
        self.windows: dict[Hashable, dict[int, list[float]]] = {}  # key -> day -> [parcels, value]
        self.names: dict[Hashable, list[tuple[int, bytes]]] = {}  # address -> first day and name, by day

    def count_windows(self, keys: Keys, value: float | None, met: set[Hashable] | None) -> None:
        day, windows, worth = keys.item[1], self.windows, value or 0.0
        for key in keys.windowed:
            if key is not None:
                days = windows.get(key)
                if days is None:
                    days = windows[key] = {}
                seen = days.get(day)
                if seen is None:
                    seen = days[day] = [0.0, 0.0]
                seen[0] += 1.0 if met is None else not _again(key, met)
                seen[1] += worth
        if keys.name and (address := keys.windowed[ADDRESS]) is not None:
            self._name(address, day, keys.name)

    def _name(self, key: Hashable, day: int, name: bytes) -> None:
        known = self.names.setdefault(key, [])
        for n, (first, other) in enumerate(known):
            if other == name:
                if day < first:
                    del known[n]
                    insort(known, (day, name))
                return
        if len(known) < MOST_NAMES:
            insort(known, (day, name))


class Batch(Windows):
    """What a batch counts for itself, for as long as it is scored: parcels by key and day, values by sender and day."""

    def __init__(self, several_days: bool = True) -> None:
        super().__init__()
        self.several_days = several_days  # of one day alone nothing is earlier, and rated keys need no count
        self.rated: dict[Hashable, dict[int, float]] = {}
        self.values: dict[
            Hashable, dict[int, list[float]]
        ] = {}  # sender -> day -> [priced, sum of logarithms]

    def count(self, keys: Keys, value: float | None, met: set[Hashable] | None = None) -> None:
        """Counts one line. ``met``: keys that other lines of the same parcel have counted already; it grows."""
        self.count_windows(keys, value, met)
        if not self.several_days:
            return
        day, rated = keys.item[1], self.rated
        for key in keys.rated:
            if key is not None and (met is None or not _again(key, met)):
                days = rated.get(key)
                if days is None:
                    rated[key] = {day: 1.0}
                else:
                    days[day] = days.get(day, 0.0) + 1.0
        if value is not None and (sender := keys.rated[0]) is not None:
            priced = self.values.setdefault(sender, {}).setdefault(day, [0.0, 0.0])
            priced[0] += 1.0
            priced[1] += math.log(max(value, 0.01))


class Tallies(Windows):
    """Everything counted for good. ``counted`` holds the parcels that were, each once whatever its lines."""

    def __init__(self) -> None:
        super().__init__()
        self.rated: dict[Hashable, Tally] = {}
        self.counted: set[tuple[str, int]] = set()

    def count(self, keys: Keys, value: float | None, met: set[Hashable] | None = None) -> None:
        """Counts one line, as :meth:`Batch.count`."""
        day = keys.item[1]
        self.counted.add(keys.item)
        for n, key in enumerate(keys.rated):
            if key is not None and (met is None or not _again(key, met)):
                tally = self.rated.get(key)
                if tally is None:
                    tally = self.rated[key] = Tally(day)
                elif day < tally.first or not tally.first:
                    tally.first = day
                tally.parcels.add(day, 1.0)
                if n == 0 and value is not None:
                    tally.price(day, value)
        self.count_windows(keys, value, met)

    def forget(self, before: int) -> None:
        """Drops what is older: windows wholly, sums folded, keys and names not met since."""
        self.rated = {k: t for k, t in self.rated.items() if not t.forget(before)}
        since = before - WINDOW
        self.windows = {k: kept for k, d in self.windows.items() if (kept := _since(d, since))}
        self.names = {k: n for k, n in self.names.items() if k in self.windows}
        self.counted = {item for item in self.counted if item[1] >= before}


def _again(key: Hashable, met: set[Hashable]) -> bool:
    """Whether another line of the same parcel has brought this key; remembers it."""
    if key in met:
        return True
    met.add(key)
    return False


def _since(days: Mapping[int, list[float]], first: int) -> dict[int, list[float]]:
    return {d: v for d, v in days.items() if d >= first}


def earlier(days: Mapping[int, float], day: int) -> float:
    """What was counted on the days before this one."""
    count = 0.0
    for when, n in days.items():
        if when < day:
            count += n
    return count


def within(days: Mapping[int, list[float]], day: int) -> tuple[float, float]:
    """Parcels and value of the window that ends with ``day``."""
    count = value = 0.0
    for when, (n, worth) in days.items():
        if day - WINDOW < when <= day:
            count += n
            value += worth
    return count, value


def names_by(known: list[tuple[int, bytes]], day: int) -> set[bytes]:
    """The names met at an address by a day."""
    if known[-1][0] <= day:
        return {name for _, name in known}
    return {name for _, name in known[: bisect_right(known, (day, b"\xff" * 9))]}
