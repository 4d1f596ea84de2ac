"""One scorer, one definition of the same code."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.labelled import Labelled, labelled
from data.splits import family, split
from models.calibration import Knots, expected_calibration_error
from training.scoring import LEVELS, Proportion, same_at, score


def row(*codes: str, kind: str = "", text: str = "x") -> Labelled:
    return Labelled("a", text, frozenset(codes), kind=kind)


def test_any_of_several_right_codes_counts() -> None:
    scores = score([row("7117199000", "7113110000")], [["7113110000", "8504409510"]])
    assert all(scores.table[1, level].share == 1 for level in LEVELS)


def test_nothing_is_padded() -> None:
    assert not same_at(["6912000000"], "691200", 10)
    assert same_at(["6912000000"], "691200", 6)


def test_top_counts_the_place() -> None:
    scores = score([row("1111111111")], [["2222222222", "3333333333", "1111111111"]])
    assert scores.table[1, 10].hits == 0 and scores.table[3, 10].hits == 1 and scores.table[5, 2].hits == 1


def test_stale_codes_are_counted_apart() -> None:
    assert score([row("9999999999"), row("7117199000")], [[], []], leaves={"7117199000"}).stale == 1


def test_wilson_interval_of_a_known_case() -> None:
    low, high = Proportion(8, 10).interval
    assert low == pytest.approx(0.4901, abs=2e-4) and high == pytest.approx(0.9433, abs=2e-4)


@given(st.integers(0, 50), st.integers(1, 50))
def test_interval_holds_the_share(hits: int, more: int) -> None:
    p = Proportion(hits, hits + more)
    low, high = p.interval
    assert 0 <= low <= p.share <= high <= 1


def test_calibration_error_of_perfect_and_of_overconfident() -> None:
    assert expected_calibration_error([1.0] * 10, [True] * 10) == 0
    assert expected_calibration_error([0.9] * 10, [True, False] * 5, bins=1) == pytest.approx(0.4)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=60, max_size=200))
def test_knots_rise_and_stay_inside(rows: list[tuple[float, bool]]) -> None:
    knots = Knots.fit([p for p, _ in rows], [y for _, y in rows])
    values = [float(knots(p / 50)) for p in range(51)]
    assert all(b >= a - 1e-12 for a, b in itertools.pairwise(values)) and 0 <= min(values) <= max(values) <= 1


def test_relatives_never_straddle() -> None:
    rows = [row("1" * 10, kind=f"k{i % 40}", text=f"text {i}") for i in range(400)]
    sides = split(rows, {"train": 0.7, "calibrate": 0.2, "test": 0.1}, seed=3)
    assert sum(map(len, sides.values())) == 400 and all(sides.values())
    for one in sides:
        for other in sides:
            if one != other:
                assert not {family(r) for r in sides[one]} & {family(r) for r in sides[other]}


def test_near_duplicate_texts_are_one_family() -> None:
    assert family(row(text="Red Shoes 2pcs, women")) == family(row(text="women shoes red 5 pcs"))


def test_labelled_reads_the_three_forms() -> None:
    assert labelled({"id": 1, "title": "a", "code10": "7117.19.9000"}).codes == {"7117199000"}
    assert labelled({"id": 1, "text": "a", "codes": ["7117199000", "9903.88.03"]}).codes == {"7117199000"}
    assert labelled({"id": 1, "description": "a", "hts": "7117199000", "value_usd": 3}).value_usd == 3
    assert labelled({"text": "a", "hs6": "711719"}).codes == {"711719"}
