"""Lines into records, so that one bad quotation mark costs one row and not the rest of the file."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterator

from data.manifest.source import RowError, shorten

LONGEST_RECORD = 1_000  # lines one quoted cell may run over before we say that its quote was never closed
LARGEST_RECORD = 4_000_000  # characters of those lines
MOST_LOOKED_AHEAD = 200_000  # lines looked at in vain in one file; after that no cell may run over a line


class Records:
    """The records of a file one by one. A quote that is never closed costs its own line, not what follows it."""

    def __init__(self, lines: Iterator[str], delimiter: str, width: int) -> None:
        self._lines, self._delimiter, self._width = lines, delimiter, width
        self._again: deque[str] = deque()
        self._ahead = MOST_LOOKED_AHEAD
        csv.field_size_limit(1 << 30)

    def __iter__(self) -> Iterator[list[str] | RowError]:
        while (line := self._pull()) is not None:
            try:
                yield next(csv.reader([line], delimiter=self._delimiter, strict=True), [])
                continue
            except csv.Error as error:
                if "unexpected end" not in str(error):
                    yield _loose(line, self._delimiter)
                    continue
            taken = [line]
            record = self._over_lines(taken)
            if record is None:
                self._ahead -= len(taken)
                self._again.extendleft(reversed(taken[1:]))
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

    def _pull(self) -> str | None:
        return self._again.popleft() if self._again else next(self._lines, None)

    def _over_lines(self, taken: list[str]) -> list[str] | None:
        """The record that starts on taken[0] and runs on; None when no such record makes sense."""
        try:
            return next(csv.reader(self._feed(taken, self._pull), delimiter=self._delimiter, strict=True))
        except (csv.Error, StopIteration):
            return None

    def _feed(self, taken: list[str], pull: Callable[[], str | None]) -> Iterator[str]:
        yield taken[0]
        length = len(taken[0])
        while len(taken) < min(LONGEST_RECORD, self._ahead) and length < LARGEST_RECORD:
            line = pull()
            if line is None:
                return
            taken.append(line)
            length += len(line)
            if self._width > 3 and line.count(self._delimiter) >= self._width - 1 and line.count('"') == 0:
                return  # a whole row of its own inside the quotes: they were never meant to reach this far
            yield line


def records(lines: Iterator[str], delimiter: str, width: int) -> Iterator[list[str] | RowError]:
    """Records one by one, see `Records`; width is the number of columns of the header."""
    return iter(Records(lines, delimiter, width))


def _loose(line: str, delimiter: str) -> list[str]:
    """A line with stray quotes, read as it stands: a quote inside a cell is a quote."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.rstrip("\r\n").split(delimiter)
