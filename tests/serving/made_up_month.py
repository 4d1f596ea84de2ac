"""A month of the mail of three carriers, of our own making: what they send day by day, and what is true of it.

Every file is a CSV manifest. Some parcels have several lines, some rows cannot be read, some items come again in a
later file with another value, and one tracking number is used by two carriers.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from data.s10 import check_digit
from data.schedule import Schedule
from models.duty.records import DutyRequest
from serving.bench.made_up import COMMON

FIRST, LAST = date(2026, 7, 15), date(2026, 8, 15)  # the regime changes on 24 July
CARRIERS = ("acme", "borealis", "corvid")
SHARED = "CP999999995DE"  # used by two carriers; its check digit holds
COLUMNS = (
    "tracking_id id description hts origin value currency quantity net_weight category arrival_date sender_name "
    "recipient_name recipient_postal_code"
).split()


@dataclass(frozen=True)
class Line:
    """One item as it was declared last; ``alone`` in its parcel."""

    tracking: str
    identifier: str
    hts: str
    origin: str
    value: Decimal
    quantity: int
    net_kg: Decimal
    category: str
    arrived: date
    alone: bool

    @property
    def key(self) -> str:
        return f"{self.tracking}|{self.identifier}"

    def request(self) -> DutyRequest:
        """What the law is to be asked, put together by hand."""
        facts = {"method": "ad_valorem", "net_kg": self.net_kg, "number": Decimal(self.quantity)}
        dotted = f"{self.hts[:4]}.{self.hts[4:6]}.{self.hts[6:8]}.{self.hts[8:]}"
        return DutyRequest(self.identifier, self.arrived, "mail", self.origin, dotted, self.value, facts)


@dataclass
class File:
    """A manifest of a carrier and of a day; ``good`` and ``bad`` rows in it."""

    carrier: str
    day: date
    content: bytes
    good: int
    bad: int


@dataclass
class Month:
    """All files in order of days; the last word on each item; how many rows cannot be read."""

    files: list[File] = field(default_factory=list)
    lines: dict[str, dict[str, Line]] = field(default_factory=lambda: {name: {} for name in CARRIERS})
    sent: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CARRIERS, 0))  # good rows
    bad: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CARRIERS, 0))
    mended: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(CARRIERS, 0)
    )  # bad rows that came again


def made_up_month(items: int, schedule: Schedule, seed: int = 20260715) -> Month:
    """About as many different items as asked for, exactly; the same seed gives the same bytes."""
    draw = random.Random(seed)
    month = Month()
    days = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]
    codes = [
        line.code for line in schedule.leaves(LAST) if line.level == 10 and schedule.find(line.code, FIRST)
    ]
    numbers = draw.sample(codes, 400)
    files_each = max(2, items // 600)
    whose = [(name, at) for at in range(files_each) for name in CARRIERS]
    left = items
    waiting: dict[str, list[tuple[Line, bool]]] = {name: [] for name in CARRIERS}
    for place, (name, at) in enumerate(whose):
        share = left // (len(whose) - place)
        left -= share
        day = days[at * (len(days) - 1) // max(1, files_each - 1)]
        rows = list(_parcels(draw, share, numbers, day, name))
        if at == 0 and name in CARRIERS[:2]:
            rows[0] = _line(draw, SHARED, 1, numbers, day, True)
        again = [(_otherwise(one), was_bad) for one, was_bad in waiting[name]]
        waiting[name] = []
        spoiled = draw.sample(range(share), max(1, share // 60)) if at < files_each - 1 else []
        alone = [n for n, one in enumerate(rows) if one.alone and n not in spoiled and one.tracking != SHARED]
        if at < files_each - 1:
            waiting[name] = [(rows[n], False) for n in draw.sample(alone, max(1, share // 50))]
            waiting[name] += [(rows[n], True) for n in spoiled if rows[n].alone]
        bad = [_row(one, spoil=True) for n, one in enumerate(rows) if n in spoiled]
        good = [one for n, one in enumerate(rows) if n not in spoiled] + [one for one, _ in again]
        month.lines[name] |= {one.key: one for one in good}
        month.sent[name] += len(good)
        month.bad[name] += len(bad)
        month.mended[name] += sum(was_bad for _, was_bad in again)
        content = _csv([_row(one) for one in good] + bad)
        month.files.append(File(name, day, content, len(good), len(bad)))
    month.files.sort(key=lambda file: file.day)
    return month


def _parcels(draw: random.Random, rows: int, numbers: list[str], day: date, name: str) -> Iterator[Line]:
    """Lines of parcels, so many in all."""
    while rows:
        several = min(rows, draw.choice((1, 1, 1, 1, 1, 1, 2, 3)))
        tracking = _s10(draw, CARRIERS.index(name))
        for n in range(1, several + 1):
            yield _line(draw, tracking, n, numbers, day, several == 1)
        rows -= several


def _line(draw: random.Random, tracking: str, n: int, numbers: list[str], day: date, alone: bool) -> Line:
    kind = draw.random()
    return Line(
        tracking,
        f"{tracking}-{n}",
        draw.choice(numbers),
        draw.choice(COMMON),
        Decimal(int(draw.lognormvariate(8.3, 0.9)) + 200) / 100,
        1 + draw.randrange(4),
        Decimal(draw.randrange(20, 3000)) / 1000,
        "gift" if kind < 0.04 else "documents" if kind < 0.06 else "sale_of_goods",
        day,
        alone,
    )


def _otherwise(line: Line) -> Line:
    """The same item with another value, as its seller corrects it."""
    return Line(**{**vars(line), "value": line.value + Decimal("7.35")})


def _s10(draw: random.Random, place: int) -> str:
    serial = f"{place + 1}{draw.randrange(10**7):07d}"
    return f"CP{serial}{check_digit(serial)}DE"


def _row(line: Line, spoil: bool = False) -> list[str]:
    person = hash_of(line.tracking)
    return [
        line.tracking, line.identifier, f"goods of heading {line.hts[:4]}", line.hts, line.origin,
        "about ten" if spoil else str(line.value), "USD", str(line.quantity), str(line.net_kg), line.category,
        line.arrived.isoformat(), f"Shop {person % 37}", f"Person {person}", f"{10000 + person % 89999}",
    ]  # fmt: skip


def hash_of(tracking: str) -> int:
    """A number of a parcel that is the same in every run."""
    return int(tracking[2:10])


def _csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, *rows])
    return text.getvalue().encode()
