"""Which number an item is assessed under: the sender's own where it stands, else the learned one, said to be so."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data.errors import MailDutyError
from data.law import Law
from data.schedule import Schedule
from models.hts.standin import StandInSuggester
from models.hts.standin import Suggestion as Proposed
from models.hts.suggester import Suggested, Suggestion
from serving.asked import AskedItem
from serving.suggestion.proposing import Proposer, joined

DAY = date(2026, 9, 1)
SHIRT, VEST = "6109100012", "6109100037"


@pytest.fixture(scope="module")
def checker() -> StandInSuggester:
    return StandInSuggester(Schedule.load())


def learned(*ranked: tuple[str, float], code: str | None = None, **flags: str) -> Suggestion:
    """An answer of the suggester with these numbers, best first, and ``code`` defended."""
    said: tuple[Mapping[str, str], ...] = tuple(
        {"flag": "declared", "code": c, "message": m} for c, m in flags.items()
    )
    suggested = tuple(Suggested(c, p, {10: p}) for c, p in ranked)
    return Suggestion("a", suggested, code, ranked[0][1] if ranked else 0.0, (), (), said, {"model": "hts x"})


def proposed(checker: StandInSuggester, declared: str | None, answer: Suggestion) -> Proposed:
    return joined(checker.suggest([declared], [DAY])[0], answer)


def test_the_senders_number_stands_with_our_confidence_in_it(checker: StandInSuggester) -> None:
    done = proposed(checker, SHIRT, learned((VEST, 0.6), (SHIRT, 0.3)))
    assert (done.code, done.confidence, done.reason, done.stand_in) == (SHIRT, 0.3, None, False)


def test_words_that_point_elsewhere_are_a_reason_to_review(checker: StandInSuggester) -> None:
    done = proposed(checker, SHIRT, learned(("7117199000", 0.9), CONTRADICTED="the words point to 7117"))
    assert (done.code, done.reason) == (SHIRT, "HTS_CONTRADICTED")
    assert done.message == "the words point to 7117"


def test_none_declared_and_ten_digits_defended_is_a_suggestion(checker: StandInSuggester) -> None:
    done = proposed(checker, None, learned((SHIRT, 0.9), code=SHIRT))
    assert (done.code, done.reason) == (SHIRT, "HTS_SUGGESTED")


def test_less_than_ten_digits_defended_is_unsure(checker: StandInSuggester) -> None:
    done = proposed(checker, None, learned((SHIRT, 0.5), (VEST, 0.4), code="6109"))
    assert (done.code, done.reason) == (SHIRT, "HTS_UNSURE")


def test_a_short_number_is_completed_from_under_it_and_never_padded(checker: StandInSuggester) -> None:
    done = proposed(checker, "6109.10", learned(("7117199000", 0.6), (SHIRT, 0.3)))
    assert (done.code, done.reason) == (SHIRT, "HTS_UNSURE")
    done = proposed(checker, "6109.10", learned(("7117199000", 0.9)))
    assert (done.code, done.reason) == ("610910", "HTS_SHORT")


@pytest.mark.parametrize("declared", ["6109.99.99.99", "T-shirt"])
def test_a_wrong_number_is_not_replaced_behind_the_senders_back(
    checker: StandInSuggester, declared: str
) -> None:
    done = proposed(checker, declared, learned((SHIRT, 0.95), code=SHIRT))
    assert done.code is None and done.reason in ("HTS_UNKNOWN", "HTS_MALFORMED")
    assert done.learned and done.learned["suggestions"][0]["hts"] == SHIRT


def test_nothing_suggested_leaves_what_was_declared(checker: StandInSuggester) -> None:
    assert proposed(checker, None, learned()).reason == "HTS_MISSING"


def item(number: int, description: str | None, declared: str | None, day: date = DAY) -> AskedItem:
    return AskedItem(str(number), day, "asked", "mail", description, declared, "CN", None)


def test_a_batch_is_answered_in_order_whatever_its_days(small_suggester: Path) -> None:
    proposer = Proposer(Schedule.load(), Law.load())
    asked = [
        item(1, "acrylic earrings for women", None),
        item(2, None, SHIRT),
        item(3, "wireless earbuds bluetooth", None, date(2026, 8, 3)),
        item(4, "acrylic earrings", None, date(2024, 1, 1)),  # a day no tariff is held for
        item(5, "acrylic earrings for women", None),
    ]
    done = proposer.propose(asked)
    assert [p.stand_in for p in done] == [False, True, False, True, False]
    assert done[0] == done[4] or done[0].learned["suggestions"] == done[4].learned["suggestions"]  # type: ignore[index]
    assert (done[0].code or "")[:4] == "7117" and (done[2].code or "")[:4] == "8518"
    assert done[1].code == SHIRT and done[3].reason == "HTS_MISSING"


def test_a_model_that_cannot_be_used_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILDUTY_HTS_MODEL", str(tmp_path))
    proposer = Proposer(Schedule.load(), Law.load())
    asked: list[Any] = [item(1, "acrylic earrings", SHIRT)]
    with pytest.raises(MailDutyError) as caught:
        proposer.propose(asked)
    assert caught.value.code == "MODEL_MISSING"
