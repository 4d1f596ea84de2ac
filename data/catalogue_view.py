"""What the catalogue holds: a kind shown to a person, coverage by chapter, agreement with rulings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process

from data.catalogue import Catalogue, Goods
from data.labelled import Labelled
from data.tokens import phrase, phrases, tokens

LEVELS = (4, 6, 8, 10)


def search(catalogue: Catalogue, words: str, most: int = 3) -> list[Goods]:
    """The kinds whose names are nearest to some words, best first; none where nothing is near."""
    asked = phrase(words)
    names = {(g.id, n): phrase(n) for g in catalogue for n in [*g.kind.names, *g.kind.misspelt]}
    near = process.extract(asked, names, scorer=fuzz.token_sort_ratio, limit=most * 6, score_cutoff=55)
    ids = dict.fromkeys(key[0] for _, _, key in near)
    return [catalogue.by_id[i] for i in list(ids)[:most]]


def shown(goods: Goods) -> dict[str, Any]:
    """One kind as a plain structure: words, questions, the numbers and what leads to each, neighbours."""
    kind = goods.kind
    return {
        "id": goods.id,
        "names": kind.names,
        "features": kind.features,
        "questions": [
            {"fact": name, "ask": goods.facts[name].ask, "usual": goods.weights(name)} for name in goods.asked
        ],
        "numbers": [
            {"hts": row.hts, "when": {k: list(v) for k, v in row.when.items()}}
            for row in goods.rows
            if all(kind.given.get(n, v[0]) in v for n, v in row.when.items())
        ],
        "confused": [{"with": c.with_, "by": c.by, "why": c.why} for c in kind.confused],
        "category": goods.travels.category,
        "usd": goods.travels.usd,
        "kg": goods.travels.kg,
        "origin": goods.travels.origin,
    }


@dataclass(frozen=True)
class ChapterCoverage:
    """One chapter: its headings, those in full and in short form, its leaves, those reached, its kinds."""

    chapter: str
    headings: int
    full: int
    short: int
    leaves: int
    reached: int
    kinds: int


def coverage(catalogue: Catalogue, leaves: Iterable[str]) -> list[ChapterCoverage]:
    """By chapter, for the leaves that may be declared on the day asked about."""
    by_chapter: dict[str, set[str]] = defaultdict(set)
    for leaf in leaves:
        by_chapter[leaf[:2]].add(leaf)
    reached = {row.hts for goods in catalogue for row in goods.rows}
    forms: dict[str, str] = {}
    for file in catalogue.files.values():
        for heading in file.heading:
            forms[heading] = "full" if "full" in (file.form, forms.get(heading)) else file.form
    kinds: dict[str, int] = defaultdict(int)
    for goods in catalogue:
        kinds[goods.heading[0][:2]] += 1
    found = []
    for chapter, codes in sorted(by_chapter.items()):
        headings = {c[:4] for c in codes}
        found.append(
            ChapterCoverage(
                chapter,
                len(headings),
                sum(forms.get(h) == "full" for h in headings),
                sum(forms.get(h) == "short" for h in headings),
                len(codes),
                len(codes & reached),
                kinds[chapter],
            )
        )
    return found


def second_readings(catalogue: Catalogue) -> tuple[int, int, int]:
    """Files, those read a second time by somebody else, and the disagreements that settled."""
    read = [f.second_reading for f in catalogue.files.values() if f.second_reading is not None]
    return len(catalogue.files), len(read), sum(r.disagreements for r in read)


def named_kinds(catalogue: Catalogue, texts: Sequence[str]) -> list[list[Goods]]:
    """For each text the kinds one of whose names stands in it, those with the longest name first."""
    index: dict[str, list[Goods]] = defaultdict(list)
    for goods in catalogue:
        for name in {phrase(n) for n in [*goods.kind.names, *goods.kind.cn22]}:
            index[name].append(goods)
    found = []
    for text in texts:
        hits = {run: index[run] for _, _, run in phrases(tokens(text), 5) if run in index}
        longest = max((run.count(" ") for run in hits), default=0)
        found.append([g for run, several in hits.items() if run.count(" ") == longest for g in several])
    return found


def agreement(
    catalogue: Catalogue, rows: Sequence[Labelled], known: Collection[str]
) -> tuple[int, Mapping[int, int], list[dict[str, Any]]]:
    """How far the catalogue can agree with rulings whose goods it names.

    A ruling agrees at a level when some kind named in its text has a number with the ruling's digits. Returns
    how many rows it covers, how many agree by level, and each disagreement at the heading.
    """
    covered, agrees, apart = 0, dict.fromkeys(LEVELS, 0), []
    for row, kinds in zip(rows, named_kinds(catalogue, [r.text for r in rows]), strict=True):
        codes = {c for c in row.codes if c in known}
        if not kinds or not codes:
            continue
        covered += 1
        reach = {r.hts for g in kinds for r in g.rows}
        for level in LEVELS:
            agrees[level] += any(c[:level] == r[:level] for c in codes for r in reach)
        if not any(c[:4] == r[:4] for c in codes for r in reach):
            apart.append({"id": row.id, "ruled": sorted(codes), "kinds": [g.id for g in kinds]})
    return covered, agrees, apart
