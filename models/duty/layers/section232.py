"""Section 232: which programme reaches the goods, and what it adds. One programme only.

Cars and light trucks come before metals (EO 14289). A car or a metal article is known by its number;
medicines by the fact ``patented``; the other programmes by the fact ``s232``, because their lists are not in
our data. ``s232: "unresolved"`` keeps the duty out of the total and reports it as a condition; the goods are
Section 232 goods all the same, so what leaves those out still does. ``s232: "no"`` takes the importer's word.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from data.law import Law, plain
from models.duty.facts import S232_PROGRAMMES
from models.duty.goods import NOTHING, Goods, Layer, Note, Term, conditional, row_for, term_of
from models.duty.layers.metals import metals

CARS = "section_232/autos/cars"


class Section232(NamedTuple):
    """``programme`` that reaches the goods, empty for none; ``unresolved`` if what they owe is open."""

    layer: Layer
    programme: str = ""
    unresolved: bool = False


def section232(goods: Goods, law: Law) -> Section232:
    stated = goods.facts.get("s232")
    if stated == "no":
        return Section232(NOTHING)
    if stated in S232_PROGRAMMES:
        return _listed_elsewhere(goods, law, str(stated))
    cars, medicines, metal = _cars(goods, law), _pharma(goods, law), metals(goods, law)
    for programme, layer in (("autos", cars), ("pharma", medicines), ("metals", metal)):
        if not layer.reached:
            continue
        if stated == "unresolved":
            return Section232(
                Layer((), (*layer.notes, *(_open(term) for term in layer.terms)), True), programme, True
            )
        return Section232(layer, programme)
    notes = (*medicines.notes, *metal.notes, *_suspects(goods, law))
    if stated == "unresolved":
        notes = (*notes, Note("S232_UNRESOLVED", "no Section 232 list we have names the line; none applied"))
    return Section232(Layer(metal.terms, notes))


def _open(term: Term) -> Note:
    return conditional(term.heading, term.rate, "Section 232 duty, unresolved; not in the total", "s232")


def _cars(goods: Goods, law: Law) -> Layer:
    """Note 33: 25 percent; 15 in total for Japan, the EU and Korea; 7.5 within the quota of the UK."""
    if not law.listed(CARS, goods.code, goods.on):
        return NOTHING
    row = row_for(law.rows("section_232/autos/rates", goods.on, programme="autos"), goods.origin)
    if row is None:
        return NOTHING
    notes = []
    if row.get("quota"):
        notes.append(
            Note("QUOTA", f"{row['heading']} holds within a quota; beyond it 9903.94.01 at 25% applies")
        )
    if goods.usmca:
        notes.append(
            conditional(
                "9903.94.03",
                "25% of non-US content",
                "USMCA cars approved by Commerce pay on their non-US content only; whole value charged",
                "s232",
            )
        )
    return Layer(
        (term_of(row, "section 232 autos", _added(goods, row.get("top_up_to"))),), tuple(notes), True
    )


def _added(goods: Goods, total: Decimal | None) -> str:
    """How a top-up reads: ``12.5% (15 total)`` over an ad valorem base, else ``15% total``."""
    own = goods.base.rate.ad_valorem
    if total is None or own is None:
        return "{total}% total"
    return f"{plain(max(total - own, 0 * total))}% ({plain(total)} total)"


def _pharma(goods: Goods, law: Law) -> Layer:
    """Patented medicines from 2026-07-31, as a total with column 1: 15 for six origins, none for the UK, else 100."""
    row = row_for(law.rows("section_232/pharma/rates", goods.on), goods.origin)
    patented = goods.facts.get("patented")
    listed = law.listed("section_232/pharma/lines", goods.code, goods.on)
    if row is None or patented is False or not (patented or listed):
        return NOTHING
    term = term_of(row, "section 232 pharma")
    if row.get("top_up_to") == 100:
        term = term._replace(rate="100%")
    if patented is None:
        return Layer(
            (), (conditional(term.heading, term.rate, "a patented medicine on the list owes it", "patented"),)
        )
    notes = []
    if law.find("section_232/pharma/second_phase", goods.on) is None:
        notes.append(
            Note("PHARMA_PHASE", "some companies are reached only from 2026-09-29; which is not in our data")
        )
    if not listed:
        notes.append(
            Note(
                "PHARMA_LINE", f"{goods.line.dotted} is no medicine of 3003 or 3004; charged because patented"
            )
        )
    return Layer((term,), tuple(notes), True)


def _listed_elsewhere(goods: Goods, law: Law, programme: str) -> Section232:
    row = row_for(law.rows("section_232/other/rates", goods.on, programme=programme), goods.origin)
    if row is None:
        note = Note(
            "S232_NOT_IN_FORCE", f"the Section 232 programme {programme} is not in force on {goods.on}"
        )
        return Section232(Layer((), (note,)))
    notes = [Note("S232_STATED", f"that the goods are on the {programme} list was stated, not checked")]
    if row.note:
        notes.append(Note("S232_DETAIL", row.note))
    kind = f"section 232 {programme.replace('_', ' ')}"
    term = term_of(row, kind, _added(goods, row.get("top_up_to")))
    return Section232(Layer((term,), tuple(notes), True), programme)


def _suspects(goods: Goods, law: Law) -> tuple[Note, ...]:
    notes = []
    for row in law.rows("section_232/other/suspects", goods.on):
        if goods.code.startswith(row["heading_prefix"]):
            rates = law.rows("section_232/other/rates", goods.on, programme=row["programme"])
            rate = row_for(rates, goods.origin)
            if rate is not None:
                term = term_of(rate, "")
                notes.append(
                    conditional(
                        term.heading,
                        term.rate,
                        f"goods on the {row['programme']} list owe it; the "
                        "list is not in our data; not charged",
                        "s232",
                    )
                )
    return tuple(notes)
