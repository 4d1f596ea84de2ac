"""How near an item is to the tariff's own words: each line's vector, and what it says of subheadings, headings and kinds.

The words themselves do not ship; their vectors do, made in training from the official export.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.catalogue import Goods

NAMES = ("line", "line_sub", "line_heading", "line_gap", "line_sub_gap")
UNKNOWN = (np.nan,) * len(NAMES)


@dataclass(frozen=True)
class Lines:
    """Numbers in order, and their vectors: lines x width, each of length one."""

    codes: tuple[str, ...]
    vectors: NDArray[np.float32]


class OfficialView:
    """Reads similarities of items to lines (items x lines, in the order of ``codes``)."""

    def __init__(self, codes: Sequence[str], goods: Sequence[Goods]) -> None:
        self.place = {code: i for i, code in enumerate(codes)}
        self.starts, self.under = {}, {}
        for level in (6, 4):
            prefixes = sorted({code[:level] for code in codes})
            self.under[level] = {prefix: i for i, prefix in enumerate(prefixes)}
            self.starts[level] = np.array([bisect_left(codes, prefix) for prefix in prefixes])
        self._lines = [[self.place[r.hts] for r in g.rows if r.hts in self.place] for g in goods]

    def kinds(self, near: NDArray[np.float32], asked: Sequence[int]) -> NDArray[np.float32]:
        """The nearest of the lines of each kind asked for, for one item; zero for a kind without a line."""
        return np.array([near[self._lines[k]].max() if self._lines[k] else 0.0 for k in asked], np.float32)

    def of(self, near: NDArray[np.float32], codes: Sequence[str]) -> list[tuple[float, ...]]:
        """Features of one item's candidates, named ``NAMES``: similarity of the line, of the nearest line of its
        subheading and of its heading, and how far line and subheading are behind the nearest of all.
        """
        sub = np.maximum.reduceat(near, self.starts[6])
        heading = np.maximum.reduceat(near, self.starts[4])
        best = float(near.max())
        found: list[tuple[float, ...]] = []
        for code in codes:
            place, six, four = self.place.get(code), self.under[6].get(code[:6]), self.under[4].get(code[:4])
            line = np.nan if place is None else float(near[place])
            below = np.nan if six is None else float(sub[six])
            above = np.nan if four is None else float(heading[four])
            found.append((line, below, above, best - line, best - below))
        return found
