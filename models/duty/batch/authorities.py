"""What each layer may look at: its part of the law and its facts. In the order of the planner.

The batch path asks a layer once for all items that agree in these. A layer that asks for more is found out when
it does, and its items are priced one by one until it is declared here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from data.law import Law
from models.duty.goods import NOTHING, Goods, Layer
from models.duty.layers import forced_labor, ieepa, section122, section301, section338
from models.duty.layers.section232 import Section232

Ask = Callable[[Goods, Law, Section232], Layer]


class Authority(NamedTuple):
    """``after_232``: it also asks which programme of Section 232 reached the goods."""

    ask: Ask
    law: tuple[str, ...]
    facts: frozenset[str]
    after_232: bool = False


def _authority(ask: Ask, law: str, facts: str, after_232: bool = False) -> Authority:
    # the programme claimed and column 2 are known to every layer
    own = (*law.split(), "programmes", "column_2/origins")
    return Authority(ask, own, frozenset((*facts.split(), "program")), after_232)


AUTHORITIES: tuple[Authority | None, ...] = (
    _authority(
        lambda goods, law, _: section301.china(goods, law),
        "section_301_china/",
        "s301_heading s301_exclusion s301_cranes",
    ),
    _authority(lambda goods, law, _: section301.brazil(goods, law), "section_301_brazil/", "brazil_exempt"),
    _authority(lambda goods, law, _: section338.canada(goods, law), "section_338_canada/", "s338_listed"),
    _authority(
        lambda goods, law, found: ieepa.ieepa(goods, law, found.programme),
        "ieepa/ civil_aircraft_lines section_232/metals/before_canada_mexico",
        "transshipped informational_materials donation brazil_exempt civil_aircraft annex_ii ieepa_reduced",
        after_232=True,
    ),
    _authority(
        lambda goods, law, found: section122.surcharge(goods, law, bool(found.programme)),
        "section_122/",
        "in_transit s122_farm_goods civil_aircraft donation informational_materials cafta_textile",
        after_232=True,
    ),
    None,  # the lines of Section 232 come here, but it is asked before all others
    _authority(
        lambda goods, law, found: forced_labor.forced_labor(
            goods, law, bool(found.programme), found.unresolved
        ),
        "section_301_forced_labor/",
        "partner_list described_52c in_transit civil_aircraft pharmaceutical_use donation "
        "informational_materials cafta_textile",
        after_232=True,
    ),
)
IEEPA, SECTION_232 = 3, 5
ASKED_FIRST = _authority(
    lambda goods, law, found: NOTHING,
    "section_232/",
    "s232 patented metal metal_weight_pct metal_origin us_metal_95pct metal_value_usd",
)
