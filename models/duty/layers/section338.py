"""Section 338 on listed goods of Canada: additive, on the whole value.

The product list is not in our data, so it is charged only where the fact ``s338_listed`` says so, and asked
about otherwise.
"""

from __future__ import annotations

from data.law import Law
from models.duty.goods import NOTHING, Goods, Layer, Term, conditional, percent_text


def canada(goods: Goods, law: Law) -> Layer:
    entry = law.find("section_338_canada/rate", goods.on)
    listed = goods.facts.get("s338_listed")
    if goods.origin != "CA" or entry is None or listed is False:
        return NOTHING
    rate = percent_text(entry.value)
    if listed is True:
        return Layer((Term(entry.label, "section 338", rate, entry.citation, percent=entry.value),), (), True)
    return Layer(
        (),
        (
            conditional(
                entry.label,
                rate,
                "goods of Canada on the Section 338 list owe it; the list is not in our data; not charged",
                "s338_listed",
            ),
        ),
    )
