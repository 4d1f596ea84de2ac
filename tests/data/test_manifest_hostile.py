"""Files that mean harm: each is refused with a code, or read with every row accounted for; memory and time bounded.

They are read one after another in a process of their own with little memory, and what came of each is held here.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hostile_files import HEADER, HOSTILE, ROW, SECONDS, build, outcome
from hypothesis import given, settings
from hypothesis import strategies as st
from sheets import from_csv, raw_workbook, row_xml, sheet_xml

from data.errors import MailDutyError
from data.manifest import read_manifest, workbook, workbook_parts, workbook_sheet

HERE = Path(__file__).parent
build()


@pytest.fixture(scope="module")
def met() -> dict[str, dict[str, Any]]:
    command = [sys.executable, str(HERE / "hostile_files.py"), str(HERE), str(HERE.parents[1])]
    env = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, env=env)
    assert done.returncode == 0, done.stderr[-2000:]
    return {line["name"]: line for line in map(json.loads, done.stdout.splitlines())}


def test_there_are_many() -> None:
    assert len(HOSTILE) >= 150


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_or_read_whole(name: str, met: dict[str, dict[str, Any]]) -> None:
    expected, came = HOSTILE[name][1], met[name]["met"]
    assert came == "read" or came.startswith("MANIFEST_"), came
    assert expected in ("any", came)
    assert met[name]["seconds"] < SECONDS


def test_a_name_is_a_label_and_nothing_more() -> None:
    content = b"tracking_id,value,currency\nCP473124829DE,1.00,USD\n"
    for name, label in (("../../etc/passwd.csv", "passwd.csv"), ("C:\\a\\b.csv", "b.csv"), ("a\0\nb\u202e.csv", "a??b?.csv"),
                        ("x" * 300 + ".csv", "x" * 251 + ".csv")):  # fmt: skip
        assert read_manifest(content, name=name).manifest.source_name == label


BOOK = from_csv("\n".join((HEADER, *[ROW] * 5)).encode())


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(BOOK) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_workbook_with_changed_bytes_is_refused_or_read_whole(changes: list[tuple[int, int]]) -> None:
    spoiled = bytearray(BOOK)
    for place, byte in changes:
        spoiled[place] = byte
    met = outcome("m.xlsx", bytes(spoiled))
    assert met == "read" or met.startswith("MANIFEST_")


TAGS = ["<row>", "</row>", "<c>", "</c>", "<v>", "</v>", "<f/>", "<is>", "<t>", "</t>", '<row r="3">', '<c t="s">', '<c t="e">',
        '<c t="b">', '<c t="d">', '<c r="B2">', "<rPh>", "</sheetData>", "<sheetData>", "&amp;", "1e400", "-5"]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from(TAGS), st.integers(0, 20)), min_size=1, max_size=4)
)
def test_a_sheet_of_other_tags_is_refused_or_read_whole(changes: list[tuple[float, str, int]]) -> None:
    sheet = sheet_xml(row_xml(1, *HEADER.split(",")), row_xml(2, *ROW.split(",")))
    for share, tag, gone in changes:
        place = int(share * len(sheet))
        sheet = sheet[:place] + tag + sheet[place + gone :]
    met = outcome("m.xlsx", raw_workbook(sheet))
    assert met == "read" or met.startswith("MANIFEST_")


@pytest.mark.parametrize(
    ("module", "limit"),
    [
        (workbook, "MOST_SHEETS"),
        (workbook_sheet, "MOST_CELLS"),
        (workbook_sheet, "MOST_COLUMNS"),
        (workbook_parts, "MOST_STRINGS"),
        (workbook_parts, "MOST_TEXT"),
        (workbook_parts, "MOST_FORMATS"),
    ],
)
def test_every_limit_of_a_workbook_is_kept(module: Any, limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    book = raw_workbook(
        sheet_xml(row_xml(1, "tracking_id", "value", "currency"), row_xml(2, "CP473124829DE", "1.00", "USD")),
        {"xl/sharedStrings.xml": "<sst><si><t>aa</t></si><si><t>b</t></si></sst>",
         "xl/styles.xml": '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="1"/></cellXfs></styleSheet>'},
        sheets='<sheet name="a" r:id="rId1"/><sheet name="b" r:id="rId1"/>',
    )  # fmt: skip
    assert len(read_manifest(book).items) == 1
    monkeypatch.setattr(module, limit, 1)
    with pytest.raises(MailDutyError) as caught:
        read_manifest(book)
    assert caught.value.code == "MANIFEST_WORKBOOK_TOO_LARGE" and caught.value.remedy


def test_more_rows_than_asked_for_are_refused() -> None:
    content = b"tracking_id,value,currency\n" + b"CP473124829DE,1.00,USD\n" * 20
    assert read_manifest(content, most_rows=21).rows_seen == 21
    with pytest.raises(MailDutyError) as caught:
        read_manifest(content, most_rows=20)
    assert caught.value.code == "MANIFEST_TOO_MANY_ROWS"
