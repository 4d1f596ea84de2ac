"""Workbooks made in a test: from the text of a CSV, as a person's spreadsheet would hold it."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable
from datetime import date
from typing import Any

from openpyxl import Workbook


def workbook(rows: Iterable[Iterable[Any]], title: str = "Sheet1", **formats: str) -> bytes:
    """A workbook of one sheet; formats are number formats by cell (A1="0.00")."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for place, code in formats.items():
        sheet[place].number_format = code
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def typed(text: str) -> Any:
    """A cell as typed into a spreadsheet: numbers become numbers, days days, blank nothing."""
    if text == "":
        return None
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text)
    if re.fullmatch(r"-?(0|[1-9]\d{0,13})", text):
        return int(text)
    if re.fullmatch(r"-?(0|[1-9]\d{0,9})\.\d{1,6}", text):
        return float(text)
    return text


def from_csv(content: bytes) -> bytes:
    """The same table as a workbook with typed cells."""
    return workbook([typed(cell) for cell in row] for row in csv.reader(io.StringIO(content.decode())))


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def sheet_xml(*rows: str) -> str:
    """A sheet part from rows as XML."""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'


def row_xml(number: int, *texts: str) -> str:
    """A row of inline texts; a text that begins with < is a cell as it stands."""
    cells = (
        text if text.startswith("<") else f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts
    )
    return f'<row r="{number}">{"".join(cells)}</row>'


def raw_workbook(sheet: str | bytes, parts: dict[str, str | bytes] | None = None, relations: str = "", sheets: str = "",
                 compression: int = zipfile.ZIP_DEFLATED) -> bytes:  # fmt: skip
    """A workbook put together part by part, so that any of them can be wrong."""
    held: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        f'{sheets or """<sheet name="Mail" sheetId="1" r:id="rId1"/>"""}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>{relations}</Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
        **(parts or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in held.items():
            archive.writestr(name, content)
    return out.getvalue()
