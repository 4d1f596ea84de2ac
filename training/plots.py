"""Pictures for people who would rather look than read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from data.catalogue import load
from data.catalogue_view import ChapterCoverage, coverage
from data.schedule import Schedule
from training.thresholds_hts import Point


def plot_coverage(rows: Sequence[ChapterCoverage], out: Path) -> None:
    """Bars by chapter: share of headings in full form, in short form, and of leaves reached."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (top, bottom) = pyplot.subplots(2, 1, figsize=(14, 6), sharex=True)
    x = range(len(rows))
    full = [100 * r.full / r.headings for r in rows]
    top.bar(x, full, color="#1b6ca8", label="headings in full form")
    top.bar(
        x,
        [100 * r.short / r.headings for r in rows],
        bottom=full,
        color="#9ecae1",
        label="headings in short form",
    )
    top.step(
        x, [100 * r.reached / r.leaves for r in rows], where="mid", color="#d9480f", label="leaves reached"
    )
    top.set_ylabel("%")
    top.legend(loc="lower right")
    bottom.bar(x, [r.kinds for r in rows], color="#495057")
    bottom.set_ylabel("kinds of goods")
    bottom.set_xticks(list(x), [r.chapter for r in rows], fontsize=7, rotation=90)
    bottom.set_xlabel("chapter")
    figure.tight_layout()
    figure.savefig(out, dpi=100, metadata={"Software": None})
    pyplot.close(figure)


def draw_coverage(on: date, out: Path) -> None:
    """The catalogue's coverage of the numbers in force on a day, as a PNG."""
    plot_coverage(coverage(load(), [line.code for line in Schedule.load().leaves(on)]), out)


def plot_thresholds(curves: Mapping[str, Sequence[Point]], out: Path) -> None:
    """For each file: share accepted against share wrong among them, and duty dollars wrong on $1,000 accepted."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(12, 5))
    for name, points in curves.items():
        some = [p for p in points if p.wrong.n]
        accepted = [100 * p.accepted.share for p in some]
        wrong = [100 * p.wrong.share for p in some]
        low = [100 * (p.wrong.share - p.wrong.interval[0]) for p in some]
        high = [100 * (p.wrong.interval[1] - p.wrong.share) for p in some]
        left.errorbar(accepted, wrong, yerr=[low, high], marker="o", capsize=2, label=name)
        for point, x, y in zip(some, accepted, wrong, strict=True):
            left.annotate(
                f"{point.threshold:g}", (x, y), fontsize=7, xytext=(3, 3), textcoords="offset points"
            )
        priced = [p for p in some if p.duty_wrong is not None]
        right.plot(
            [100 * p.accepted.share for p in priced],
            [float(p.duty_wrong or 0) for p in priced],
            marker="o",
            label=name,
        )
    left.set_ylabel("% of them wrong at ten digits (95% interval)")
    right.set_ylabel(r"duty wrong, \$ on \$1,000 accepted")
    for axis in (left, right):
        axis.set_xlabel("% accepted without a person; the numbers are thresholds on confidence")
        axis.set_ylim(bottom=0)
        axis.legend()
    figure.tight_layout()
    figure.savefig(out, dpi=100, metadata={"Software": None})
    pyplot.close(figure)
