"""Workbooks made in a test: from the text of a CSV, as a person's spreadsheet would hold it."""

import csv
import io
import re
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
