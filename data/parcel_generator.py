"""Made-up mail parcels with injected wrongs, to build and hold a risk score where no labelled parcels exist.

No public data holds parcels with outcomes, so these are ours: a benign base from the catalogue (goods, prices,
weights, origins), shaped as ITMATT with optional fields missing as senders leave them, five injected typologies
(``data/parcel_typologies.py``) and hard negatives that look wrong and are right. ``TRAINING`` and ``SHIFTED`` are
two generators: other goods, other senders, other severities, other noise. What a model detects here says that it
detects what we inject. It is no measure of detection in real mail, and is never quoted as one.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from data.catalogue import Goods
from data.catalogue_generate import describe
from data.parcel_typologies import TYPOLOGIES, Change, Severities, inject, slip
from data.parcel_world import Recipient, Sender, World
from data.splits import place

VERSION = "1"
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
HARD = ("gift", "sale", "returned", "sample", "repeat_buyer", "multipack", "slip")


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
        row, value = _benign(settings, sender, recipient, day, chance, stock, hard)
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


def _benign(
    settings: Generator,
    sender: Sender,
    recipient: Recipient,
    day: date,
    chance: random.Random,
    stock: Sequence[Goods],
    hard: str | None,
) -> tuple[dict[str, Any], float]:
    """An honest parcel and its true value in dollars."""
    goods = chance.choice(sender.goods)
    told = describe(goods, chance, stock)
    pieces = chance.choices((1, 2, 3, 4, 6, 10), (70, 14, 6, 4, 4, 2))[0]
    if hard == "multipack":
        pieces = chance.choice((12, 20, 24, 36, 50))
    worth = told["value_usd"] * sender.price * chance.lognormvariate(0, settings.value_noise)
    bulk = 0.75 if pieces > 10 else 1.0
    value = max(0.5, round(worth * pieces * bulk, 2))
    weight = told["weight_kg"] * pieces * chance.lognormvariate(0, settings.weight_noise)
    gift = sender.kind == "person" and chance.random() < 0.6
    row: dict[str, Any] = {
        "posted_on": day.isoformat(),
        "description": told["description"],
        "hts": told["hts"],
        "origin": _origin(goods, sender, chance),
        "value_usd": value,
        "quantity": pieces,
        "weight_kg": round(max(weight, 0.01), 3),
        "category": "gift" if gift else chance.choice(("sale_of_goods", "sale_of_goods", "merchandise")),
        "sender": {"name": sender.name, "country": sender.country},
        "recipient": {
            "name": recipient.name,
            "address": recipient.street,
            "city": recipient.city,
            "region": recipient.state,
            "postal_code": recipient.postal_code,
            "country": "US",
        },
        "seller": sender.seller,
        "origin_post": sender.post,
        "invoice": f"INV{chance.randrange(10**6)}" if sender.kind != "person" else None,
    }
    _look_wrong(row, hard, chance)
    _leave_out(row, settings, sender, chance)
    return row, value


def _look_wrong(row: dict[str, Any], hard: str | None, chance: random.Random) -> None:
    """Hard negatives: true gifts, sales, returns and samples (slips of the pen come apart), whose values look too low or forms look odd."""
    if hard == "gift":
        row |= {"category": "gift", "seller": None, "invoice": None}
        row["value_usd"] = float(chance.choice((5, 10, 15, 20, 25, 30, 50)))
        if chance.random() < 0.4:
            row["description"] = f"birthday gift {row['description'][:40]}"
    elif hard == "sale":
        row["value_usd"] = round(row["value_usd"] * chance.uniform(0.4, 0.75), 2)
    elif hard == "returned":
        row |= {"category": "returned_goods", "origin": "US"}
        row["value_usd"] = round(row["value_usd"] * chance.uniform(0.3, 1.0), 2)
    elif hard == "sample":
        row |= {
            "category": "commercial_sample",
            "quantity": 1,
            "value_usd": float(chance.choice((1, 1, 2, 5))),
        }


def _origin(goods: Goods, sender: Sender, chance: random.Random) -> str:
    usual = goods.travels.origin
    if sender.country in usual and chance.random() < 0.85:
        return sender.country
    return chance.choice(usual) if usual and chance.random() < 0.7 else sender.country


def _leave_out(row: dict[str, Any], settings: Generator, sender: Sender, chance: random.Random) -> None:
    """Optional elements of 19 CFR 145.74(d) go missing as a careless sender leaves them."""
    dice = chance.random()
    if dice < settings.code_missing:
        row["hts"] = None
    elif dice < settings.code_missing + settings.code_short:
        row["hts"] = row["hts"][:6]
    for name, times in (
        ("origin", 0.5),
        ("category", 0.3),
        ("invoice", 1.0),
        ("seller", 0.5),
        ("quantity", 0.3),
    ):
        if chance.random() < sender.leaves_out * times:
            row[name] = None
    if chance.random() < sender.leaves_out * 0.3:
        row["recipient"]["address"] = None
    if chance.random() < 0.04:
        row["description"] = chance.choice(("gift", "clothes", "parts", "toys", "accessories", "sample"))
