"""Five ways a parcel's declaration goes wrong, as injected into made-up parcels. Each states its severity.

Undervaluation declares a fraction of the value. Misclassification keeps the text and moves the number to a neighbour
with less duty. Origin keeps sender and route and names another country of make. Restricted hides what is inside:
other text, odd weight, a consignee who is nobody. Splitting sends one order as several parcels.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from data.catalogue import Goods
from data.catalogue_generate import describe
from data.parcel_world import Recipient, Sender, misspelt

TYPOLOGIES = ("undervaluation", "misclassification", "origin", "restricted", "splitting")
ELSEWHERE = ("VN", "MX", "TH", "KR", "MY", "TR", "ID", "CA")  # where goods are said to be made that are not
_HIDING = ("gift", "daily necessities", "sample", "accessories", "household goods", "small parts", "present")
_TELLING = (
    "replica",
    "1:1 quality",
    "herbal capsules",
    "seeds",
    "vape liquid",
    "slimming pills",
    "air parts",
)
_NOBODY = (
    "Mickey Mouse",
    "Unknown",
    "Present Receiver",
    "Customer",
    "To Whom",
    "N A",
    "Spider Man",
    "Test Test",
)


@dataclass(frozen=True)
class Severities:
    """How bad: the declared share of the value, parcels of a split order and the days it takes, telling words.

    ``held_out`` adds a variant the other generator never shows: a flat small value, a split by address spelling.
    """

    undervalued: tuple[float, float]
    split: tuple[int, int]
    split_days: int
    words: float
    held_out: bool = False


@dataclass(frozen=True)
class Change:
    """What an injection works on: the honest row and its true value, who sends and receives, rates, the goods."""

    row: dict[str, Any]
    value: float
    sender: Sender
    recipient: Recipient
    severities: Severities
    rates: Mapping[str, float]
    stock: Sequence[Goods]


@dataclass(frozen=True)
class Injected:
    """The parcels that come of it with their true values; ``wrong`` is false where nothing could be injected."""

    parcels: tuple[tuple[dict[str, Any], float], ...]
    wrong: bool = True


def inject(typology: str, change: Change, chance: random.Random) -> Injected:
    """The honest row made wrong in one way. A row on which that way does not work comes back as it was."""
    return _INJECTIONS[typology](change, chance)


def _undervaluation(change: Change, chance: random.Random) -> Injected:
    row = change.row
    if change.severities.held_out and chance.random() < 0.25:
        if change.value < 25:
            return Injected(((row, change.value),), wrong=False)
        row["value_usd"] = float(chance.choice((3, 5, 8, 9.99, 10)))
    else:
        row["value_usd"] = max(0.01, round(change.value * chance.uniform(*change.severities.undervalued), 2))
    return Injected(((row, change.value),))


def _misclassification(change: Change, chance: random.Random) -> Injected:
    row = change.row
    code = row["hts"]
    owed = change.rates.get((code or "")[:8])
    if owed is None:
        return Injected(((row, change.value),), wrong=False)
    for _ in range(30):
        other = chance.choice(change.stock)
        rows = [r.hts for r in other.rows if change.rates.get(r.hts[:8], 99.0) < owed - 1.0]
        near = [h for h in rows if h[:2] == code[:2] and h[:6] != code[:6]]
        if near or (rows and chance.random() < 0.25):
            row["hts"] = chance.choice(near or rows)
            return Injected(((row, change.value),))
    return Injected(((row, change.value),), wrong=False)


def slip(
    row: dict[str, Any], rates: Mapping[str, float], stock: Sequence[Goods], chance: random.Random
) -> None:
    """An honest mistake in the number, which saves no duty: a hard negative, not a misclassification."""
    owed = rates.get((row["hts"] or "")[:8])
    for _ in range(30 if owed is not None else 0):
        codes = [r.hts for r in chance.choice(stock).rows if rates.get(r.hts[:8], -1.0) >= (owed or 0.0)]
        near = [h for h in codes if h[:2] == row["hts"][:2]]
        if near:
            row["hts"] = chance.choice(near)
            return


def _origin(change: Change, chance: random.Random) -> Injected:
    row = change.row
    if change.sender.country not in ("CN", "HK", "IN") or row["origin"] not in (change.sender.country, None):
        return Injected(((row, change.value),), wrong=False)
    row["origin"] = chance.choice(ELSEWHERE)
    return Injected(((row, change.value),))


def _restricted(change: Change, chance: random.Random) -> Injected:
    row, ways = change.row, 0
    if chance.random() < 0.5:
        row["description"] = chance.choice(_HIDING)
        ways += 1
    elif chance.random() < change.severities.words:
        row["description"] = f"{row['description'][:50]} {chance.choice(_TELLING)}"
        ways += 1
    else:
        row["description"] = describe(chance.choice(change.stock), chance, change.stock)["description"]
        ways += 1
    if chance.random() < 0.6:
        row["weight_kg"] = round(row["weight_kg"] * chance.choice((0.15, 0.25, 4.0, 7.0)), 3)
    if chance.random() < 0.45:
        row["recipient"] = {**row["recipient"], "name": chance.choice(_NOBODY)}
    if chance.random() < 0.5:
        row |= {"seller": None, "invoice": None}
    return Injected(((row, change.value),), wrong=ways > 0)


def _splitting(change: Change, chance: random.Random) -> Injected:
    fewest, most = change.severities.split
    parts = chance.randint(fewest, most)
    first = date.fromisoformat(change.row["posted_on"])
    whole = change.value * parts
    made = []
    for n in range(parts):
        row = {**change.row, "recipient": dict(change.row["recipient"])}
        row["posted_on"] = (first + timedelta(chance.randint(0, change.severities.split_days))).isoformat()
        row["value_usd"] = round(whole / parts * chance.uniform(0.85, 1.15), 2)
        row["weight_kg"] = round(row["weight_kg"] * chance.uniform(0.9, 1.1), 3)
        if n and chance.random() < 0.6:
            row["recipient"]["name"] = misspelt(change.recipient.name, chance)
        if change.severities.held_out and n and row["recipient"].get("address") and chance.random() < 0.4:
            row["recipient"]["address"] = f"{row['recipient']['address']} Apt {chance.randint(1, 9)}"
        made.append((row, row["value_usd"]))
    return Injected(tuple(made))


_INJECTIONS: Mapping[str, Callable[[Change, random.Random], Injected]] = {
    "undervaluation": _undervaluation,
    "misclassification": _misclassification,
    "origin": _origin,
    "restricted": _restricted,
    "splitting": _splitting,
}
