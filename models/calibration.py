"""Calibration: turning scores into probabilities that mean what they say, and measuring whether they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


def expected_calibration_error(confidence: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Mean gap between confidence and the share that is right, over bins of equal count (0 is perfect)."""
    p, y = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    if not len(p):
        return 0.0
    parts = np.array_split(np.argsort(p, kind="stable"), min(bins, len(p)))
    return float(
        sum(len(part) * abs(p[part].mean() - y[part].mean()) for part in parts if len(part)) / len(p)
    )


@dataclass(frozen=True)
class Knots:
    """A rising, piecewise linear map of probabilities, as learned by isotonic regression; plain numbers."""

    x: tuple[float, ...]
    y: tuple[float, ...]

    @classmethod
    def fit(cls, confidence: Sequence[float], right: Sequence[bool], most: int = 12) -> Knots:
        """Isotonic regression, thinned to at most ``most`` knots and kept off zero and one."""
        from sklearn.isotonic import IsotonicRegression

        p, y = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
        order = np.argsort(p, kind="stable")
        parts = [part for part in np.array_split(order, min(most, max(2, len(p) // 25))) if len(part)]
        centre = np.array([p[part].mean() for part in parts])
        share = np.array([(y[part].sum() + 0.5) / (len(part) + 1.0) for part in parts])
        risen = (
            IsotonicRegression(y_min=0.002, y_max=0.998)
            .fit(centre, share, [len(x) for x in parts])
            .predict(centre)
        )
        return cls((0.0, *map(float, centre), 1.0), (0.0, *map(float, risen), float(max(risen[-1], 0.0))))

    def __call__(self, confidence: NDArray[np.float64] | float) -> NDArray[np.float64]:
        return np.asarray(np.interp(confidence, self.x, self.y))
