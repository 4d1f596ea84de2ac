"""The file form of the tariff facts: one tab-separated row per code and stretch of days, gzipped.

``tariff.json`` beside it names the revisions it stands on and its SHA-256, which is checked on reading.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from data.errors import MailDutyError
from data.hts import dotted

COLUMNS = (
    "code",
    "units",
    "general",
    "special",
    "column2",
    "ch99",
    "valid_from",
    "valid_to",
    "revision",
    "source",
)
TABLE, TEXT, CONTENTS = "tariff.tsv.gz", "tariff.tsv", "tariff.json"
SHIPPED = Path(__file__).parent / "schedule"


class Line(NamedTuple):
    """One tariff number over days in which nothing about it changed.

    ``units`` are the schedule's abbreviations (``No.``, ``doz.``, ``kg``); rates are texts of the general,
    special and second column, on a ten-digit line those of its rate line; ``ch99`` the Chapter 99 headings
    that the footnotes name; ``valid_to`` the last day, None while in force. ``source`` is ``export``, or
    ``code list`` where all but the general rate is inherited from the line above.
    """

    code: str
    units: tuple[str, ...]
    general: str
    special: str
    column2: str
    ch99: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    revision: str
    source: str

    @property
    def level(self) -> int:
        """4, 6, 8 or 10."""
        return len(self.code)

    @property
    def rate_line(self) -> str:
        """The eight digits at which rates are set; shorter for a heading, which has none."""
        return self.code[:8]

    @property
    def dotted(self) -> str:
        """As printed: ``6109.10.00.12``."""
        return dotted(self.code)


def write_table(folder: Path, rows: list[tuple[str, ...]], contents: dict[str, Any]) -> list[Path]:
    """Writes both files, the same bytes for the same facts; adds rows and sha256 to ``contents``."""
    text = "\n".join("\t".join(row) for row in (COLUMNS, *rows)).encode() + b"\n"
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9, mtime=0, filename="") as stream:
        stream.write(text)
    contents |= {"rows": len(rows), "sha256": hashlib.sha256(text).hexdigest()}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / TABLE).write_bytes(packed.getvalue())
    (folder / CONTENTS).write_text(json.dumps(contents, indent=1) + "\n")
    return [folder / TABLE, folder / CONTENTS]


def read_table(folder: Path) -> tuple[list[Line], dict[str, Any]]:
    """All lines in order of code and first day, and the contents file. See ``Schedule.load`` for errors."""
    files = table_files(folder)
    try:
        return table_of(files)
    except ValueError as why:
        raise _corrupt(folder, str(why)) from why


def table_files(folder: Path) -> dict[str, bytes]:
    """The two texts of a table, unpacked, by name: what is archived with the duties that were computed from it."""
    try:
        return {
            CONTENTS: (folder / CONTENTS).read_bytes(),
            TEXT: gzip.decompress((folder / TABLE).read_bytes()),
        }
    except FileNotFoundError as why:
        raise MailDutyError(
            "SCHEDULE_MISSING",
            f"{why.filename} is not there",
            "a duty needs the tariff of its day",
            "run `mailduty data build-schedule DIR` or reinstall",
            file=str(why.filename),
        ) from why
    except (OSError, EOFError, zlib.error) as why:
        raise _corrupt(folder, str(why)) from why


def table_of(files: Mapping[str, bytes]) -> tuple[list[Line], dict[str, Any]]:
    """Lines and contents from the texts of :func:`table_files`. Raises ValueError where they do not fit together."""
    contents = json.loads(files[CONTENTS])
    text = files[TEXT]
    if hashlib.sha256(text).hexdigest() != contents["sha256"]:
        raise ValueError(f"{TABLE} is not the table that {CONTENTS} names")
    header, *rows = text.decode().splitlines()
    if tuple(header.split("\t")) != COLUMNS:
        raise ValueError("its columns are those of another version")
    return _lines(rows), contents


def _lines(rows: list[str]) -> list[Line]:
    days: dict[str, Any] = {"": None}
    lists: dict[str, tuple[str, ...]] = {"": ()}
    same: dict[str, str] = {}
    lines = []
    for row in rows:
        code, units, general, special, column2, ch99, start, end, revision, source = row.split("\t")
        for day in (start, end):
            if day not in days:
                days[day] = date.fromisoformat(day)
        if units not in lists:
            lists[units] = tuple(units.split(";"))
        if ch99 not in lists:
            lists[ch99] = tuple(ch99.split(" "))
        general, special, column2, revision, source = (
            same.setdefault(text, text) for text in (general, special, column2, revision, source)
        )
        lines.append(
            Line(
                code,
                lists[units],
                general,
                special,
                column2,
                lists[ch99],
                days[start],
                days[end],
                revision,
                source,
            )
        )
    return lines


def _corrupt(folder: Path, why: str) -> MailDutyError:
    return MailDutyError(
        "SCHEDULE_CORRUPT",
        f"the tariff table in {folder} cannot be used: {why}",
        "a damaged table prices nothing",
        "run `mailduty data build-schedule DIR` or reinstall",
        file=str(folder),
    )
