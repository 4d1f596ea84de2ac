"""How an item text is written around a noun: marketplace, plain, CN22, translated, invoice, foreign."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from data.catalogue import FOLDER, WORDS, Goods, YamlLoader

Words = Sequence[str]
STYLES = {"marketplace": 50, "plain": 14, "cn22": 14, "translated": 8, "invoice": 10, "foreign": 4}
CN22_LENGTH = 128  # longest content description that the form's data element carries


@lru_cache(maxsize=1)
def noise(folder: Path = FOLDER) -> dict[str, Any]:
    """Words that mean nothing for the tariff number: brands, colours, sizes, leads and tails."""
    found: dict[str, Any] = yaml.load((folder / WORDS).read_text(encoding="utf-8"), YamlLoader)
    return found


def nouns_of(goods: Goods, style: str, chance: random.Random) -> list[str]:
    """What the goods are called in a text of this style: one noun, sometimes two in a marketplace title."""
    kind = goods.kind
    if kind.misspelt and style != "foreign" and chance.random() < 0.05:
        return [chance.choice(kind.misspelt)]
    if style == "cn22":
        return [chance.choice([*kind.cn22, *kind.cn22, *kind.names])]
    if style == "translated":
        return [chance.choice([*kind.translated, *kind.names[:1]])]
    if style == "foreign":
        return [chance.choice(kind.foreign or kind.names)]
    several = 2 if style == "marketplace" and chance.random() < 0.3 else 1
    return [chance.choice(kind.names) for _ in range(several)]


def some(words: Sequence[str], most: int, chance: random.Random) -> list[str]:
    return chance.sample(list(words), min(len(words), chance.randint(0, most)))


def _maybe(key: str, share: float, chance: random.Random) -> list[str]:
    return [chance.choice(noise()[key])] if chance.random() < share else []


def _marketplace(nouns: Words, facts: Words, extra: Words, chance: random.Random) -> str:
    front = [
        *_maybe("quantity", 0.25, chance),
        *_maybe("brand", 0.35, chance),
        *_maybe("lead", 0.5, chance),
        *_maybe("lead", 0.2, chance),
    ]
    middle = [*facts, *some(extra, 5, chance), *_maybe("colour", 0.3, chance)]
    chance.shuffle(middle)
    cut = chance.randint(0, len(middle))
    back = [
        *_maybe("size", 0.2, chance),
        *_maybe("colour", 0.15, chance),
        *_maybe("tail", 0.35, chance),
        *_maybe("emoji", 0.06, chance),
    ]
    text = " ".join([*front, *middle[:cut], nouns[0], *middle[cut:], *nouns[1:], *back])
    return _cased(text, chance, (0.65, 0.1))


def _plain(nouns: Words, facts: Words, extra: Words, chance: random.Random) -> str:
    words = [*facts[:2], *some(extra, 1, chance)]
    chance.shuffle(words)
    return _cased(" ".join([*words, nouns[0]]), chance, (0.3, 0.05))


def _cn22(nouns: Words, facts: Words, extra: Words, chance: random.Random) -> str:
    words = [*facts[: chance.randint(0, 2)], nouns[0], *_maybe("quantity", 0.2, chance)]
    return _cased(" ".join(words), chance, (0.2, 0.3))[:CN22_LENGTH]


def _translated(nouns: Words, facts: Words, extra: Words, chance: random.Random) -> str:
    words = [*_maybe("lead", 0.6, chance), *facts, *some(extra, 3, chance), nouns[0]]
    words += _maybe("tail", 0.3, chance)
    return _cased(" ".join(words), chance, (0.5, 0.05))


def _invoice(nouns: Words, facts: Words, extra: Words, chance: random.Random) -> str:
    """As an invoice or a ruling names goods: a noun, what it is of, what it is for."""
    text = nouns[0]
    more = some(extra, 2, chance)
    if facts:
        text = chance.choice([f"{facts[0]} {text}", f"{text} made of {facts[0]}", f"{text}, {facts[0]}"])
    if len(facts) > 1:
        text += chance.choice([f", {', '.join(facts[1:])}", f" ({', '.join(facts[1:])})"])
    if more:
        text += chance.choice([f", {', '.join(more)}", f" with {more[0]}"])
    return _cased(text, chance, (0.05, 0.03))


def _foreign(nouns: Words, facts: Words, extra: Words, chance: random.Random) -> str:
    words = [nouns[0], *facts[:1]] if chance.random() < 0.5 else [nouns[0]]
    return " ".join([*words, *_maybe("colour", 0.2, chance), *_maybe("quantity", 0.2, chance)])


def _cased(text: str, chance: random.Random, shares: tuple[float, float]) -> str:
    title, upper = shares
    dice = chance.random()
    if dice < title:
        return " ".join(w[:1].upper() + w[1:] for w in text.split())
    return text.upper() if dice < title + upper else text


WRITERS: dict[str, Callable[[Words, Words, Words, random.Random], str]] = {
    "marketplace": _marketplace,
    "plain": _plain,
    "cn22": _cn22,
    "translated": _translated,
    "invoice": _invoice,
    "foreign": _foreign,
}
