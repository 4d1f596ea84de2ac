"""What numbers a description's words usually stand for: a quick second opinion where the suggester was not asked.

Counts of words by eight-digit number, as naive Bayes reads them. It is no suggester: it only says how far the
declared number is from what such words usually mean, thousands of parcels a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from data.tokens import tokens

EVERYWHERE = 0.08  # a word met under more of the numbers than this tells nothing
FADE = 0.05  # a word not met under a number counts as this much of one


@lru_cache(maxsize=65536)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, each once."""
    return tuple(dict.fromkeys(tokens(text)))


class Opinion(NamedTuple):
    """How likely the declared number's heading, subheading and eight digits are, the likeliest eight digits and how
    sure, and the duty in percent one would expect beyond the declared one; not a number where nothing can be said."""

    heading: float = np.nan
    subheading: float = np.nan
    number: float = np.nan
    best: str | None = None
    sure: float = np.nan
    duty_gap: float = np.nan


NO_OPINION = Opinion()


@dataclass
class Wording:
    """Learned with :meth:`fit`; ``words`` and ``numbers`` name rows and columns of ``support``."""

    words: Mapping[str, int]
    numbers: Sequence[str]
    support: sparse.csr_matrix  # words x numbers: log support, zero where a word was never met
    prior: NDArray[np.float32]

    @classmethod
    def fit(cls, rows: Iterable[tuple[str, str]]) -> Wording:
        """From descriptions and their ten-digit numbers."""
        return cls.from_counts(*cls.count(rows))

    @staticmethod
    def count(
        rows: Iterable[tuple[str, str]],
    ) -> tuple[dict[str, int], list[str], sparse.csr_matrix, NDArray[np.int64]]:
        """Words, numbers, how often each word was met under each number, and how often each number was."""
        words: dict[str, int] = {}
        numbers: dict[str, int] = {}
        at: list[tuple[int, int]] = []
        met: list[int] = []
        for text, code in rows:
            column = numbers.setdefault(code[:8], len(numbers))
            met.append(column)
            at += [(words.setdefault(w, len(words)), column) for w in words_of(text)]
        rows_, columns = np.array(at, dtype=np.int64).T
        counts = sparse.coo_matrix((np.ones(len(at)), (rows_, columns)), shape=(len(words), len(numbers)))
        return words, list(numbers), counts.tocsr(), np.bincount(met, minlength=len(numbers))

    @classmethod
    def from_counts(
        cls,
        words: Mapping[str, int],
        numbers: Sequence[str],
        counts: sparse.csr_matrix,
        met: NDArray[np.int64],
    ) -> Wording:
        support = counts.astype(np.float32).tocsr()
        share = support.data / met[support.indices]
        everywhere = np.diff(support.indptr) > max(50, len(numbers) * EVERYWHERE)
        share[np.repeat(everywhere, np.diff(support.indptr))] = 0.0
        support.data = np.log1p(share / FADE).astype(np.float32)
        support.eliminate_zeros()
        return cls(words, numbers, support, np.log(met / met.sum()).astype(np.float32) * 0.3)

    def opinions(
        self, texts: Sequence[str | None], declared: Sequence[str | None], rates: Mapping[str, float]
    ) -> list[Opinion]:
        """One opinion per text. ``rates``: eight digits -> duty in percent."""
        known = [[self.words[w] for w in words_of(t or "") if w in self.words] for t in texts]
        pointers = np.concatenate([[0], np.cumsum([len(k) for k in known])])
        asks = sparse.csr_matrix(
            (np.ones(pointers[-1], np.float32), np.array([n for k in known for n in k], dtype=np.int64), pointers),
            shape=(len(texts), len(self.words)),
        )  # fmt: skip
        scores = (asks @ self.support).tocsr()
        found = np.flatnonzero(np.diff(scores.indptr))
        made = [NO_OPINION] * len(texts)
        for row, opinion in zip(found.tolist(), self._read(scores, found, declared, rates), strict=True):
            made[row] = opinion
        return made

    def _read(
        self,
        scores: sparse.csr_matrix,
        found: NDArray[np.int64],
        declared: Sequence[str | None],
        rates: Mapping[str, float],
    ) -> list[Opinion]:
        """Opinions on the rows that met any word, all of them at once: shares of a row, then sums over parts of it."""
        if not len(found):
            return []
        columns, start = scores.indices, scores.indptr[found]
        row = np.repeat(np.arange(len(found)), np.diff(scores.indptr)[found])
        logit = scores.data + self.prior[columns]
        p = np.exp(logit - np.maximum.reduceat(logit, start)[row])
        p /= np.add.reduceat(p, start)[row]
        sure = np.maximum.reduceat(p, start)
        places = np.flatnonzero(p == sure[row])
        top = columns[places[np.unique(row[places], return_index=True)[1]]]
        codes = [declared[n] or "" for n in found.tolist()]
        digits = np.array([len(c) for c in codes])
        number = np.array([int(c[:8].ljust(8, "0")) if c else -1 for c in codes])
        ints = self._ints[columns]
        shares = [
            np.where(
                digits >= least, np.add.reduceat(p * (ints // over == (number // over)[row]), start), np.nan
            )
            for over, least in ((10000, 1), (100, 6), (1, 8))
        ]
        gap = self._gap(p, columns, start, codes, digits, rates)
        best = [self.numbers[n] for n in top.tolist()]
        return [
            Opinion(h, s, n, b, u, g)
            for h, s, n, b, u, g in zip(
                *(x.tolist() for x in shares), best, sure.tolist(), gap.tolist(), strict=True
            )
        ]

    def _gap(
        self,
        p: NDArray[np.float64],
        columns: NDArray[np.int32],
        start: NDArray[np.int32],
        codes: Sequence[str],
        digits: NDArray[np.int64],
        rates: Mapping[str, float],
    ) -> NDArray[np.float64]:
        """Duty percent expected beyond the declared number's; not a number where either is not known."""
        duty = self._duty(rates)
        usual = duty[columns]
        known = ~np.isnan(usual)
        total = np.add.reduceat(p * known, start)
        worth = np.add.reduceat(np.where(known, p * usual, 0.0), start)
        own = np.array([duty[self._place[c[:8]]] if c[:8] in self._place else np.nan for c in codes])
        priced = (digits >= 8) & (total > 0)
        return np.where(priced, worth / np.where(total > 0, total, 1.0) - own, np.nan)

    def __post_init__(self) -> None:
        self._ints = np.array([int(n) for n in self.numbers])
        self._place = {n: i for i, n in enumerate(self.numbers)}
        self._priced: tuple[int, NDArray[np.float64]] | None = None

    def _duty(self, rates: Mapping[str, float]) -> NDArray[np.float64]:
        if self._priced is None or self._priced[0] != id(rates):
            self._priced = (id(rates), np.array([rates.get(n, np.nan) for n in self.numbers]))
        return self._priced[1]
