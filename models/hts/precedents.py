"""CBP rulings near an item: number, date, similarity and where to read it.

Only number, date, tariff number and a vector are kept of a ruling, never its text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.hts.encoder import Encoder, item_text
from models.hts.evidence import ItemText

READ_AT = "https://rulings.cbp.gov/ruling/"
LEAST = 0.45  # cosine below which a ruling is no precedent worth showing
MOST = 3


@dataclass(frozen=True)
class Precedents:
    """Rulings as vectors (rulings x width, length one) beside number, date and tariff number."""

    encoder: Encoder
    numbers: Sequence[str]
    dates: Sequence[str]
    codes: Sequence[str]
    vectors: NDArray[np.float32]

    def nearest(self, items: Sequence[ItemText]) -> list[tuple[Mapping[str, Any], ...]]:
        """For each item up to three rulings, nearest first; none where none is near."""
        if not len(self.numbers):
            return [()] * len(items)
        near = self.encoder.encode([item_text(i) for i in items]) @ self.vectors.T
        found: list[tuple[Mapping[str, Any], ...]] = []
        for row in near:
            best = np.argsort(-row, kind="stable")[:MOST]
            found.append(
                tuple(
                    {
                        "type": "ruling",
                        "number": self.numbers[i],
                        "date": self.dates[i],
                        "hts": self.codes[i],
                        "similarity": round(float(row[i]), 3),
                        "link": READ_AT + self.numbers[i],
                    }
                    for i in best
                    if row[i] >= LEAST
                )
            )
        return found
