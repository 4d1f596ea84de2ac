"""Section 301 forced labour duty (note 52), from 2026-07-24, by origin.

Additive to the column 1 rate, an agreement rate included: a claim that frees the goods of column 1 does not
free them of this. For the EU, Taiwan, Japan, Korea and Switzerland it lifts column 1 to a total instead (for
Korea the KORUS rate where claimed) and is nothing where column 1 is there already. Origins not listed owe
none. It leaves out, in this order: goods in transit, Section 232 goods (note 52(f)), the lines of note 52(b),
the described products of 52(c), civil aircraft, pharmaceutical use, donations, informational materials, USMCA
goods of Canada and Mexico, CAFTA-DR textiles, partner lists.
"""

from __future__ import annotations

from data.law import Law
from models.duty.goods import NOTHING, Goods, Layer, Note, conditional, row_for, term_of, zero
from models.duty.layers.exceptions import textile_claim

KIND = "section 301 forced labour"
RATES = "section_301_forced_labor/rates"


def forced_labor(goods: Goods, law: Law, section232: bool, unresolved: bool) -> Layer:
    """``section232``: the goods are its goods; ``unresolved``: they are, but what they owe is an open question."""
    row = row_for(law.rows(RATES, goods.on, origin=goods.origin), goods.origin)
    if row is None:
        return NOTHING
    if section232 and unresolved:
        return Layer(
            (),
            (Note("NOTE_52_SECTION_232", f"{row['heading']} does not reach Section 232 goods, 9903.05.90"),),
        )
    reason, why = _exception(goods, law, section232)
    exempting = (
        law.rows("section_301_forced_labor/exemption_headings", goods.on, reason=reason) if reason else []
    )
    if exempting:
        return Layer((zero(exempting[0]["heading"], KIND, why, exempting[0].citation),), (), True)
    partner = row_for(
        law.rows("section_301_forced_labor/partner_lists", goods.on, origin=goods.origin), goods.origin
    )
    if partner is not None and goods.says("partner_list"):
        return Layer((zero(partner["heading"], KIND, "exempt (partner list)", partner.citation),), (), True)
    notes = []
    if (
        law.listed("section_301_forced_labor/note_52c", goods.code, goods.on)
        and "described_52c" not in goods.facts
    ):
        notes.append(
            conditional(
                "9903.05.87", "0", "one described product of this line is exempt, note 52(c)", "described_52c"
            )
        )
    if partner is not None and "partner_list" not in goods.facts:
        notes.append(
            conditional(
                partner["heading"],
                "0",
                f"goods on the list of {goods.origin} are exempt; the list is not in our data; duty charged",
                "partner_list",
            )
        )
    return Layer((term_of(row, KIND, "total {total}%"),), tuple(notes), True)


def _exception(goods: Goods, law: Law, section232: bool) -> tuple[str, str]:
    checks = (
        (goods.says("in_transit") and bool(_in_transit(goods, law)), "in_transit", "exempt (in transit)"),
        (section232, "section_232", "0 (Sec 232 goods exempt)"),
        (
            law.listed("section_301_forced_labor/note_52b", goods.code, goods.on),
            "listed",
            "exempt note 52(b)",
        ),
        (goods.says("described_52c"), "described", "exempt note 52(c)"),
        (goods.says("civil_aircraft"), "civil_aircraft", "exempt note 52(d)"),
        (goods.says("pharmaceutical_use"), "pharmaceutical_use", "exempt note 52(e)"),
        (goods.says("donation"), "donation", "exempt (donation)"),
        (
            goods.says("informational_materials"),
            "informational_materials",
            "exempt (informational materials)",
        ),
        (goods.usmca, f"usmca_{goods.origin}", "exempt (USMCA)"),
        (textile_claim(goods), "cafta_textile", "exempt (CAFTA-DR textile)"),
    )
    return next(((reason, why) for holds, reason, why in checks if holds), ("", ""))


def _in_transit(goods: Goods, law: Law) -> list[object]:
    return list(law.rows("section_301_forced_labor/exemption_headings", goods.on, reason="in_transit"))
