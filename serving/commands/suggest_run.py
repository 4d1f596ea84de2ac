"""`mailduty suggest`: a file of descriptions, or one text, answered in order."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from data.errors import MailDutyError
from data.law import Law
from serving.commands.runs import Summary, _chunks, _lines, _parsed, written
from serving.commands.terminal import print_table, progress
from serving.settings import tariff
from serving.suggestion.suggesting import suggest_rows


def suggest_file(file: Path, on: date, out: Path | None, top: int, confidence: float) -> Summary:
    """Answers a file of JSON lines (``-`` is standard input) to ``out`` or standard output, in the same order."""
    law, schedule = Law.load(), tariff()
    rows = errors = 0
    with ExitStack() as stack:
        advance = stack.enter_context(
            progress("Suggesting", total=file.stat().st_size if file.is_file() else None)
        )
        write = None
        for chunk in _chunks(_lines(file), 1000):
            asked = [_parsed(line, number) for number, line in chunk]
            answers = suggest_rows(asked, law, schedule, on, top, confidence)
            if write is None:
                write = stack.enter_context(written(out or Path("-")))
            for answer, (number, _) in zip(answers, chunk, strict=True):
                rows += 1
                if "error" in answer:
                    errors += 1
                    answer["error"].setdefault("row", number)
                write(answer)
            advance(sum(len(line) for _, line in chunk))
    if not rows:
        raise MailDutyError(
            "FILE_EMPTY", f"{file.name} holds no row", "one JSON object a line", "check the file"
        )
    print(f"{rows} rows in = {rows - errors} answered + {errors} with errors", file=sys.stderr)
    return Summary(rows, rows - errors, errors)


def suggest_text(
    text: str, on: date, top: int, confidence: float, more: dict[str, Any], as_json: bool
) -> None:
    """Answers one text on the terminal."""
    (answer,) = suggest_rows(
        [{"id": "text", "description": text, **more}], Law.load(), tariff(), on, top, confidence
    )
    if as_json or "error" in answer:
        print(json.dumps(answer, ensure_ascii=False))
        return
    for flag in answer["flags"]:
        print(f"{flag['code']}: {flag['message']}")
    print_table(
        [
            (s["hts"], f"{s['confidence']:.0%}", f"{s['path'][1]['confidence']:.0%}")
            for s in answer["suggestions"]
        ],
        ("number", "confidence", "of its heading"),
    )
    said = answer["answer"]
    if said["hts"]:
        print(
            f"\nDefended at {confidence:.0%}: {said['hts']} ({said['level']} digits, {said['confidence']:.0%})"
        )
    else:
        print(f"\nNothing can be defended at {confidence:.0%}.")
    for question in answer["missing"]:
        stake = question["duty_at_stake_usd"]
        print(f"\n{question['question']}" + (f" (duty at stake ${stake})" if stake else ""))
        for one in question["answers"]:
            print(f"  {one['answer']}: {', '.join(one['hts'][:3])}")
    for found in answer["evidence"]:
        if found["type"] == "catalogue":
            print(
                f"\nNear: {found['name']} [{found['kind']}], by the words {', '.join(found['words']) or 'none'}"
            )
        else:
            print(
                f"Ruling {found['number']} of {found['date']}: {found['hts']} ({found['similarity']}) {found['link']}"
            )
