"""Calibration: turning scores into probabilities that mean what they say, and measuring whether they do."""

from __future__ import annotations

from bisect import bisect_right
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
            IsotonicRegression(y_min=0.002, y_max=0.998, out_of_bounds="clip")
            .fit(centre, share, [len(x) for x in parts])
            .predict(centre)
        )
        inside = {
            round(float(x), 6): float(y) for x, y in zip(centre, risen, strict=True) if 0 < x < 0.999999
        }
        knots = sorted(
            {0.0: 0.0, **inside, 1.0: float(risen[-1])}.items()
        )  # one y for each x, or nothing interpolates
        return cls(tuple(x for x, _ in knots), tuple(y for _, y in knots))

    def __call__(self, confidence: NDArray[np.float64] | float) -> NDArray[np.float64]:
        return np.asarray(np.interp(confidence, self.x, self.y))

    def one(self, confidence: float) -> float:
        """The same for a single number, at a tenth of the time."""
        place = bisect_right(self.x, confidence)
        if place == 0 or place == len(self.x):
            return self.y[0 if place == 0 else -1]
        x0, x1, y0, y1 = self.x[place - 1], self.x[place], self.y[place - 1], self.y[place]
        return y0 + (y1 - y0) * (confidence - x0) / (x1 - x0)
