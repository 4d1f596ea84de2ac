"""Under a budget: best first, holds before all, a random share from the rest, the same draw for the same seed."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import MailDutyError
from models.risk.selection import WAYS, Candidate, select

MANY = [Candidate(f"p{n}", n / 1000, n / 100, (997 * n) % 1000 / 10, n == 3) for n in range(1000)]


def test_the_best_are_opened_and_a_tenth_is_drawn_at_random() -> None:
    chosen = select(MANY, 100)
    assert [c.why for c in chosen].count("random") == 10
    assert chosen[0].id == "p3" and chosen[0].why == "hold"
    assert [c.id for c in chosen if c.why == "risk"] == [f"p{n}" for n in range(999, 910, -1)]


@given(
    budget=st.integers(0, 1200),
    by=st.sampled_from(WAYS),
    share=st.floats(0, 1),
    seed=st.integers(0, 99),
)
def test_never_more_than_the_budget_never_twice_and_the_order_of_parcels_changes_nothing(
    budget: int, by: str, share: float, seed: int
) -> None:
    chosen = select(MANY, budget, by, share, seed)
    assert len(chosen) == min(budget, len(MANY)) or share > 0
    assert len(chosen) <= budget and len({c.id for c in chosen}) == len(chosen)
    mixed = random.Random(seed).sample(MANY, len(MANY))
    assert select(mixed, budget, by, share, seed) == chosen


def test_another_seed_draws_others() -> None:
    drawn = [{c.id for c in select(MANY, 100, seed=seed) if c.why == "random"} for seed in (0, 1)]
    assert drawn[0] != drawn[1]


def test_by_revenue_what_has_no_figure_comes_last() -> None:
    rows = [Candidate("none", 0.9, 1, math.nan), Candidate("some", 0.1, 0, 5.0)]
    assert [c.id for c in select(rows, 2, "revenue", 0)] == ["some", "none"]


@pytest.mark.parametrize(("budget", "by", "share"), [(-1, "risk", 0.1), (5, "luck", 0.1), (5, "risk", 1.5)])
def test_what_cannot_be_is_refused(budget: int, by: str, share: float) -> None:
    with pytest.raises(MailDutyError):
        select(MANY, budget, by, share)
