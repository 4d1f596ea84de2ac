"""`mailduty train hts`: from the catalogue to a calibrated suggester, in one run that can be repeated.

Build the data, train the encoder, find candidates, train the ranker on folds that keep relatives together,
calibrate on the out-of-fold scores, write the model folder, score it as it is served, log all of it, register it.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from data.catalogue import FOLDER, Catalogue, load
from data.catalogue_generate import SCHEDULE, generate
from data.errors import MailDutyError
from data.labelled import Labelled, labelled, read_labelled
from data.schedule import Schedule
from data.splits import family, place
from models.artifact import Artifact, Draft
from models.calibration import Knots
from models.hts import artifact as folder_of
from models.hts.candidates import Candidate, CandidateFinder
from models.hts.encoder import Encoder, KindVectors, StaticEncoder, TransformerEncoder, kind_text
from models.hts.ranker import LEVELS, Ranker, roll_up, softmax
from training import encoder_hts
from training.evaluate_hts import Report, evaluate
from training.ranker_hts import find, fit_ranker, fit_temperature
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


def data_sum(catalogue: Path = FOLDER, files: Sequence[Path] = ()) -> str:
    """One sum over every catalogue file and every labelled file: what the model was trained on."""
    total = hashlib.sha256()
    for path in [*sorted(catalogue.rglob("*.yaml")), *sorted(files)]:
        total.update(path.name.encode())
        total.update(path.read_bytes())
    return total.hexdigest()


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
    progress(f"writing {asked['rows']} descriptions from {len(goods)} kinds")
    made = [labelled(row) for row in generate(goods, int(asked["rows"]), int(asked["seed"]))]
    for_ranker, for_encoder = made[: int(asked["ranker_rows"])], made[int(asked["ranker_rows"]) :]

    draft = Draft({"name": folder_of.NAME, "settings": dict(asked), "schedule": SCHEDULE})
    draft.about["data_sha256"] = data_sum(files=files)
    progress(f"training the {asked['encoder']['kind']} encoder on {len(for_encoder)} pairs")
    encoder = _encoder(goods, for_encoder, asked, draft)
    vectors = KindVectors(encoder, goods.goods)
    folder_of.put_kinds(draft, goods.goods, vectors.vectors)

    rows = [*for_ranker, *outside]
    row_weights = [float(asked["weight_generated"])] * len(for_ranker) + weights
    progress(f"finding candidates of {len(rows)} rows")
    finder = CandidateFinder(goods.goods, vectors)
    lists = find(finder, rows)
    progress("training the ranker on folds without relatives")
    temperature, knots = _calibrate(rows, lists, row_weights, len(for_ranker), asked)
    booster = fit_ranker(rows, lists, row_weights, int(asked["ranker"]["trees"]), int(asked["seed"]))
    folder_of.put_ranker(draft, booster, temperature, knots)
    _rulings(draft, encoder, data)
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


def outside_rows(
    asked: Mapping[str, Any], data: Path | None
) -> tuple[list[Labelled], list[float], list[Path]]:
    """Labelled text from outside with its weights. Refuses a file whose name says dev or validation."""
    rows: list[Labelled] = []
    weights: list[float] = []
    files: list[Path] = []
    for entry in asked["outside"] if data else []:
        name = str(entry["file"])
        if any(word in name for word in ("dev", "valid", "test")):
            raise MailDutyError(
                "TRAINING_ON_HELD_OUT",
                f"{name} is for choosing and reporting",
                "A file whose name says dev, validation or test is never trained on",
                "Take it out of the settings",
            )
        assert data is not None
        path = data / name
        found = read_labelled(path)
        rows += found
        weights += [float(entry["weight"])] * len(found)
        files.append(path)
    return rows, weights, files


def _encoder(goods: Catalogue, rows: Sequence[Labelled], asked: Mapping[str, Any], draft: Draft) -> Encoder:
    how = asked["encoder"]
    pairs = [(row.whole_text, kind_text(goods.by_id[row.kind])) for row in rows]
    if how["kind"] == "static":
        tokenizer, table, scale = encoder_hts.train_static(
            pairs, int(how["width"]), float(how["epochs"]), int(asked["seed"]), how["base"], how["start"]
        )
        folder_of.put_static(draft, tokenizer, table, scale)
        return StaticEncoder(tokenizer, table, scale)
    with tempfile.TemporaryDirectory() as work:
        tuned = encoder_hts.fine_tune(
            pairs,
            Path(work) / "tuned",
            float(how["epochs"]),
            int(how["batch"]),
            int(how["longest"]),
            float(how["rate"]),
            int(how["threads"]),
            int(asked["seed"]),
            how["base"],
        )
        out = Path(work) / "encoder.onnx"
        table, scale = encoder_hts.export_onnx(tuned, out)
        graph = out.read_bytes()
        tokenizer = (tuned / "tokenizer.json").read_text(encoding="utf-8")
    folder_of.put_transformer(draft, tokenizer, table, scale, graph)
    return TransformerEncoder(tokenizer, table, scale, graph, threads=int(how["threads"]))


def _calibrate(
    rows: Sequence[Labelled],
    lists: Sequence[Sequence[Candidate]],
    weights: Sequence[float],
    generated: int,
    asked: Mapping[str, Any],
) -> tuple[float, dict[int, Knots]]:
    """Temperature and per-level knots from out-of-fold scores; no family stands in two folds."""
    folds = int(asked["ranker"]["folds"])
    fold = [int(place(family(r), int(asked["seed"])) * folds) for r in rows]
    scores: list[np.ndarray] = [np.zeros(0)] * len(rows)
    for held in range(folds):
        inside = [i for i in range(len(rows)) if fold[i] != held]
        booster = fit_ranker(
            [rows[i] for i in inside],
            [lists[i] for i in inside],
            [weights[i] for i in inside],
            int(asked["ranker"]["trees"]),
            int(asked["seed"]),
        )
        apart = [i for i in range(len(rows)) if fold[i] == held]
        for i, found in zip(apart, Ranker(booster).scores([lists[i] for i in apart]), strict=True):
            scores[i] = found
    # Rows from outside show how people write; generated ones only fill in where there are none.
    chosen = range(generated, len(rows)) if len(rows) - generated >= 200 else range(len(rows))
    temperature = fit_temperature(
        [rows[i] for i in chosen], [lists[i] for i in chosen], [scores[i] for i in chosen]
    )
    knots = {}
    for level in LEVELS:
        confidence, right = [], []
        for i in chosen:
            labels = [c for c in rows[i].codes if len(c) >= level]
            if not labels or not lists[i]:
                continue
            p = softmax(scores[i] / temperature)
            rolled = roll_up({c.code: float(x) for c, x in zip(lists[i], p, strict=True)}, level)
            best, share = next(iter(rolled.items()))
            confidence.append(share)
            right.append(any(c[:level] == best for c in labels))
        if len(confidence) >= 50:
            knots[level] = Knots.fit(confidence, right)
    return temperature, knots


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
