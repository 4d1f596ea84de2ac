"""IBC "Fullman" CSV: records of unequal length, each with its type and version first.

    email,1,...      who is told        mawb,1,...  flight and air waybill of what follows
    hawb,13,...      one parcel         package and goods lines of that parcel

Of a hawb the order of the columns is known, not what else may stand between them, and of goods lines not even
the order. So a cell is only read where its shape leaves no choice: the unit behind a weight, the currency before
an amount. A hawb that can be placed in two ways, or in none, is a row error. Cells that were not placed are named
in the notes. A hawb is the row of its parcel, unless goods lines follow: then these are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from data.errors import MailDutyError
from data.manifest.csv_records import records
from data.manifest.ibc_cells import Placed, Unplaced, place_goods, place_hawb
from data.manifest.source import Fault, Layout, RawRow, RowError, Skipped, Stated, register, shorten

HAWB_VERSION = "13"
_FIRST = re.compile(r"\ufeff?\s*\"?(email|mawb|hawb)\"?\s*,\s*\"?\d{1,3}\"?\s*,", re.IGNORECASE)
_FLIGHT = re.compile(r"([A-Z][A-Z0-9]|[0-9][A-Z])(\d{1,4}[A-Z]?)")  # airline designator and number, IATA SSIM
_MOST_NOTED = 40


@register
class IbcFullman(Layout):
    """Values are of the whole row; weights are in the unit the row names."""

    name = "ibc_fullman"
    version = "1"
    extensions = (".csv", ".txt")

    def recognise(self, head: list[str]) -> bool:
        """True when the first line with text is one of its records."""
        return bool(_FIRST.match(next((line for line in head if line.strip()), "")))

    def rows(self, lines: Iterator[str], notes: list[str]) -> Iterator[RawRow | Skipped | RowError]:
        """Every record. Raises MANIFEST_HEADER_ONLY where there is no hawb."""
        file = _File()
        for number, cells in enumerate(records(lines, ",", 0), start=1):
            yield from file.take(number, cells)
        yield from file.flush()
        if not file.parcels:
            raise MailDutyError(
                "MANIFEST_HEADER_ONLY",
                "there is no hawb record",
                "A manifest has at least one parcel",
                "Check that the export finished",
            )
        notes.extend(file.notes())


class _File:
    """The records of a file as they come; a hawb waits until it is known whether goods lines follow."""

    def __init__(self) -> None:
        self.parcels = 0
        self._journey: dict[str, str] = {}
        self._awb = ""
        self._hawb: tuple[int, list[str]] | None = None
        self._placed: Placed | None = None  # of the hawb whose goods lines are being read
        self._between: list[Skipped] = []
        self._lines = 0
        self._unplaced: dict[str, None] = {}

    def take(self, number: int, cells: list[str] | RowError) -> Iterator[RawRow | Skipped | RowError]:
        """What a record gives, and what waited for it."""
        if isinstance(cells, RowError):
            yield from self.flush()
            yield cells._replace(row=number)
            return
        kind = cells[0].strip().lower() if cells else ""
        if not any(cell.strip() for cell in cells):
            self._between.append(Skipped(number, "blank"))
        elif kind == "goods":
            yield from self._goods(number, cells)
        elif kind in ("package", "packages"):
            self._between.append(Skipped(number, "package line"))
        else:
            yield from self.flush()
            self._placed, self._lines = None, 0
            if kind == "hawb":
                self.parcels += 1
                self._hawb = number, cells
            elif kind == "mawb":
                yield self._mawb(number, cells)
            elif kind == "email":
                yield Skipped(number, "e-mail record")
            else:
                yield _error(number, cells, "RECORD_UNKNOWN", f"{shorten(kind)} is no record we know",
                             "Records are email, mawb, hawb, package and goods")  # fmt: skip

    def flush(self) -> Iterator[RawRow | Skipped | RowError]:
        """The hawb that waited, as the row of its parcel, and what stood behind it."""
        if self._hawb is not None:
            number, cells = self._hawb
            self._hawb = None
            placed = self._place(number, cells)
            yield placed if isinstance(placed, RowError) else self._row(number, placed)
        yield from self._between
        self._between.clear()

    def notes(self) -> list[str]:
        """The places that were not read, from 1, by record."""
        return [f"cells not read: {', '.join(self._unplaced)}"] if self._unplaced else []

    def _goods(self, number: int, cells: list[str]) -> Iterator[RawRow | Skipped | RowError]:
        if self._hawb is not None:
            of, held = self._hawb
            self._hawb = None
            placed = self._place(of, held)
            if isinstance(placed, RowError):
                yield placed
            else:
                self._placed = placed
                yield Skipped(of, "hawb; its goods lines follow")
        yield from self._between
        self._between.clear()
        if self._placed is None:
            yield _error(number, cells, "PARCEL_UNREAD", "the hawb of this goods line could not be read",
                         "Mend the hawb record")  # fmt: skip
            return
        self._lines += 1
        tracking = self._placed.fields["tracking_id"]
        try:
            goods = place_goods(cells)
        except Unplaced as error:
            yield _error(number, cells, "CELLS_UNPLACED", str(error), _REMEDY, tracking)
            return
        self._note("goods", goods)
        whole = self._placed
        kept = {k: v for k, v in whole.fields.items() if k not in ("value", "currency", "description", "hts")}
        total = Stated("value", whole.fields["value"], "parcel", tracking, whole.fields["currency"])
        yield self._row(number, Placed({**kept, **goods.fields}, whole.units, goods.unread, True),
                        (total,) if self._lines == 1 else ())  # fmt: skip

    def _place(self, number: int, cells: list[str]) -> Placed | RowError:
        version = cells[1].strip() if len(cells) > 1 else ""
        tracking = shorten(cells[2]) if len(cells) > 2 else ""
        if version != HAWB_VERSION:
            said = f"this is version {shorten(version)} of the hawb record; {HAWB_VERSION} is the one we know"
            return _error(number, cells, "RECORD_UNKNOWN", said, "Send that version", tracking)
        try:
            placed = place_hawb(cells)
        except Unplaced as error:
            return _error(number, cells, "CELLS_UNPLACED", str(error), _REMEDY, tracking)
        self._note("hawb", placed)
        return placed

    def _row(self, number: int, placed: Placed, stated: tuple[Stated, ...] = ()) -> RawRow:
        asks = (_BY_SHAPE,) if placed.by_shape else ()
        return RawRow(number, {**self._journey, **placed.fields}, units=placed.units, asks=asks, awb=self._awb,
                      stated=stated)  # fmt: skip

    def _mawb(self, number: int, cells: list[str]) -> Skipped:
        """Flight and air waybill. The date is that of the manifest, not of an arrival: it is not read."""
        held = [cell.strip() for cell in cells[2:8]] + [""] * 6
        flight = _FLIGHT.fullmatch(held[4].upper().replace(" ", ""))
        self._journey = {"carrier_code": flight[1], "flight_no": flight[2]} if flight else {}
        self._awb = held[5]
        return Skipped(number, "mawb", shorten(" ".join(filter(None, held))))

    def _note(self, kind: str, placed: Placed) -> None:
        for place in placed.unread:
            if len(self._unplaced) < _MOST_NOTED:
                self._unplaced[f"{kind} {place}"] = None


_REMEDY = "Send the layout of your hawb and goods records, or the parcels as plain CSV"
_BY_SHAPE = Fault(
    "CELLS_BY_SHAPE",
    "row",
    "",
    "the place of a cell is not settled in this layout: description, number and value were told by their shape",
    "Compare the row with the file",
)


def _error(number: int, cells: list[str], code: str, fact: str, remedy: str, tracking: str = "") -> RowError:
    """An error that repeats the kind of the record and its number, not the people in it."""
    said = shorten(" ".join(cell.strip() for cell in cells[:3]))
    return RowError(number, code, "row", said, fact, remedy, tracking_id=tracking)
