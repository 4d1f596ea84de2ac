"""Lines into records, so that one bad quotation mark costs one row and not the rest of the file."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterator

from data.manifest.source import RowError, shorten

LONGEST_RECORD = 1000  # lines one quoted cell may run over before we say that its quote was never closed


def records(lines: Iterator[str], delimiter: str, width: int) -> Iterator[list[str] | RowError]:
    """Records one by one. A quote that is never closed costs its own line, not what follows it."""
    again: deque[str] = deque()
    csv.field_size_limit(1 << 30)

    def pull() -> str | None:
        return again.popleft() if again else next(lines, None)

    while (line := pull()) is not None:
        taken = [line]
        try:
            yield next(csv.reader([line], delimiter=delimiter, strict=True), [])
            continue
        except csv.Error as error:
            if "unexpected end" not in str(error):
                yield _loose(line, delimiter)
                continue
        record = _over_lines(taken, pull, delimiter, width)
        if record is None:
            again.extendleft(reversed(taken[1:]))
            yield RowError(
                0,
                "QUOTE_UNCLOSED",
                "row",
                shorten(line),
                "a quotation mark opens and does not close",
                "Close it or double it; the lines after it were read as rows of their own",
            )
        else:
            yield record


def _over_lines(
    taken: list[str], pull: Callable[[], str | None], delimiter: str, width: int
) -> list[str] | None:
    """The record that starts on taken[0] and runs on; None when no such record makes sense."""

    def feed() -> Iterator[str]:
        yield taken[0]
        while len(taken) < LONGEST_RECORD and (line := pull()) is not None:
            taken.append(line)
            if width > 3 and line.count(delimiter) >= width - 1 and line.count('"') == 0:
                return  # a whole row of its own inside the quotes: they were never meant to reach this far
            yield line

    try:
        return next(csv.reader(feed(), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        return None


def _loose(line: str, delimiter: str) -> list[str]:
    """A line with stray quotes, read as it stands: a quote inside a cell is a quote."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.rstrip("\r\n").split(delimiter)
