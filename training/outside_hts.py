"""Labelled text from outside the catalogue: read, kept apart from what is held out, paired with kinds of goods."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from data.catalogue import FOLDER, Catalogue
from data.errors import MailDutyError
from data.labelled import Labelled, read_labelled
from models.hts.encoder import kind_text
from models.hts.lexical import LexicalIndex
from training.evaluate_hts import item_of


def data_sum(catalogue: Path = FOLDER, files: Sequence[Path] = ()) -> str:
    """One sum over every catalogue file and every labelled file: what the model was trained on."""
    total = hashlib.sha256()
    for path in [*sorted(catalogue.rglob("*.yaml")), *sorted(files)]:
        total.update(path.name.encode())
        total.update(path.read_bytes())
    return total.hexdigest()


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


def outside_pairs(goods: Catalogue, rows: Sequence[Labelled]) -> list[tuple[str, str]]:
    """Texts from outside, each with the nearest kind by words among those that have its number; others are left."""
    by_number: dict[str, list[int]] = defaultdict(list)
    for i, kind in enumerate(goods):
        for code in {row.hts for row in kind.rows}:
            for level in (6, 8, 10):
                by_number[code[:level]].append(i)
    index = LexicalIndex(goods.goods)
    pairs = []
    for start in range(0, len(rows), 256):
        part = rows[start : start + 256]
        views = index.scores([item_of(r) for r in part])
        near = views["words"] + views["letters"]
        for row, scores in zip(part, near, strict=True):
            kinds = sorted({k for code in row.codes for k in by_number.get(code[:6], ())})
            if kinds:
                best = max(kinds, key=lambda k: (scores[k], -k))
                pairs.append((row.whole_text, kind_text(goods.goods[best])))
    return pairs
