"""Control totals: what a file states about itself, held against what its rows add up to.

A difference never refuses a row. It is a question about the whole manifest (MANIFEST_TOTALS) and a note: a row
may have been lost, doubled or changed on the way. A figure that does not say what it counts is accepted where
it equals anything it could mean; amounts must be equal, weights up to the digits they are stated with.
"""

from __future__ import annotations

from decimal import Decimal

from data.errors import MailDutyError
from data.manifest import cells
from data.manifest.cells import Unreadable
from data.manifest.row_quantities import PER_KG
from data.manifest.sheet_cells import NumberCell
from data.manifest.source import RawRow, RowError, Settings, Skipped, Stated, shorten
from data.manifest.sums import Sums, of_item, weight_of
from data.money import currency
from data.receptacles import read_receptacle
from data.records import Item, Question

AWB_ROUNDING_KG = Decimal("0.5")  # air waybills are made out to the half kilogram
BAG_ROUNDING_KG = Decimal("0.1")  # a receptacle number carries its weight in steps of 100 g
MOST_DOUBTS = 200
_REMEDY = "Ask whoever made the file whether a row was lost, doubled or changed"
# What a stated figure could be, the likeliest first.
_COULD_BE = {
    "count": ("parcels", "rows", "receptacles", "quantity"),
    "packets": ("parcels",),
    "weight": ("gross_weight", "net_weight", "bag_weight"),
    "awb_weight": ("gross_weight", "net_weight", "bag_weight"),
    "bag_weight": ("bag_weight",),
    "any": ("parcels", "rows", "quantity", "value", "gross_weight", "net_weight"),
}


class Totals:
    """Grows while a file is read; `close` gives the doubts. Rows go in by `row`, the others by `skipped`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._file, self._part = Sums(), Sums()
        self._groups: dict[tuple[str, str], Sums] = {}
        self._stated: dict[tuple[str, str, str], dict[str, tuple[int, Stated]]] = {}
        self._firm: set[tuple[str, str, str]] = (
            set()
        )  # stated by rows of their own: these go before item rows
        self._above: list[tuple[int, Stated]] = []
        self._doubts: list[Question] = []
        self._more = 0

    def row(self, raw: RawRow | RowError, outcome: Item | RowError) -> None:
        """A data row and what became of it."""
        figures, money = of_item(outcome) if isinstance(outcome, Item) else self._of_error(raw)
        parcel = outcome.tracking_id or f"row {outcome.row}"
        bag, sums = "", [self._file, self._part]
        if isinstance(raw, RawRow):
            held = raw.fields.get("receptacle")
            bag = read_receptacle(str(held)).text if held else ""
            said = {stated.scope for stated in raw.stated}
            own = str(raw.fields.get("tracking_id", ""))
            for key in (("awb", raw.awb), ("receptacle", bag), ("parcel", own)):
                if key[1] and (key[0] in said or key in self._groups or key[0] == "awb"):
                    sums.append(self._groups.setdefault(key, Sums()))
            self._keep(raw.row, raw.stated)
        for one in sums:
            one.add(figures, money, parcel, bag)
            one.unread += isinstance(outcome, RowError) and "value" not in figures

    def skipped(self, row: Skipped) -> None:
        """A row that is no data. A total row closes the part above it."""
        if not row.stated:
            return
        of_file = [stated for stated in row.stated if stated.scope == "file"]
        for stated in row.stated:
            if stated.scope != "file" and (key := (stated.scope, stated.key, stated.what)) not in self._firm:
                self._firm.add(key)
                self._stated.pop(key, None)
        self._keep(row.row, tuple(stated for stated in row.stated if stated.scope != "file"), firm=True)
        if not self._file.rows:
            self._above.extend((row.row, stated) for stated in of_file)
            return
        for stated in of_file:
            self._hold(row.row, stated, [self._file, self._part])
        if of_file:
            self._part = Sums()

    def close(self) -> list[Question]:
        """Every difference, those stated above the rows or beside them included."""
        for row, stated in self._above:
            self._hold(row, stated, [self._file])
        unnamed: list[tuple[int, Stated]] = []
        for (scope, key, _), said in self._stated.items():
            if len(said) > 1:
                rows = " and ".join(
                    f"row {row} says {shorten(text)}" for text, (row, _) in list(said.items())[:3]
                )
                self._doubt(scope, key, "", f"the file states two totals for {_called(scope, key)}: {rows}")
                continue
            row, stated = next(iter(said.values()))
            if scope == "awb" and not any(held == "awb" for held, _ in self._groups):
                unnamed.append((row, stated))
            else:
                self._hold(row, stated, [self._groups.get((scope, key), Sums())])
        self._hold_together(unnamed)
        if self._more:
            self._doubts.append(_question("totals", "", f"{self._more} more totals differ", True))
        return self._doubts

    def _hold_together(self, unnamed: list[tuple[int, Stated]]) -> None:
        """Totals of air waybills that no row names: all of them together are those of the file."""
        for what in dict.fromkeys(stated.what for _, stated in unnamed):
            alike = [(row, stated) for row, stated in unnamed if stated.what == what]
            figures = [self._figure(stated, what) for _, stated in alike]
            (row, first), keys = alike[0], ", ".join(stated.key for _, stated in alike)
            whole = sum((f for f in figures if f is not None), Decimal(0))
            text = first.text if len(alike) == 1 or None in figures else f"{whole:f}"
            unit = first.unit if len(alike) == 1 else "kg"
            self._hold(row, Stated(what, text, "awb", keys, unit), [self._file])

    def _keep(self, row: int, stated: tuple[Stated, ...], firm: bool = False) -> None:
        for one in stated:
            if one.text.strip() and (firm or (one.scope, one.key, one.what) not in self._firm):
                said = self._stated.setdefault((one.scope, one.key, one.what), {})
                if len(said) < 4:
                    said.setdefault(one.text.strip(), (row, one))

    def _of_error(self, raw: RawRow | RowError) -> tuple[dict[str, Decimal], str]:
        """The figures of a row in error, as far as each can be read."""
        figures: dict[str, Decimal] = {}
        if isinstance(raw, RowError):
            return figures, ""
        money = str(raw.units.get("value", "") or raw.fields.get("currency", "")).strip()
        for name in ("value", "quantity", "net_weight", "gross_weight"):
            held = raw.fields.get(name)
            text = held if isinstance(held, str) else cells.plain_text(held)
            if text.strip():
                found = self._figure(Stated(name, text, unit=raw.units.get(name, "")), name)
                if found is not None:
                    figures[name] = found
        return figures, self._currency(money)

    def _hold(self, row: int, stated: Stated, sums: list[Sums]) -> None:
        """Compare one figure with what it could be, in any of the scopes it could be about."""
        text, where = stated.text.strip(), _called(stated.scope, stated.key)
        money = self._currency(stated.unit) if stated.what in ("value", "any") else ""
        if stated.what in ("value", "any") and not money:
            money = self._stated_currency(text)
        candidates = _COULD_BE.get(stated.what, (stated.what,))
        met: dict[str, Decimal] = {}
        readable = False
        for name in candidates:
            figure = self._figure(stated, name)
            if figure is None:
                continue
            readable = True
            for one in sums:
                for called, found in one.of(name, money).items():
                    if abs(found - figure) <= self._slack(stated, name, text):
                        return
                    met.setdefault(called, found)
        unread = sums[0].unread
        but = f" ({unread} rows in error are not in these sums)" if unread else ""
        if not readable:
            fact = f"row {row} states {shorten(text)} for {where}, which is no number"
        elif not met:
            fact = f"row {row} states {shorten(text)} for {where}, and no row has anything to hold it against"
        else:
            sums_met = ", ".join(f"{found.normalize():f} {name}" for name, found in met.items())
            fact = f"row {row} states {shorten(text)} for {where}, its rows come to {sums_met}{but}"
        stops = "weight" not in stated.what and bool(met)
        self._doubt(stated.scope, stated.key, text, fact, stops)

    def _slack(self, stated: Stated, name: str, text: str) -> Decimal:
        """How far a stated figure may be from the sum: nothing, but for what weights are rounded to."""
        if "weight" not in name:
            return Decimal(0)
        if stated.what == "awb_weight":
            awbs = (
                stated.key.count(",") + 1
                if stated.key
                else sum(1 for scope, _ in self._groups if scope == "awb")
            )
            return AWB_ROUNDING_KG * max(awbs, 1)
        if name == "bag_weight":
            return BAG_ROUNDING_KG
        unit = (stated.unit or "k")[:1].lower()
        return Decimal(5).scaleb(-_places(text) - 1) * PER_KG.get(unit, Decimal(1))

    def _figure(self, stated: Stated, name: str) -> Decimal | None:
        text = stated.text.strip()
        mark = "." if isinstance(stated.text, NumberCell) else self._settings.decimal_mark
        try:
            if name == "value":
                return cells.amount(text, mark)[0]
            if "weight" not in name:
                return cells.number(text, mark)
            return weight_of(text, stated.unit or self._settings.weight_unit or "kg", mark)
        except (Unreadable, MailDutyError):
            return None

    def _stated_currency(self, text: str) -> str:
        try:
            return cells.amount(text, self._settings.decimal_mark)[1] or ""
        except (Unreadable, MailDutyError):
            return ""

    def _currency(self, text: str) -> str:
        try:
            return currency(text)[0] if text.strip() else ""
        except MailDutyError:
            return ""

    def _doubt(self, scope: str, key: str, text: str, fact: str, blocks: bool = True) -> None:
        if len(self._doubts) >= MOST_DOUBTS:
            self._more += 1
            return
        self._doubts.append(_question(f"{scope} {key}".strip(), text, fact, blocks))


def _places(text: str) -> int:
    """Digits after the decimal mark of a stated figure."""
    return len(text.replace(",", ".").partition(".")[2].rstrip("kgslboz. ").strip())


def _called(scope: str, key: str) -> str:
    return "the rows above it or the file" if scope == "file" else f"{scope} {shorten(key)}"


def _question(of: str, text: str, fact: str, blocks: bool) -> Question:
    return Question(
        code="MANIFEST_TOTALS",
        field=shorten(of),
        value=shorten(text),
        fact=fact,
        remedy=_REMEDY,
        blocks=blocks,
    )
