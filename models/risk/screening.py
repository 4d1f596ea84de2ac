"""Holds sender and recipient names against lists of sanctioned parties: a match is a hold, with list and score.

Blocked by letter trigrams first (one sparse product for the whole batch), then compared word by word with rapidfuzz.
Words may come in another order, in another script or with another spelling; further given names may be missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from scipy import sparse

from data.screening import ListedName, ScreeningList
from models.risk.names import folded
from models.risk.parcel import RiskParcel
from models.risk.reasons import Reason

MATCHED = 0.86  # score from which a name is a match
_NEAR = 0.42  # cosine of trigrams from which two names are compared at all
_COMPARED = 12  # at most, by name
_SAME_WORD = 80.0  # likeness from which two words are one


@dataclass(frozen=True, slots=True)
class Match:
    """A name that is on a list: the listed name, the list with its version, the score (1: word for word)."""

    listed: ListedName
    title: str
    version: str
    score: float


class Screener:
    """Made once from lists; ``match`` and ``screen`` take batches."""

    def __init__(self, lists: Sequence[ScreeningList], matched: float = MATCHED) -> None:
        self.matched = matched
        self._listed = [(n, s) for s in lists for n in s.names if folded(n.name)]
        self._words = [folded(n.name) for n, _ in self._listed]
        self._columns: dict[str, int] = {}
        counted = self._counts([_trigrams(w) for w in self._words], grow=True)
        met = np.asarray((counted > 0).sum(axis=0)).ravel()
        # letters that stand in one name of fifteen tell nothing and cost most
        self._rarity = np.where(
            met > max(50, counted.shape[0] / 15), 0.0, np.log((1 + counted.shape[0]) / (1 + met)) + 0.1
        )
        self._table = _unit(counted.multiply(self._rarity).astype(np.float32).tocsr()).T.tocsr()
        self._common: dict[str, int] = {}
        for words in self._words:
            for word in set(words):
                self._common[word] = self._common.get(word, 0) + 1

    @property
    def names(self) -> int:
        return len(self._listed)

    def match(self, names: Sequence[str]) -> list[Match | None]:
        """The best match of each name, None where none scores ``matched``."""
        asked = list(dict.fromkeys(names))
        words = [folded(n) for n in asked]
        counted = self._counts([_trigrams(w) for w in words], grow=False)
        near = (_unit(counted.multiply(self._rarity).astype(np.float32).tocsr()) @ self._table).tocsr()
        found: dict[str, Match | None] = {}
        for row, name in enumerate(asked):
            part = slice(near.indptr[row], near.indptr[row + 1])
            found[name] = self._best(words[row], near.indices[part], near.data[part])
        return [found[name] for name in names]

    def screen(self, parcels: Sequence[RiskParcel]) -> list[tuple[Reason, ...]]:
        """A hold for each of sender, recipient and seller that matches, by parcel."""
        asked = [
            (row, who, name)
            for row, p in enumerate(parcels)
            for who, name in (
                ("sender", p.sender.name),
                ("recipient", p.recipient.name),
                ("seller", p.seller),
            )
            if name
        ]
        holds: list[list[Reason]] = [[] for _ in parcels]
        for (row, who, _), match in zip(asked, self.match([n for _, _, n in asked]), strict=True):
            if match is not None:
                holds[row].append(_reason(who, match))
        return [tuple(h) for h in holds]

    def _best(
        self, words: tuple[str, ...], near: NDArray[np.int32], likeness: NDArray[np.float64]
    ) -> Match | None:
        close = np.flatnonzero(likeness >= _NEAR)
        if not len(close):
            return None
        if len(close) > _COMPARED:
            close = close[np.argpartition(-likeness[close], _COMPARED)[:_COMPARED]]
        score, best = max((self._score(words, self._words[near[n]]), -int(near[n])) for n in close)
        if score < self.matched:
            return None
        listed, where = self._listed[-best]
        return Match(listed, where.title, where.version, round(score, 3))

    def _score(self, asked: tuple[str, ...], listed: tuple[str, ...]) -> float:
        """Whole names by their letters; or, where one holds further words, by the share of what tells that is covered."""
        whole = fuzz.ratio(" ".join(asked), " ".join(listed)) / 100
        if len(asked) == len(listed) > 1:  # a name is as like as its least like word lets it be
            return float(
                whole * (0.7 + 0.3 * min(max(fuzz.ratio(w, o) for o in listed) for w in asked) / 100)
            )
        few, many = (asked, listed) if len(asked) <= len(listed) else (listed, asked)
        if len(few) < 2 or len(few) == len(many):
            return float(whole)
        left, covered, likeness = list(many), 0.0, 0.0
        for word in few:
            like, other = max((fuzz.ratio(word, o), o) for o in left)
            if like < _SAME_WORD:
                return float(whole)
            left.remove(other)
            likeness += like / 100 / len(few)
            covered += self._tells(other)
        share = covered / (covered + sum(self._tells(o) for o in left))
        return max(float(whole), likeness * (0.8 + 0.2 * share) if share >= 0.4 else 0.0)

    def _tells(self, word: str) -> float:
        return float(np.log((2 + len(self._words)) / (1 + self._common.get(word, 0))))

    def _counts(self, names: Sequence[Sequence[str]], grow: bool) -> sparse.csr_matrix:
        pointers, indices = [0], []
        for grams in names:
            if grow:
                indices += [self._columns.setdefault(g, len(self._columns)) for g in grams]
            else:
                indices += [self._columns[g] for g in grams if g in self._columns]
            pointers.append(len(indices))
        shape = (len(names), len(self._columns))
        return sparse.csr_matrix(
            (np.ones(len(indices), np.float32), np.array(indices, np.int64), pointers), shape=shape
        )


def _trigrams(words: Sequence[str]) -> list[str]:
    """Letters in threes within each word, each once; the start and end of a word count as letters."""
    return list(
        dict.fromkeys(w[n : n + 3] for word in words for w in (f"^{word}$",) for n in range(len(w) - 2))
    )


def _unit(table: sparse.csr_matrix) -> sparse.csr_matrix:
    length = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    made = (sparse.diags((1 / np.maximum(length, 1e-9)).astype(np.float32)) @ table).tocsr()
    made.eliminate_zeros()
    return made


def _reason(who: str, match: Match) -> Reason:
    other = " (another name of the entry)" if match.listed.alias else ""
    return Reason(
        "SCREENING_MATCH",
        f"The {who}'s name matches {match.listed.name!r}{other}, entry {match.listed.entry} of {match.title}, "
        f"list of {match.version}, at {match.score:.0%}. Hold it until a person has compared the parties.",
        match.score,
    )
