"""Labelled text from outside the catalogue: read, kept apart from what is held out, paired with kinds of goods."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from data.catalogue import FOLDER, Catalogue
from data.errors import MailDutyError
from data.labelled import Labelled, labelled, read_labelled
from data.official_text import describe
from models.hts.lexical import LexicalIndex
from training.evaluate_hts import item_of
from training.pairs_hts import Example

LONGEST_LINE = 40  # words of an official line that the encoder is taught
FACTS = range(0, 90, 30)  # where pieces of a ruling's facts begin, in words; each is a text of its own


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


def outside_examples(goods: Catalogue, rows: Sequence[Labelled]) -> list[Example]:
    """Texts from outside, each with the nearest kind by words among those that have its subheading; others are left."""
    by_number: dict[str, set[int]] = defaultdict(set)
    for i, kind in enumerate(goods):
        for row in kind.rows:
            by_number[row.hts[:6]].add(i)
    reach = [set().union(*(by_number.get(code[:6], set()) for code in row.codes)) for row in rows]
    return _nearest(goods, rows, reach, 1)


def ruling_facts(rows: Sequence[Labelled], files: Sequence[Path]) -> list[Labelled]:
    """Pieces of the facts of rulings among ``rows``, with their numbers."""
    taught = {row.id for row in rows}
    found = []
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line) if line.strip() else {}
            if str(row.get("id")) in taught and row.get("facts") and row.get("code10"):
                words = str(row["facts"]).split()
                pieces = [" ".join(words[at : at + FACTS.step]) for at in FACTS if at < len(words)]
                found += [labelled({**row, "text": piece}) for piece in pieces]
    return found


def official_lines(leaves: Sequence[str], on: date, folder: Path | None) -> dict[str, str]:
    """The tariff's own words for each leaf, the leaf's first and the heading's last; none where there is no folder.

    The words are read where the user has the export and stay there; the model keeps their vectors.
    """
    if folder is None or not folder.is_dir():
        return {}
    found = {}
    for leaf in leaves:
        path = describe(leaf, on, folder)
        if path:
            deep = path[-3:] if path[-1].lower().startswith("other") else path[-2:]
            whole = [*reversed(deep), path[0]] if len(path) > len(deep) else list(reversed(deep))
            found[leaf] = " ".join(" ".join(whole).split()[:LONGEST_LINE])
    return found


def line_examples(goods: Catalogue, lines: Mapping[str, str]) -> list[Example]:
    """Each line's words with the two nearest kinds that reach it."""
    by_number: dict[str, set[int]] = defaultdict(set)
    for i, kind in enumerate(goods):
        for row in kind.rows:
            by_number[row.hts].add(i)
    rows = [Labelled(leaf, text, frozenset([leaf])) for leaf, text in lines.items() if leaf in by_number]
    found = _nearest(goods, rows, [by_number[row.id] for row in rows], 2)
    return [replace(example, line=True) for example in found]


def _nearest(
    goods: Catalogue, rows: Sequence[Labelled], reach: Sequence[set[int]], most: int
) -> list[Example]:
    """Each row's text with the kinds nearest by words, of those within its reach."""
    index = LexicalIndex(goods.goods)
    examples = []
    for start in range(0, len(rows), 256):
        part = rows[start : start + 256]
        views = index.scores([item_of(r) for r in part])
        near = views["names"] + views["words"]
        for row, scores, kinds in zip(part, near, reach[start : start + 256], strict=True):
            best = sorted(kinds, key=lambda k: (-scores[k], k))[:most]
            examples += [Example(row.whole_text, k, max(row.codes)) for k in best]
    return examples
