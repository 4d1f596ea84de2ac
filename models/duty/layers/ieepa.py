"""IEEPA duties on ordinary entries, 2025-02-04 to 2026-02-23, and their effective rate for mail.

The programmes of an origin add up. The reciprocal duty is that of the origin, else the baseline; it leaves
out Section 232 goods, annex II, informational materials and donations; so do the Russian-oil duty on India
and, for Section 232 goods, the duty on Brazil. The fentanyl duties on China and Hong Kong reach Section 232
goods and annex II too; those on Canada and Mexico leave out USMCA goods and, by EO 14289, cars; against
metals they give way from 2025-06-04 (Proc. 10947). A floor origin reports its whole total on the Chapter 99
line and zero on its own line (CSMS on 9903.02.20).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from data.errors import MailDutyError
from data.law import Law, Row
from models.duty.goods import NOTHING, Goods, Layer, Note, Term, conditional, percent_text, term_of, zero

RATES = "ieepa/rates"


def programmes_of(origin: str, on: date, law: Law) -> list[Row]:
    """The rows that reach an origin that day: its own, and the baseline where it has no reciprocal row."""
    rows = law.rows(RATES, on, origin=origin)
    if any(row["programme"] == "reciprocal" for row in rows):
        return rows
    return [*rows, *law.rows(RATES, on, origin="*")]


def effective_rate(origin: str, on: date, law: Law) -> Decimal:
    """Percent of value that EO 14324 mail of an origin owes: every programme summed, a floor at its total."""
    rows = programmes_of(origin, on, law)
    if not rows:
        raise MailDutyError(
            "LAW_NO_VALUE", f"no IEEPA rate of {origin} is in force on {on}", path=RATES, on=str(on)
        )
    return sum((row.get("top_up_to", row.get("rate")) for row in rows), Decimal(0))


def ieepa(goods: Goods, law: Law, programme232: str) -> Layer:
    """``programme232``: the Section 232 programme that reaches the goods, empty for none."""
    terms: list[Term] = []
    notes: list[Note] = []
    for row in programmes_of(goods.origin, goods.on, law):
        if row.get("exempt"):
            continue
        exempt = _exception(goods, law, row, programme232, notes)
        kind = f"IEEPA {row['programme'].replace('_', ' ')}"
        if exempt and not exempt[0]:
            continue
        if exempt:
            terms.append(zero(exempt[0], kind, exempt[1], row.citation))
        elif row["programme"] == "reciprocal" and goods.says("transshipped"):
            terms.append(_transshipped(goods, law, kind))
        elif reduced := _reduced(goods, law):
            terms.append(reduced)
        else:
            terms.append(term_of(row, kind, "{total}%", whole=True))
        if row["programme"] == "brazil_free_speech" and not exempt:
            notes.append(
                conditional(
                    "9903.01.81",
                    "0",
                    "Brazil exemptions exist and their lists are not in our data; duty charged",
                    "brazil_exempt",
                )
            )
    return Layer(tuple(terms), tuple(notes), bool(terms)) if terms else NOTHING


def _exception(
    goods: Goods, law: Law, row: Row, programme232: str, notes: list[Note]
) -> tuple[str, str] | None:
    name = row["programme"]
    fentanyl = name == "fentanyl"
    if goods.says("informational_materials"):
        return _heading(goods, law, name, "informational_materials"), "exempt (informational materials)"
    if goods.says("donation"):
        return _heading(goods, law, name, "donation"), "exempt (donation)"
    if fentanyl and goods.usmca and (usmca := _heading(goods, law, name, "usmca")):
        return usmca, "exempt (USMCA)"
    if programme232 and (not fentanyl or _gives_way(goods, law, programme232)):
        return _heading(goods, law, name, "section_232"), "0 (Sec 232 goods exempt)"
    if name == "brazil_free_speech" and goods.says("brazil_exempt"):
        return _heading(goods, law, name, "listed"), "exempt (Brazil list)"
    if row.get("annex_ii") and law.listed("ieepa/annex_ii_exempt", goods.code, goods.on):
        if law.find("ieepa/annex_ii_settled", goods.on) is None:
            notes.append(
                Note(
                    "ANNEX_II_UNDATED",
                    "the exempt list is as last amended; the line may have joined it later",
                )
            )
        return _heading(goods, law, name, "annex_ii"), "exempt (annex II)"
    if row.get("annex_ii"):
        return _maybe_annex_ii(goods, law, name, notes)
    return None


def _maybe_annex_ii(goods: Goods, law: Law, name: str, notes: list[Note]) -> tuple[str, str] | None:
    """Lines that only some partners, or only aircraft, were free on: charged unless a fact says otherwise."""
    heading = _heading(goods, law, name, "annex_ii")
    if law.listed("civil_aircraft_lines", goods.code, goods.on) and goods.says("civil_aircraft"):
        return heading, "exempt (civil aircraft)"
    if law.listed("ieepa/annex_ii_partner", goods.code, goods.on):
        stated = goods.facts.get("annex_ii")
        if stated is True:
            return heading, "exempt (annex II or III)"
        if stated is None:
            notes.append(
                conditional(
                    heading,
                    "0",
                    "the line is on a list that may hold for agreed partners only; duty charged",
                    "annex_ii",
                )
            )
    return None


def _gives_way(goods: Goods, law: Law, programme232: str) -> bool:
    """Whether the fentanyl duty gives way to Section 232: Canada and Mexico only."""
    if goods.origin not in ("CA", "MX"):
        return False
    if programme232 != "metals":
        return True
    return law.find("section_232/metals/before_canada_mexico", goods.on) is not None


def _heading(goods: Goods, law: Law, programme: str, reason: str) -> str:
    """The heading under which a programme leaves goods out, empty where none is reported."""
    for origin in (goods.origin, "*"):
        path = "ieepa/exemption_headings"
        rows = law.rows(path, goods.on, programme=programme, origin=origin, reason=reason)
        if rows:
            return str(rows[0]["heading"])
    return ""


def _transshipped(goods: Goods, law: Law, kind: str) -> Term:
    entry = law.entry("ieepa/transshipment", goods.on)
    return Term(entry.label, kind, percent_text(entry.value), entry.citation, percent=entry.value)


def _reduced(goods: Goods, law: Law) -> Term | None:
    what = goods.facts.get("ieepa_reduced")
    if what is None:
        return None
    rows = law.rows("ieepa/reduced", goods.on, origin=goods.origin, goods=what)
    if not rows:
        raise MailDutyError(
            "IEEPA_REDUCED_UNKNOWN",
            f"no reduced IEEPA rate for {what} of {goods.origin} on {goods.on}",
            "only energy, minerals and potash of Canada and potash of Mexico have one",
            "drop the fact ieepa_reduced",
        )
    return term_of(rows[0], "IEEPA fentanyl")
