"""The 26 exceptions: whole, owned, clearable; each reason opens exactly one; and when one is open no more."""

from collections import Counter
from pathlib import Path

import pytest

from serving.decisions.decision import Ground
from serving.decisions.exceptions import (
    EXCEPTIONS,
    OWNERS,
    OpenException,
    cleared,
    exception_of,
    exceptions_of_error,
    left_open,
    of_no_item,
    opened,
)
from serving.decisions.grounds import REMARKS
from serving.decisions.reasons import known

# What no assessment can raise: it wants collections, filings, payments, bonds or the answers of CBP.
ONLY_LATER = {"E15", "E17", "E19", "E20", "E21", "E26"}


def test_there_are_26_and_each_has_an_owner_a_sentence_and_what_clears_it() -> None:
    assert list(EXCEPTIONS) == [f"E{n:02}" for n in range(1, 27)]
    for code, one in EXCEPTIONS.items():
        assert one.owner in OWNERS, code
        assert one.sentence.endswith(".") and one.clears.endswith("."), code
        assert one.name and not one.name.endswith("."), code
    assert {one.owner for one in EXCEPTIONS.values()} == set(OWNERS)


def test_every_reason_opens_exactly_one_exception_or_none_for_a_stated_cause() -> None:
    times = Counter(reason for one in EXCEPTIONS.values() for reason in one.reasons)
    assert {reason for reason, n in times.items() if n > 1} == set()
    assert {reason for reason in times if of_no_item(reason)} == set()
    unmapped = {reason for reason in known() if reason not in times and not of_no_item(reason)}
    assert not unmapped, (
        f"add {sorted(unmapped)} to a code of serving/decisions/exceptions.yaml, or to its `none`"
    )
    assert set(times) <= set(known()), "serving/decisions/reasons.py has no sentence for these"
    assert all(of_no_item(code) for code in REMARKS)


def test_a_code_that_only_later_work_opens_says_by_which_event() -> None:
    for code, one in EXCEPTIONS.items():
        assert one.reasons or one.later, f"{code}: nothing opens it, and it does not say what will"
        assert one.later is None or one.later.endswith(".")
    assert {code for code, one in EXCEPTIONS.items() if not one.reasons} == ONLY_LATER
    assert EXCEPTIONS["E18"].later and EXCEPTIONS["E25"].later


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("S10_CHECK_DIGIT", "E01"), ("ELEMENT_MISSING", "E02"), ("DESCRIPTION_VAGUE", "E03"),
        ("ORIGIN_MISSING", "E04"), ("HTS_UNSURE", "E05"), ("VALUE_NOMINAL", "E06"), ("MAIL_OVER_LIMIT", "E07"),
        ("AGENCY_DATA", "E08"), ("CONDITIONAL", "E09"), ("FORMAL_ADCVD", "E10"), ("FORMAL_QUOTA", "E11"),
        ("FORMAL_ALCOHOL_TOBACCO", "E12"), ("GIFT_OVER_LIMIT", "E13"), ("SPLIT_SHIPMENT", "E14"),
        ("DATE_MALFORMED", "E16"), ("RATE_STATED", "E18"), ("RETURN_CLAIMED", "E22"), ("SCREENING_MATCH", "E23"),
        ("S10_OF_US_POST", "E24"), ("FORMAL_NONRESIDENT", "E25"),
    ],
)  # fmt: skip
def test_a_reason_opens_the_exception_of_its_trade(reason: str, code: str) -> None:
    assert exception_of(reason) == code


def test_grounds_open_exceptions_in_their_order_each_once() -> None:
    grounds = [Ground("HTS_UNSURE", "a"), Ground("RISK_HIGH", "b"), Ground("HTS_UNSURE", "c")]
    assert opened(grounds) == (
        OpenException("E05", "HTS_UNSURE", "a"),
        OpenException("E23", "RISK_HIGH", "b"),
    )
    said = opened(grounds)[0].as_json()
    assert said["owner"] == "classifier" and said["clears"] == EXCEPTIONS["E05"].clears
    assert opened([]) == ()


def test_a_row_that_cannot_be_read_opens_one_for_each_of_its_faults_and_repeats_no_cell() -> None:
    error = {
        "code": "VALUE_MISSING",
        "field": "value",
        "message": "row 3, value: Hanna Weber is no amount",
        "also": [{"code": "HTS_MANGLED", "fact": "12 Elm Street", "field": "hts"}],
    }
    found = exceptions_of_error(error)
    assert [(e.code, e.reason) for e in found] == [("E06", "VALUE_MISSING"), ("E05", "HTS_MANGLED")]
    assert found[0].message == "value: No value is known."
    assert not any("Weber" in e.message or "Elm" in e.message for e in found)


def test_the_queue_does_not_repeat_a_listed_name() -> None:
    (found,) = opened([Ground("SCREENING_MATCH", "the sender matches Ivan Example, entry 7 of a list")])
    assert found.code == "E23" and "Ivan" not in found.message


def test_an_exception_is_open_until_its_ground_is_gone_or_a_reviewer_settles_it() -> None:
    value, number = OpenException("E06", "VALUE_ZERO", "zero"), OpenException("E05", "HTS_UNSURE", "unsure")
    assert cleared([value, number], [number]) == (value,)
    assert cleared([value, number], [value, number]) == ()
    assert cleared([value, number], [value, number], settled={"E05"}) == (number,)
    assert left_open([value, number], {"HTS_UNSURE"}) == (value,)
    other = OpenException("E06", "VALUE_NOMINAL", "one dollar")
    assert cleared([value], [other]) == (value,)  # the first ground is gone; another has opened the same code


def test_a_code_nobody_listed_still_waits_for_somebody() -> None:
    assert exception_of("NEVER_HEARD_OF") in EXCEPTIONS


def test_the_table_ships_with_the_package() -> None:
    import tomllib

    shipped = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert "**/*.yaml" in shipped["tool"]["setuptools"]["package-data"]["serving"]
