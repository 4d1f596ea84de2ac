"""Duty requests from JSON lines, and answers back to them. Works on lines, never on files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal

from data.errors import MailDutyError
from models.duty.records import DutyAssessment, DutyError, DutyRequest


def read_requests(lines: Iterable[str]) -> Iterator[DutyRequest | DutyError]:
    """One request per non-blank line, in order; a line that is none is a :class:`DutyError` naming its number."""
    for number, line in enumerate(lines, 1):
        if line.strip(" \t\r\n\ufeff"):
            yield _read(line.lstrip("\ufeff"), number)


def _read(line: str, number: int) -> DutyRequest | DutyError:
    try:
        given = json.loads(line, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        return DutyError(
            f"line {number}",
            "REQUEST_NOT_JSON",
            f"line {number} is not JSON: {str(error)[:120]}. Write one JSON object per line",
        )
    if not isinstance(given, dict):
        return DutyError(
            f"line {number}",
            "REQUEST_NOT_OBJECT",
            f'line {number} is no JSON object. Write {{"id": ..., "entry_date": ..., ...}}',
        )
    try:
        return DutyRequest.from_dict(given)
    except MailDutyError as error:
        known = given.get("id")
        found = DutyError.of(str(known) if known not in (None, "") else f"line {number}", error)
        return DutyError(found.id, found.code, f"line {number}: {found.message}")


def write_answers(answers: Iterable[DutyAssessment | DutyError]) -> Iterator[str]:
    """One JSON line per answer, without line end, in the same order."""
    for answer in answers:
        yield json.dumps(answer.as_json(), ensure_ascii=False)
