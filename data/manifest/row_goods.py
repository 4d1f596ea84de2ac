"""What the goods of a row are: text, tariff numbers, origin, category, quantity and weight."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from data.countries import country
from data.descriptions import is_formula, why_vague
from data.manifest import cells
from data.manifest.cells import Unreadable
from data.manifest.cells_codes import Codes, tariff_numbers
from data.manifest.row import Row
from data.manifest.sheet_cells import DayCell
from data.records import Category
from data.s10 import Identifier, IdScheme

HEAVIEST_KG = Decimal("31.751")  # 70 lb, the most the US post takes in one item
_WEIGHT = re.compile(r"(.*?\d)\s*(kgs?|g|gr|grams?|lbs?|oz)\.?", re.IGNORECASE)
_UNITS = {
    "No.": "no nos pc pcs piece pieces ea each unit units item items",
    "pr": "pr prs pair pairs",
    "doz": "doz dz dozen dozens",
    "kg": "kg kgs kilo kilos",
    "g": "g gr gram grams",
    "m": "m meter meters metre metres",
    "m2": "m2 sqm",
    "liter": "l liter liters litre litres",
}
UNIT_NAMES = {word: unit for unit, words in _UNITS.items() for word in words.split()}
# The pound and the ounce are defined in grams: NIST Handbook 44, appendix C.
PER_KG = {"k": Decimal(1), "g": Decimal("0.001"), "l": Decimal("0.45359237"), "o": Decimal("0.028349523125")}
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


def quantities_of(row: Row, identifier: Identifier | None, quantity: Decimal | None) -> dict[str, Any]:
    """Quantity with its unit, net and gross weight in kg, by Item field.

    A quantity without a unit counts pieces, as box 2 of the CN 23 form does.
    """
    unit = None
    if quantity is not None:
        text = row.fields.get("quantity_unit", "")
        unit = UNIT_NAMES.get(text.lower().rstrip(". ")) if text else "No."
        if unit is None:
            row.ask(
                "QUANTITY_UNIT_UNKNOWN",
                "quantity_unit",
                "this unit is not one we know",
                "Use pieces, pairs, kg",
            )
    net, gross = (
        row.read("net_weight", _kilograms, row, "net_weight"),
        row.read("gross_weight", _kilograms, row, "gross_weight"),
    )
    if net is not None and "net_weight" in row.raw.each:
        net = _of_all_pieces(row, net, quantity)
    if net is not None and gross is not None and net > gross:
        row.ask(
            "WEIGHT_CONFLICT",
            "net_weight",
            f"net {net} kg is more than gross {gross} kg",
            "Correct one of them",
        )
    heaviest = max(net or Decimal(0), gross or Decimal(0))
    if heaviest > HEAVIEST_KG and (identifier is None or identifier.scheme is IdScheme.s10):
        row.ask(
            "WEIGHT_IMPLAUSIBLE",
            "net_weight",
            f"{heaviest} kg is more than the mail carries",
            "Check whether the weights are in grams",
        )
    return {"quantity": quantity, "quantity_unit": unit, "net_weight_kg": net, "gross_weight_kg": gross}


def _of_all_pieces(row: Row, each: Decimal, quantity: Decimal | None) -> Decimal | None:
    """The net weight of the row from that of one piece; unknown where the pieces are not counted."""
    if quantity is not None:
        return each * quantity
    row.ask(
        "QUANTITY_MISSING",
        "quantity",
        "the weight is that of one piece, and the pieces are not counted",
        "Give the quantity",
        blocks=False,
    )
    return None


def _kilograms(text: str, row: Row, field: str) -> Decimal | None:
    cells.refuse_page(text, "NUMBER_UNREADABLE", "a weight")
    stated = row.raw.units.get(field)
    if found := _WEIGHT.fullmatch(text):
        text, written = found[1], found[2]
        if stated and stated[0] != written[0].lower():
            raise Unreadable(
                "WEIGHT_UNIT_CONFLICT", f"the cell says {written}, the column {stated}", "Keep one unit"
            )
        stated = written
    weight = cells.number(text, row.mark(field), True)
    if weight < 0:
        raise Unreadable("WEIGHT_NEGATIVE", "the weight is below zero", "Weigh again")
    if weight == 0:
        row.ask("WEIGHT_ZERO", field, "the weight is zero, taken as not given", "Weigh it", blocks=False)
        return None
    return weight * PER_KG[(stated or row.settings.weight_unit or "kg")[0].lower()]
