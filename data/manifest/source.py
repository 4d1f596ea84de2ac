"""What a reader of one layout hands on, and the register of readers.

A reader turns a file into rows in the trade's words. It decides nothing about goods or money: `checks` does
that for every layout alike. To add a layout, put one module in this folder with a class that derives from
`Layout` (lines of text, documents) or from `table.TableLayout` (rows and columns: CSV and workbooks) and
carries `@register`; `choice` finds it by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal, NamedTuple, TypeVar

from data.errors import MailDutyError
from data.manifest.intake import Intake, lines_of
from data.manifest.vocabulary import SYNONYMS
from data.money import Rates

SHOWN = 80  # characters of an offending value that an error repeats


@dataclass(frozen=True)
class Settings:
    """What the sender of a file has to tell us where the file itself does not."""

    value_basis: Literal["row", "unit"] | None = None  # column `value`: of the whole row, or of one piece
    decimal_mark: Literal[".", ","] | None = None  # settles 1.234 and 1,234
    date_order: Literal["mdy", "dmy"] | None = None  # settles 03/04/2026
    weight_unit: str | None = None  # unit of weights whose column does not say; kg unless set
    defaults: Mapping[str, str] = field(default_factory=dict)  # field -> text, for blank cells
    category_codes: Mapping[str, str] = field(default_factory=dict)  # the sender's code -> our category
    rates: Rates = field(default_factory=Rates)

    def __post_init__(self) -> None:
        """Raises MailDutyError SETTING_UNKNOWN for a setting nobody knows."""
        allowed: tuple[tuple[str, str | None, tuple[str, ...]], ...] = (
            ("value_basis", self.value_basis, ("row", "unit")),
            ("decimal_mark", self.decimal_mark, (".", ",")),
            ("date_order", self.date_order, ("mdy", "dmy")),
            ("weight_unit", self.weight_unit, ("kg", "g", "lb", "oz")),
            *(("default", name, tuple(SYNONYMS)) for name in self.defaults),
        )
        for name, value, known in allowed:
            if value is not None and value not in known:
                raise MailDutyError(
                    "SETTING_UNKNOWN", f"{name} cannot be {value!r}", "", f"Use {', '.join(known)}"
                )


class Fault(NamedTuple):
    """One thing wrong in a row."""

    code: str
    field: str
    value: str
    fact: str
    remedy: str


class Stated(NamedTuple):
    """A total that a file states about itself; `totals` holds it against the rows.

    what: count (rows, parcels or pieces), packets, value, weight, awb_weight, bag_weight, any (not said
    which), or a raw field such as quantity or net_weight. scope: file, awb, receptacle or parcel; key names which one. text: the figure as it stood.
    """

    what: str
    text: str
    scope: str = "file"
    key: str = ""
    unit: str = ""  # weight unit or currency the column or cell beside it states


@dataclass(slots=True)
class RawRow:
    """One data row: field -> text as it stood (or an exact number, where the layout has numbers)."""

    row: int
    fields: Mapping[str, Any]
    piece: int | None = None
    units: Mapping[str, str] = field(default_factory=dict)  # field -> unit or currency its column name states
    facts: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    absent: frozenset[str] = frozenset()  # fields this layout never has: asked for, not refused
    each: frozenset[str] = frozenset()  # weights that are of one piece, not of the row
    asks: tuple[Fault, ...] = ()  # what the layout itself leaves open: questions that stop nothing
    awb: str = ""  # air waybill the row stands under
    stated: tuple[Stated, ...] = ()  # totals the row states


class Skipped(NamedTuple):
    """A row that is no data: blank, a total, a title. Counted and shown, never an item."""

    row: int
    reason: str
    text: str = ""
    stated: tuple[Stated, ...] = ()


class RowError(NamedTuple):
    """A row that could not become an item, with its first fault and all the others (`also`).

    row counts from 1 as a spreadsheet shows the file; piece is the content piece in a nested parcel, from 1.
    """

    row: int
    code: str
    field: str
    value: str
    fact: str
    remedy: str
    piece: int | None = None
    tracking_id: str = ""
    also: tuple[Fault, ...] = ()

    @property
    def message(self) -> str:
        """One sentence for people, with row, field and remedy."""
        where = f"row {self.row}" + (f", piece {self.piece}" if self.piece else "")
        return f"{where}, {self.field}: {self.fact}. {self.remedy}".rstrip(". ") + "."

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, message included."""
        kept = {k: v for k, v in self._asdict().items() if v not in (None, "", ())}
        if self.also:
            kept["also"] = [fault._asdict() for fault in self.also]
        return {**kept, "message": self.message}


def shorten(value: object) -> str:
    """The start of a value, on one line, with its length where it is cut."""
    text = str(value)
    flat = " ".join(text[: SHOWN * 4].split())
    if len(flat) <= SHOWN and len(text) <= SHOWN * 4:
        return flat
    return f"{flat[:SHOWN]}... ({len(text)} characters)"


class Layout:
    """A reader. Subclasses set name, version, extensions and implement recognise and rows (or read)."""

    name = ""
    version = "1"
    extensions: tuple[str, ...] = ()
    general = False  # reads any file of its kind: asked only where no layout of its own recognises the file
    value_basis: Literal["row", "unit"] = "row"  # what `value` means in this layout unless the user says

    def recognise(self, head: list[str]) -> bool:
        """True when these first lines look like this layout."""
        raise NotImplementedError

    def fitted(self, intake: Intake) -> Layout:
        """The reader for this very file; one with several maps gives that which fits."""
        return self

    def recognise_cells(self, head: list[list[str]]) -> bool:
        """True when these first rows of a sheet look like this layout; no sheet does unless it is a table."""
        return False

    def rows(self, lines: Iterator[str], notes: list[str]) -> Iterator[RawRow | Skipped | RowError]:
        """Every row of the file in order. Raises MailDutyError only when no row can be read at all."""
        raise NotImplementedError

    def read(self, intake: Intake, raw: BinaryIO, notes: list[str]) -> Iterator[RawRow | Skipped | RowError]:
        """Every row of the file behind `raw`; a layout whose file is no text in lines overrides this."""
        with intake.text(raw) as text:
            yield from self.rows(lines_of(text), notes)


LAYOUTS: dict[str, Layout] = {}
_L = TypeVar("_L", bound=type[Layout])


def register(kind: _L) -> _L:
    """Class decorator: make a layout known by its name."""
    LAYOUTS[kind.name] = kind()
    return kind
