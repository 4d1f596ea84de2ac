"""The answer to a batch: columns of amounts and words, from which one item's answer is made when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from data.law import Law
from data.schedule import Schedule
from models.duty.batch.coded import Flags, Ints
from models.duty.batch.marks import DAY, LINE
from models.duty.batch.remarks import Remarks
from models.duty.batch.stretches import groups
from models.duty.batch.wording import Wordings
from models.duty.calculator import assess_or_error
from models.duty.records import DutyAssessment, DutyError, DutyLine, DutyRequest

UNKNOWN = -1  # cents of a duty or fee that could not be priced; never zero


class Itemised:
    """Lines of all items: those of item ``i`` are ``starts[i]`` to ``starts[i + 1]``.

    ``wording`` is a row of :meth:`Wordings.table`, ``amount`` integer cents.
    """

    def __init__(self, starts: Ints, wording: Ints, amount: Ints) -> None:
        self.starts, self.wording, self.amount = starts, wording, amount

    def sums(self) -> Ints:
        """Cents of each item."""
        total = np.concatenate([[0], np.cumsum(self.amount)])
        return total[self.starts[1:]] - total[self.starts[:-1]]


class BatchResult:
    """What a batch owes. Everything is in the order of the batch.

    ``duty_cents`` and ``fees_cents`` are int64, -1 where unknown; ``error[i]`` is ``errors[error_code[i]]``, "" for
    none; ``duty`` and ``fees`` hold the lines as columns. ``alone`` counts the items that the columns could not
    say for certain and the calculator priced one by one.
    """

    def __init__(
        self,
        requests: Sequence[DutyRequest | DutyError],
        law: Law,
        schedule: Schedule,
        wordings: Wordings,
        duty: Itemised,
        fees: Itemised,
        regimes: list[str],
        regime: Ints,
        errors: list[str],
        error: Ints,
        warnings: list[Remarks],
        dotted: Callable[[int], str],
        answered: dict[int, DutyAssessment | DutyError],
        unknown_fees: Flags,
    ) -> None:
        self._requests, self._law, self._schedule = requests, law, schedule
        self.wordings, self.duty, self.fees = wordings, duty, fees
        self.regimes, self.regime_code, self.errors, self.error_code = regimes, regime, errors, error
        self._warnings, self._dotted, self.answered = warnings, dotted, answered
        self.alone = len(answered)
        self.duty_cents = np.where(error > 0, UNKNOWN, duty.sums())
        self.fees_cents = np.where(unknown_fees, UNKNOWN, fees.sums())
        for at, answer in answered.items():
            if isinstance(answer, DutyError) and answer.fees is not None:
                self.fees_cents[at] = answer.fees

    def __len__(self) -> int:
        return len(self._requests)

    def __iter__(self) -> Iterator[DutyAssessment | DutyError]:
        """All answers in order, faster than asking for each."""
        group, first = groups(*(one.which for one in self._warnings))
        said = [self._texts(int(at)) for at in first]
        marked = [any(DAY in text or LINE in text for text in texts) for texts in said]
        for at, which in enumerate(group.tolist()):
            if at in self.answered or self.error_code[at]:
                yield self.assessment(at)
            else:
                yield self._made(at, self.warnings(at) if marked[which] else said[which])

    def regime(self, at: int) -> str:
        return self.regimes[self.regime_code[at]]

    def error(self, at: int) -> str:
        """The code of the error, empty for none."""
        return self.errors[self.error_code[at]]

    def lines(self, at: int) -> tuple[DutyLine, ...]:
        """The duty lines of one item."""
        return self._lines(self.duty, at)

    def fee_lines(self, at: int) -> tuple[DutyLine, ...]:
        """The fee lines of one item."""
        return self._lines(self.fees, at)

    def warnings(self, at: int) -> tuple[str, ...]:
        """The warnings of one item, in the order of the calculator, each once."""
        return tuple(dict.fromkeys(self._named(text, at) for text in self._texts(at)))

    def assessment(self, at: int) -> DutyAssessment | DutyError:
        """What :func:`models.duty.calculator.assess` says of this item, made from the columns.

        Only the sentence of an error is asked of the calculator, at this moment.
        """
        if at < 0:
            at += len(self)
        if at in self.answered:
            return self.answered[at]
        asked = self._requests[at]
        assert isinstance(asked, DutyRequest)
        if self.error_code[at]:
            return assess_or_error(asked, self._law, self._schedule)
        return self._made(at, self.warnings(at))

    def as_json(self, at: int) -> dict[str, Any]:
        """The answer as ``mailduty duty`` writes it."""
        return self.assessment(at).as_json()

    def to_frame(self) -> pd.DataFrame:
        """One row for each item: id, regime, duty_cents, fees_cents (missing where unknown), error, lines."""

        def cents(column: Ints) -> Any:
            return pd.Series(column, dtype="Int64").mask(column == UNKNOWN)

        return pd.DataFrame(
            {
                "id": [one.id for one in self._requests],
                "regime": _named(self.regime_code, self.regimes),
                "duty_cents": cents(self.duty_cents),
                "fees_cents": cents(self.fees_cents),
                "error": _named(self.error_code, self.errors),
                "lines": np.diff(self.duty.starts),
            }
        )

    def lines_frame(self) -> pd.DataFrame:
        """One row for each duty line: item (its place), heading, kind, rate, amount_cents, citation."""
        table, texts = self.wordings.table(), self.wordings.texts
        columns = {}
        for at, name in enumerate(("heading", "kind", "rate", "citation")):
            codes, distinct = pd.factorize(table[self.duty.wording, at])
            columns[name] = _named(codes, [texts[one] for one in distinct])
        item = np.repeat(np.arange(len(self)), np.diff(self.duty.starts))
        return pd.DataFrame({"item": item, **columns, "amount_cents": self.duty.amount})

    def _made(self, at: int, warnings: tuple[str, ...]) -> DutyAssessment:
        asked = self._requests[at]
        assert isinstance(asked, DutyRequest)
        versions = {"law": self._law.version, "schedule": self._schedule.revision(asked.entry_date)}
        return DutyAssessment(
            asked.id, self.regime(at), self.lines(at), self.fee_lines(at), warnings, versions
        )

    def _texts(self, at: int) -> tuple[str, ...]:
        found = (text for one in self._warnings for text in one.texts[one.which[at]])
        return tuple(dict.fromkeys(found))

    def _lines(self, lines: Itemised, at: int) -> tuple[DutyLine, ...]:
        part = slice(lines.starts[at], lines.starts[at + 1])
        return self.wordings.lines(lines.wording[part].tolist(), lines.amount[part].tolist())

    def _named(self, text: str, at: int) -> str:
        if DAY in text:
            asked = self._requests[at]
            assert isinstance(asked, DutyRequest)
            text = text.replace(DAY, date.isoformat(asked.entry_date))
        return text.replace(LINE, self._dotted(at)) if LINE in text else text


def _named(codes: Ints, names: list[str]) -> pd.Categorical[Any]:
    return pd.Categorical.from_codes(codes.tolist(), categories=pd.Index(names))
