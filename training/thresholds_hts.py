"""`mailduty evaluate thresholds --data FILE`: what a threshold on confidence buys and costs, for the served path.

A suggested number is accepted by itself where all ten digits are defended: the likeliest number stands under the
likeliest prefix at every level, and each level's confidence reaches the threshold. For each threshold: the share of
rows accepted, the share of those whose number is wrong, and the duty dollars wrong on $1,000 of value accepted.
Beside the curve: what would be accepted were it enough that the subheading is defended and every number the words
allow owes the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from data.catalogue import load as load_catalogue
from data.labelled import Labelled, read_labelled
from data.law import Law
from data.schedule import Schedule
from models.artifact import load as load_artifact
from models.hts.artifact import suggester_of
from models.hts.evidence import ItemText
from models.hts.suggester import Suggested, Suggester
from training.evaluate_hts import DutyRate, duty_rate, item_of
from training.scoring import Proportion, same_at

TEN = 10
TOP = 3  # numbers an assessment keeps
# As `alternatives_from` and `defended_from` of the shipped thresholds; a test holds that they are.
ALTERNATIVES_FROM, DEFENDED_FROM = 0.05, 0.80
SUBHEADING = 6
THRESHOLDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


@dataclass(frozen=True)
class Answered:
    """The number a row would be accepted under, the confidence it has, whether it is wrong and what that costs.

    ``confidence`` is the least over all levels, 0 where the likeliest number does not stand under the likeliest
    prefixes. ``duty_wrong`` is in dollars on $1,000, None where one of the numbers cannot be priced without more
    facts. ``same_duty``: the other numbers the words allow owe the same.
    """

    code: str | None
    confidence: float
    wrong: bool
    duty_wrong: Decimal | None
    same_duty: bool = False


@dataclass(frozen=True)
class Point:
    """One threshold: how many are accepted of all, how many of those are wrong, duty dollars wrong per $1,000."""

    threshold: float
    accepted: Proportion
    wrong: Proportion
    duty_wrong: Decimal | None

    def as_json(self) -> dict[str, Any]:
        low, high = self.wrong.interval
        return {
            "threshold": self.threshold,
            "accepted": round(self.accepted.share, 4),
            "wrong": round(self.wrong.share, 4) if self.wrong.n else None,
            "wrong_low": round(low, 4),
            "wrong_high": round(high, 4),
            "rows_accepted": self.wrong.n,
            "duty_usd_wrong_per_1000": None if self.duty_wrong is None else f"{self.duty_wrong:.2f}",
        }


def thresholds_command(
    files: Sequence[Path],
    model: Path,
    on: date,
    origin: str = "CN",
    words_only: bool = False,
    plot: Path | None = None,
    as_json: bool = False,
    say: Callable[[str], None] = print,
) -> dict[str, list[Point]]:
    """Measures the curve on labelled files, one after the other, prints it and draws it where asked.

    ``words_only`` leaves category and attributes out: a mail manifest has a description, and seldom more.
    """
    rows = {file.stem: _with_ten(read_labelled(file)) for file in files}
    schedule, law = Schedule.load(), Law.load()
    leaves = frozenset(line.code for line in schedule.leaves(on))
    suggester = suggester_of(load_artifact(model), load_catalogue(), leaves)
    price = duty_rate(law, schedule, on, origin)
    curves: dict[str, list[Point]] = {}
    said: dict[str, Any] = {}
    for name, some in rows.items():
        found = answered(suggester, some, price, words_only)
        curves[name], same = curve(found), same_duty(found)
        said[name] = {
            "rows": len(some),
            "curve": [point.as_json() for point in curves[name]],
            "same_duty": same.as_json(),
        }
        if not as_json:
            for line in lines(name, curves[name], same, on, origin):
                say(line)
    if as_json:
        say(json.dumps(said))
    if plot is not None:
        from training.plots import plot_thresholds

        plot_thresholds(curves, plot)
    return curves


def answered(
    suggester: Suggester, rows: Sequence[Labelled], price: DutyRate, words_only: bool = False
) -> list[Answered]:
    """What the served path says of each row, held against its label."""
    items = [_bare(row) if words_only else item_of(row) for row in rows]
    said = suggester.suggest(items, top=TOP, confidence=0.0, explain=False)
    codes = {suggested.code for answer in said for suggested in answer.suggestions}
    duties = price(sorted(codes | {c for row in rows for c in row.codes if len(c) == TEN}))
    found = []
    for row, answer in zip(rows, said, strict=True):
        first = answer.suggestions[0] if answer.suggestions else None
        if first is None or len(first.code) != TEN:
            found.append(Answered(None, 0.0, False, None))
            continue
        sure = min(first.levels.values()) if answer.code == first.code else 0.0
        wrong = not same_at(row.codes, first.code, TEN)
        cost = _duty_wrong(first.code, row, duties)
        found.append(Answered(first.code, sure, wrong, cost, _same_duty(answer.suggestions, duties)))
    return found


def curve(rows: Sequence[Answered], thresholds: Sequence[float] = THRESHOLDS) -> list[Point]:
    """A point for each threshold, in order."""
    points = []
    for threshold in thresholds:
        taken = [row for row in rows if row.code is not None and 0 < row.confidence >= threshold]
        points.append(_point(threshold, taken, len(rows)))
    return points


def same_duty(rows: Sequence[Answered]) -> Point:
    """What is accepted where the subheading is defended and every number the words allow owes the same."""
    return _point(0.0, [row for row in rows if row.same_duty], len(rows))


def _point(threshold: float, taken: Sequence[Answered], rows: int) -> Point:
    costs = [row.duty_wrong for row in taken if row.duty_wrong is not None]
    return Point(
        threshold,
        Proportion(len(taken), rows),
        Proportion(sum(row.wrong for row in taken), len(taken)),
        sum(costs, Decimal(0)) / len(costs) if costs else None,
    )


def lines(name: str, points: Sequence[Point], same: Point, on: date, origin: str) -> list[str]:
    """A curve as plain lines, with what the same duty alone would accept."""
    rows = points[0].accepted.n if points else 0
    found = [
        f"{name}: {rows} rows with ten right digits; duty by mail from {origin} on {on}, on $1,000 of value",
        "confidence from  accepted  wrong among them [95%]  duty wrong per $1,000",
    ]
    found += [_line(f"{point.threshold:.2f}", point) for point in points]
    return [*found, _line("same duty", same)]


def _line(name: str, point: Point) -> str:
    wrong = f"{point.wrong}% of {point.wrong.n}" if point.wrong.n else "none accepted"
    cost = "" if point.duty_wrong is None else f"${point.duty_wrong:.2f}"
    return f"{name:>15}  {100 * point.accepted.share:>7.1f}%  {wrong:<24}  {cost:>21}".rstrip()


def _with_ten(rows: Sequence[Labelled]) -> list[Labelled]:
    """Rows whose label has ten digits; a shorter one cannot say whether ten digits are right."""
    return [row for row in rows if any(len(code) == TEN for code in row.codes)]


def _same_duty(suggestions: Sequence[Suggested], duties: Mapping[str, Decimal | None]) -> bool:
    """Whether the subheading is defended and the numbers that are likely enough owe the same."""
    first, *others = suggestions
    likely = [first, *(s for s in others if s.confidence >= ALTERNATIVES_FROM)]
    known = {duties.get(s.code) for s in likely}
    alike = len(likely) > 1 and len(known) == 1 and None not in known
    return alike and round(first.levels.get(SUBHEADING, 0.0), 4) >= DEFENDED_FROM


def _bare(row: Labelled) -> ItemText:
    return ItemText(row.id, row.text, value_usd=row.value_usd)


def _duty_wrong(code: str, row: Labelled, duties: Mapping[str, Decimal | None]) -> Decimal | None:
    """|duty of the number - duty of the nearest right one| on $1,000."""
    given = duties.get(code)
    right = [duty for c in row.codes if (duty := duties.get(c)) is not None]
    return None if given is None or not right else min(abs(given - duty) for duty in right)
