"""One row under examination: its cells, what is wrong with it, and what it leaves open.

A fault means the row is refused: something that stands there cannot be read, or what the duty hangs on is
missing (tracking number, value, currency, a rate). A question leaves the item in, for a person to settle.
Nothing is ever filled in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from data.errors import MailDutyError
from data.manifest import cells
from data.manifest.cells import Unreadable
from data.manifest.sheet_cells import BadCell, NumberCell
from data.manifest.source import Fault, RawRow, Settings, shorten
from data.records import Question

LONGEST_CELL = 10_000
NOTHING = frozenset(("n/a", "#n/a", "-", "--", "none", "null", "nil", "nan"))  # not "na": that is Namibia
_T = TypeVar("_T")
_TEXT_LITERAL = re.compile(r'="([^"]*)"')


class Row:
    """A row as text by field; `faults` and `questions` grow while it is read."""

    __slots__ = ("basis", "faults", "fields", "questions", "raw", "settings")

    def __init__(self, raw: RawRow, settings: Settings, basis: str) -> None:
        self.raw, self.settings, self.basis = raw, settings, basis
        self.faults: list[Fault] = list(raw.faults)
        self.questions: list[Question] = []
        self.fields: dict[str, str] = {}
        self._take_cells()
        for said in raw.asks:
            self.questions.append(
                Question(code=said.code, field=said.field, value=said.value, fact=said.fact, remedy=said.remedy,
                         blocks=False)
            )  # fmt: skip

    def refused(self, *fields: str) -> bool:
        """True when one of these fields has a fault."""
        return any(fault.field in fields for fault in self.faults)

    def mark(self, field: str) -> str | None:
        """The decimal mark of a field: a point where the layout holds real numbers, else as the user says."""
        real = isinstance(self.raw.fields.get(field), Decimal | NumberCell)
        return "." if real else self.settings.decimal_mark

    def fault(self, code: str, field: str, fact: str, remedy: str) -> None:
        """Refuse the row."""
        self.faults.append(Fault(code, field, shorten(self.fields.get(field, "")), fact, remedy))

    def ask(self, code: str, field: str, fact: str, remedy: str = "", blocks: bool = True) -> None:
        """Keep the row and leave a question."""
        self.questions.append(
            Question(
                code=code,
                field=field,
                value=shorten(self.fields.get(field, "")),
                fact=fact,
                remedy=remedy,
                blocks=blocks,
            )
        )

    def read(self, field: str, reader: Callable[..., _T], *more: Any) -> _T | None:
        """The field through a reader, None when blank; what cannot be read is a fault."""
        text = self.fields.get(field, "")
        if text == "":
            return None
        try:
            return reader(text, *more)
        except (Unreadable, MailDutyError) as error:
            self.fault(error.code, field, error.fact, error.remedy)
        return None

    def _take_cells(self) -> None:
        taken = self.fields
        for field, value in self.raw.fields.items():
            text = value if isinstance(value, str) else cells.plain_text(value)
            if isinstance(value, BadCell):
                self.faults.append(Fault(value.code, field, shorten(text), value.fact, value.remedy))
                continue
            if len(text) > LONGEST_CELL:
                taken[field] = text[:400]
                self.faults.append(
                    Fault(
                        "CELL_TOO_LONG",
                        field,
                        shorten(text),
                        f"the cell has {len(text)} characters; {LONGEST_CELL} are the most we take",
                        "Check for a missing quotation mark or a pasted document",
                    )
                )
                continue
            text = text.strip()
            if text[:2] == '="' and (literal := _TEXT_LITERAL.fullmatch(text)):
                text = literal[1].strip()  # how spreadsheets export digits as text
            elif text[:1] == "'" and text[1:].isdigit():
                text = text[1:]
            if "\x00" in text:
                self.faults.append(
                    Fault(
                        "CELL_NOT_TEXT",
                        field,
                        shorten(text.replace("\x00", "?")),
                        "the cell holds NUL bytes",
                        "Export the file again",
                    )
                )
                text = ""
            nothing = len(text) < 5 and text.lower() in NOTHING and field != "description"
            taken[field] = "" if nothing else text
        for field, text in self.settings.defaults.items():
            if not taken.get(field):
                taken[field] = text
