"""`mailduty train hts`: from the catalogue to a calibrated suggester, in one run that can be repeated.

Build the data, train the encoder, find candidates, train the ranker on folds that keep relatives together,
calibrate on the out-of-fold scores, write the model folder, score it as it is served, log all of it, register it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from data.catalogue import Catalogue, load
from data.catalogue_generate import SCHEDULE, generate
from data.catalogue_thinned import thinned
from data.labelled import labelled, read_labelled
from data.schedule import Schedule
from data.splits import family, place
from models.artifact import Artifact, Draft
from models.hts import artifact as folder_of
from models.hts.candidates import CandidateFinder
from models.hts.encoder import Encoder, KindVectors
from models.hts.official import Lines
from training.calibrate_hts import calibrate
from training.encoders_hts import Encoders, encoders
from training.evaluate_hts import Report, evaluate
from training.outside_hts import (
    data_sum,
    official_lines,
    outside_rows,
    ruling_facts,
)
from training.ranker_hts import find, fit_ranker
from training.tracking import Run

SETTINGS = Path(__file__).parent / "hts.yaml"
DAY = date(
    2026, 7, 24
)  # first day on which every mail item needs its ten digits: the labels' schedule is in force
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Trained:
    """The model folder, what it measured by evaluation file, and the version in the registry."""

    artifact: Artifact
    reports: Mapping[str, Report]
    registered: str | None = None


def settings(path: Path = SETTINGS, **changes: Any) -> dict[str, Any]:
    """The settings file with changes; a nested change replaces single values only."""
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    for key, value in changes.items():
        found[key] = {**found[key], **value} if isinstance(value, dict) else value
    return found


def train(
    asked: Mapping[str, Any],
    out: Path,
    data: Path | None = None,
    run: Run | None = None,
    catalogue: Catalogue | None = None,
    progress: Progress = lambda _: None,
) -> Trained:
    """Run the pipeline. ``data``: the folder with labelled files from outside (none: generated rows alone)."""
    goods = catalogue or load()
    leaves = frozenset(line.code for line in Schedule.load().leaves(DAY))
    outside, weights, files = outside_rows(asked, data)
    taught = [r for r in outside if place(family(r), int(asked["seed"])) < float(asked["encoder_share"])]
    kept = [
        i
        for i, r in enumerate(outside)
        if place(family(r), int(asked["seed"])) >= float(asked["encoder_share"])
    ]
    outside, weights = [outside[i] for i in kept], [weights[i] for i in kept]

    draft = Draft({"name": folder_of.NAME, "settings": dict(asked), "schedule": SCHEDULE})
    draft.about["data_sha256"] = data_sum(files=files)
    official = data / asked["official"] if data and asked.get("official") else None
    words = official_lines(sorted(leaves & {row.hts for kind in goods for row in kind.rows}), DAY, official)
    taught += ruling_facts(taught, files)
    learned = encoders(goods, taught, asked, draft, words, progress)
    lines = None
    if learned.transformer and words:
        lines = Lines(tuple(words), learned.transformer.encode(list(words.values())))
        folder_of.put_lines(draft, lines)
    finder = _finder(goods, learned, lines)
    if isinstance(finder.encoder, KindVectors):
        folder_of.put_kinds(draft, goods.goods, finder.encoder.vectors)

    progress(f"writing {asked['ranker_rows']} descriptions in words the index does not have")
    known, unknown = thinned(goods, int(asked["seed"]))
    made = [labelled(row) for row in generate(unknown, int(asked["ranker_rows"]), int(asked["seed"]) + 1)]
    rows = [*made, *outside]
    row_weights = [float(asked["weight_generated"])] * len(made) + weights
    progress(f"finding candidates of {len(rows)} rows")
    lists = find(_finder(known, learned, lines), made)
    lists += find(finder, outside)
    progress("training the ranker on folds without relatives")
    temperature, knots = calibrate(rows, lists, row_weights, len(made), asked)
    booster = fit_ranker(rows, lists, row_weights, int(asked["ranker"]["trees"]), int(asked["seed"]))
    folder_of.put_ranker(draft, booster, temperature, knots)
    _rulings(draft, learned.table, data)
    artifact = draft.save(out)

    progress("scoring the model as it is served")
    suggester = folder_of.suggester_of(artifact, goods, leaves)
    reports = {}
    for name in asked["evaluate"] if data else []:
        assert data is not None
        held = read_labelled(data / name)
        reports[Path(name).stem] = evaluate(suggester, held, leaves)
    if run is not None:
        _log(run, asked, artifact, reports)
    return Trained(artifact, reports)


def passes(trained: Trained, asked: Mapping[str, Any]) -> bool:
    """Whether every gate of the settings holds on the first evaluation file (none measured: no gate holds)."""
    first = next(iter(trained.reports.values()), None)
    if first is None:
        return False
    measured = first.measures()
    gates = asked["gates"]
    return bool(
        measured["top1_at6"] >= gates["top1_at6"]
        and measured["calibration_error_at6"] <= gates["calibration_error_at6"]
    )


def _finder(goods: Catalogue, learned: Encoders, lines: Lines | None) -> CandidateFinder:
    """The finder over a catalogue, with the encoders at hand."""
    encoder = None
    if learned.transformer:
        encoder = KindVectors(learned.transformer, goods.goods, lines=lines)
    return CandidateFinder(goods.goods, encoder, KindVectors(learned.table, goods.goods))


def _rulings(draft: Draft, encoder: Encoder, data: Path | None) -> None:
    path = data / "rulings_train.jsonl" if data else None
    if path is None or not path.exists():
        return
    held = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    held = [r for r in held if r.get("text") and r.get("code10")]
    folder_of.put_rulings(
        draft,
        [r["id"] for r in held],
        [r["date"] for r in held],
        [r["code10"] for r in held],
        encoder.encode([r["text"] for r in held]),
    )


def _log(run: Run, asked: Mapping[str, Any], artifact: Artifact, reports: Mapping[str, Report]) -> None:
    run.parameters({"settings": dict(asked), "data_sha256": artifact.about["data_sha256"]})
    for name, report in reports.items():
        run.measures({f"{name}.{k}": v for k, v in report.measures().items()})
        run.table(f"{name}_predictions", report.rows)
