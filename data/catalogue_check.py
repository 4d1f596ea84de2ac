"""How the catalogue is kept right: every rule of ``data/catalogue/README.md``, checked against a schedule."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from data.catalogue import Catalogue, Goods

MOST_BOXES = 20_000  # a table that falls into more cases than this is said to be too wide


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, where, and what to do about it."""

    code: str
    where: str
    fact: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.code}: {self.fact}. {self.remedy}"


def check(catalogue: Catalogue, leaves: Iterable[str]) -> list[Finding]:
    """All findings. ``leaves``: the tariff numbers (digits) that may be declared on the day asked about."""
    known = frozenset(leaves)
    findings = [Finding("UNREADABLE", "file", str(e), "Correct it") for e in catalogue.errors]
    reached: dict[str, set[str]] = defaultdict(set)
    for goods in catalogue:
        findings += _words(goods)
        for finding, codes in _table(goods, known):
            findings += [finding] if finding else []
            reached[goods.path] |= codes
    findings += _unique(catalogue)
    findings += _reachable(catalogue, known, reached)
    findings += _claims(catalogue)
    return findings


def _words(goods: Goods) -> Iterator[Finding]:
    kind, where = goods.kind, goods.id
    if not kind.names:
        yield Finding("NO_NAME", where, "the kind has no name", "Write how sellers call it")
    if goods.form == "full":
        if len(kind.names) < 2:
            yield Finding("FEW_WORDS", where, f"only {len(kind.names)} name", "Add synonyms to `names`")
        if not goods.travels.category or goods.travels.usd is None or goods.travels.kg is None:
            yield Finding("NO_TRAVELS", where, "category, usd or kg is missing", "Fill `travels`")
        if len(kind.features) + len(kind.translated) + len(kind.foreign) + len(kind.cn22) < 4:
            yield Finding(
                "FEW_WORDS", where, "features, cn22, translated and foreign hold under 4 words", "Add some"
            )


def _table(goods: Goods, leaves: frozenset[str]) -> Iterator[tuple[Finding | None, set[str]]]:
    kind, where = goods.kind, goods.id
    if not goods.rows:
        yield (
            Finding("NO_TABLE", where, f"table {kind.table!r} has no rows", "Name a table or write `codes`"),
            set(),
        )
        return
    for row in goods.rows:
        if row.hts not in leaves:
            yield (
                Finding("NOT_A_LEAF", where, f"{row.hts} is not a line in force that day", "Use one that is"),
                set(),
            )
        for name, accepted in row.when.items():
            if name not in goods.facts:
                yield Finding("NO_FACT", where, f"no fact named {name!r}", "Define it in `facts`"), set()
            elif odd := [v for v in accepted if v not in goods.facts[name].values]:
                yield (
                    Finding("NO_VALUE", where, f"{name} has no value {odd}", "Use its values, or add one"),
                    set(),
                )
    for name, value in [*kind.given.items(), *kind.usual.items()]:
        if name not in goods.facts:
            yield Finding("NO_FACT", where, f"given/usual names an unknown fact {name!r}", "Define it"), set()
            continue
        odd = [
            v for v in (value if isinstance(value, dict) else [value]) if v not in goods.facts[name].values
        ]
        if odd:
            yield (
                Finding("NO_VALUE", where, f"{name} has no value {odd}", "Use its values, or add one"),
                set(),
            )
    yield from _walk(goods)


Box = dict[str, frozenset[str]]


def _walk(goods: Goods) -> Iterator[tuple[Finding | None, set[str]]]:
    """No gap, and which rows answer at all: row by row the combinations of facts still unanswered are cut away.

    A combination set is a box (fact -> values). What a row answers is cut out of every box; what is left at the
    end is a gap. So a table is checked exactly, however many combinations its facts have.
    """
    given = goods.kind.given
    facts = dict.fromkeys(n for row in goods.rows for n in row.when if n in goods.facts and n not in given)
    boxes: list[Box] = [{n: frozenset(goods.facts[n].values) for n in facts}]
    answers: set[int] = set()
    ruled_out: set[int] = set()
    for i, row in enumerate(goods.rows):
        when = row.when
        if any(n in given and given[n] not in accepted for n, accepted in when.items()):
            ruled_out.add(i)  # by what the noun settles, not by a row above
            continue
        asked = {n: frozenset(v) for n, v in when.items() if n in facts}
        left: list[Box] = []
        for box in boxes:
            if all(box[n] & v for n, v in asked.items()):
                answers.add(i)
                left += _cut(box, asked)
            else:
                left.append(box)
        boxes = left
        if len(boxes) > MOST_BOXES:
            yield Finding("TOO_WIDE", goods.id, f"over {MOST_BOXES} separate cases", "Split the table"), set()
            return
    if boxes:
        gap = {n: sorted(v)[0] for n, v in boxes[0].items()}
        yield (
            Finding("GAP", goods.id, f"no row answers {gap}", "Add a row, or a last row without facts"),
            set(),
        )
    if goods.kind.codes:
        for i in sorted(set(range(len(goods.rows))) - answers - ruled_out):
            row = goods.rows[i]
            yield (
                Finding(
                    "NEVER_REACHED", goods.id, f"row {i + 1} ({row.hts}) is hidden by rows above", "Reorder"
                ),
                set(),
            )
    yield None, {goods.rows[i].hts for i in answers}


def _cut(box: Box, asked: Mapping[str, frozenset[str]]) -> list[Box]:
    """What is left of a box without the part that a row answers."""
    left = []
    inside = dict(box)
    for name, accepted in asked.items():
        outside = inside[name] - accepted
        if outside:
            left.append({**inside, name: outside})
        inside[name] = inside[name] & accepted
    return left


def _unique(catalogue: Catalogue) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for goods in catalogue:
        if goods.id in seen:
            yield Finding("SAME_ID", goods.id, f"also in {seen[goods.id]}", "Rename one of the two")
        seen[goods.id] = goods.path


def _reachable(
    catalogue: Catalogue, leaves: frozenset[str], reached: dict[str, set[str]]
) -> Iterator[Finding]:
    everywhere = set().union(*reached.values()) if reached else set()
    for path, file in catalogue.files.items():
        if file.form != "full":
            continue
        lost = sorted(c for c in leaves if c[:4] in file.heading and c not in everywhere)
        if lost:
            shown = ", ".join(lost[:12]) + (f" and {len(lost) - 12} more" if len(lost) > 12 else "")
            yield Finding(
                "UNREACHED", path, f"{len(lost)} leaves: {shown}", "Add kinds or rows that lead there"
            )


def plain(name: str) -> str:
    """A name as it is compared: lower case, letters and digits only, one space."""
    return re.sub(r"[\W_]+", " ", name.lower()).strip()


def _claims(catalogue: Catalogue) -> Iterator[Finding]:
    """No two kinds claim the same name for different numbers unless each names the other as a confusion."""
    claims: dict[str, list[Goods]] = defaultdict(list)
    for goods in catalogue:
        for name in {plain(n) for n in goods.kind.names}:
            claims[name].append(goods)
    for name, several in claims.items():
        for one, other in itertools.combinations(several, 2):
            if {r.hts for r in one.rows} == {r.hts for r in other.rows}:
                continue
            if not (_names(one, other) and _names(other, one)):
                yield Finding(
                    "SAME_WORDS",
                    one.id,
                    f"{name!r} is also a name of {other.id}",
                    "Drop it from one, or name each other under `confused` with the deciding fact",
                )


def _names(one: Goods, other: Goods) -> bool:
    headings = {*other.heading, *(r.hts[:4] for r in other.rows)}
    return any(
        c.with_ in (other.id, other.kind.id) or c.with_.replace(".", "")[:4] in headings
        for c in one.kind.confused
    )
