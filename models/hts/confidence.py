"""From rolled-up probabilities to confidences: a chain of levels, each calibrated on what the level above left.

The confidence of a subheading is that of its heading times the calibrated chance that the heading's rows are split
rightly; so a longer number is never surer than the shorter one it begins with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.calibration import Knots
from models.hts.ranker import LEVELS

Rolled = Mapping[int, Mapping[str, float]]  # level -> prefix -> probability


def step(rolled: Rolled, code: str, level: int) -> float:
    """Share of the level above that a prefix holds; of everything, at the first level."""
    above = LEVELS[LEVELS.index(level) - 1] if level != LEVELS[0] else 0
    whole = rolled[above][code[:above]] if above else 1.0
    return rolled[level][code[:level]] / whole if whole else 0.0


@dataclass(frozen=True)
class Confidence:
    """Calibration of each level's step; a level without one is taken as it is."""

    knots: Mapping[int, Knots]

    def path(self, rolled: Rolled, code: str) -> dict[int, float]:
        """Confidence of each prefix of a code, by level."""
        found: dict[int, float] = {}
        sure = 1.0
        for level in LEVELS:
            if len(code) < level:
                break
            share = step(rolled, code, level)
            sure *= self.knots[level].one(share) if level in self.knots else share
            found[level] = sure
        return found
