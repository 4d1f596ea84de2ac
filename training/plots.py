"""Pictures for people who would rather look than read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from data.catalogue import load
from data.catalogue_view import ChapterCoverage, coverage
from data.schedule import Schedule


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
