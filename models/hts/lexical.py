"""How near an item's words are to each kind of goods: three views of the catalogue's words, as sparse matrices.

Built from the catalogue when a suggester is made; nothing of it needs to be stored.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from data.catalogue import Goods
from data.tokens import joined, phrase, phrases, tokens
from models.hts.evidence import ItemText

VIEWS = ("names", "words", "category")
LONGEST_NAME = 5


def _words(text: str) -> list[str]:
    """Words and pairs of an already cut text."""
    cut = text.split()
    return cut + [f"{a} {b}" for a, b in itertools.pairwise(cut)]


class LexicalIndex:
    """Similarity of items to kinds. ``scores(items)`` gives one array of items x kinds per view."""

    def __init__(self, goods: Sequence[Goods]) -> None:
        self.goods = goods
        kinds = [g.kind for g in goods]
        forms: dict[str, str] = {}  # a word is cut once, however often it stands in the catalogue

        def cut(texts: Iterable[str]) -> str:
            return " ".join(forms[t] if t in forms else forms.setdefault(t, phrase(t)) for t in texts)

        names = [cut([*k.names, *k.cn22, *k.misspelt]) for k in kinds]
        every = [
            cut([*k.names, *k.names, *k.cn22, *k.translated, *k.foreign, *k.features, *k.misspelt])
            for k in kinds
        ]
        paths = [cut([*(" ".join(p) for p in g.travels.category), *g.kind.names]) for g in goods]
        self._names = TfidfVectorizer(analyzer=_words, sublinear_tf=True, dtype=np.float32)
        self._words = TfidfVectorizer(analyzer=_words, sublinear_tf=True, dtype=np.float32)
        self._paths = TfidfVectorizer(analyzer=_words, sublinear_tf=True, dtype=np.float32)
        self._tables: tuple[csr_matrix, ...] = tuple(
            vectoriser.fit_transform(texts).T.tocsr()
            for vectoriser, texts in (
                (self._names, names),
                (self._words, every),
                (self._paths, paths),
            )
        )
        self._named: dict[str, list[int]] = {}
        self._whole: dict[
            str, list[int]
        ] = {}  # what a CN 22 says of a kind names it where it says nothing else
        for i, kind in enumerate(kinds):
            for name in {cut([n]) for n in [*kind.names, *kind.misspelt, *kind.translated, *kind.foreign]}:
                if name:
                    self._named.setdefault(name, []).append(i)
            for form in {cut([n]) for n in kind.cn22}:
                self._whole.setdefault(form, []).append(i)

    def scores(self, items: Sequence[ItemText]) -> dict[str, NDArray[np.float32]]:
        """Cosine similarities, items x kinds, by view; zeros where an item has no category."""
        texts = [" ".join(tokens(i.goods)) for i in items]
        whole = [
            t + " " + joined([*i.category[-2:], *i.attributes.values()])
            for t, i in zip(texts, items, strict=True)
        ]
        paths = [joined(i.category) for i in items]
        asked = (
            self._names.transform(texts),
            self._words.transform(whole),
            self._paths.transform(paths),
        )
        return {
            view: (a @ table).toarray().astype(np.float32)
            for view, a, table in zip(VIEWS, asked, self._tables, strict=True)
        }

    def named(self, text: str) -> dict[int, tuple[int, float]]:
        """Kinds one of whose names stands in a text: words in the longest such name, and where it ends (0..1)."""
        words = tokens(text)
        found: dict[int, tuple[int, float]] = {}
        for _, end, run in phrases(words, LONGEST_NAME):
            for kind in self._named.get(run, ()):
                length = run.count(" ") + 1
                if length >= found.get(kind, (0, 0.0))[0]:
                    found[kind] = (length, end / len(words))
        for kind in self._whole.get(" ".join(words), ()):
            found[kind] = (len(words), 1.0)
        return found
