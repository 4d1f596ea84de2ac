"""Labelled text from outside the catalogue: read, kept apart from what is held out, paired with kinds of goods."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from data.catalogue import FOLDER, Catalogue
from data.errors import MailDutyError
from data.labelled import Labelled, read_labelled
from data.official_text import describe
from models.hts.encoder import kind_text
from models.hts.lexical import LexicalIndex
from training.evaluate_hts import item_of

LONGEST_LINE = 40  # words of an official line that the encoder is taught


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
    """Texts from outside, each with the nearest kind by words among those that have its subheading; others are left."""
    by_number: dict[str, set[int]] = defaultdict(set)
    for i, kind in enumerate(goods):
        for row in kind.rows:
            by_number[row.hts[:6]].add(i)
    reach = [set().union(*(by_number.get(code[:6], set()) for code in row.codes)) for row in rows]
    return _nearest(goods, rows, reach, 1)


def official_pairs(
    goods: Catalogue, leaves: Sequence[str], on: date, folder: Path | None
) -> list[tuple[str, str]]:
    """The tariff's own words for each leaf, read from the official export, with the two nearest kinds that reach it.

    The words are read where the user has the export and stay there; none where there is no folder.
    """
    if folder is None or not folder.is_dir():
        return []
    by_number: dict[str, set[int]] = defaultdict(set)
    for i, kind in enumerate(goods):
        for row in kind.rows:
            by_number[row.hts].add(i)
    rows = []
    for leaf in leaves:
        path = describe(leaf, on, folder) if leaf in by_number else None
        if path:
            deep = path[-3:] if path[-1].lower().startswith("other") else path[-2:]
            rows.append(Labelled(leaf, " ".join(" ".join(deep).split()[:LONGEST_LINE]), frozenset([leaf])))
    return _nearest(goods, rows, [by_number[row.id] for row in rows], 2)


def _nearest(
    goods: Catalogue, rows: Sequence[Labelled], reach: Sequence[set[int]], most: int
) -> list[tuple[str, str]]:
    """Each row's text with the texts of the kinds nearest by words, of those within its reach."""
    index = LexicalIndex(goods.goods)
    pairs = []
    for start in range(0, len(rows), 256):
        part = rows[start : start + 256]
        views = index.scores([item_of(r) for r in part])
        near = views["words"] + views["letters"]
        for row, scores, kinds in zip(part, near, reach[start : start + 256], strict=True):
            best = sorted(kinds, key=lambda k: (-scores[k], k))[:most]
            pairs += [(row.whole_text, kind_text(goods.goods[k])) for k in best]
    return pairs
