"""What the suggester says of a declared number: asked by words alone, once a text, read by its confidences only."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from data.descriptions import why_vague
from models.risk.bands import Bands
from models.risk.features import NAMES, Reading, columns_for
from models.risk.parcel import RiskParcel
from models.risk.reasons import reasons_of
from models.risk.suggested import NAMES as OF_SUGGESTER
from models.risk.suggested import NOTHING, Asked, Suggested

Make = Callable[..., RiskParcel]
RATES = {"61091000": 16.5, "39269099": 5.3, "61099010": 32.0}


@dataclass(frozen=True)
class Ranked:
    code: str
    confidence: float
    levels: dict[int, float]


@dataclass(frozen=True)
class Answer:
    suggestions: Sequence[Ranked]


def ranked(code: str, confidence: float, heading: float) -> Ranked:
    return Ranked(code, confidence, {4: heading, 6: heading, 8: confidence, 10: confidence})


SHIRT = (ranked("6109100012", 0.6, 0.9), ranked("6109901007", 0.2, 0.9), ranked("3926909989", 0.01, 0.02))


@dataclass
class Counting:
    """A suggester that always thinks of a shirt and remembers what it was asked."""

    asked: list[Any] = field(default_factory=list)

    def suggest(self, items: Sequence[Any], top: int = 5, *, explain: bool = True) -> list[Answer]:
        self.asked += items
        return [Answer(() if why_vague(item.description) else SHIRT) for item in items]


def test_probabilities_are_those_of_the_declared_number_and_back_off_to_its_heading() -> None:
    right = Suggested.of(SHIRT, "6109100012", RATES)
    assert (right.number, right.heading, right.sure, right.best) == (0.6, 0.9, 0.9, "6109100012")
    other = Suggested.of(SHIRT, "6109904444", RATES)  # another number under the likely heading
    assert (other.number, other.heading) == (0.0, 0.9)
    short = Suggested.of(SHIRT, "6109", RATES)
    assert short.number == short.heading == 0.9 and math.isnan(short.duty_gap)
    far = Suggested.of(SHIRT, "4202926000", RATES)
    assert far.number == far.heading == 0.0


def test_the_duty_gap_is_what_the_likely_numbers_owe_beyond_the_declared_one() -> None:
    gap = Suggested.of(SHIRT, "3926909989", RATES).duty_gap
    priced = [(0.6, 16.5), (0.2, RATES["61099010"]), (0.01, 5.3)]
    expected = sum(c * r for c, r in priced) / sum(c for c, _ in priced) - 5.3
    assert gap == pytest.approx(expected)
    assert math.isnan(Suggested.of(SHIRT, "9999999999", RATES).duty_gap)


def test_nothing_said_is_missing_not_unlikely() -> None:
    assert Suggested.of((), "6109100012", RATES) is NOTHING
    assert all(math.isnan(v) for v in NOTHING[:-1])


def test_what_was_said_is_written_and_read_again() -> None:
    said = Suggested.of(SHIRT, "3926909989", RATES)
    again = Suggested.read(said.as_json("3926909989"))
    assert again[:3] == said[:3] and again.best == said.best
    assert again.duty_gap == pytest.approx(said.duty_gap, abs=0.01)
    assert NOTHING.as_json("6109")["probability"] is None


def test_a_text_is_asked_once_and_only_where_a_number_is_declared(parcel: Make) -> None:
    suggester = Counting()
    asked = Asked(suggester, RATES, most=3)
    rows = [
        parcel(id="a"),
        parcel(id="b", value_usd=900.0),
        parcel(id="c", hts=None),
        parcel(id="d", description=None),
        parcel(id="e", hts="3926909989"),
        parcel(id="f", description="gift"),
    ]
    said = asked(rows)
    assert [s is None for s in said] == [False, False, True, True, False, False]
    assert said[0] == said[1] and said[4].heading < 0.05 and said[5] is NOTHING  # type: ignore[union-attr]
    assert len(suggester.asked) == 2 and not suggester.asked[0].value_usd
    assert asked(rows) == said and len(suggester.asked) == 2


def test_what_is_remembered_is_bounded(parcel: Make) -> None:
    suggester = Counting()
    asked = Asked(suggester, RATES, most=10)
    for n in range(4):
        asked([parcel(description=f"shirt number {n} {m}") for m in range(8)])
    assert len(asked._known) == 10 and len(suggester.asked) == 32


def test_an_unlikely_number_is_a_reason_with_the_suggesters_figures(parcel: Make) -> None:
    reading = Reading(Bands(), None, RATES)
    wrong, right = parcel(hts="3926909989"), parcel()
    table = reading.table([wrong, right], None, [Suggested.of(SHIRT, p.hts, RATES) for p in (wrong, right)])
    reasons = {r.code: r for r in reasons_of(0, table, None, wrong.hts)}
    sentence = reasons["DESCRIPTION_CODE_MISMATCH"].sentence
    assert "3926.90.99.89" in sentence and "6109.10.00.12" in sentence
    assert "90%" in sentence and "general duty" in sentence
    assert "CODE_SAVES_DUTY" in reasons
    assert "DESCRIPTION_CODE_MISMATCH" not in {r.code for r in reasons_of(1, table, None, right.hts)}
    silent = reading.table([wrong])
    assert "DESCRIPTION_CODE_MISMATCH" not in {r.code for r in reasons_of(0, silent, None, wrong.hts)}


def test_undervaluation_does_not_read_the_suggester() -> None:
    assert not set(OF_SUGGESTER) & {NAMES[n] for n in columns_for("undervaluation")}
    assert set(OF_SUGGESTER) <= {NAMES[n] for n in columns_for("misclassification")}
