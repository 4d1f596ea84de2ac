"""The words of lines, kept once: an item's line is a number of words and an amount."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from models.duty.batch.coded import Ints
from models.duty.records import DutyLine


class Faults:
    """Error codes by number; 0 is none, 1 is no error but an item to be priced alone."""

    ALONE = 1

    def __init__(self) -> None:
        self.codes = ["", "alone"]

    def of(self, code: str) -> int:
        if code not in self.codes:
            self.codes.append(code)
        return self.codes.index(code)


class Wordings:
    """Each wording is heading, kind, rate and citation, by their numbers in ``texts``."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._text: dict[str, int] = {}
        self._wording: dict[tuple[int, int, int, int], int] = {}
        self._rows: list[Ints] = []
        self._fresh: list[tuple[int, int, int, int]] = []
        self._count = 0
        self._words: dict[int, tuple[str, str, str, str]] = {}

    def text(self, text: str) -> int:
        number = self._text.get(text)
        if number is None:
            number = self._text[text] = len(self.texts)
            self.texts.append(text)
        return number

    def of(self, line: DutyLine) -> int:
        return self.add(line.heading, line.kind, line.rate, line.citation)

    def add(self, heading: str, kind: str, rate: str, citation: str) -> int:
        """The number of a wording; the same words have the same number."""
        key = (self.text(heading), self.text(kind), self.text(rate), self.text(citation))
        number = self._wording.get(key)
        if number is None:
            number = self._wording[key] = self._count
            self._fresh.append(key)
            self._count += 1
        return number

    def add_all(self, heading: Ints, kind: Ints, rate: Ints, citation: Ints) -> int:
        """Many distinct wordings at once, given as numbers of texts; the number of the first of them."""
        self._settle()
        first = self._count
        self._rows.append(np.stack([heading, kind, rate, citation], axis=1).astype(np.int32))
        self._count += len(heading)
        return first

    def with_rate(self, wordings: Ints, rate: str) -> Ints:
        """The same wordings but for the rate."""
        distinct, which = np.unique(wordings, return_inverse=True)
        heading, kind, _, citation = self.table()[distinct].T
        rates = np.full(len(distinct), self.text(rate))
        return self.add_all(heading, kind, rates, citation) + which

    def table(self) -> Ints:
        """One row for each wording: heading, kind, rate and citation as numbers of ``texts``."""
        self._settle()
        if len(self._rows) != 1:
            empty = np.zeros((0, 4), np.int32)
            self._rows = [np.concatenate(self._rows) if self._rows else empty]
        return self._rows[0]

    def _settle(self) -> None:
        if self._fresh:
            self._rows.append(np.array(self._fresh, np.int32).reshape(-1, 4))
            self._fresh = []

    def lines(self, wordings: Iterable[int], amounts: Iterable[int]) -> tuple[DutyLine, ...]:
        """Lines as the calculator's, from numbers of wordings and cents."""
        found = []
        for wording, amount in zip(wordings, amounts, strict=True):
            words = self._words.get(wording)
            if words is None:
                heading, kind, rate, citation = (self.texts[one] for one in self.table()[wording])
                words = self._words[wording] = (heading, kind, rate, citation)
            heading, kind, rate, citation = words
            found.append(DutyLine(heading, kind, rate, amount, citation))
        return tuple(found)
