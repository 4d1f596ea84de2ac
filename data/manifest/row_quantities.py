"""How much a row holds: quantity with its unit, net and gross weight in kilograms."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from data.manifest import cells
from data.manifest.cells import Unreadable
from data.manifest.row import Row
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
