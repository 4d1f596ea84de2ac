"""Workbooks are read as the rows of text that their CSV would hold; what a spreadsheet spoils is said alike."""

import io
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manifest_texts import GOOD, HEADER, OTHER, csv_of, read, row
from openpyxl import Workbook, load_workbook
from sheets import from_csv, raw_workbook, row_xml, sheet_xml, workbook

from data.manifest.workbook import open_workbook

NAMES = HEADER.split(",")
GOODS: dict[str, Any] = {
    "tracking_id": GOOD, "description": "cotton T-shirt", "hts": "6109100012", "origin": "BD", "quantity": 2,
    "net_weight_kg": 0.4, "value": 24, "currency": "USD", "arrival_date": date(2026, 10, 3),
}  # fmt: skip


def goods(**cells: Any) -> list[Any]:
    return [{**GOODS, **cells}[name] for name in NAMES]


def read_sheet(*rows: list[Any], **formats: str) -> Any:
    return read(workbook([NAMES, *rows], **formats))


def test_a_sheet_is_read_like_a_csv_and_says_so() -> None:
    reading = read(
        workbook([["Manifest of 3 October"], [], NAMES, goods(), ["TOTAL", *[None] * 5, 24]], "Mail")
    )
    (item,) = reading.items
    assert (item.row, item.hts_declared, item.arrival_date) == (4, "6109100012", date(2026, 10, 3))
    assert (str(item.value_usd), str(item.net_weight_kg), str(item.quantity)) == ("24", "0.4", "2")
    assert [(s.row, s.reason) for s in reading.skipped] == [
        (1, "above the header"), (2, "blank"), (3, "header"), (5, "total")]  # fmt: skip
    assert reading.notes == ["read from sheet Mail"] and reading.doubts == []
    assert (reading.layout, reading.manifest.encoding) == ("csv_plain", "xlsx")
    assert reading.manifest.source_bytes and len(reading.sha256) == 64


@pytest.mark.parametrize(
    ("cell", "form", "code"),
    [
        (902101050, "General", "HTS_LEADING_ZERO"),  # a number that lost its zero
        (6109100000, "0.00E+00", "HTS_MANGLED"),  # what became 6.11E+09 in a CSV has lost its digits here too
        (6.1091e20, "General", "HTS_MANGLED"),
        ("6.1091E+09", "General", "HTS_MANGLED"),
        (datetime(6109, 10, 1), "yyyy-mm", "HTS_MANGLED"),  # 6109-10 typed into a cell
        (6109.1, "General", "HTS_LEADING_ZERO"),
        (True, "General", "HTS_MALFORMED"),
    ],
)
def test_a_tariff_number_that_a_spreadsheet_spoiled_is_refused_as_in_a_csv(
    cell: Any, form: str, code: str
) -> None:
    reading = read_sheet(goods(hts=cell), goods(tracking_id=OTHER), C2=form)
    assert [(e.row, e.code) for e in reading.errors] == [(2, code)] and len(reading.items) == 1


@pytest.mark.parametrize(
    ("cell", "form", "digits"),
    [
        (6109100012, "General", "6109100012"),
        ("0902101050", "General", "0902101050"),
        (902101050, "0000000000", "0902101050"),  # the sheet itself shows the zero
        (6109100012, "@", "6109100012"),
        ("6109.10.00.12", "General", "6109100012"),
    ],
)
def test_a_whole_tariff_number_is_kept(cell: Any, form: str, digits: str) -> None:
    assert read_sheet(goods(hts=cell), C2=form).items[0].hts_declared == digits


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        (0.1 + 0.2, "0.3"),
        (12.5, "12.5"),
        (1.234, "1.234"),
        (1234, "1234"),
        (1e-5, "0.00001"),
        ("1,234.50", "1234.50"),
    ],
)
@pytest.mark.parametrize("mark", [None, ",", "."])
def test_numbers_are_exact_and_no_decimal_mark_is_guessed(cell: Any, amount: str, mark: Any) -> None:
    if isinstance(cell, str) and mark == ",":
        return  # text is read by the mark of the file
    reading = read(workbook([NAMES, goods(value=cell)]), decimal_mark=mark)
    assert str(reading.items[0].value_usd) == amount


def test_text_that_could_mean_two_things_is_as_ambiguous_as_in_a_csv() -> None:
    assert read_sheet(goods(value="1,234")).errors[0].code == "NUMBER_AMBIGUOUS"
    assert read_sheet(goods(arrival_date="03/04/2026")).errors[0].code == "DATE_AMBIGUOUS"


@pytest.mark.parametrize(
    "form", ["yyyy-mm-dd", "m/d/yyyy", 'yyyy"年"m"月"d"日"', "dd.mm.yy", "[$-804]d mmmm yyyy"]
)
@pytest.mark.parametrize("held", [date(2026, 10, 3), datetime(2026, 10, 3, 23, 59, 59)])
def test_days_are_days_however_they_are_shown(held: date, form: str) -> None:
    assert read_sheet(goods(arrival_date=held), I2=form).items[0].arrival_date == date(2026, 10, 3)


def test_a_day_count_without_a_format_is_refused_as_in_a_csv() -> None:
    assert read_sheet(goods(arrival_date=46298)).errors[0].code == "DATE_UNREADABLE"


def test_days_of_east_asian_formats_and_of_1904() -> None:
    style = '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="31"/></cellXfs></styleSheet>'
    texts = ["x" if n == "arrival_date" else str(GOODS[n]) for n in NAMES]
    for number, more in ((46298, ""), (46298 - 1462, '<workbookPr date1904="1"/>')):
        texts[-1] = f'<c s="1"><v>{number}</v></c>'
        book = raw_workbook(sheet_xml(row_xml(1, *NAMES), row_xml(2, *texts)), {"xl/styles.xml": style},
                            sheets=f'<sheet name="a" r:id="rId1" xmlns:r="x"/>{more}')  # fmt: skip
        assert read(book).items[0].arrival_date == date(2026, 10, 3)


def test_a_formula_gives_the_result_it_was_saved_with_or_an_error_for_its_cell() -> None:
    cell = '<c t="n"><f>B1*2</f><v>48</v></c>'
    texts = [str(GOODS[n]) for n in NAMES]
    texts[6] = cell
    (item,) = read(raw_workbook(sheet_xml(row_xml(1, *NAMES), row_xml(2, *texts)))).items
    assert item.value_usd == 48
    for broken, code in (
        ("<c><f>B1*2</f></c>", "CELL_FORMULA_EMPTY"),
        ("<c><f>B1*2</f><v/></c>", "CELL_FORMULA_EMPTY"),
        ('<c t="e"><f>1/0</f><v>#DIV/0!</v></c>', "CELL_FORMULA_ERROR"),
        ('<c t="e"><v>#REF!</v></c>', "CELL_FORMULA_ERROR"),
        ('<c t="e"><v>#N/A</v></c>', "VALUE_MISSING"),  # nothing there, as in a CSV
        ('<c t="n"><v>twelve</v></c>', "CELL_NOT_TEXT"),
        ('<c t="n"><v>INF</v></c>', "CELL_NOT_TEXT"),
    ):
        texts[6] = broken
        reading = read(
            raw_workbook(sheet_xml(row_xml(1, *NAMES), row_xml(2, *texts), row_xml(3, *map(str, goods()))))
        )
        assert [(e.row, e.code, e.field) for e in reading.errors] == [(2, code, "value")] and len(
            reading.items
        ) == 1


def test_a_formula_in_a_column_nobody_reads_costs_nothing() -> None:
    texts = [*(str(GOODS[n]) for n in NAMES), "<c><f>NOW()</f></c>"]
    assert read(raw_workbook(sheet_xml(row_xml(1, *NAMES, "Checked"), row_xml(2, *texts)))).items


def test_the_first_visible_sheet_with_a_header_is_read_and_others_are_named() -> None:
    book = Workbook()
    for title, state in (
        ("Cover", "visible"),
        ("Secret", "hidden"),
        ("Mail", "visible"),
        ("Copy", "visible"),
    ):
        sheet = book.create_sheet(title)
        sheet.sheet_state = state
        sheet.append(["hello"] if title == "Cover" else NAMES)
        sheet.append(goods(description=f"wool hat of {title}"))
    del book["Sheet"]
    out = io.BytesIO()
    book.save(out)
    reading = read(out.getvalue())
    assert [i.description for i in reading.items] == ["wool hat of Mail"]
    assert (
        "sheet Secret is hidden and was not read" in reading.notes and "read from sheet Mail" in reading.notes
    )
    (doubt,) = reading.doubts
    assert doubt.code == "MANIFEST_SHEETS" and "Copy" in doubt.fact and doubt.fact in reading.notes


def test_rows_have_the_numbers_the_sheet_shows_and_long_gaps_are_passed_over() -> None:
    texts = [str(GOODS[n]) for n in NAMES]
    other = [OTHER, *texts[1:]]
    reading = read(
        raw_workbook(
            sheet_xml(row_xml(3, *NAMES), row_xml(5, *texts), row_xml(900_000, *other), row_xml(900_001, ""))
        )
    )
    assert [i.row for i in reading.items] == [5, 900_000]
    assert [(s.row, s.reason) for s in reading.skipped] == [
        (1, "blank"),
        (2, "blank"),
        (3, "header"),
        (4, "blank"),
    ]
    assert "rows 6 to 899999 are blank" in reading.notes


def test_texts_in_pieces_readings_and_named_signs() -> None:
    strings = "<sst><si><r><t>wool </t></r><r><t>hat</t></r><rPh><t>ruby</t></rPh></si><si><t>a_x000A_b _x0041_</t></si></sst>"
    texts = [str(GOODS[n]) for n in NAMES]
    rows = [row_xml(1, *NAMES)]
    for number in (0, 1):
        texts[1] = f'<c t="s"><v>{number}</v></c>'
        rows.append(row_xml(number + 2, *texts))
    reading = read(raw_workbook(sheet_xml(*rows), {"xl/sharedStrings.xml": strings}))
    assert [i.description for i in reading.items] == ["wool hat", "a\nb A"]


def test_prefixes_and_strict_namespaces_are_read() -> None:
    sheet = sheet_xml(row_xml(1, *NAMES), row_xml(2, *map(str, goods())))
    prefixed = sheet.replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    strict = sheet.replace(
        "schemas.openxmlformats.org/spreadsheetml/2006", "purl.oclc.org/ooxml/spreadsheetml"
    )
    assert (
        read(raw_workbook(prefixed)).items
        == read(raw_workbook(strict)).items
        == read(raw_workbook(sheet)).items
    )


def test_progress_counts_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    content = from_csv(
        csv_of(
            *(row(line_no="") for _ in range(1)), *[row(quantity=str(n + 1)) for n in range(4500)]
        ).replace(b'""', b"")
    )
    read(content, progress=lambda done, whole: told.append((done, whole)))
    assert told[-1] == (len(content), len(content)) and len(told) == 3
    assert [done for done, _ in told] == sorted(done for done, _ in told)


CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**12), 10**12), st.floats(-1e9, 1e9), st.dates(date(1950, 1, 1), date(2090, 1, 1)),
    st.text(st.characters(codec="utf-8", exclude_characters="_", exclude_categories=("Cc", "Cs", "Cn", "Co")), max_size=12),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=6))
def test_cells_are_those_that_another_reader_finds(table: list[list[Any]]) -> None:
    content = workbook(table)
    book = open_workbook(lambda: io.BytesIO(content), "t.xlsx")
    with io.BytesIO(content) as file:
        ours = {number: cells for number, cells in book.rows(file, book.sheets[0])}
    theirs = load_workbook(io.BytesIO(content), data_only=True).worksheets[0]
    for line in theirs.iter_rows():
        for cell in line:
            held = ours.get(cell.row, [])
            text = held[cell.column - 1] if cell.column <= len(held) else ""
            if cell.value is None or cell.value == "":
                assert text.strip() == "" or str(cell.value or "") == text
            elif isinstance(cell.value, bool):
                assert text == str(cell.value).upper()
            elif isinstance(cell.value, datetime):
                assert text == cell.value.date().isoformat()
            elif isinstance(cell.value, int | float):
                assert float(text) == pytest.approx(cell.value, rel=1e-14)
            elif str(cell.value).startswith("="):
                assert text.startswith("=")
            else:
                assert text == cell.value
