"""An honest parcel of the made-up mail, as its sender declares it; and what makes an honest one look wrong.

Shaped as ITMATT: optional elements go missing as careless senders leave them. Hard negatives are true gifts, sales,
returns and samples whose values look too low or whose forms look odd.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from typing import Any

from data.catalogue import Goods
from data.catalogue_generate import describe
from data.parcel_world import Recipient, Sender

HARD = ("gift", "sale", "returned", "sample", "repeat_buyer", "multipack", "slip")
MADE_AT_HOME = 0.95  # share of a brand's goods that are made in its country


def honest(
    noise: tuple[float, float],
    sender: Sender,
    recipient: Recipient,
    day: date,
    chance: random.Random,
    stock: Sequence[Goods],
    hard: str | None,
) -> tuple[dict[str, Any], float]:
    """A parcel as declared and its true value in dollars. ``noise``: spread of value and weight around the usual."""
    goods = chance.choice(sender.goods)
    told = describe(goods, chance, stock)
    pieces = chance.choices((1, 2, 3, 4, 6, 10), (70, 14, 6, 4, 4, 2))[0]
    if hard == "multipack":
        pieces = chance.choice((12, 20, 24, 36, 50))
    worth = told["value_usd"] * sender.price * chance.lognormvariate(0, noise[0])
    bulk = 0.75 if pieces > 10 else 1.0
    value = max(0.5, round(worth * pieces * bulk, 2))
    weight = told["weight_kg"] * pieces * chance.lognormvariate(0, noise[1])
    gift = sender.kind == "person" and chance.random() < 0.6
    brand = sender.brands.get(goods.id)
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
        "brand": brand.name if brand else None,
        "origin_post": sender.post,
        "invoice": f"INV{chance.randrange(10**6)}" if sender.kind != "person" else None,
    }
    _look_wrong(row, hard, chance)
    return row, value


def _look_wrong(row: dict[str, Any], hard: str | None, chance: random.Random) -> None:
    """Hard negatives; slips of the pen come apart (``data/parcel_typologies.py``)."""
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
    brand = sender.brands.get(goods.id)
    if brand is not None and chance.random() < MADE_AT_HOME:
        return brand.made_in
    usual = goods.travels.origin
    if sender.country in usual and chance.random() < 0.85:
        return sender.country
    return chance.choice(usual) if usual and chance.random() < 0.7 else sender.country


def leave_out(
    row: dict[str, Any], missing: tuple[float, float], sender: Sender, chance: random.Random
) -> None:
    """Optional elements of 19 CFR 145.74(d) go missing. ``missing``: share without a number, and with six digits."""
    dice = chance.random()
    if dice < missing[0]:
        row["hts"] = None
    elif dice < missing[0] + missing[1]:
        row["hts"] = row["hts"][:6]
    for name, times in (
        ("origin", 0.5),
        ("category", 0.3),
        ("invoice", 1.0),
        ("seller", 0.5),
        ("brand", 0.8),
        ("quantity", 0.3),
    ):
        if chance.random() < sender.leaves_out * times:
            row[name] = None
    if chance.random() < sender.leaves_out * 0.3:
        row["recipient"]["address"] = None
    if chance.random() < 0.04:
        row["description"] = chance.choice(("gift", "clothes", "parts", "toys", "accessories", "sample"))
