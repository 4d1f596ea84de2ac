"""`mailduty evaluate hts --data FILE`: the suggester as it is served, held against labelled rows.

Top-1, 3 and 5 at 2 to 10 digits with Wilson intervals, the ceiling, calibration error, coverage at a wanted
precision, and what wrong codes cost: duty dollars wrong per $1,000 of value, for a stated origin and day.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from data.labelled import Labelled
from data.law import Law
from data.schedule import Schedule
from models.calibration import expected_calibration_error
from models.duty.calculator import assess_many
from models.duty.records import DutyAssessment, DutyRequest
from models.hts.evidence import ItemText
from models.hts.ranker import LEVELS, roll_up
from models.hts.suggester import Suggester
from training.scoring import Proportion, Scores, same_at, score

THOUSAND = Decimal(1000)
PRECISIONS = (0.80, 0.90, 0.95)
DutyRate = Callable[
    [Sequence[str]], Mapping[str, Decimal | None]
]  # number -> duty on $1,000, None where unknown


@dataclass(frozen=True)
class Report:
    """What one file measured; ``rows`` are the per-row predictions."""

    scores: Scores
    ceiling: Mapping[int, Proportion]
    calibration_error: Mapping[int, float]
    coverage: Mapping[int, Mapping[float, float]]
    duty_wrong_per_1000: Decimal | None = None
    duty_rows: int = 0
    rows: Sequence[Mapping[str, Any]] = field(default_factory=list)

    def measures(self) -> dict[str, float]:
        """Flat numbers by name, for a log."""
        found = {f"top{top}_at{n}": p.share for (top, n), p in self.scores.table.items()}
        found |= {f"top1_at{n}_low": self.scores.table[1, n].interval[0] for n in LEVELS}
        found |= {f"top1_at{n}_high": self.scores.table[1, n].interval[1] for n in LEVELS}
        found |= {f"ceiling_at{n}": p.share for n, p in self.ceiling.items()}
        found |= {f"calibration_error_at{n}": e for n, e in self.calibration_error.items()}
        if self.duty_wrong_per_1000 is not None:
            found["duty_wrong_per_1000"] = float(self.duty_wrong_per_1000)
        return found

    def as_json(self) -> dict[str, Any]:
        return {
            **self.scores.as_dict(),
            "ceiling": {str(n): round(p.share, 4) for n, p in self.ceiling.items()},
            "calibration_error": {str(n): round(e, 4) for n, e in self.calibration_error.items()},
            "coverage_at_precision": {
                str(n): {str(p): round(c, 4) for p, c in by.items()} for n, by in self.coverage.items()
            },
            "duty_usd_wrong_per_1000": None
            if self.duty_wrong_per_1000 is None
            else f"{self.duty_wrong_per_1000:.2f}",
            "duty_rows": self.duty_rows,
        }


def item_of(row: Labelled) -> ItemText:
    """A labelled row as the suggester is asked: its text, path, attributes and value; never its label."""
    return ItemText(row.id, row.text, row.category, dict(row.attributes), row.value_usd)


def evaluate(
    suggester: Suggester, rows: Sequence[Labelled], leaves: Collection[str], duty: DutyRate | None = None
) -> Report:
    """Ask the suggester as the service does and measure the answers."""
    probabilities: list[dict[str, float]] = []
    for start in range(0, len(rows), 256):
        probabilities += suggester.rank([item_of(r) for r in rows[start : start + 256]])
    ranked = [list(p) for p in probabilities]
    sure: dict[int, tuple[list[float], list[bool]]] = {level: ([], []) for level in LEVELS}
    for row, p in zip(rows, probabilities, strict=True):
        rolled = {level: roll_up(p, level) for level in LEVELS}
        for level in LEVELS:
            best = next(iter(rolled[level]), "")
            sure[level][0].append(suggester.confidence.path(rolled, best)[level] if best else 0.0)
            sure[level][1].append(same_at(row.codes, best, level) if best else False)
    wrong, priced = _duty_wrong(rows, ranked, duty) if duty else (None, 0)
    return Report(
        score(rows, ranked, leaves),
        {
            n: Proportion(
                sum(
                    any(same_at(r.codes, c, n) for c in codes) for r, codes in zip(rows, ranked, strict=True)
                ),
                len(rows),
            )
            for n in LEVELS
        },
        {n: expected_calibration_error(c, y) for n, (c, y) in sure.items()},
        {n: {wanted: _coverage(c, y, wanted) for wanted in PRECISIONS} for n, (c, y) in sure.items()},
        wrong,
        priced,
        [
            {
                "id": r.id,
                "right": sorted(r.codes),
                "given": codes[:5],
                "confidence": round(p.get(codes[0], 0.0), 4) if codes else 0.0,
            }
            for r, codes, p in zip(rows, ranked, probabilities, strict=True)
        ],
    )


def _coverage(confidence: Sequence[float], right: Sequence[bool], wanted: float) -> float:
    """Largest share of rows, taken from the surest down, of which at least ``wanted`` are right."""
    hits, best = 0, 0
    for n, (_, y) in enumerate(sorted(zip(confidence, right, strict=True), key=lambda x: -x[0]), 1):
        hits += y
        if hits >= wanted * n:
            best = n
    return best / len(confidence) if confidence else 0.0


def _duty_wrong(
    rows: Sequence[Labelled], ranked: Sequence[Sequence[str]], duty: DutyRate
) -> tuple[Decimal | None, int]:
    """Mean of |duty of the first number - duty of the nearest right one| on $1,000, over rows where both are priced."""
    codes = sorted({c for r in rows for c in r.codes} | {codes[0] for codes in ranked if codes})
    priced = duty(codes)
    total, n = Decimal(0), 0
    for row, given in zip(rows, ranked, strict=True):
        answer = priced.get(given[0]) if given else None
        right = [d for c in row.codes if (d := priced.get(c)) is not None]
        if answer is None or not right:
            continue
        total += min(abs(answer - d) for d in right)
        n += 1
    return (total / n if n else None), n


def duty_rate(law: Law, schedule: Schedule, on: date, origin: str) -> DutyRate:
    """Duty in dollars on $1,000 for each number, None where a number cannot be priced without more facts."""

    def priced(codes: Sequence[str]) -> Mapping[str, Decimal | None]:
        asked = [DutyRequest(code, on, "mail", origin, code, THOUSAND, {}) for code in codes]
        answers = assess_many(asked, law, schedule)
        return {
            code: Decimal(a.duty) / 100 if isinstance(a, DutyAssessment) else None
            for code, a in zip(codes, answers, strict=True)
        }

    return priced
