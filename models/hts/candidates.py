"""Candidate numbers for each item, with the features a ranker judges them by.

First the kinds of goods an item may be (lexical views and the encoder, blended), then for each kind the numbers
its table leads to under the facts the item shows. A number reached through several kinds is one candidate.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from data.catalogue import Goods
from data.tokens import tokens
from models.hts.evidence import EvidenceReader, ItemText, KindReading, Said
from models.hts.lexical import LexicalIndex
from models.hts.official import NAMES as LINE_NAMES
from models.hts.official import UNKNOWN, Lines, OfficialView

KINDS = 14  # kinds followed for an item
LIKELY = 48  # kinds whose official lines are read for an item
CODES_OF_A_KIND = 6
# What a unit of each view adds to the log-odds of a kind, fitted on held-out text (`training/blend_hts.py`).
BLEND = {"names": 2.0, "words": 1.5, "category": 1.5, "table": 5.0, "encoder": 5.6, "official": 6.0}
NAMED, SHELVED = 0.3, 0.1  # for each word of a name of the kind in the text, in category or attributes
COVERED = 1.0  # where a name is the whole text: "bicycle" is a bicycle, not a part of one

FEATURES = (
    "names", "words", "category", "table", "encoder", "official", "blend", "blend_gap", "kind_place", "named_words", "named_end", "named_shelf",
    "number_share", "facts_said", "facts_open", "subheading_vote", "heading_vote", "chapter_vote", "kinds_for_it",
    "price_fit", "weight_fit", "declared_digits", "other_line", "short_form", "text_words", "has_category", *LINE_NAMES,
)  # fmt: skip


class KindEncoder(Protocol):
    """Similarity of items in meaning, to kinds and to the tariff's lines: items x kinds, items x lines."""

    lines: Lines | None

    def near(self, items: Sequence[ItemText]) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]: ...


@dataclass(frozen=True)
class Candidate:
    """One number an item may have: the kind that speaks for it best, and the ranker's features."""

    code: str
    goods: Goods
    reading: KindReading
    kind_score: float
    features: tuple[float, ...]


class CandidateFinder:
    """From items to candidates. Everything it knows comes from the catalogue and the encoder it is given."""

    def __init__(
        self, goods: Sequence[Goods], encoder: KindEncoder | None = None, table: KindEncoder | None = None
    ) -> None:
        self.goods = list(goods)
        self.lexical = LexicalIndex(self.goods)
        self.encoder, self.table = encoder, table
        self.reader = EvidenceReader()
        lines = encoder.lines if encoder is not None else None
        self.official = OfficialView(lines.codes, self.goods) if lines is not None else None
        self._last_rows = [g.rows[-1].hts if g.rows and not g.rows[-1].when else "" for g in self.goods]

    def find(self, items: Sequence[ItemText]) -> list[list[Candidate]]:
        """Candidates of each item, unordered; an empty list where no word of the item is known."""
        views: dict[str, NDArray[np.float32]] = dict(self.lexical.scores(items))
        views |= {name: np.zeros_like(views["names"]) for name in ("table", "encoder", "official")}
        near: NDArray[np.float32] | None = None
        if self.table is not None:
            views["table"], _ = self.table.near(items)
        if self.encoder is not None:
            views["encoder"], near = self.encoder.near(items)
        blend = sum(weight * views[view] for view, weight in BLEND.items() if view != "official")
        assert isinstance(blend, np.ndarray)
        found: list[list[Candidate]] = []
        for row, item in enumerate(items):
            named = self.lexical.named(item.goods)
            shelved = self.lexical.named(" / ".join([*item.category[-2:], *item.attributes.values()]))
            scores = blend[row].copy()
            words = max(1, len(tokens(item.goods)))
            for kind, (length, _) in named.items():
                scores[kind] += NAMED * length + COVERED * (length / words) ** 2
            for kind, (length, _) in shelved.items():
                scores[kind] += SHELVED * length
            if near is not None and self.official is not None:  # read only where it can matter
                likely = np.argpartition(-scores, min(LIKELY, len(scores)) - 1)[:LIKELY]
                views["official"][row, likely] = self.official.kinds(near[row], likely.tolist())
                scores[likely] += BLEND["official"] * views["official"][row, likely]
            count = min(KINDS, len(scores))
            top = np.argpartition(-scores, count - 1)[:count]
            top = top[np.argsort(-scores[top], kind="stable")]
            if scores[top[0]] <= 0:
                found.append([])
                continue
            line = None if near is None else near[row]
            found.append(self._codes(item, row, top, scores, views, named, shelved, line))
        return found

    def _codes(
        self,
        item: ItemText,
        row: int,
        top: NDArray[np.intp],
        scores: NDArray[np.float32],
        views: Mapping[str, NDArray[np.float32]],
        named: Mapping[int, tuple[int, float]],
        shelved: Mapping[int, tuple[int, float]],
        line: NDArray[np.float32] | None,
    ) -> list[Candidate]:
        said = Said.read(item)
        best = float(scores[top[0]])
        votes = np.exp(scores[top] - best)
        votes /= votes.sum()
        share_of = votes.tolist()
        readings = [self.reader.read(said, item, self.goods[k]) for k in top]
        chapter: dict[str, float] = {}
        kinds_for: dict[str, int] = {}
        leading: dict[str, tuple[int, float]] = {}
        for place, reading in enumerate(readings):
            for code, share in list(reading.codes.items())[:CODES_OF_A_KIND]:
                for level in (2, 4, 6):
                    key = code[:level]
                    chapter[key] = chapter.get(key, 0.0) + share_of[place] * share
                kinds_for[code] = kinds_for.get(code, 0) + 1
                strength = share_of[place] * share
                if code not in leading or strength > leading[code][1]:
                    leading[code] = (place, strength)
        near = np.stack([views[v][row, top] for v in BLEND], 1).tolist()
        blended = scores[top].tolist()
        words = len(item.goods.split())
        declared = "".join(c for c in item.declared_hts or "" if c.isdigit())
        found = []
        lines = dict.fromkeys(leading, UNKNOWN)
        if line is not None and self.official is not None:
            lines = dict(zip(leading, self.official.of(line, list(leading)), strict=True))
        for code, (place, _) in leading.items():
            kind, reading = int(top[place]), readings[place]
            goods = self.goods[kind]
            length, end = named.get(kind, (0, 0.0))
            open_facts = [r for r in reading.facts if len(r.values) > 1]
            features = (
                *near[place],
                blended[place],
                best - blended[place],
                float(place),
                float(length),
                end,
                float(shelved.get(kind, (0, 0.0))[0]),
                reading.codes[code],
                float(sum(r.word is not None for r in open_facts)),
                float(sum(r.word is None for r in open_facts)),
                chapter[code[:6]],
                chapter[code[:4]],
                chapter[code[:2]],
                float(kinds_for[code]),
                _fit(item.value_usd, goods.travels.usd),
                _fit(item.weight_kg, goods.travels.kg),
                _agreement(declared, code),
                float(self._last_rows[kind] == code),
                float(goods.form == "short"),
                float(min(words, 40)),
                float(bool(item.category)),
                *lines[code],
            )
            found.append(Candidate(code, goods, reading, share_of[place], features))
        return found


def _fit(amount: float | None, bounds: tuple[float, float] | None) -> float:
    """How far outside its usual range an amount lies, in factors of e; 0 inside, NaN where unknown."""
    if amount is None or amount <= 0 or bounds is None:
        return math.nan
    low, high = bounds
    if amount < low:
        return math.log(max(low, 1e-6) / amount)
    return math.log(amount / high) if amount > high else 0.0


def _agreement(digits: str, code: str) -> float:
    """Digits that the sender's own number shares with a candidate; NaN where there is none."""
    if len(digits) < 4:
        return math.nan
    for level in (10, 8, 6, 4, 2):
        if len(digits) >= level and digits[:level] == code[:level]:
            return float(level)
    return 0.0
