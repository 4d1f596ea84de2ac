"""What is it: ranked tariff numbers with honest probabilities, the level that can be defended, the one question.

``Suggester.suggest`` takes a batch of items and answers each; a single item is a batch of one. It reads no clock
and no file: catalogue, encoder, ranker, calibration and the numbers in force are handed to it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from data.catalogue import Catalogue, Goods
from data.descriptions import why_vague
from data.tokens import tokens
from data.undisturbed import undisturbed
from models.hts.candidates import FEATURES, Candidate, CandidateFinder
from models.hts.confidence import Confidence
from models.hts.evidence import ItemText
from models.hts.language import language
from models.hts.precedents import Precedents
from models.hts.questions import Question, ask
from models.hts.ranker import LEVELS, Ranker, roll_up

# Items with the numbers to price for each -> for each its duty by number, in dollars, None where unknown.
DutyOf = Callable[[Sequence[tuple[ItemText, Sequence[str]]]], Sequence[Mapping[str, Decimal | None]]]

DEFENDED = 0.8  # confidence at which a level is defended, unless another is asked for
AT_ONCE = 256  # items answered together: similarities are items x kinds, and memory stays bounded
MEANING = (FEATURES.index("table"), FEATURES.index("encoder"))  # cosines of the two encoders
CONTRADICTED = 0.05  # a declared heading less likely than this is said to be contradicted


@dataclass(frozen=True)
class Suggested:
    """One ranked number with its calibrated confidence and the confidence of each level above it."""

    code: str
    confidence: float
    levels: Mapping[int, float]


@dataclass(frozen=True)
class Suggestion:
    """The answer for one item. ``code`` is the deepest prefix that is defended, None where none is."""

    id: str
    suggestions: tuple[Suggested, ...]
    code: str | None
    confidence: float
    missing: tuple[Question, ...]
    evidence: tuple[Mapping[str, Any], ...]
    flags: tuple[Mapping[str, str], ...]
    versions: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Keys ``id suggestions answer missing evidence flags versions``; ``hts`` is digits without dots."""
        return {
            "id": self.id,
            "suggestions": [
                {
                    "hts": s.code,
                    "confidence": round(s.confidence, 4),
                    "path": [
                        {"hts": s.code[:level], "confidence": round(c, 4)}
                        for level, c in sorted(s.levels.items())
                    ],
                }
                for s in self.suggestions
            ],
            "answer": {
                "hts": self.code,
                "level": len(self.code) if self.code else 0,
                "confidence": round(self.confidence, 4),
            },
            "missing": [q.as_json() for q in self.missing],
            "evidence": list(self.evidence),
            "flags": list(self.flags),
            "versions": dict(self.versions),
        }


class Suggester:
    """Holds what was learned; ``suggest`` is a pure function of the items and what it holds."""

    def __init__(
        self,
        catalogue: Catalogue,
        finder: CandidateFinder,
        ranker: Ranker,
        confidence: Confidence,
        leaves: Collection[str] | None = None,
        precedents: Precedents | None = None,
        versions: Mapping[str, str] | None = None,
    ) -> None:
        self.finder = finder
        self.ranker = ranker
        self.confidence = confidence
        self.leaves = frozenset(leaves) if leaves is not None else None
        self.precedents = precedents
        self.versions = dict(versions or {})
        self._own_words: dict[str, frozenset[str]] = {}
        self.english = frozenset(
            w for g in catalogue for n in [*g.kind.names, *g.kind.features] for w in tokens(n)
        )

    def suggest(
        self,
        items: Sequence[ItemText],
        top: int = 5,
        confidence: float = DEFENDED,
        duty: DutyOf | None = None,
        explain: bool = True,
    ) -> list[Suggestion]:
        """One answer per item, in order. ``duty`` prices numbers for items, for the stake of a question."""
        found: list[Suggestion] = []
        with undisturbed():
            for start in range(0, len(items), AT_ONCE):
                some = items[start : start + AT_ONCE]
                lists = self._in_force(self.finder.find(some))
                probabilities = self.ranker.probabilities(lists)
                rulings = self.precedents.nearest(some) if self.precedents and explain else [()] * len(some)
                found += [
                    self._answer(item, candidates, p, top, confidence, near, explain)
                    for item, candidates, p, near in zip(some, lists, probabilities, rulings, strict=True)
                ]
        return _with_stakes(items, found, duty) if duty else found

    def rank(self, items: Sequence[ItemText]) -> list[dict[str, float]]:
        """Numbers with their probabilities, best first; what the scorer and other models read."""
        found: list[dict[str, float]] = []
        for start in range(0, len(items), AT_ONCE):
            some = items[start : start + AT_ONCE]
            found += self.ranker.probabilities(self._in_force(self.finder.find(some)))
        return found

    def _in_force(self, lists: list[list[Candidate]]) -> list[list[Candidate]]:
        if self.leaves is None:
            return lists
        return [[c for c in candidates if c.code in self.leaves] for candidates in lists]

    def _answer(
        self,
        item: ItemText,
        candidates: Sequence[Candidate],
        p: Mapping[str, float],
        top: int,
        asked: float,
        rulings: Sequence[Mapping[str, Any]],
        explain: bool,
    ) -> Suggestion:
        flags = self._flags(item, p)
        if any(f["flag"] == "vague" for f in flags):
            p = {}
        rolled = {level: roll_up(p, level) for level in LEVELS}
        suggested = tuple(self._ranked(rolled, list(p)[:top]))
        code, sure = None, 0.0
        for level in LEVELS:
            if not rolled[level]:
                break
            best = next(iter(rolled[level]))
            calibrated = self.confidence.path(rolled, best)[level]
            if calibrated < asked or (code and not best.startswith(code)):
                break
            code, sure = best, calibrated
        if code is None and suggested:
            sure = max(suggested[0].levels.values())
        missing = ask(candidates, p) if explain and p else ()
        evidence = self._evidence(item, candidates, p, rulings) if explain else ()
        return Suggestion(item.id, suggested, code, sure, tuple(missing), evidence, flags, self.versions)

    def _ranked(self, rolled: Mapping[int, Mapping[str, float]], codes: Sequence[str]) -> Iterator[Suggested]:
        """Each number with its path; one that is ranked lower is never surer."""
        least = 1.0
        for code in codes:
            path = self.confidence.path(rolled, code)
            least = path[len(code)] = min(least, path[len(code)])
            yield Suggested(code, least, path)

    def _flags(self, item: ItemText, p: Mapping[str, float]) -> tuple[Mapping[str, str], ...]:
        flags: list[Mapping[str, str]] = []
        vague = why_vague(item.description)
        if vague is not None:
            flags.append({"flag": "vague", "code": vague.code, "message": f"{vague.fact}. {vague.remedy}"})
        spoken = language(item.goods, self.english)
        if spoken is not None:
            flags.append(
                {"flag": "language", "code": "NOT_ENGLISH", "message": f"{spoken}: have a person review it"}
            )
        if not p and vague is None:
            flags.append(
                {
                    "flag": "unknown",
                    "code": "NO_CANDIDATE",
                    "message": "no goods of the catalogue are near these words. Say what the goods are and of what material",
                }
            )
        declared = "".join(c for c in item.declared_hts or "" if c.isdigit())
        if declared and p:
            flags.append(_declared(declared, p))
        return tuple(flags)

    def _words_of(self, goods: Goods) -> frozenset[str]:
        """The words a kind is known by; cut once and kept."""
        if goods.id not in self._own_words:
            kind = goods.kind
            self._own_words[goods.id] = frozenset(
                w for n in [*kind.names, *kind.cn22, *kind.features] for w in tokens(n)
            )
        return self._own_words[goods.id]

    def _evidence(
        self,
        item: ItemText,
        candidates: Sequence[Candidate],
        p: Mapping[str, float],
        rulings: Sequence[Mapping[str, Any]],
    ) -> tuple[Mapping[str, Any], ...]:
        best = sorted(candidates, key=lambda c: -p.get(c.code, 0.0))
        found: list[Mapping[str, Any]] = []
        seen: set[str] = set()
        words = tokens(item.goods)
        for candidate in best:
            if candidate.goods.id in seen or len(seen) == 3:
                continue
            seen.add(candidate.goods.id)
            kind = candidate.goods.kind
            own = self._words_of(candidate.goods)
            found.append(
                {
                    "type": "catalogue",
                    "kind": candidate.goods.id,
                    "name": kind.names[0],
                    "hts": candidate.code,
                    "similarity": round(max(candidate.features[n] for n in MEANING), 3),
                    "words": list(dict.fromkeys(w for w in words if w in own)),
                    "facts": [
                        {"fact": r.name, "value": r.best[0], "share": round(r.best[1], 3), "word": r.word}
                        for r in candidate.reading.facts
                    ],
                }
            )
        return (*found, *rulings)


def _with_stakes(items: Sequence[ItemText], answers: Sequence[Suggestion], duty: DutyOf) -> list[Suggestion]:
    """The duty at stake between the answers to each question, every number of the batch priced at once."""
    asked = [
        (n, item, place, question.leads_to())
        for n, (item, answer) in enumerate(zip(items, answers, strict=True))
        for place, question in enumerate(answer.missing)
    ]
    missing = [list(answer.missing) for answer in answers]
    priced = duty([(item, codes) for _, item, _, codes in asked])
    for (n, _, place, _), by_code in zip(asked, priced, strict=True):
        missing[n][place] = missing[n][place].with_stake(by_code)
    return [replace(answer, missing=tuple(m)) for answer, m in zip(answers, missing, strict=True)]


def _declared(declared: str, p: Mapping[str, float]) -> Mapping[str, str]:
    """What we make of the sender's own number: confirmed, completed, contradicted, or left open; never padded."""
    under = {code: share for code, share in p.items() if code.startswith(declared)}
    share = sum(under.values())
    best = next(iter(p))
    if len(declared) == 10 and best == declared:
        return {
            "flag": "declared",
            "code": "CONFIRMED",
            "message": f"the sender's {declared} is our first choice",
        }
    if under and len(declared) < 10:
        first = next(iter(under))
        return {
            "flag": "declared",
            "code": "COMPLETED",
            "message": f"the sender's {declared} is a prefix; {first} is the likeliest number under it",
        }
    heading = sum(s for code, s in p.items() if code[:4] == declared[:4])
    if heading < CONTRADICTED:
        return {
            "flag": "declared",
            "code": "CONTRADICTED",
            "message": f"the words point to {best[:4]}, not to the sender's {declared[:4]} ({heading:.1%})",
        }
    return {
        "flag": "declared",
        "code": "OPEN",
        "message": f"the sender's {declared} has {share:.0%}; {best} is likelier",
    }
