"""The plain baseline: TF-IDF and nearest neighbours over generated descriptions, nothing tuned.

It tells what the catalogue alone is worth. ``python -m training.baseline_hts --rows 100000 FILE ...`` prints
top-1 at 2, 4, 6, 8 and 10 digits with intervals; ``--share 0.5`` keeps that share of the kinds (ablation).
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from data.catalogue import Catalogue, load
from data.catalogue_generate import generate
from data.labelled import Labelled, labelled, read_labelled
from data.splits import place
from training.scoring import LEVELS, score

NEIGHBOURS = 15


class NearestDescriptions:
    """TF-IDF of words and of characters; the codes of the nearest rows vote with their similarity."""

    def __init__(self, neighbours: int = NEIGHBOURS) -> None:
        self.neighbours = neighbours

    def fit(self, texts: Sequence[str], codes: Sequence[str]) -> NearestDescriptions:
        self.words_ = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32)
        self.chars_ = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2, dtype=np.float32
        )
        self.table_ = hstack([self.words_.fit_transform(texts), self.chars_.fit_transform(texts)]).tocsr()
        self.codes_ = np.asarray(codes)
        return self

    def rank(self, texts: Sequence[str]) -> list[list[str]]:
        """Codes for each text, best first: the subheading with most votes, in it the number with most."""
        asked = hstack([self.words_.transform(texts), self.chars_.transform(texts)]).tocsr()
        ranked = []
        for start in range(0, asked.shape[0], 64):
            near = np.asarray((asked[start : start + 64] @ self.table_.T).todense())
            for row in near:
                best = np.argpartition(-row, self.neighbours)[: self.neighbours]
                votes: dict[str, float] = defaultdict(float)
                for i in best:
                    votes[str(self.codes_[i])] += float(row[i])
                under: dict[str, float] = defaultdict(float)
                for code, vote in votes.items():
                    under[code[:6]] += vote
                ranked.append(sorted(votes, key=lambda c: (-under[c[:6]], -votes[c], c)))
        return ranked


def part(catalogue: Catalogue, share: float, seed: int = 0) -> Catalogue:
    """The catalogue with a share of its kinds, chosen by name: the ablation of half and of a quarter."""
    kept = tuple(g for g in catalogue if place(g.id, seed) < share)
    return Catalogue(kept, catalogue.files, (), {g.id: g for g in kept})


def fit_on_generated(catalogue: Catalogue, rows: int, seed: int) -> NearestDescriptions:
    made = [labelled(row) for row in generate(catalogue, rows, seed)]
    return NearestDescriptions().fit([r.whole_text for r in made], [next(iter(r.codes)) for r in made])


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("files", nargs="+", type=Path)
    ask.add_argument("--rows", type=int, default=100_000)
    ask.add_argument("--seed", type=int, default=0)
    ask.add_argument("--share", type=float, default=1.0)
    ask.add_argument("--by-chapter", action="store_true")
    asked = ask.parse_args()
    catalogue = part(load(), asked.share)
    model = fit_on_generated(catalogue, int(asked.rows * asked.share), asked.seed)
    print(f"{len(catalogue)} kinds, {model.table_.shape[0]} rows; top-1 % at {LEVELS} digits [95%]")
    for path in asked.files:
        rows = read_labelled(path)
        ranked = model.rank([r.whole_text for r in rows])
        print(f"{path.stem:28} {score(rows, ranked).line()}")
        if asked.by_chapter:
            print(json.dumps(_by_chapter(rows, ranked)))


def _by_chapter(rows: Sequence[Labelled], ranked: Sequence[Sequence[str]]) -> dict[str, str]:
    """Right at six digits by chapter of the right code: dev rows are looked at by chapter only."""
    count: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row, codes in zip(rows, ranked, strict=True):
        tally = count[min(row.codes)[:2]]
        tally[1] += 1
        tally[0] += any(c[:6] == codes[0][:6] for c in row.codes)
    return {chapter: f"{a}/{b}" for chapter, (a, b) in sorted(count.items())}


if __name__ == "__main__":
    main()
