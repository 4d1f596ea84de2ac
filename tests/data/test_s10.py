"""S10 identifiers: check digit, service indicator, issuer, and what is not S10."""

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.s10 import SERVICES, IdScheme, check_digit, read_identifier, service_of

SERIALS = st.text("0123456789", min_size=8, max_size=8)


def test_check_digits_are_those_of_the_vectors(shared: Path) -> None:
    vectors = json.loads((shared / "data/mail/upu/s10_vectors.json").read_text())
    for vector in vectors["positive"]:
        assert check_digit(vector["serial"]) == str(vector["check"])
    for vector in vectors["negative_from_cbp_form"]:
        assert read_identifier(vector["id"]).doubts, vector


def test_service_table_covers_the_ranges_of_the_standard(shared: Path) -> None:
    with (shared / "data/mail/upu/s10_service_indicators.csv").open() as file:
        for row in csv.DictReader(file):
            for indicator in (row["from"], row["to"]):
                assert service_of(indicator) is not None, indicator
    assert service_of("XX") is None
    assert len(SERVICES) == 19


@pytest.mark.parametrize(("serial", "check"), [("47312482", "9"), ("00000008", "0"), ("00000015", "5")])
def test_remainders_ten_and_eleven_become_zero_and_five(serial: str, check: str) -> None:
    assert check_digit(serial) == check


@given(SERIALS)
def test_the_computed_check_digit_is_accepted(serial: str) -> None:
    found = read_identifier(f"CP{serial}{check_digit(serial)}DE")
    assert found.scheme is IdScheme.s10
    assert found.s10 is not None and found.s10.ok
    assert not found.doubts


@given(SERIALS, st.sampled_from("0123456789"))
def test_any_other_check_digit_is_doubted(serial: str, digit: str) -> None:
    found = read_identifier(f"CP{serial}{digit}DE")
    assert found.s10 is not None
    assert found.s10.check_ok == (digit == check_digit(serial))
    assert [code for code, _ in found.doubts] == ([] if found.s10.check_ok else ["S10_CHECK_DIGIT"])


@given(SERIALS, st.integers(0, 7), st.sampled_from("0123456789"))
def test_one_mistyped_digit_is_caught_unless_ten_and_eleven_fold(serial: str, place: int, digit: str) -> None:
    other = serial[:place] + digit + serial[place + 1 :]
    folds = {check_digit(serial), check_digit(other)} & {"0", "5"}
    if other != serial and not folds:
        assert check_digit(serial) != check_digit(other)


@pytest.mark.parametrize("text", ["cp473124829de", "CP 473 124 829 DE", " CP-473124829-DE "])
def test_case_and_gaps_do_not_matter_in_an_s10_number(text: str) -> None:
    assert read_identifier(text).text == "CP473124829DE"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CP473124829XX", "S10_ISSUER_UNKNOWN"),
        ("CP473124829UK", "S10_ISSUER_UNKNOWN"),
        ("XX473124829DE", "S10_SERVICE_UNKNOWN"),
        ("AV473124829DE", "S10_SERVICE_NOT_CROSS_BORDER"),
        ("LX12345679HK", "S10_LENGTH"),
        ("CNSZHDUSJFKAAEN50002004000022", "TRACKING_IS_RECEPTACLE"),
    ],
)
def test_every_doubt_has_its_code(text: str, code: str) -> None:
    assert code in [found for found, _ in read_identifier(text).doubts]


def test_other_identifiers_keep_their_text_and_scheme() -> None:
    assert read_identifier("9400100000000000000000").scheme is IdScheme.usps_impb
    assert read_identifier(" TBA-123 x ") == ("TBA-123 x", IdScheme.other, None, ())


def test_a_serial_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError):
        check_digit("1234567")


@given(st.text())
def test_reading_an_identifier_never_raises(text: str) -> None:
    read_identifier(text)
