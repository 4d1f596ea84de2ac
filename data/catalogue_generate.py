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
from functools import lru_cache
from typing import Any

from data.catalogue import Catalogue, Fact, Goods
from data.catalogue_texts import STYLES, WRITERS, noise, nouns_of
from data.errors import MailDutyError
from data.tokens import phrase, phrases, tokens

SCHEDULE = "2026-07"  # the revision whose numbers the labels are
SHORT_FORM_SHARE = (
    0.12  # a kind in short form rarely travels: it is drawn this often for each time a full one is
)


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


def describe(goods: Goods, chance: random.Random, others: Sequence[Goods]) -> dict[str, Any]:
    """One labelled description of one kind, without its id."""
    style = chance.choices(list(STYLES), list(STYLES.values()))[0]
    nouns = nouns_of(goods, style, chance)
    facts = {}
    for name in goods.asked:
        weights = goods.weights(name)
        facts[name] = chance.choices(list(weights), list(weights.values()))[0]
    for noun in nouns:
        facts |= settled(goods, noun)
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
    extra = [f for f in goods.kind.features if settled(goods, f).items() <= facts.items()]
    text = WRITERS[style](nouns, in_text, extra, chance)
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


@lru_cache(maxsize=100_000)
def _shown_by(forms: tuple[tuple[str, str, str], ...], words: str) -> tuple[tuple[str, str], ...]:
    """Facts that some words settle: those of which they show exactly one value."""
    runs = {run for _, _, run in phrases(tokens(words))}
    found: dict[str, set[str]] = {}
    for name, value, form in forms:
        if form in runs:
            found.setdefault(name, set()).add(value)
    return tuple((name, next(iter(values))) for name, values in found.items() if len(values) == 1)


_forms: dict[str, tuple[tuple[str, str, str], ...]] = {}


def settled(goods: Goods, words: str) -> dict[str, str]:
    """The facts of a kind that a noun or feature settles by itself: a "leather belt" is of leather."""
    key = f"{goods.id} {id(goods.rows)}"
    if key not in _forms:
        _forms[key] = tuple(
            (name, value, form)
            for name in goods.asked
            for value, body in goods.facts[name].values.items()
            for form in {phrase(w) for w in body.words}
            if form
        )
    return dict(_shown_by(_forms[key], words))


def to_json(row: dict[str, Any]) -> str:
    """One JSON line; key order and number form are fixed, so that a file is the same byte for byte."""
    return json.dumps(row, ensure_ascii=False)
