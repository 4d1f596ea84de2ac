"""What an encoder is trained on: a text and its counterpart, which means the same.

The counterpart of a description is its kind's words, of which those that the description holds are mostly left
out, so that the encoder learns what means the same and not what is spelt the same; or, one time in four, the
tariff's own words for the number.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.catalogue import Goods
from data.tokens import phrase, tokens

OFFICIAL = 0.25  # of the counterparts are the tariff's own words
UNSAID = 0.6  # of the kinds stand for themselves by words that the description lacks


@dataclass(frozen=True, slots=True)
class Example:
    """A text, the place of its kind in the catalogue, its number (six digits or more), and whether it is a line of the tariff."""

    text: str
    kind: int
    code: str
    line: bool = False


class Counterparts:
    """The other half of a pair, drawn anew each time."""

    def __init__(self, goods: Sequence[Goods], lines: Mapping[str, str], chance: random.Random) -> None:
        self.goods, self.lines, self.chance = goods, lines, chance
        self.under: dict[str, list[str]] = {}
        for code in lines:
            self.under.setdefault(code[:6], []).append(code)

    def of(self, example: Example) -> str:
        """Words of the kind, or the tariff's words for the number (for one below it, where it has six digits)."""
        if not example.line and self.chance.random() < OFFICIAL:
            if example.code in self.lines:
                return self.lines[example.code]
            if below := self.under.get(example.code[:6]):
                return self.lines[self.chance.choice(below)]
        return self.kind_words(example)

    def kind_words(self, example: Example) -> str:
        kind, chance = self.goods[example.kind].kind, self.chance
        own = [*kind.names, *kind.cn22[:2], *kind.translated[:2]]
        said = f" {' '.join(tokens(example.text))} "
        unsaid = [name for name in own if f" {phrase(name)} " not in said]
        names = list(unsaid if unsaid and chance.random() < UNSAID else own)
        if chance.random() < 0.5:
            chance.shuffle(names)
        if chance.random() < 0.5:
            names = names[: max(1, len(names) // 2)]
        return ", ".join([*names, *kind.features[: 6 if chance.random() < 0.5 else 2]])
