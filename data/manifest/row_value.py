"""What a row says it is worth: the value of the whole row, in its currency, with the rate of its day."""

from __future__ import annotations

import re
from decimal import Decimal

from data.errors import MailDutyError
from data.manifest import cells
from data.manifest.cells_days import day
from data.manifest.row import Row
from data.money import Money, currency

_QUANTITY = re.compile(r"([\d.,\s]+?)\s*([A-Za-z][A-Za-z. ]*)")


def value_of(row: Row, quantity: Decimal | None) -> Money | None:
    """The declared value of the whole row with its rate, or None with a fault."""
    whole, per_piece = (
        row.read("value", cells.amount, row.mark("value")),
        row.read("unit_value", cells.amount, row.mark("unit_value")),
    )
    code = _currency(row, [("value", whole), ("unit_value", per_piece)])
    if row.refused("value", "unit_value", "quantity"):
        return None
    total, each = whole[0] if whole else None, per_piece[0] if per_piece else None
    if row.basis == "unit" and total is not None and each is None:
        total, each = None, total
    if total is None and each is None:
        say = row.ask if "value" in row.raw.absent else row.fault
        say("VALUE_MISSING", "value", "the row has no value", "Declare the value of the row and its currency")
        return None
    if (total or each or Decimal(0)) < 0 or (each or Decimal(0)) < 0:
        row.fault("VALUE_NEGATIVE", "value", "the value is below zero", "Send credits and returns apart")
        return None
    if each is not None:
        total = _from_each(row, total, each, quantity)
    if total is None or code is None:
        return None
    if total == 0:
        row.ask("VALUE_ZERO", "value", "the declared value is zero", "Ask for the price paid or a fair value")
    held_on = row.read("arrival_date", day, row.settings.date_order) or row.read(
        "posted_on", day, row.settings.date_order
    )
    if row.refused("arrival_date", "posted_on"):
        return None
    try:
        return row.settings.rates.price(total, code, held_on)
    except MailDutyError as error:
        row.fields.setdefault("currency", code)
        row.fault(error.code, "currency", error.fact, error.remedy)
        return None


def _from_each(row: Row, total: Decimal | None, each: Decimal, quantity: Decimal | None) -> Decimal | None:
    """The row total from the unit value. Where both stand they must agree up to the rounding of one piece."""
    if quantity is None:
        if total is not None:
            return total
        row.fault(
            "QUANTITY_MISSING",
            "quantity",
            "a unit value needs the number of pieces",
            "Give the quantity, or the value of the whole row",
        )
        return None
    product = each * quantity
    if total is None:
        return product
    places = max(2, -int(each.as_tuple().exponent))
    if abs(product - total) > Decimal(5).scaleb(-places - 1) * quantity:
        row.fault(
            "VALUE_CONFLICT",
            "value",
            f"{each} each times {quantity} is {product:f}, the row says {total}",
            "Correct one of them; `value` is the value of the whole row",
        )
        return None
    return total


def _currency(row: Row, amounts: list[tuple[str, tuple[Decimal, str | None] | None]]) -> str | None:
    stated = {found[1] for _, found in amounts if found and found[1]}
    stated |= {row.raw.units[name] for name, found in amounts if found and name in row.raw.units}
    if row.fields.get("currency"):
        read = row.read("currency", currency)
        if read is None:
            return None
        stated.add(read[0])
    if len(stated) > 1:
        row.fault(
            "CURRENCY_CONFLICT",
            "currency",
            f"the row names {' and '.join(sorted(stated))}",
            "Every amount of a row is in one currency",
        )
        return None
    if not stated:
        if any(found for _, found in amounts):
            row.fault(
                "CURRENCY_MISSING",
                "currency",
                "the amount has no currency",
                "Add a currency column, or name the currency of the file",
            )
        return None
    return stated.pop()


def quantity_of(row: Row) -> Decimal | None:
    """The quantity declared, its unit moved to `quantity_unit` where both stand in one cell (`2 pcs`)."""
    text = row.fields.get("quantity", "")
    if len(text) <= cells.LONGEST_TEXT and (found := _QUANTITY.fullmatch(text)):
        row.fields["quantity"] = found[1]
        row.fields["quantity_unit"] = row.fields.get("quantity_unit") or found[2]
    quantity = row.read("quantity", cells.number, row.mark("quantity"))
    if quantity is not None and quantity <= 0:
        row.fault("QUANTITY_NOT_POSITIVE", "quantity", "the quantity is not above zero", "Count the pieces")
    return quantity
