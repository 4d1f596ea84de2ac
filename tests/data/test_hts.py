"""Tariff numbers are text: what is well formed, what stands under what, and that nothing is padded."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import MailDutyError
from data.hts import LEVELS, HtsCode, dotted, same_code

codes = st.sampled_from(LEVELS).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n))


@pytest.mark.parametrize("text", ["6109.10.00.12", "6109.10.0012", "6109100012", " 6109.10.00.12\n"])
def test_one_number_however_it_is_dotted(text: str) -> None:
    code = HtsCode.parse(text)
    assert (code.digits, code.level, code.chapter, str(code)) == ("6109100012", 10, "61", "6109.10.00.12")


@pytest.mark.parametrize(
    "text",
    ["", " ", "6", "610", "61091", "6109.1", "61.09", "6109.10.00.1", "61091000121", "6109-10", "6109.10.00.12.",
     "6109 10 00 12", "6109.10.00.12, 6110.20", "T-shirt", "６１０９", "=6109", "6109.100012"],
)  # fmt: skip
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(MailDutyError) as caught:
        HtsCode.parse(text)
    assert caught.value.code == "HTS_MALFORMED"
    assert caught.value.remedy


@pytest.mark.parametrize("number", [6109100012, 0.0, None, ["6109"], True])
def test_a_number_that_is_not_text_is_refused_because_zeros_may_be_lost(number: object) -> None:
    with pytest.raises(MailDutyError, match="text"):
        HtsCode.parse(number)


def test_a_million_characters_end_in_a_short_error() -> None:
    with pytest.raises(MailDutyError) as caught:
        HtsCode.parse("6" * 1_000_000)
    assert len(str(caught.value)) < 400


@given(codes)
def test_dotting_and_reading_back_changes_nothing(digits: str) -> None:
    assert HtsCode.parse(dotted(digits)).digits == digits


@given(codes)
def test_every_parent_is_above_and_shorter(digits: str) -> None:
    code = HtsCode.parse(digits)
    for level in LEVELS:
        if level <= code.level:
            assert code.is_under(code.parent(level))
            assert code.parent(level).level == level
        else:
            with pytest.raises(MailDutyError, match="never padded"):
                code.parent(level)


def test_a_short_number_is_the_same_as_nothing_at_a_longer_level() -> None:
    assert same_code("6109.10.00.12", "6109100040", 8)
    assert not same_code("6109.10.00.12", "6109100040")
    assert not same_code("691200", "6912000000")
    assert same_code("691200", "6912000000", 6)


def test_an_error_states_fact_rule_and_remedy_and_survives_a_worker() -> None:
    error = MailDutyError("X", "it is so.", "it may not", "change it", row=3)
    assert str(error) == "it is so. it may not. change it"
    again = pickle.loads(pickle.dumps(error))
    assert again.as_dict() == error.as_dict() == {
        "code": "X", "message": str(error), "fact": "it is so.", "rule": "it may not", "remedy": "change it",
        "row": 3,
    }  # fmt: skip
