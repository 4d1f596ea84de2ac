"""No text of a stranger leaves us as a formula, in CSV or in a workbook."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from serving.sheets import safe_cell, safe_row

FORMULAS = [
    "=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "  @x", "＝1+1", "＋1", "－1", "＠x",
    "\u200b=1", "\ufeff=1", '"=1', "=cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "+1 518 555 0100",
    "=HYPERLINK(\"http://x\",\"y\")", "=", "−1",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_could_start_a_formula_gets_an_apostrophe(text: str) -> None:
    guarded = str(safe_cell(text))
    assert guarded.startswith("'") and guarded.replace("'", "") == text.replace("'", "")
    assert safe_cell(safe_cell(text)) == safe_cell(text)


@pytest.mark.parametrize(
    "text", ["", "cotton T-shirt", "80% = cotton", "a@b.example", "men's hat", "0902101050"]
)
def test_plain_text_leaves_as_it_stands(text: str) -> None:
    assert safe_cell(text) == text


def test_numbers_flags_and_days_stay_what_they_are() -> None:
    held = [None, True, -5, Decimal("-5.00"), -0.5, date(2026, 10, 3)]
    assert safe_row(held) == held
    assert [type(cell) for cell in safe_row(held)] == [type(cell) for cell in held]


def test_anything_else_becomes_safe_text() -> None:
    assert safe_cell(["=1"]) == "['=1']"
    assert safe_cell("a\x00b\ud800c") == "a b c"


def test_no_cell_begins_a_formula_where_another_list_separator_cuts_the_line() -> None:
    text = str(safe_cell("hat;=1+1\t@x\n-2|+3"))
    assert text == "hat;'=1+1\t'@x\n'-2|'+3"


@given(st.text(alphabet=st.sampled_from(list("=+-@\t\r\n ;|'\"aA1＝\u200b")), max_size=12))
def test_in_csv_no_cell_begins_with_a_sign_of_a_formula(text: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(safe_row([text, "x"]))
    first = next(csv.reader(io.StringIO(out.getvalue(), newline="")))[0]
    assert not first.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    for piece in first.replace("\t", ";").replace("|", ";").split(";"):
        assert not piece.strip().startswith(("=", "+", "-", "@"))


def test_in_a_workbook_no_cell_is_a_formula() -> None:
    book = Workbook()
    for text in FORMULAS:
        book.active.append(safe_row([text]))
    out = io.BytesIO()
    book.save(out)
    kinds = {row[0].data_type for row in load_workbook(io.BytesIO(out.getvalue())).active.iter_rows()}
    assert kinds == {"s"}
