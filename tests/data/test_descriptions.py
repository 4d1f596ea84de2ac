"""The cleaner of item text, and why a text is too vague."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.descriptions import CLEANER_VERSION, LONGEST, clean, is_formula, why_vague


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  Men's  T-Shirt,\n80% Cotton ", "men's t-shirt, 80% cotton"),
        ("ＡＢＣ\u200b wool\u00a0scarf", "abc wool scarf"),
        ("Salt &amp; pepper <b>mill</b>", "salt & pepper mill"),
        ("tab\tnul\x00end", "tab nul end"),
    ],
)
def test_text_is_one_line_lower_case_and_plain(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "DESCRIPTION_EMPTY"),
        (" \u200b ", "DESCRIPTION_EMPTY"),
        ("GIFT", "DESCRIPTION_VAGUE"),
        ("2 pcs of gift items", "DESCRIPTION_VAGUE"),
        ("spare parts", "DESCRIPTION_VAGUE"),
        ("merchandise", "DESCRIPTION_VAGUE"),
        ("clothes", "DESCRIPTION_VAGUE"),
        ("12345 / 6", "DESCRIPTION_NUMBERS_ONLY"),
        ("xy", "DESCRIPTION_TOO_SHORT"),
        ("=HYPERLINK(1)", "DESCRIPTION_FORMULA"),
    ],
)
def test_a_vague_text_says_why(text: str, code: str) -> None:
    vague = why_vague(text)
    assert vague is not None and vague.code == code
    assert vague.fact and vague.remedy


@pytest.mark.parametrize(
    "text", ["cotton t-shirt", "gift box of tea", "toy car", "书", "hat", "bicycle parts"]
)
def test_a_text_that_names_goods_is_not_vague(text: str) -> None:
    assert why_vague(text) is None


def test_formulas_are_known_by_their_start() -> None:
    assert is_formula("=CMD|' /C calc'!A0")
    assert is_formula("@SUM(A1)")
    assert not is_formula("- blue shirt")


@given(st.text())
def test_any_text_becomes_one_line_of_bounded_length(text: str) -> None:
    once = clean(text)
    assert len(once) <= LONGEST
    assert "\n" not in once
    why_vague(text)


def test_the_cleaner_has_a_version() -> None:
    assert CLEANER_VERSION
