"""People and places of the made-up mail: who sends, who receives, from where. Every name is built from syllables.

``World`` draws them once from a seed; the parcels of ``data/parcel_generator.py`` are sent between them. Nobody
here exists, and no list of real names is used.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from data.catalogue import Goods

# Where parcels come from, roughly as often as the mail does; (weights are ours, not a statistic).
POSTS = {
    "CN": 46,
    "HK": 9,
    "GB": 7,
    "JP": 7,
    "DE": 6,
    "KR": 6,
    "IN": 5,
    "CA": 4,
    "TR": 3,
    "VN": 3,
    "IT": 2,
    "FR": 2,
}
BRANDED = 0.6  # share of a shop's kinds of goods that it sells of a brand
HUBS = ("HK", "SG", "NL")  # posts through which sellers of another country send
_FIRST = "ka mi ro len ta sho vi dar el na jo pet bri han su wen lu mar ti go fen ra ola bex ur ni".split()
_LAST = (
    "son ova ler man wick shi tan berg ran dez lin ford ak etti sen worth chev ota moor gal yan bury".split()
)
_STREET = (
    "Elm Oak Cedar Lake Mill Park Hill River Church Maple Pine Sunset Spring Ridge Walnut Forest".split()
)
_WAY = ("St", "Ave", "Rd", "Dr", "Ln", "Blvd", "Ct")
_TOWNS = [(f"{a}{b}", s) for a in ("North", "East", "Green", "Stone", "Clear") for b, s in
          (("field", "OH"), ("ville", "TX"), ("brook", "NY"), ("port", "CA"), ("dale", "FL"), ("wood", "IL"))]  # fmt: skip


@dataclass(frozen=True)
class Brand:
    """A made-up brand of one kind of goods, and the one country where nearly all of it is made."""

    name: str
    made_in: str


@dataclass(frozen=True)
class Sender:
    """Who sends: a ``kind`` of business, what it sells, how it prices and how carefully it fills in forms."""

    name: str
    country: str
    post: str
    kind: str  # shop, maker or person
    goods: tuple[Goods, ...]
    price: float  # its prices, as a factor on what is usual
    leaves_out: float  # share of optional fields it leaves empty
    busy: float  # how often it sends, relative to others
    seller: str | None = None
    brands: Mapping[str, Brand] = field(default_factory=dict)  # kind of goods -> the brand it sells of it


@dataclass(frozen=True)
class Recipient:
    """Who receives. A ``forwarder`` is one address at which many people take their mail, rightly."""

    name: str
    street: str
    city: str
    state: str
    postal_code: str
    busy: float
    forwarder: bool = False


@dataclass
class World:
    """Senders and recipients of one generator; ``seed`` decides all of it."""

    goods: Sequence[Goods]
    seed: int
    senders: int
    recipients: int
    leaves_out: tuple[float, float]
    price_spread: float
    people: list[Recipient] = field(default_factory=list)
    shops: list[Sender] = field(default_factory=list)

    def __post_init__(self) -> None:
        chance = random.Random(f"world:{self.seed}")
        self._made = {goods.id: _brands(goods, random.Random(f"brands:{goods.id}")) for goods in self.goods}
        by_origin: dict[str, list[Goods]] = {}
        for goods in self.goods:
            for country in goods.travels.origin or ["CN"]:
                by_origin.setdefault(country, []).append(goods)
        self.shops = [self._shop(chance, by_origin) for _ in range(self.senders)]
        self.people = [self._person(chance) for _ in range(self.recipients)]
        for place in range(0, self.recipients, 200):  # one address in two hundred belongs to a forwarder
            home = self.people[place]
            for other in range(place, min(place + 12, self.recipients)):
                self.people[other] = Recipient(
                    self.people[other].name, home.street, home.city, home.state, home.postal_code, 2.0, True
                )

    def _shop(self, chance: random.Random, by_origin: dict[str, list[Goods]]) -> Sender:
        country = chance.choices(list(POSTS), list(POSTS.values()))[0]
        kind = chance.choices(("shop", "maker", "person"), (55, 15, 30))[0]
        stock = by_origin.get(country) or list(self.goods)
        sold = tuple(chance.choice(stock) for _ in range(chance.randint(1, 6) if kind != "person" else 3))
        name = name_of(chance) if kind == "person" else f"{word(chance).title()} {chance.choice(_TRADES)}"
        post = chance.choice(HUBS) if kind == "shop" and chance.random() < 0.08 else country
        left = chance.uniform(*self.leaves_out) if kind != "person" else min(0.9, self.leaves_out[1] + 0.1)
        busy = chance.paretovariate(1.2) if kind != "person" else 0.3
        price = chance.lognormvariate(0.0, self.price_spread)
        seller = word(chance).upper() if kind == "shop" else None
        brands = {g.id: chance.choice(self._made[g.id]) for g in sold if chance.random() < BRANDED}
        return Sender(name, country, post, kind, sold, price, left, min(busy, 40.0), seller, brands)

    def _person(self, chance: random.Random) -> Recipient:
        town, state = chance.choice(_TOWNS)
        street = f"{chance.randint(1, 9800)} {chance.choice(_STREET)} {chance.choice(_WAY)}"
        return Recipient(
            name_of(chance),
            street,
            town,
            state,
            f"{chance.randint(10000, 99000)}",
            min(chance.paretovariate(1.5), 20),
        )


def _brands(goods: Goods, chance: random.Random) -> list[Brand]:
    """One to three brands of a kind, each made in one of the countries it usually comes from."""
    usual = goods.travels.origin or ["CN"]
    return [
        Brand(f"{word(chance)}{chance.choice(_LAST)}".upper(), chance.choice(usual))
        for _ in range(chance.randint(1, 3))
    ]


_TRADES = ("Trading", "Store", "Works", "Goods Co", "Export", "Studio", "Direct", "Mart")


def word(chance: random.Random) -> str:
    """A made-up word of two or three syllables."""
    return "".join(chance.choice(_FIRST) for _ in range(chance.randint(2, 3)))


def name_of(chance: random.Random) -> str:
    """A made-up first and family name."""
    first = (chance.choice(_FIRST) + chance.choice(_FIRST)).title()
    return f"{first} {(chance.choice(_FIRST) + chance.choice(_LAST)).title()}"


def misspelt(name: str, chance: random.Random) -> str:
    """The same person as a careless or a clever hand writes it: a letter doubled, dropped or swapped, or initials."""
    first, _, last = name.partition(" ")
    at = chance.randrange(1, max(2, len(last) - 1))
    dice = chance.random()
    if dice < 0.3:
        return f"{first[:1]}. {last}"
    if dice < 0.55:
        return f"{last} {first}"
    if dice < 0.8:
        return f"{first} {last[:at]}{last[at : at + 1]}{last[at:]}"
    return f"{first} {last[:at]}{last[at + 1 :]}"
