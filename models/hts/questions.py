"""The one question that would decide: which missing fact best separates the numbers an item may have.

Each candidate kind says which fact leads to which number. The expected gain of asking is the entropy that the
answer would remove; the duty at stake is the spread of duty between the answers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from models.hts.candidates import Candidate

LEAST_SHARE = 0.03  # an answer less likely than this is not offered
LEAST_GAIN = 0.05  # bits; below it a question decides nothing
KIND = "kind"  # the fact asked for when kinds of goods, not facts of one kind, compete


@dataclass(frozen=True)
class Answer:
    """One possible answer: what it is, how likely, and the numbers it leads to."""

    value: str
    probability: float
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A missing fact as a plain question; ``gain`` in bits; ``stake`` in dollars, None where it is not known."""

    fact: str
    ask: str
    answers: tuple[Answer, ...]
    gain: float
    stake: Decimal | None = None

    def leads_to(self) -> tuple[str, ...]:
        """The likeliest number behind each answer; between them lies the stake."""
        return tuple(sorted({code for answer in self.answers for code in answer.codes[:1]}))

    def with_stake(self, duty: Mapping[str, Decimal | None]) -> Question:
        """The question with the spread of ``duty`` (dollars by number) over the numbers it leads to."""
        known = [d for code in self.leads_to() if (d := duty.get(code)) is not None]
        return replace(self, stake=max(known) - min(known) if len(known) > 1 else None)

    def as_json(self) -> dict[str, object]:
        return {
            "fact": self.fact,
            "question": self.ask,
            "answers": [
                {"answer": a.value, "probability": round(a.probability, 4), "hts": list(a.codes)}
                for a in self.answers
            ],
            "gain_bits": round(self.gain, 3),
            "duty_at_stake_usd": None if self.stake is None else f"{self.stake:.2f}",
        }


def entropy(shares: Sequence[float]) -> float:
    total = sum(shares)
    return -sum(p / total * math.log2(p / total) for p in shares if p > 0) if total else 0.0


def ask(
    candidates: Sequence[Candidate],
    probabilities: Mapping[str, float],
    most: int = 2,
) -> list[Question]:
    """The questions worth asking, the most telling first; none where the number is already clear."""
    live = [c for c in candidates if probabilities.get(c.code, 0.0) >= LEAST_SHARE]
    if len({c.code for c in live}) < 2:
        return []
    weights = {c.code: probabilities[c.code] for c in live}
    before = entropy(list(weights.values()))
    questions = _facts(live, weights, before)
    kinds = _kinds(live, weights, before)
    if kinds is not None:
        questions.append(kinds)
    return sorted((q for q in questions if q.gain >= LEAST_GAIN), key=lambda q: (-q.gain, q.fact))[:most]


def _facts(live: Sequence[Candidate], weights: Mapping[str, float], before: float) -> list[Question]:
    """One question per fact on which the candidates of one kind (or of kinds that share it) differ."""
    split: dict[tuple[str, str], dict[str, dict[str, float]]] = {}
    for candidate in live:
        for name, value in candidate.reading.answers[candidate.code].items():
            key = (name, candidate.goods.facts[name].ask)
            split.setdefault(key, {}).setdefault(value, {})[candidate.code] = weights[candidate.code]
    found = []
    total = sum(weights.values())
    for (name, text), values in split.items():
        if len(values) < 2 or len({frozenset(v) for v in values.values()}) < 2:
            continue
        covered = {code for v in values.values() for code in v}
        after = sum(sum(v.values()) / total * entropy(list(v.values())) for v in values.values())
        rest = [w for c, w in weights.items() if c not in covered]
        after += sum(rest) / total * entropy(rest) if rest else 0.0
        found.append(
            Question(
                name, text, _answers({k.replace("_", " "): v for k, v in values.items()}), before - after
            )
        )
    return found


def _kinds(live: Sequence[Candidate], weights: Mapping[str, float], before: float) -> Question | None:
    """Where different kinds compete: which of these are the goods?"""
    split: dict[str, dict[str, float]] = {}
    for candidate in live:
        split.setdefault(candidate.goods.kind.names[0], {})[candidate.code] = weights[candidate.code]
    if len(split) < 2:
        return None
    total = sum(weights.values())
    after = sum(sum(v.values()) / total * entropy(list(v.values())) for v in split.values())
    return Question(KIND, "Which of these are the goods?", _answers(split), before - after)


def _answers(values: Mapping[str, Mapping[str, float]]) -> tuple[Answer, ...]:
    total = sum(w for v in values.values() for w in v.values())
    found = [
        Answer(value, sum(codes.values()) / total, tuple(sorted(codes, key=lambda c: (-codes[c], c))))
        for value, codes in values.items()
    ]
    return tuple(sorted(found, key=lambda a: (-a.probability, a.value)))
