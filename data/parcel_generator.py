"""Made-up mail parcels with injected wrongs, to build and hold a risk score where no labelled parcels exist.

No public data holds parcels with outcomes, so these are ours: honest parcels from the catalogue (goods, prices,
weights, origins) and hard negatives that look wrong and are right (``data/parcel_honest.py``), with five injected
typologies (``data/parcel_typologies.py``). ``TRAINING`` and ``SHIFTED`` are two generators: other goods, other senders, other severities, other noise. What a model detects here says that it
detects what we inject. It is no measure of detection in real mail, and is never quoted as one.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from data.catalogue import Goods
from data.parcel_honest import HARD, honest, leave_out
from data.parcel_typologies import TYPOLOGIES, Change, Severities, inject, slip
from data.parcel_world import World
from data.splits import place

__all__ = ["HARD", "SHIFTED", "TRAINING", "VERSION", "Generator", "Made", "parcels"]

VERSION = "2"
Rates = Mapping[str, float]  # eight digits -> general duty in percent, where it is ad valorem


@dataclass(frozen=True)
class Generator:
    """The settings of one generator. Goods are told apart by a hash of their kind: no kind is in both."""

    name: str
    seed: int
    first_day: date
    days: int
    goods_from: float
    goods_to: float
    senders: int
    recipients: int
    leaves_out: tuple[float, float]
    price_spread: float
    value_noise: float
    weight_noise: float
    code_missing: float
    code_short: float
    share: float  # of each typology
    hard: float  # of hard negatives
    severities: Severities


TRAINING = Generator(
    "training", 11, date(2026, 3, 1), 60, 0.0, 0.6, 900, 6000, (0.1, 0.6), 0.25, 0.15, 0.12, 0.3, 0.15, 0.02, 0.08,
    Severities(undervalued=(0.05, 0.6), split=(3, 7), split_days=3, words=0.35),
)  # fmt: skip
SHIFTED = Generator(
    "shifted", 29, date(2026, 6, 1), 60, 0.6, 1.0, 700, 5000, (0.2, 0.75), 0.35, 0.22, 0.2, 0.4, 0.2, 0.02, 0.1,
    Severities(undervalued=(0.08, 0.5), split=(2, 9), split_days=5, words=0.2, held_out=True),
)  # fmt: skip
CROOKED = 12  # every twelfth sender


@dataclass(frozen=True)
class Made:
    """One parcel as declared, and the truth: its typology (None: right), what makes it look wrong, the true value."""

    row: dict[str, Any]
    typology: str | None
    hard: str | None
    true_value_usd: float


def parcels(settings: Generator, goods: Sequence[Goods], count: int, rates: Rates) -> list[Made]:
    """``count`` parcels or a few more (an order that is split stays whole), by day of posting."""
    stock = [
        g
        for g in sorted(goods, key=lambda g: g.id)
        if g.travels.usd and g.travels.kg and settings.goods_from <= place(g.id, 5) < settings.goods_to
    ]
    world = World(
        stock,
        settings.seed,
        settings.senders,
        settings.recipients,
        settings.leaves_out,
        settings.price_spread,
    )
    chance = random.Random(f"{settings.name}:{settings.seed}")
    busy_s, busy_r = [s.busy for s in world.shops], [r.busy for r in world.people]
    crooked = world.shops[::CROOKED]  # half of all wrongs come from few senders, as histories would show
    made: list[Made] = []
    while len(made) < count:
        sender = chance.choices(world.shops, busy_s)[0]
        recipient = chance.choices(world.people, busy_r)[0]
        day = settings.first_day + timedelta(chance.randrange(settings.days))
        dice, typology, hard = chance.random(), None, None
        if dice < settings.share * len(TYPOLOGIES):
            typology = TYPOLOGIES[int(dice / settings.share)]
            if typology == "splitting" and chance.random() > 2.0 / sum(settings.severities.split):
                typology = None  # a split order makes several parcels: fewer orders for the same share
            if typology is not None and chance.random() < 0.5:
                sender = chance.choice(crooked)
        elif dice < settings.share * len(TYPOLOGIES) + settings.hard:
            hard = chance.choice(HARD)
        noise = (settings.value_noise, settings.weight_noise)
        row, value = honest(noise, sender, recipient, day, chance, stock, hard)
        leave_out(row, (settings.code_missing, settings.code_short), sender, chance)
        if hard == "slip":
            slip(row, rates, stock, chance)
        if typology is not None:
            change = Change(row, value, sender, recipient, settings.severities, rates, stock)
            rows = inject(typology, change, chance)
            made += [Made(r, typology if rows.wrong else None, None, v) for r, v in rows.parcels]
        else:
            for n in range(chance.randint(2, 3) if hard == "repeat_buyer" else 1):
                again = dict(row) if n else row
                made.append(Made(again, None, hard, value))
    made.sort(key=lambda m: (m.row["posted_on"], m.row["description"], m.row["value_usd"]))
    for n, one in enumerate(made):
        one.row["id"] = f"{settings.name}-{n}"
    return made
