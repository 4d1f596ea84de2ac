"""JSON lines in, JSON lines out: the parts every run of the command line shares, and the run of `mailduty duty`.

``out`` is a path, ``-`` for standard output, or None. Notebooks call these too.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from data.errors import MailDutyError
from serving.commands.terminal import progress
from serving.json_lines import encoded

CHUNK = 20_000
LONGEST_LINE = 1_000_000  # bytes; an item is a few hundred

Write = Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Summary:
    """How a run ended: rows in = items + errors, always."""

    rows_in: int
    items: int
    errors: int


def price_file(file: Path, out: Path | None = None) -> Summary:
    """Prices a file of JSON lines (``-`` is standard input); answers in the same order, to ``out`` or standard output.

    A line that cannot be read or priced is an answer with an error. Raises ``FILE_UNREADABLE``, ``FILE_EMPTY``,
    or ``FILE_NOT_JSON`` where no line of the file is JSON at all.
    """
    from data.law import Law
    from serving.duty_lines import price
    from serving.settings import tariff

    law, schedule = Law.load(), tariff()
    rows = errors = 0
    size = file.stat().st_size if file.is_file() else None
    with ExitStack() as stack:
        advance = stack.enter_context(progress("Pricing", total=size))
        write: Write | None = None
        for chunk in _chunks(_lines(file)):
            asked = [_parsed(line, number) for number, line in chunk]
            if write is None:  # nothing is written, and no old file replaced, before something could be read
                if all(isinstance(a, MailDutyError) for a in asked):
                    raise MailDutyError(
                        "FILE_NOT_JSON",
                        f"no line of {file.name} is JSON",
                        "one JSON object a line",
                        "check the file",
                    )
                write = stack.enter_context(written(out or Path("-")))
            for answer, (number, _) in zip(price(asked, law, schedule), chunk, strict=True):
                rows += 1
                if "error" in answer:
                    errors += 1
                    answer["error"].setdefault("row", number)
                write(answer)
            advance(sum(len(line) for _, line in chunk))
    if not rows:
        raise MailDutyError(
            "FILE_EMPTY", f"{file.name} holds no item", "one JSON object a line", "check the file"
        )
    print(f"{rows} rows in = {rows - errors} priced + {errors} with errors", file=sys.stderr)
    return Summary(rows, rows - errors, errors)


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    """Row number and bytes of every line that is not blank."""
    try:
        with ExitStack() as stack:
            stream = sys.stdin.buffer if str(file) == "-" else stack.enter_context(file.open("rb"))
            for number, line in enumerate(stream, start=1):
                bare = (line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line).strip()
                if bare:
                    yield number, bare
    except OSError as error:
        raise MailDutyError(
            "FILE_UNREADABLE", f"{file} cannot be read: {error.strerror}", "", "check path and permissions"
        ) from error


def _chunks(lines: Iterator[tuple[int, bytes]], size: int = CHUNK) -> Iterator[list[tuple[int, bytes]]]:
    while chunk := list(islice(lines, size)):
        yield chunk


def _parsed(line: bytes, number: int) -> Any:
    """The value of a line, or the error it is; errors go through pricing in their place."""
    if len(line) > LONGEST_LINE:
        return MailDutyError(
            "LINE_TOO_LONG", f"row {number} has {len(line):,} bytes", "an item has far less", row=number
        )
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return MailDutyError(
            "JSON_MALFORMED",
            f"row {number} is not JSON: {error}",
            "one JSON object a line",
            "correct it",
            row=number,
        )


@contextmanager
def written(out: Path | None) -> Iterator[Write]:
    """A function that writes one JSON line to ``out``. A file is replaced only once all of it is written.

    Raises ``OUT_UNWRITABLE``.
    """
    if out is None:
        yield lambda line: None
    elif str(out) == "-":
        yield lambda line: print(encoded(line).decode(), end="")
    else:
        part = out.with_name(f".{out.name}.part")
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:

                def write(line: Mapping[str, Any]) -> None:
                    file.write(encoded(line))

                yield write
            part.replace(out)
        except OSError as error:
            raise MailDutyError(
                "OUT_UNWRITABLE", f"{out} cannot be written: {error.strerror}", "", "choose another --out"
            ) from error
        finally:
            part.unlink(missing_ok=True)
