"""One scorer, one definition of "the same code": right at a level when one of the right codes shares its digits.

Proportions carry Wilson intervals. Right codes that the schedule of the day no longer has are counted apart.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import sqrt

from data.labelled import Labelled

LEVELS = (2, 4, 6, 8, 10)
TOPS = (1, 3, 5)
Z95 = 1.959964  # two-sided 95%


@dataclass(frozen=True)
class Proportion:
    """``hits`` of ``n`` with its 95% Wilson interval, all as shares of one."""

    hits: int
    n: int

    @property
    def share(self) -> float:
        return self.hits / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        if not self.n:
            return (0.0, 1.0)
        p, n, z = self.share, self.n, Z95
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return (max(0.0, middle - half), min(1.0, middle + half))

    def __str__(self) -> str:
        low, high = self.interval
        return f"{100 * self.share:.1f} [{100 * low:.1f}, {100 * high:.1f}]"


def same_at(right: Collection[str], given: str, level: int) -> bool:
    """Whether a given code is right at a level: any of the right codes counts; nothing is padded."""
    return len(given) >= level and any(len(c) >= level and c[:level] == given[:level] for c in right)


@dataclass(frozen=True)
class Scores:
    """Proportion right by (top, level), the stale rows, and how many rows were scored."""

    table: dict[tuple[int, int], Proportion]
    stale: int
    rows: int

    def line(self, top: int = 1) -> str:
        """The row of a table: top-k right at 2, 4, 6, 8, 10 digits with intervals."""
        return "  ".join(str(self.table[top, level]) for level in LEVELS)

    def as_dict(self) -> dict[str, object]:
        return {
            "rows": self.rows,
            "stale": self.stale,
            **{
                f"top{top}_at{level}": {
                    "share": round(p.share, 4),
                    "low": round(p.interval[0], 4),
                    "high": round(p.interval[1], 4),
                }
                for (top, level), p in self.table.items()
            },
        }


def score(
    rows: Sequence[Labelled], ranked: Sequence[Sequence[str]], leaves: Collection[str] | None = None
) -> Scores:
    """Score ranked codes (best first) against the right ones.

    A row none of whose right codes is in ``leaves`` is stale: it counts as a row that cannot be reached at ten
    digits, and its number is reported.
    """
    if len(rows) != len(ranked):
        raise ValueError(f"{len(rows)} rows and {len(ranked)} answers")
    hits = {(top, level): 0 for top in TOPS for level in LEVELS}
    stale = 0
    for row, codes in zip(rows, ranked, strict=True):
        if leaves is not None and not any(c in leaves for c in row.codes):
            stale += 1
        for level in LEVELS:
            places = [i for i, code in enumerate(codes[: max(TOPS)]) if same_at(row.codes, code, level)]
            for top in TOPS:
                hits[top, level] += bool(places and places[0] < top)
    return Scores({key: Proportion(h, len(rows)) for key, h in hits.items()}, stale, len(rows))
