"""Section 122 surcharge, 2026-02-24 to 2026-07-23: additive on every origin, column 2 included.

It leaves out Section 232 goods, its listed subheadings, USMCA goods, CAFTA-DR textiles, civil aircraft,
donations, informational materials, and goods in transit before it began.
"""

from __future__ import annotations

from data.law import Law
from models.duty.goods import NOTHING, Goods, Layer, Term, percent_text, zero
from models.duty.layers.exceptions import textile_claim

KIND = "section 122"


def surcharge(goods: Goods, law: Law, section232: bool) -> Layer:
    entry = law.find("section_122/rate", goods.on)
    if entry is None:
        return NOTHING
    reason, why = _exception(goods, law, section232)
    if reason:
        rows = law.rows("section_122/exemption_headings", goods.on, reason=reason)
        if rows:
            return Layer((zero(rows[0]["heading"], KIND, why, rows[0].citation),), (), True)
    return Layer(
        (Term(entry.label, KIND, percent_text(entry.value), entry.citation, percent=entry.value),), (), True
    )


def _exception(goods: Goods, law: Law, section232: bool) -> tuple[str, str]:
    checks = (
        (goods.says("in_transit"), "in_transit", "exempt (in transit)"),
        (section232, "section_232", "0 (Sec 232 goods exempt)"),
        (law.listed("section_122/exempt_products", goods.code, goods.on), "listed", "exempt note 2(aa)(ii)"),
        (goods.says("s122_farm_goods"), "farm_goods", "exempt note 2(aa)(iii)"),
        (goods.says("civil_aircraft"), "civil_aircraft", "exempt (civil aircraft)"),
        (goods.usmca, f"usmca_{goods.origin}", "exempt (USMCA)"),
        (textile_claim(goods), "cafta_textile", "exempt (CAFTA-DR textile)"),
        (goods.says("donation"), "donation", "exempt (donation)"),
        (
            goods.says("informational_materials"),
            "informational_materials",
            "exempt (informational materials)",
        ),
    )
    return next(((reason, why) for holds, reason, why in checks if holds), ("", ""))
