"""Reads the facts that decide between tariff numbers out of an item's words, attributes, value and weight.

For one kind of goods it gives, for each fact its table asks for, how likely each value is: what is usual in the
mail, moved by the words that show a value. Then it walks the kind's table: the probability of each number.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from data.catalogue import Fact, Goods
from data.descriptions import about_goods
from data.tokens import LONGEST_PHRASE, phrase, phrases, tokens

SAID = 3.5  # log-odds a word adds that shows a value
SAID_LONGER = 0.7  # for each further word of the phrase
FROM_ATTRIBUTE = 1.0  # more, where an attribute says it
UNSAID_USUAL = 1.0  # weight of what is usual in the mail
LEAST = 0.02  # a value or a number less likely than this is not followed
COMBINATIONS = 64
_NUMBER = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(v|volts?|w|watts?|kw|l|liters?|litres?|ml|cm|mm|m|inch(?:es)?|kg|g|mah|wh|hz)\b"
)


@dataclass(frozen=True)
class ItemText:
    """One item as the suggester sees it. Value in USD for the whole line, weight in kg for the whole line."""

    id: str
    description: str
    category: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    value_usd: float | None = None
    quantity: float | None = None
    weight_kg: float | None = None
    origin: str | None = None
    declared_hts: str | None = None

    @property
    def goods(self) -> str:
        """The description without what is said around the goods."""
        return about_goods(self.description)


@dataclass(frozen=True)
class Said:
    """The phrases of one item: those of its text, those of its attributes, and numbers with their units."""

    text: frozenset[str]
    attributes: frozenset[str]
    spans: Mapping[str, tuple[int, int]]
    numbers: tuple[tuple[float, str], ...]

    @classmethod
    def read(cls, item: ItemText) -> Said:
        words = tokens(item.goods)
        spans = {run: (a, b) for a, b, run in phrases(words)}
        shown = [tokens(v) for v in item.attributes.values()]
        whole = " ".join([item.goods, *(f"{k} {v}" for k, v in item.attributes.items())]).lower()
        numbers = tuple((float(n.replace(",", ".")), u) for n, u in _NUMBER.findall(whole))
        return cls(frozenset(spans), frozenset(r for ws in shown for _, _, r in phrases(ws)), spans, numbers)


@dataclass(frozen=True)
class FactReading:
    """How likely each value of a fact is, and the word that said so (none: only what is usual)."""

    name: str
    values: tuple[tuple[str, float], ...]  # most likely first
    word: str | None

    @property
    def best(self) -> tuple[str, float]:
        return self.values[0]


@dataclass(frozen=True)
class KindReading:
    """The numbers a kind's table leads to with their probabilities, and the facts behind them."""

    goods: Goods
    codes: Mapping[str, float]
    facts: tuple[FactReading, ...]
    answers: Mapping[str, Mapping[str, str]]  # number -> the likeliest facts that lead to it


class EvidenceReader:
    """Compiled catalogue facts. ``read(said, item, goods)`` is a pure function of its arguments.

    What a kind answers when the item says nothing of its facts is remembered: most candidates are silent.
    """

    def __init__(self) -> None:
        self._compiled: dict[int, tuple[Fact, dict[str, list[str]]]] = {}
        self._unsaid: dict[tuple[str, str], FactReading] = {}
        self._silent: dict[str, KindReading] = {}

    def _forms(self, fact: Fact) -> dict[str, list[str]]:
        """Phrase -> the values it shows. The fact is held, so that its id stays its own."""
        known = self._compiled.get(id(fact))
        if known is None:
            forms: dict[str, list[str]] = {}
            for value, body in fact.values.items():
                for word in [*body.words, *([value.replace("_", " ")] if len(value) > 3 else [])]:
                    form = phrase(word)
                    if form and form.count(" ") < LONGEST_PHRASE and value not in forms.setdefault(form, []):
                        forms[form].append(value)
            known = self._compiled[id(fact)] = (fact, forms)
        return known[1]

    def found(self, name: str, goods: Goods, said: Said) -> set[str]:
        """The phrases of a fact that an item's text or attributes hold."""
        forms = self._forms(goods.facts[name])
        return (forms.keys() & said.text) | (forms.keys() & said.attributes)

    def fact(
        self, name: str, goods: Goods, said: Said, item: ItemText, taken: Collection[str] = ()
    ) -> FactReading:
        """One fact's reading: usual weights, words, attributes, and measures where the fact has a unit.

        ``taken``: phrases that show any fact of the kind; a word inside a longer one says nothing of its own.
        """
        fact = goods.facts[name]
        if fact.unit:
            measured = _measured(fact, said, item)
            if measured:
                return FactReading(
                    name, ((measured, 1.0),), "value" if fact.unit.startswith("USD") else "measure"
                )
        forms = self._forms(fact)
        found = self.found(name, goods, said)
        if not found:
            key = (goods.id, name)
            if key not in self._unsaid:
                self._unsaid[key] = _ranked(name, _usual(goods, name), None)
            return self._unsaid[key]
        score = _usual(goods, name)
        word, best = None, 0.0
        for form in sorted(found):
            if any(form != longer and f" {form} " in f" {longer} " for longer in taken or found):
                continue  # "leather" inside "faux leather", "rubber" of an upper inside "rubber sole"
            gain = SAID + SAID_LONGER * form.count(" ") + (FROM_ATTRIBUTE if form in said.attributes else 0.0)
            for value in forms[form]:
                usual = score[value]  # of two values that are both said, the usual one is likelier
                score[value] = max(usual + 0.3, math.log(0.3) + gain + 0.35 * usual)
            if gain > best:
                best, word = gain, form
        return _ranked(name, score, word)

    def read(self, said: Said, item: ItemText, goods: Goods) -> KindReading:
        """The numbers this kind may have, given what the item says; probabilities add up to one."""
        taken = set().union(*(self.found(name, goods, said) for name in goods.asked))
        readings = tuple(self.fact(name, goods, said, item, taken) for name in goods.asked)
        if any(r.word is not None for r in readings):
            return _walked(goods, readings)
        if goods.id not in self._silent:
            self._silent[goods.id] = _walked(goods, readings)
        return self._silent[goods.id]


def _usual(goods: Goods, name: str) -> dict[str, float]:
    """Log-weights of a fact's values in the mail."""
    return {v: UNSAID_USUAL * math.log(max(w, 1e-4)) for v, w in goods.weights(name).items()}


def _ranked(name: str, score: Mapping[str, float], word: str | None) -> FactReading:
    top = max(score.values())
    total = sum(math.exp(s - top) for s in score.values())
    shares = ((v, math.exp(s - top) / total) for v, s in score.items())
    return FactReading(name, tuple(sorted(shares, key=lambda x: -x[1])), word)


def _walked(goods: Goods, readings: tuple[FactReading, ...]) -> KindReading:
    """The kind's table under the readings of its facts."""
    choices: list[Sequence[tuple[str, float]]] = [
        [vp for vp in r.values if vp[1] >= LEAST][:4] or r.values[:1] for r in readings
    ]
    while math.prod(len(c) for c in choices) > COMBINATIONS:
        widest = min((c for c in choices if len(c) > 1), key=lambda c: c[-1][1])
        choices[choices.index(widest)] = widest[:-1]
    codes: dict[str, float] = {}
    answers: dict[str, tuple[float, tuple[str, ...]]] = {}
    for combination in itertools.product(*choices):
        values = tuple([value for value, _ in combination])
        code = goods.code_of(values)
        if code is None:
            continue
        p = math.prod([share for _, share in combination])
        codes[code] = codes.get(code, 0.0) + p
        if code not in answers or p > answers[code][0]:
            answers[code] = (p, values)
    total = sum(codes.values()) or 1.0
    return KindReading(
        goods,
        {c: p / total for c, p in sorted(codes.items(), key=lambda x: -x[1])},
        readings,
        {c: dict(zip(goods.asked, values, strict=True)) for c, (_, values) in answers.items()},
    )


def _measured(fact: Fact, said: Said, item: ItemText) -> str | None:
    """The value a measure falls into: price per piece, weight, or a number that the text gives with its unit."""
    unit = (fact.unit or "").lower()
    amount = None
    pieces = item.quantity or 1.0
    if unit.startswith("usd") and item.value_usd and ("each" in unit or "pair" in unit or unit == "usd"):
        amount = item.value_usd / pieces
    elif unit.startswith("usd") and item.value_usd and "dozen" in unit:
        amount = item.value_usd / pieces * 12
    elif unit in ("kg", "kg each") and item.weight_kg:
        amount = item.weight_kg / pieces
    else:
        first = unit.split()[0] if unit else ""
        for number, given in said.numbers:
            if given.rstrip("s") == first.rstrip("s") or (
                first and given == first[0] and first in ("volts", "watts")
            ):
                amount = number
                break
    if amount is None:
        return None
    for value, body in fact.values.items():
        over = body.over is None or amount > float(body.over)
        to = body.to is None or amount <= float(body.to)
        if over and to and (body.over is not None or body.to is not None):
            return value
    return None
