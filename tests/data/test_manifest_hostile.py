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
from hostile_files import HOSTILE, SECONDS, build
from sheets import raw_workbook, row_xml, sheet_xml

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
