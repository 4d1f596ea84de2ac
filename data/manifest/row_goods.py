"""What the goods of a row are: text, tariff numbers, origin, category."""

from __future__ import annotations

import re
from typing import Any

from data.countries import country
from data.descriptions import is_formula, why_vague
from data.manifest.cells_codes import Codes, tariff_numbers
from data.manifest.row import Row
from data.manifest.sheet_cells import DayCell
from data.records import Category

_CATEGORIES = {
    Category.gift: "gift gifts present",
    Category.documents: "documents document",
    Category.sale_of_goods: "saleofgoods sale salegoods goodssold",
    Category.commercial_sample: "commercialsample commercialsamples sample samples",
    Category.merchandise: "merchandise",
    Category.returned_goods: "returnedgoods returngoods return returns returned returnmerchandise",
    Category.other: "other others",
}
CATEGORY_NAMES = {word: category for category, words in _CATEGORIES.items() for word in words.split()}
_TRUE, _FALSE = {"1", "y", "yes", "true", "x"}, {"", "0", "n", "no", "false"}


def goods_of(row: Row) -> dict[str, Any]:
    """Description, tariff numbers, origin and category, by Item field."""
    held = row.fields
    declared, revised = held.get("description", ""), held.get("description_revised") or None
    if vague := why_vague(revised or declared):
        row.ask(vague.code, "description", vague.fact, vague.remedy)
    for field, text in held.items():
        if text[:1] in "=@" and text and field != "description" and is_formula(text):
            row.ask(
                "FORMULA_CELL",
                field,
                "the cell holds a spreadsheet formula, kept as text and never run",
                "Export values, not formulas",
            )
    codes, corrected = _numbers(row, "hts"), _numbers(row, "hts_revised")
    if len(corrected.primary) > 1:
        row.ask("HTS_MULTIPLE", "hts_revised", "the correction names several tariff numbers", "Keep one")
    single = corrected.primary[0] if len(corrected.primary) == 1 else None
    if codes.note:
        row.ask("HTS_NESTED", "hts", codes.note, blocks=False)
    if len(codes.primary) > 1 and not single:
        _ask_which_number(row, codes.primary, declared)
    known = single or (codes.primary[0] if len(codes.primary) == 1 else None)
    if known and len(known) < 10:
        row.ask(
            "HTS_INCOMPLETE",
            "hts",
            f"{known} has {len(known)} digits, an entry needs ten",
            "Give the ten-digit US number",
            blocks=False,
        )
    return {
        "description": declared, "description_revised": revised,
        "hts_declared": codes.primary[0] if len(codes.primary) == 1 else None,
        "hts_declared_all": codes.primary, "hts_secondary": codes.secondary + tuple(
            c for c in corrected.secondary if c not in codes.secondary),
        "hts_revised": single, "origin": _origin(row), "category": _category(row),
    }  # fmt: skip


def _numbers(row: Row, field: str) -> Codes:
    """Tariff numbers of a cell; a spreadsheet makes a day of 6109-10, and its digits are other ones."""
    if isinstance(row.raw.fields.get(field), DayCell):
        row.fault("HTS_MANGLED", field, "a spreadsheet turned this tariff number into a day",
                  "Format the column as text and type it again")  # fmt: skip
        return Codes()
    return row.read(field, tariff_numbers) or Codes()


def _ask_which_number(row: Row, numbers: tuple[str, ...], description: str) -> None:
    """One value cannot be shared out among several tariff numbers, even where the texts pair off."""
    texts = [part.strip() for part in re.split(r"[;|\n/]", description) if part.strip()]
    if len(texts) == len(numbers):
        named = ", ".join(f"{number} ({text[:40]})" for number, text in zip(numbers, texts, strict=True))
    else:
        named = ", ".join(numbers)
    row.ask(
        "HTS_MULTIPLE",
        "hts",
        f"{len(numbers)} tariff numbers share one value: {named}",
        "Send one row per tariff number, each with its own description, quantity and value",
    )


def _origin(row: Row) -> str | None:
    if not row.fields.get("origin"):
        row.ask(
            "ORIGIN_MISSING",
            "origin",
            "the country where the goods were made is missing",
            "Ask the sender; the country of posting does not stand in for it",
        )
        return None
    found = row.read("origin", country)
    if found is not None and found.note:
        row.ask("COUNTRY_READ_AS", "origin", found.note, blocks=False)
    return found.code if found else None


def _category(row: Row) -> Category | None:
    text, gift = row.fields.get("category", ""), row.fields.get("gift", "").lower()
    category = None
    if text:
        named = row.settings.category_codes.get(text, text)
        category = CATEGORY_NAMES.get(re.sub(r"[^a-z]", "", named.lower()))
        if category is None:
            row.ask(
                "CATEGORY_UNKNOWN",
                "category",
                "this category is not one of the form",
                f"Use one of {', '.join(Category)}, or say what the code means",
            )
    if gift not in _TRUE | _FALSE:
        row.ask("CATEGORY_UNKNOWN", "gift", "the gift flag is neither yes nor no", "Write yes or no")
    if gift in _TRUE and category not in (None, Category.gift):
        row.ask("CATEGORY_CONFLICT", "category", f"the row says {category} and also gift", "Keep one")
    return Category.gift if gift in _TRUE and category is None else category
