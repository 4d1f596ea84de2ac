"""Column 1 general, column 1 special by claimed programme, column 2, and what replaces column 2 for Russia.

Order: goods of an origin of general note 3(b) pay column 2, whatever is claimed. Goods of Russia on a list
of note 30 pay the rate of 9903.90.08 or .09 in lieu of it. All others pay the special rate if a programme is
claimed, the origin may claim it and the line lists it; else the general rate.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from data.errors import MailDutyError
from data.law import Law, plain
from data.schedule import Line
from models.duty.goods import Base, Note, Programme
from models.duty.rates import parse_rate, programmes, special_rate

# Symbols of one agreement that the special column writes in more than one way.
KIN = {
    "S": ("S", "S+"),
    "S+": ("S+", "S"),
    "P": ("P", "P+"),
    "P+": ("P+", "P"),
    "E": ("E", "E*"),
    "D": ("D",),
}
RUSSIA_LISTS = ("column_2/russia_note_30b", "column_2/russia_note_30d")


def programme(claimed: Any, origin: str, on: date, law: Law) -> tuple[Programme | None, list[Note]]:
    """The programme claimed, None where none is or it has lapsed. Raises ``PROGRAM_UNKNOWN``/``_ORIGIN``."""
    if claimed in (None, ""):
        return None, []
    symbol = str(claimed).strip().upper()
    found = law.rows("programmes", on, symbol=symbol)
    if not found:
        if any(row["symbol"] == symbol for row in law.all_rows("programmes")):
            return None, [
                Note("PROGRAM_LAPSED", f"the programme {symbol} is not in force on {on}; general rate used")
            ]
        raise MailDutyError(
            "PROGRAM_UNKNOWN",
            f"the programme {claimed!r} is not one of the tariff",
            "HTS general note 3(c) gives the symbols",
            "claim one of " + ", ".join(sorted({r["symbol"] for r in law.all_rows("programmes")})),
            field="program",
        )
    row = found[0]
    if row["agreement"] and origin not in row["origins"].split():
        raise MailDutyError(
            "PROGRAM_ORIGIN",
            f"{row['name']} ({symbol}) is claimed for goods of {origin}",
            f"it is for goods of {row['origins']}",
            "drop the claim or correct the origin",
            field="program",
        )
    notes = []
    if not row["agreement"]:
        notes.append(
            Note("PROGRAM_ORIGIN_UNCHECKED", f"whether {origin} may claim {row['name']} was not checked")
        )
    return Programme(symbol, row["name"], row["mpf_exempt"], row.citation), notes


def is_column2(origin: str, on: date, law: Law) -> bool:
    return bool(law.rows("column_2/origins", on, origin=origin))


def base(
    line: Line, printed: str, origin: str, on: date, claim: Programme | None, law: Law, edition: str
) -> tuple[Base, list[Note]]:
    """The column that applies. ``printed`` is the number as the answer shows it, ``edition`` the HTS in force."""
    source = f"{edition}, {printed}"
    if is_column2(origin, on, law):
        return _column2(line, printed, origin, on, law, source)
    if claim is not None:
        for symbol in KIN.get(claim.symbol, (claim.symbol,)):
            rate = special_rate(line.special, symbol)
            if rate is not None:
                return Base(printed, f"column 1 special ({symbol})", rate, f"{source}, column 1 special"), []
    general = parse_rate(line.general)
    notes = []
    if claim is not None and general.ad_valorem != 0:
        listed = ", ".join(programmes(line.special)) or "none"
        notes.append(
            Note(
                "PROGRAM_NOT_ON_LINE",
                f"{printed} has no special rate for {claim.symbol} (it lists {listed}); general rate used",
            )
        )
    return Base(printed, "column 1 general", general, f"{source}, column 1 general"), notes


def _column2(
    line: Line, printed: str, origin: str, on: date, law: Law, source: str
) -> tuple[Base, list[Note]]:
    notes: list[Note] = []
    if origin == "RU":
        for path in RUSSIA_LISTS:
            listed = law.codes(path)
            if law.listed(path, line.code, on):
                rate = parse_rate(f"{plain(listed.extra['rate'])}%")
                return Base(listed.extra["heading"], "column 2 (in lieu)", rate, listed.citation), notes
            if listed.below(line.code):
                notes.append(
                    Note("SUFFIX_DECIDES", f"{listed.extra['heading']} reaches some lines below {printed}")
                )
    return Base(
        f"{printed} col.2", "column 2", parse_rate(line.column2), f"{source}, column 2; general note 3(b)"
    ), notes
