"""Total rows: how one is told from goods, and which figures it states.

What it states is held against the rows by `totals`. A figure whose meaning the row does not say is held
against everything it could be.
"""

from __future__ import annotations

import re

from data.manifest.sheet_cells import Cells
from data.manifest.source import Stated
from data.manifest.vocabulary import Column

_WORDS = (
    "totals?|totaux|totale|totales|gesamt|gesamtsumme|summe|sum|suma|somme|итого|всего|"
    "合计|总计|小计|共计|總計|合計|小計"
)
_OF = {
    "count": "items? pieces parcels packages pcs rows 件数 件數 件",
    "quantity": "qty quantity",
    "value": "value amount usd 金额 申报价值",
    "weight": "weight kg 重量",
    "": "of declared",
}
_MEANT = {word.rstrip("?").rstrip("s"): what for what, words in _OF.items() if what for word in words.split()}
_TOTALS = re.compile(
    rf"(?:(?:grand|sub|sum|page|awb|net|manifest|overall)[\s\-]*)?(?:{_WORDS})(?:\s*[(（](?:{_WORDS})[)）])?"
    rf"(?P<of>(?:[\s\-]*(?:{'|'.join(word for words in _OF.values() for word in words.split())}))*)"
    r"\s*[:：=]?\s*(?P<figure>\(?[\d.,]+\s*\w*\)?)?",
    re.IGNORECASE,
)
LONGEST_TOTAL = 120  # characters of a cell that could say "total"
_NUMBERED = re.compile(r"(?=.*\d)[\w\- ]{8,50}")  # what a tracking number in a total row would look like
_FIGURE = re.compile(r"\(?([\d.,]+)\s*(\w*)\)?")
_COUNT = re.compile(r"([\d.,]+)\s*(?:items?|pieces|parcels|packages|pcs|rows|件)?", re.IGNORECASE)
_SUMMED = ("value", "quantity", "net_weight", "gross_weight")


def _total(cell: str) -> re.Match[str] | None:
    return _TOTALS.fullmatch(cell.strip()) if len(cell) <= LONGEST_TOTAL else None


def is_total(cells: Cells, columns: list[Column | None]) -> bool:
    """True when the first filled cell says total and no tracking number stands in the row."""
    place = next((n for n, cell in enumerate(cells) if cell.strip()), None)
    if place is None or not _total(cells[place]):
        return False
    beside = list(zip(cells, columns, strict=False))[place + 1 :]
    return not any(m and m.field == "tracking_id" and _NUMBERED.fullmatch(cell.strip()) for cell, m in beside)


def stated_in(cells: Cells, columns: list[Column | None], units: dict[str, str]) -> tuple[Stated, ...]:
    """The figures of a total row: those under columns that can be summed, a count, and one behind the word."""
    found: list[Stated] = []
    place = next((n for n, cell in enumerate(cells) if cell.strip()), -1)
    by_field = {meant.field: cell for cell, meant in zip(cells, columns, strict=False) if meant}
    for n, (cell, meant) in enumerate(zip(cells, columns, strict=False)):
        if n == place or not cell.strip() or meant is None:
            continue
        if meant.field in _SUMMED:
            unit = units.get(meant.field, "")
            if meant.field == "value":
                unit = unit or by_field.get("currency", "").strip()
            found.append(Stated(meant.field, cell, unit=unit))
        elif meant.field == "tracking_id" and (count := _COUNT.fullmatch(cell.strip())):
            found.append(Stated("count", count[1]))
    return (*_behind_the_word(cells[place]), *found) if place >= 0 else tuple(found)


def stated_above(cells: Cells) -> tuple[Stated, ...]:
    """The figure of a title row such as `Total pieces: 25`, in one cell or in two."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    for first, second in zip(filled, [*filled[1:], ""], strict=True):
        if found := _behind_the_word(first):
            return found
        if _total(first) and re.fullmatch(r"[\d.,]+(?:\s*\w{1,6})?", second):
            return _behind_the_word(f"{first} {second}")
    return ()


def _behind_the_word(cell: str) -> tuple[Stated, ...]:
    """`Total items: 25` states a count, `TOTAL 24.00` something it does not name."""
    said = _total(cell)
    if not said or not said["figure"]:
        return ()
    figure = _FIGURE.fullmatch(said["figure"])
    if not figure:
        return ()
    words = re.findall(r"[^\W\d_]+", f"{said['of']} {figure[2]}".lower())
    meant = next((_MEANT[word.rstrip("s")] for word in words if word.rstrip("s") in _MEANT), "any")
    return (Stated(meant, figure[1].rstrip(".,"), unit=figure[2]),)
