"""What the suggester makes of a declared number: how likely it is, down to its heading, and the duty beyond it.

Only calibrated confidences are read, by number and by level, so that one suggester can follow another without the
risk score being learned anew. Where the suggester was not asked, or said nothing, there are missing numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from data.hts import HtsCode
from models.hts.evidence import ItemText
from models.risk.parcel import RiskParcel

NAMES = ("suggested_number", "suggested_heading", "suggested_sure", "suggested_duty_gap")
MEANING = {
    "suggested_number": "how likely the suggester holds the declared number, to as many digits as it has",
    "suggested_heading": "how likely the suggester holds the declared heading",
    "suggested_sure": "how sure the suggester is of the heading it would name itself",
    "suggested_duty_gap": "duty percent one expects from the suggester's numbers beyond the declared one's",
}
WHOLE_ANSWER = (
    400  # numbers to ask the suggester for, so that the declared one is among them if it is anywhere
)


class Ranked(Protocol):
    """One number of an answer with its confidence and that of each level above it, by digits."""

    @property
    def code(self) -> str: ...
    @property
    def confidence(self) -> float: ...
    @property
    def levels(self) -> Mapping[int, float]: ...


class Suggested(NamedTuple):
    """Probabilities of the declared number, of its heading and of the likeliest heading; the likeliest ten digits;
    percent of duty expected beyond the declared number's. Not a number where nothing can be said."""

    number: float = math.nan
    heading: float = math.nan
    sure: float = math.nan
    duty_gap: float = math.nan
    best: str | None = None

    @classmethod
    def of(cls, answer: Sequence[Ranked], declared: str | None, rates: Mapping[str, float]) -> Suggested:
        """From the whole answer, best first. ``declared``: digits; ``rates``: eight digits -> duty in percent."""
        if not answer:
            return NOTHING
        best = answer[0]
        sure = max(s.levels.get(4, s.confidence) for s in answer)
        if not declared or len(declared) < 4:
            return cls(sure=sure, best=best.code)
        return cls(
            _likely(answer, declared),
            _likely(answer, declared[:4]),
            sure,
            _gap(answer, declared, rates),
            best.code,
        )

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Suggested:
        """From :meth:`as_json`."""
        held = {name: math.nan if said.get(key) is None else float(said[key]) for name, key in _KEYS.items()}
        return cls(best=said.get("likeliest"), **held)

    def as_json(self, declared: str) -> dict[str, object]:
        """``{"hts","probability","heading_probability","likeliest","duty_gap_percent"}``; null where unknown."""
        return {
            "hts": declared,
            "probability": _round(self.number),
            "heading_probability": _round(self.heading),
            "likeliest": self.best,
            "likeliest_heading_probability": _round(self.sure),
            "duty_gap_percent": _round(self.duty_gap, 2),
        }

    def sentence(self, declared: str | None) -> str | None:
        """What was found, for a reason; None where there is nothing to say."""
        if self.best is None or not declared or math.isnan(self.number):
            return None
        said = (
            f"The suggester gives the declared {_dotted(declared)} {_percent(self.number)}, "
            f"its heading {_percent(self.heading)}; the description points to {_dotted(self.best)} "
            f"(its heading {_percent(self.sure)})"
        )
        if abs(self.duty_gap) >= 0.1:
            more = "more" if self.duty_gap > 0 else "less"
            said += f", and to {abs(self.duty_gap):.1f} percent {more} general duty"
        return f"{said}."


NOTHING = Suggested()
_KEYS = {
    "number": "probability",
    "heading": "heading_probability",
    "sure": "likeliest_heading_probability",
    "duty_gap": "duty_gap_percent",
}


def _likely(answer: Sequence[Ranked], prefix: str) -> float:
    """Confidence of a number or prefix: that of the level where it has one, else the best under it; none: zero."""
    under = [s for s in answer if s.code.startswith(prefix)]
    return max((s.levels.get(len(prefix), s.confidence) for s in under), default=0.0)


def _gap(answer: Sequence[Ranked], declared: str, rates: Mapping[str, float]) -> float:
    own = rates.get(declared[:8]) if len(declared) >= 8 else None
    priced = [(s.confidence, rates[s.code[:8]]) for s in answer if s.code[:8] in rates]
    total = sum(c for c, _ in priced)
    if own is None or not total:
        return math.nan
    return sum(c * r for c, r in priced) / total - own


def _dotted(digits: str) -> str:
    return HtsCode(digits).dotted


def _percent(share: float) -> str:
    return "under 1%" if share < 0.01 else f"{share:.0%}"


def _round(value: float, digits: int = 4) -> float | None:
    return None if math.isnan(value) else round(value, digits)


class Suggests(Protocol):
    """The part of the suggester that is asked."""

    def suggest(self, items: Sequence[ItemText], top: int = ..., *, explain: bool = ...) -> Sequence[Any]: ...


class Asked:
    """Asks a suggester for the texts of parcels that declare a number; answers are kept by text and number.

    Parcels are asked by their words alone: what is declared as value or weight moves no answer. ``most`` bounds what
    is kept; the oldest go first.
    """

    def __init__(self, suggester: Suggests, rates: Mapping[str, float], most: int = 100_000) -> None:
        self._suggester, self._rates, self._most = suggester, rates, most
        self._known: dict[tuple[str, str], Suggested] = {}

    def __call__(self, parcels: Sequence[RiskParcel]) -> list[Suggested | None]:
        """What the suggester says of each parcel, None where it has no words or declares no number."""
        keys = [(p.description, p.hts) if p.description and p.hts else None for p in parcels]
        new = [key for key in dict.fromkeys(keys) if key is not None and key not in self._known]
        texts = list(dict.fromkeys(text for text, _ in new))
        items = [ItemText(id=str(n), description=text) for n, text in enumerate(texts)]
        said = self._suggester.suggest(items, WHOLE_ANSWER, explain=False) if items else ()
        by_text = {text: answer.suggestions for text, answer in zip(texts, said, strict=True)}
        found = {key: Suggested.of(by_text[key[0]], key[1], self._rates) for key in new}
        answers = [None if key is None else found.get(key) or self._known[key] for key in keys]
        self._known |= found
        for key in list(self._known)[: max(0, len(self._known) - self._most)]:
            del self._known[key]
        return answers
