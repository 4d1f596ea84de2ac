"""`mailduty evaluate risk`: the risk harness on a benchmark, printed as a table or as one JSON object."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from data.declarations import Declarations, read_declarations
from data.errors import MailDutyError
from training.grouped_folds import GROUPINGS, grouped, pooled
from training.published_split import PublishedSplit, published_split, table_rows

SETTINGS = Path(__file__).parent / "risk.yaml"
BENCHMARKS = ("customs-declarations", "customs-declarations-grouped", "parcels", "outcomes")
_HEAD = ("", "AUC", "AP", "P@1", "P@5", "P@10", "R@1", "R@5", "R@10", "macro-F1", "ECE")
_CAVEAT = (
    "This benchmark gives its labels away: {agreed:.1%} of the training rows whose tuple ({key}) repeats are answered\n"
    "by the others of that tuple. {seen} of {tested} test rows have a tuple seen in training. The look-up row learns\n"
    "nothing. What is left without memory is the unseen row; see also --benchmark customs-declarations-grouped."
)


def settings(path: Path = SETTINGS, **changes: Any) -> dict[str, Any]:
    """The settings file with changes; a nested change replaces single values only."""
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    for key, value in changes.items():
        found[key] = {**found[key], **value} if isinstance(value, dict) else value
    return found


def evaluate_risk(
    benchmark: str,
    train: Path | None,
    valid: Path | None,
    test: Path | None,
    as_json: bool = False,
    asked: Mapping[str, Any] | None = None,
    model: Path | None = None,
) -> dict[str, Any]:
    """Runs one of ``BENCHMARKS`` and prints it; returns what ``--json`` prints. Raises ``BENCHMARK_*``.

    ``model``: folder of the risk model that parcels and outcomes are scored with; else the shipped one.
    """
    held = dict(asked or settings())
    if benchmark == "parcels":
        from training.parcel_tracks import evaluate_made_up

        return evaluate_made_up(held["parcels"], as_json, model)
    if benchmark == "outcomes":
        from training.parcel_tracks import evaluate_outcomes

        if test is None:
            _file(None, "test")
        assert test is not None
        return evaluate_outcomes(test, held["parcels"], as_json, model)
    if benchmark not in BENCHMARKS:
        raise MailDutyError(
            "BENCHMARK_UNKNOWN",
            f"{benchmark!r} is no benchmark",
            "",
            f"choose one of {', '.join(BENCHMARKS)}",
        )
    if benchmark == "customs-declarations":
        files = [_file(train, "train"), _file(valid, "valid"), _file(test, "test")]
        result = published_split(files[0], files[1], files[2], held["published_split"], _said)
        _show(result, as_json)
        return result.as_json()
    given = [_file(p, n) for p, n in ((train, "train"), (valid, "valid"), (test, "test")) if p]
    if not given:
        _file(None, "train")
    return _grouped(pooled(given), held["grouped_folds"], as_json)


def _grouped(declarations: Declarations, asked: Mapping[str, Any], as_json: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for grouping in GROUPINGS:
        found[grouping] = {k: round(v, 5) for k, v in grouped(declarations, grouping, asked).items()}
        _said(
            f"{grouping}: AUC {found[grouping]['auc']:.4f}, precision at 5% {found[grouping]['p_at_5']:.4f}"
        )
    found["shuffled"] = {k: round(v, 5) for k, v in grouped(declarations, "tuple", asked, True).items()}
    if as_json:
        print(json.dumps(found))
        return found
    print(f"{len(declarations)} declarations in five folds, relatives together, out of fold")
    for name, row in found.items():
        print(f"{name:9}" + "".join(f"  {k} {v:.3f}" for k, v in row.items()))
    return found


def _file(path: Path | None, name: str) -> Declarations:
    if path is None:
        raise MailDutyError(
            "BENCHMARK_FILE", f"--{name} is not given", "The benchmark is three files", f"give --{name} FILE"
        )
    return read_declarations(path)


def _show(result: PublishedSplit, as_json: bool) -> None:
    if as_json:
        print(json.dumps(result.as_json()))
        return
    rows = [_HEAD, *table_rows(result)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(_HEAD))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print(
        _CAVEAT.format(
            agreed=result.leak.agreed, key=", ".join(result.leak.key), seen=result.seen, tested=result.tested
        )
    )


def _said(text: str) -> None:
    print(text, file=sys.stderr)
