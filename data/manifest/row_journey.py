"""Under which number an item travels, in which bag, when and how it comes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from data.manifest.cells_days import day
from data.manifest.row import Row
from data.receptacles import read_dispatch, read_receptacle
from data.s10 import LONGEST_IDENTIFIER, Identifier, read_identifier

_MAIL_CLASSES = {
    "C": "C",
    "E": "E",
    "U": "U",
    "H": "H",
    "T": "T",
    "EMS": "E",
    "EXPRESS": "E",
    "CP": "C",
    "PARCEL": "C",
    "PARCELS": "C",
    "LETTER": "U",
    "LETTERS": "U",
}


def identifier_of(row: Row) -> Identifier | None:
    """The tracking number, or None with a fault."""
    text = row.fields.get("tracking_id", "")
    if not text:
        row.fault(
            "TRACKING_MISSING",
            "tracking_id",
            "the row has no tracking number",
            "Repeat the tracking number on every row of a parcel",
        )
        return None
    if len(text) > LONGEST_IDENTIFIER:
        row.fault(
            "TRACKING_TOO_LONG",
            "tracking_id",
            f"the tracking number has {len(text)} characters",
            f"It has {LONGEST_IDENTIFIER} at most",
        )
        return None
    if re.fullmatch(r"\d+(?:[.,]\d+)?[eE]\+\d+", text):
        row.fault(
            "TRACKING_MANGLED",
            "tracking_id",
            "a spreadsheet rounded this number, its digits are lost",
            "Format the column as text and export again",
        )
        return None
    found = read_identifier(text)
    for code, fact in found.doubts:
        row.ask(code, "tracking_id", fact, "Compare with the label or ask the post of origin")
    return found


def line_of(row: Row, identifier: Identifier | None, line_no: Callable[[str, int | None], int]) -> int:
    """The number of the line within its parcel; 0 with a fault."""
    declared: int | None = None
    if text := row.fields.get("line_no", ""):
        if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) < 1:
            row.fault("LINE_NO_UNREADABLE", "line_no", "this is not a line number", "Number lines from 1")
            return 0
        declared = int(text)
    if identifier is None:
        return 0
    try:
        return line_no(identifier.text, declared)
    except ValueError:
        row.fault(
            "LINE_REPEATED",
            "line_no",
            f"the parcel already has a line {declared}",
            "Number the lines of a parcel 1, 2, 3, or leave the column out",
        )
        return 0


def journey_of(row: Row, identifier: Identifier | None) -> dict[str, Any]:
    """Mail class, days, port, carrier and flight, by Item field."""
    order = row.settings.date_order
    mail_class = _mail_class(row, identifier)
    return {
        "mail_class": mail_class,
        "is_ems": None if mail_class is None else mail_class == "E",
        "designated_operator": row.fields.get("operator") or None,
        "posted_on": row.read("posted_on", day, order),
        "arrival_date": row.read("arrival_date", day, order),
        "arrival_port": _shaped(row, "arrival_port", r"\d{4}", "a Schedule D port code has four digits"),
        "carrier_code": _shaped(
            row, "carrier_code", r"[A-Z0-9]{2,4}", "a carrier code has two to four signs"
        ),
        "flight_no": row.fields.get("flight_no") or None,
        **_bag_of(row),
    }


def _bag_of(row: Row) -> dict[str, Any]:
    """Receptacle and dispatch. Nothing of what is owed hangs on them, so their doubts stop nothing."""
    held = row.fields
    if not (held.get("receptacle") or held.get("dispatch")):
        return {}
    bag = read_receptacle(held["receptacle"]) if held.get("receptacle") else None
    named = read_dispatch(held["dispatch"]) if held.get("dispatch") else None
    for field, found in (("receptacle", bag), ("dispatch", named)):
        for code, fact in found.doubts if found else ():
            row.ask(code, field, fact, "Compare with the bag label or ask the post of origin", blocks=False)
    dispatch = bag.parts.dispatch if bag and bag.parts else None
    if named and dispatch and named.text != dispatch:
        row.ask(
            "DISPATCH_CONFLICT",
            "dispatch",
            f"the row names dispatch {named.text[:40]}, its receptacle belongs to {dispatch}",
            "Correct one of them",
            blocks=False,
        )
    return {
        "receptacle": bag and bag.text[:LONGEST_IDENTIFIER],
        "dispatch": dispatch or (named and named.text[:LONGEST_IDENTIFIER]),
    }


def _shaped(row: Row, field: str, shape: str, rule: str) -> str | None:
    text = row.fields.get(field, "").upper()
    if not text or re.fullmatch(shape, text, re.ASCII):
        return text or None
    row.ask(f"{field.upper()}_UNREADABLE", field, rule, "Correct it before filing; nothing is padded")
    return None


def _mail_class(row: Row, identifier: Identifier | None) -> str | None:
    by_number = identifier.s10.mail_class if identifier and identifier.s10 else None
    text = row.fields.get("mail_class", "")
    if not text:
        return by_number
    declared = _MAIL_CLASSES.get(text.upper())
    if declared is None:
        row.ask(
            "MAIL_CLASS_UNKNOWN",
            "mail_class",
            "this mail class is not one we know",
            "Use C parcel, E EMS, U letter post or H e-commerce",
            blocks=False,
        )
        return by_number
    # Only EMS against not-EMS changes what is owed: inbound EMS is the mail that pays processing fees.
    if by_number and (declared == "E") != (by_number == "E"):
        row.ask(
            "MAIL_CLASS_CONFLICT",
            "mail_class",
            f"the row says {declared}, the tracking number says {by_number}",
            "Find out whether the item is EMS",
        )
    return declared
