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
        lengths = [len(k) for k in known]
        pointers = np.concatenate([[0], np.cumsum(lengths)])
        asks = sparse.csr_matrix(
            (np.ones(pointers[-1], np.float32), np.array([n for k in known for n in k], dtype=np.int64), pointers),
            shape=(len(texts), len(self.words)),
        )  # fmt: skip
        scores = (asks @ self.support).tocsr()
        duty = self._duty(rates)
        made = []
        for row, code in enumerate(declared):
            part = slice(scores.indptr[row], scores.indptr[row + 1])
            made.append(self._opinion(scores.indices[part], scores.data[part], code, lengths[row], duty))
        return made

    def _opinion(
        self,
        columns: NDArray[np.int32],
        score: NDArray[np.float32],
        code: str | None,
        words: int,
        duty: NDArray[np.float64],
    ) -> Opinion:
        if not len(columns) or not words:
            return NO_OPINION
        logit = score + self.prior[columns]
        p = np.exp(logit - logit.max())
        p /= p.sum()
        top = int(p.argmax())
        best, sure = self.numbers[columns[top]], float(p[top])
        if code is None:
            return Opinion(best=best, sure=sure)
        ints = self._ints[columns]
        number = int(code[:8].ljust(8, "0"))
        heading = float(p[ints // 10000 == number // 10000].sum())
        subheading = float(p[ints // 100 == number // 100].sum()) if len(code) >= 6 else np.nan
        exact, gap = np.nan, np.nan
        if len(code) >= 8:
            exact = float(p[ints == number].sum())
            own = duty[self._place[code[:8]]] if code[:8] in self._place else np.nan
            usual = duty[columns]
            priced = ~np.isnan(usual)
            if own == own and priced.any():
                gap = float((p[priced] * usual[priced]).sum() / p[priced].sum() - own)
        return Opinion(heading, subheading, exact, best, sure, gap)

    def __post_init__(self) -> None:
        self._ints = np.array([int(n) for n in self.numbers])
        self._place = {n: i for i, n in enumerate(self.numbers)}
        self._priced: tuple[int, NDArray[np.float64]] | None = None

    def _duty(self, rates: Mapping[str, float]) -> NDArray[np.float64]:
        if self._priced is None or self._priced[0] != id(rates):
            self._priced = (id(rates), np.array([rates.get(n, np.nan) for n in self.numbers]))
        return self._priced[1]
