"""`mailduty score` and `mailduty select`: JSON lines of parcels in, JSON lines out."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from data.errors import MailDutyError
from models.risk.selection import Candidate, select
from serving.commands.runs import Summary, _chunks, _lines, _parsed, written
from serving.commands.terminal import progress
from serving.risk.risk_desk import RiskDesk

MOST_LISTED = 20


def score_file(
    file: Path,
    on: date,
    out: Path | None = None,
    history: Path | None = None,
    lists: Path | None = None,
    unit_values: Path | None = None,
    suggester: bool = True,
) -> Summary:
    """Scores a file of parcels (``-`` is standard input). Parcels that belong together (an order split in many) belong
    into one file. A line that cannot be read is an answer with an error. ``suggester``: whether it is asked about
    declared numbers. Raises ``FILE_EMPTY``, ``MODEL_MISSING``."""
    past = None if history is None else [_parsed(line, number) for number, line in _lines(history)]
    desk = RiskDesk.shipped(on, past, lists, unit_values, suggester)
    rows = [(number, _parsed(line, number)) for number, line in _lines(file)]
    if not rows:
        raise MailDutyError(
            "FILE_EMPTY", f"{file.name} holds no parcel", "one JSON object a line", "check the file"
        )
    answers = desk.score([row for _, row in rows], on)
    errors = 0
    with ExitStack() as stack:
        advance = stack.enter_context(progress("Writing", total=len(answers)))
        write = stack.enter_context(written(out or Path("-")))
        for (number, _), answer in zip(rows, answers, strict=True):
            if "error" in answer:
                errors += 1
                answer["error"].setdefault("row", number)
            write(answer)
        advance(len(answers))
    print(f"{len(rows)} rows in = {len(rows) - errors} scored + {errors} with errors", file=sys.stderr)
    return Summary(len(rows), len(rows) - errors, errors)


def select_file(
    file: Path, budget: int, by: str, random_share: float, seed: int, out: Path | None = None
) -> Summary:
    """Chooses among the answers of `mailduty score`. Parcels without a score cannot be ranked: they are listed on
    standard error, and are no error of this run. A line that is no answer of `mailduty score` is one."""
    candidates: list[Candidate] = []
    unscored: list[str] = []
    rows = errors = 0
    for chunk in _chunks(_lines(file)):
        for number, line in chunk:
            rows += 1
            row: Any = _parsed(line, number)
            if isinstance(row, dict) and "error" in row:
                said = row["error"] if isinstance(row["error"], dict) else {}
                unscored.append(f"row {number}: id {row.get('id')!r}, {said.get('code', 'error')}")
                continue
            try:
                if isinstance(row, MailDutyError):
                    raise row
                candidates.append(Candidate.of(row))
            except MailDutyError as error:
                errors += 1
                print(f"{error.code}: row {number}: {error}", file=sys.stderr)
    chosen = select(candidates, budget, by, random_share, seed)
    with written(out or Path("-")) as write:
        for one in chosen:
            write(one.as_json())
    for named in unscored[:MOST_LISTED]:
        print(f"not scored, decide by hand: {named}", file=sys.stderr)
    if len(unscored) > MOST_LISTED:
        print(f"... and {len(unscored) - MOST_LISTED} more", file=sys.stderr)
    print(
        f"{rows} rows in = {len(candidates)} scored + {len(unscored)} not scored + {errors} unreadable; "
        f"{len(chosen)} to open",
        file=sys.stderr,
    )
    return Summary(rows, len(candidates), errors)
