"""Labelled item descriptions, written from the catalogue: seeded, distinct, the same bytes every time.

Each row is drawn from one kind of goods: its deciding facts first, then the number they lead to, then a text in
the manner of a marketplace, a CN22 form, an exporter's translation or an invoice. A fact that is not the usual
one is nearly always shown in the text or the attributes; a usual one about half the time. Rows keep their kind's
id, so that relatives can stay on one side of a split (``data/splits.py``).
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from data.catalogue import FOLDER, WORDS, Catalogue, Fact, Goods, YamlLoader
from data.errors import MailDutyError

T = TypeVar("T")
SCHEDULE = "2026-07"  # the revision whose numbers the labels are
STYLES = {"marketplace": 50, "plain": 14, "cn22": 14, "translated": 8, "invoice": 10, "foreign": 4}
CN22_LENGTH = 128  # longest content description that the form's data element carries
SHORT_FORM_SHARE = 0.35  # a kind in short form is drawn this often for each time a full one is


@lru_cache(maxsize=1)
def noise(folder: Path = FOLDER) -> dict[str, Any]:
    """Words that mean nothing for the tariff number: brands, colours, sizes, leads and tails."""
    found: dict[str, Any] = yaml.load((folder / WORDS).read_text(encoding="utf-8"), YamlLoader)
    return found


def generate(
    catalogue: Catalogue,
    rows: int,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Iterator[dict[str, Any]]:
    """``rows`` distinct labelled descriptions; the n-th row depends on catalogue, seed and n alone.

    Raises MailDutyError CATALOGUE_EXHAUSTED when the kinds cannot give that many distinct texts.
    """
    goods = sorted(catalogue, key=lambda g: g.id)
    shares = [SHORT_FORM_SHARE if g.form == "short" else 1.0 for g in goods]
    seen: set[str] = set()
    for n in range(rows):
        for attempt in range(200):
            chance = random.Random(f"{seed}:{n}:{attempt}")
            kind = chance.choices(goods, shares)[0]
            row = describe(kind, chance, goods)
            if row["description"] not in seen:
                break
        else:
            raise MailDutyError(
                "CATALOGUE_EXHAUSTED",
                f"after {n} rows no new description was found",
                "Descriptions are distinct",
                "Ask for fewer rows, or add kinds and words to the catalogue",
            )
        seen.add(row["description"])
        yield {"id": f"g{seed}-{n}", **row}
        if progress and n % 500 == 499:
            progress(500)


def thinned(catalogue: Catalogue, seed: int = 0) -> tuple[Catalogue, Catalogue]:
    """The same kinds with their words dealt out to two catalogues: one to look up in, one to write from.

    A ranker trained on texts of the second over an index of the first learns what to do when a seller uses a
    word that the catalogue does not have, which is what happens in the mail.
    """
    sides: tuple[list[Goods], list[Goods]] = ([], [])
    for goods in catalogue:
        chance = random.Random(f"{seed}:{goods.id}")
        kind = goods.kind
        dealt = {
            name: _dealt(getattr(kind, name), chance)
            for name in ("names", "features", "cn22", "translated", "foreign")
        }
        paths = _dealt(goods.travels.category, chance)
        for side in (0, 1):
            words = {name: both[side] for name, both in dealt.items()}
            travels = goods.travels.model_copy(update={"category": paths[side]})
            sides[side].append(replace(goods, kind=kind.model_copy(update=words), travels=travels))
    return (
        Catalogue(tuple(sides[0]), catalogue.files, (), {g.id: g for g in sides[0]}),
        Catalogue(tuple(sides[1]), catalogue.files, (), {g.id: g for g in sides[1]}),
    )


def _dealt(words: Sequence[T], chance: random.Random) -> tuple[list[T], list[T]]:
    """Two halves, of which neither is empty where there is anything; a single word goes to both."""
    if len(words) < 2:
        return list(words), list(words)
    mixed = chance.sample(list(words), len(words))
    return mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]


def describe(goods: Goods, chance: random.Random, others: Sequence[Goods]) -> dict[str, Any]:
    """One labelled description of one kind, without its id."""
    facts = {}
    for name in goods.asked:
        weights = goods.weights(name)
        facts[name] = chance.choices(list(weights), list(weights.values()))[0]
    code = goods.code(facts)
    if code is None:
        raise MailDutyError(
            "CATALOGUE_GAP",
            f"{goods.id} has no number for {facts}",
            "Tables have no gaps",
            "Add the missing row",
        )
    value, weight = _measures(goods, facts, chance)
    in_text, attributes = _shown(goods, facts, chance)
    style = chance.choices(list(STYLES), list(STYLES.values()))[0]
    text = _WRITERS[style](goods, in_text, chance)
    return {
        "kind": goods.id,
        "description": text,
        "category": _category(goods, chance, others)
        if style in ("marketplace", "plain", "translated")
        else [],
        "attributes": attributes if style in ("marketplace", "plain", "translated") else {},
        "value_usd": value,
        "weight_kg": weight,
        "hts": code,
        "schedule": SCHEDULE,
        "style": style,
    }


def _measures(goods: Goods, facts: dict[str, str], chance: random.Random) -> tuple[float, float]:
    """Price and weight, inside the ranges that the drawn facts say."""
    low, high = goods.travels.usd or (1.0, 60.0)
    light, heavy = goods.travels.kg or (0.05, 2.0)
    for name, drawn in facts.items():
        fact = goods.facts[name]
        bounds = fact.values[drawn]
        unit = (fact.unit or "").lower()
        pieces = 12 if "dozen" in unit else 1
        over = float(bounds.over) / pieces if bounds.over is not None else None
        to = float(bounds.to) / pieces if bounds.to is not None else None
        if unit.startswith("usd") and ("each" in unit or "pair" in unit or "dozen" in unit or unit == "usd"):
            low, high = _within(low, high, over, to)
        elif unit.startswith("kg") and ("each" in unit or unit == "kg"):
            light, heavy = _within(light, heavy, over, to)
    return round(_between(low, high, chance), 2), round(_between(light, heavy, chance), 3)


def _within(low: float, high: float, over: float | None, to: float | None) -> tuple[float, float]:
    if over is not None and low <= over:
        low = over * 1.01
    if to is not None and high > to:
        high = to
    return (min(low, high), high) if over is None else (low, max(low * 1.5, high))


def _between(low: float, high: float, chance: random.Random) -> float:
    """Log-uniform: prices and weights crowd at the low end."""
    low = max(low, 0.001)
    return low * (max(high, low) / low) ** chance.random()


def _shown(goods: Goods, facts: dict[str, str], chance: random.Random) -> tuple[list[str], dict[str, str]]:
    """Which facts show: words for the text, and attributes as a marketplace lists them."""
    words: list[str] = []
    attributes: dict[str, str] = {}
    for name, drawn in facts.items():
        fact = goods.facts[name]
        word = _word(fact, drawn, chance)
        if not word:
            continue
        weights = goods.weights(name)
        usual = weights[drawn] >= max(weights.values()) - 1e-9
        if chance.random() < (0.55 if usual else 0.93):
            words.append(word)
        if chance.random() < (0.45 if usual else 0.6):
            labels = noise()["attribute"].get(name, [name.replace("_", " ").title()])
            attributes[chance.choice(labels)] = word.title() if chance.random() < 0.7 else word
    for label, choices in noise()["neutral_attribute"].items():
        if chance.random() < 0.25:
            attributes[label] = chance.choice(choices)
    if chance.random() < 0.15:
        attributes.clear()
    return words, attributes


def _word(fact: Fact, drawn: str, chance: random.Random) -> str:
    value = fact.values[drawn]
    if value.words:
        # The first words of a list are the commonest ones.
        place = min(int(chance.expovariate(0.55)), len(value.words) - 1)
        return value.words[place]
    if fact.unit and not fact.unit.lower().startswith(("usd", "kg each")) and (value.over or value.to):
        low = float(value.over or (value.to or 0) / 4) * 1.05
        high = float(value.to or low * 3)
        return f"{_between(low, high, chance):.3g} {fact.unit.split()[0]}"
    return ""


def _category(goods: Goods, chance: random.Random, others: Sequence[Goods]) -> list[str]:
    dice = chance.random()
    if dice < 0.22:
        return []
    source = goods if dice > 0.27 else chance.choice(others)  # one path in twenty is simply wrong
    paths = source.travels.category
    if not paths:
        return []
    path = list(chance.choice(paths))
    if source is goods and chance.random() < 0.5:
        path.append(chance.choice(goods.kind.names).title())
    return path[: chance.choice([2, 3, 4, 5])]


def _name(goods: Goods, chance: random.Random) -> str:
    kind = goods.kind
    if kind.misspelt and chance.random() < 0.05:
        return chance.choice(kind.misspelt)
    return chance.choice(kind.names)


def _some(words: Sequence[str], most: int, chance: random.Random) -> list[str]:
    return chance.sample(list(words), min(len(words), chance.randint(0, most)))


def _maybe(key: str, share: float, chance: random.Random) -> list[str]:
    return [chance.choice(noise()[key])] if chance.random() < share else []


def _marketplace(goods: Goods, facts: list[str], chance: random.Random) -> str:
    front = [
        *_maybe("quantity", 0.25, chance),
        *_maybe("brand", 0.35, chance),
        *_maybe("lead", 0.5, chance),
        *_maybe("lead", 0.2, chance),
    ]
    middle = facts + _some(goods.kind.features, 5, chance) + _maybe("colour", 0.3, chance)
    chance.shuffle(middle)
    cut = chance.randint(0, len(middle))
    names = [_name(goods, chance)]
    if chance.random() < 0.3:
        names.append(_name(goods, chance))
    back = [
        *_maybe("size", 0.2, chance),
        *_maybe("colour", 0.15, chance),
        *_maybe("tail", 0.35, chance),
        *_maybe("emoji", 0.06, chance),
    ]
    text = " ".join([*front, *middle[:cut], names[0], *middle[cut:], *names[1:], *back])
    return _cased(text, chance, (0.65, 0.1))


def _plain(goods: Goods, facts: list[str], chance: random.Random) -> str:
    words = [*facts[:2], *_some(goods.kind.features, 1, chance)]
    chance.shuffle(words)
    return _cased(" ".join([*words, _name(goods, chance)]), chance, (0.3, 0.05))


def _cn22(goods: Goods, facts: list[str], chance: random.Random) -> str:
    noun = chance.choice([*goods.kind.cn22, *goods.kind.cn22, *goods.kind.names])
    words = [*facts[: chance.randint(0, 2)], noun, *(_maybe("quantity", 0.2, chance))]
    return _cased(" ".join(words), chance, (0.2, 0.3))[:CN22_LENGTH]


def _translated(goods: Goods, facts: list[str], chance: random.Random) -> str:
    noun = chance.choice([*goods.kind.translated, *goods.kind.names[:1]])
    words = [*_maybe("lead", 0.6, chance), *facts, *_some(goods.kind.features, 3, chance), noun]
    words += _maybe("tail", 0.3, chance)
    return _cased(" ".join(words), chance, (0.5, 0.05))


def _invoice(goods: Goods, facts: list[str], chance: random.Random) -> str:
    """As an invoice or a ruling names goods: a noun, what it is of, what it is for."""
    text = _name(goods, chance)
    extra = _some(goods.kind.features, 2, chance)
    if facts:
        text = chance.choice([f"{facts[0]} {text}", f"{text} made of {facts[0]}", f"{text}, {facts[0]}"])
    if len(facts) > 1:
        text += chance.choice([f", {', '.join(facts[1:])}", f" ({', '.join(facts[1:])})"])
    if extra:
        text += chance.choice([f", {', '.join(extra)}", f" with {extra[0]}"])
    return _cased(text, chance, (0.05, 0.03))


def _foreign(goods: Goods, facts: list[str], chance: random.Random) -> str:
    nouns = goods.kind.foreign or goods.kind.names
    noun = chance.choice(nouns)
    words = [noun, *facts[:1]] if chance.random() < 0.5 else [noun]
    return " ".join([*words, *_maybe("colour", 0.2, chance), *_maybe("quantity", 0.2, chance)])


def _cased(text: str, chance: random.Random, shares: tuple[float, float]) -> str:
    title, upper = shares
    dice = chance.random()
    if dice < title:
        return " ".join(w[:1].upper() + w[1:] for w in text.split())
    return text.upper() if dice < title + upper else text


_WRITERS: dict[str, Callable[[Goods, list[str], random.Random], str]] = {
    "marketplace": _marketplace,
    "plain": _plain,
    "cn22": _cn22,
    "translated": _translated,
    "invoice": _invoice,
    "foreign": _foreign,
}


def to_json(row: dict[str, Any]) -> str:
    """One JSON line; key order and number form are fixed, so that a file is the same byte for byte."""
    return json.dumps(row, ensure_ascii=False)
