"""`mailduty train hts` and `mailduty evaluate hts`, as functions that print what they measured."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from data.catalogue import load as load_catalogue
from data.labelled import read_labelled
from data.law import Law
from data.schedule import Schedule
from models.artifact import SHIPPED
from models.artifact import load as load_artifact
from models.hts.artifact import suggester_of
from training.card_hts import card
from training.evaluate_hts import Report, duty_rate, evaluate
from training.scoring import LEVELS
from training.tracking import run
from training.train_hts import DAY, SETTINGS, passes, settings, train


def changed(pairs: Sequence[str], path: Path = SETTINGS) -> dict[str, Any]:
    """The settings file with ``name=value`` changes; ``encoder.kind=static`` reaches inside."""
    changes: dict[str, Any] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        outer, _, inner = name.partition(".")
        said = yaml.safe_load(value)
        if inner:
            changes.setdefault(outer, {})[inner] = said
        else:
            changes[outer] = said
    return settings(path, **changes)


def train_command(
    file: Path = SETTINGS,
    out: Path = SHIPPED / "hts",
    data: Path | None = None,
    pairs: Sequence[str] = (),
    register: bool = True,
    say: Callable[[str], None] = print,
) -> None:
    """Train, evaluate, write folder and card, log and register; the champion moves where the gates hold."""
    asked = changed(pairs, file)
    began = time.monotonic()
    with run("hts", f"train {date.today()}") as started:
        trained = train(
            asked, out, data, started, progress=lambda text: say(f"{time.monotonic() - began:6.0f} s  {text}")
        )
        text = card(trained, asked)
        (out / "card.md").write_text(text, encoding="utf-8")
        started.text("card.md", text)
        for name, report in trained.reports.items():
            say(f"{name}: top-1 % at {LEVELS} digits {report.scores.line()}")
        good = passes(trained, asked)
        if register:
            version = started.register("hts", out, champion=good)
            say(
                f"registered as hts version {version}"
                + (", champion" if good else "; not champion, a gate does not hold")
            )
    say(f"model {trained.artifact.version} in {out}")


def evaluate_command(
    files: Sequence[Path],
    model: Path = SHIPPED / "hts",
    on: date = DAY,
    origin: str = "CN",
    as_json: bool = False,
    say: Callable[[str], None] = print,
) -> dict[str, Report]:
    """Score the served path on labelled files; duty on $1,000 by mail from ``origin`` on ``on``."""
    rows = {file: read_labelled(file) for file in files}  # before the long work: a bad file is said at once
    schedule, law = Schedule.load(), Law.load()
    leaves = frozenset(line.code for line in schedule.leaves(on))
    suggester = suggester_of(load_artifact(model), load_catalogue(), leaves)
    reports = {}
    for file in files:
        report = evaluate(suggester, rows[file], leaves, duty_rate(law, schedule, on, origin))
        reports[file.stem] = report
        if not as_json:
            for line in lines(file.stem, report, on, origin):
                say(line)
    if as_json:
        say(json.dumps({name: report.as_json() for name, report in reports.items()}))
    return reports


def lines(name: str, report: Report, on: date, origin: str) -> list[str]:
    """A report as plain lines."""
    found = [f"{name}: {report.scores.rows} rows, {report.scores.stale} of them with no number in force"]
    found += [f"  top-{top} % at {LEVELS} digits [95%]: {report.scores.line(top)}" for top in (1, 3, 5)]
    found.append(
        "  right number among the candidates, %: "
        + "  ".join(f"{100 * report.ceiling[n].share:.1f}" for n in LEVELS)
    )
    found.append("  calibration error: " + "  ".join(f"{report.calibration_error[n]:.3f}" for n in LEVELS))
    for level in (6, 10):
        by = ", ".join(
            f"{100 * share:.0f}% at precision {100 * p:.0f}" for p, share in report.coverage[level].items()
        )
        found.append(f"  coverage at {level} digits: {by}")
    if report.duty_wrong_per_1000 is not None:
        found.append(
            f"  duty wrong: ${report.duty_wrong_per_1000:.2f} on $1,000 of value"
            f" (mail from {origin} on {on}; {report.duty_rows} rows priced)"
        )
    return found
