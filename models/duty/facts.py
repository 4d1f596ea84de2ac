"""Every fact an item may carry, in one table: what it means, its type, an example.

The command line's help, the service's messages and README are written from it. A fact that is not here and
is no quantity of the tariff (``data.units``) gives a warning, so that a misspelt fact is never silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from data.errors import MailDutyError
from data.units import UNIT_FACTS


class Fact(NamedTuple):
    """``type`` is text, number, flag, list or date; ``choices`` where only some texts are understood."""

    meaning: str
    type: str
    example: Any
    choices: tuple[str, ...] = ()


S232_PROGRAMMES = (
    "auto_parts", "timber", "upholstered_furniture", "cabinets", "trucks", "buses", "truck_parts",
    "semiconductors", "drones",
)  # fmt: skip

FACTS: dict[str, Fact] = {
    # the parcel and how it is entered
    "method": Fact("method the carrier elected under EO 14256 or EO 14324", "text", "ad_valorem",
                   ("ad_valorem", "specific")),
    "items": Fact("number of dutiable postal items (packages), or the items with origin, value and, where "
                  "needed, hts and facts of their own", "list", [{"origin": "GB", "value": 40}]),
    "rate_pct": Fact("a stated rate to use in place of the law's, percent", "number", 10),
    "currency": Fact("currency of value_usd if it is not USD; only together with rate_pct", "text", "CAD"),
    "fees_only": Fact("assess the fees and no duty; needs no tariff number", "flag", True),
    "period": Fact("month of import of a due-date question, YYYY-MM", "text", "2025-09"),
    "arrival": Fact("day of arrival, YYYY-MM-DD", "date", "2026-08-15"),
    "mode": Fact("mode of transport; the harbor fee is for vessel only", "text", "vessel",
                 ("air", "vessel", "truck", "rail", "mail")),
    "ems": Fact("the mail item is Inbound EMS", "flag", True),
    "formal_entry": Fact("the mail item is entered formally", "flag", True),
    "cbp_prepared": Fact("a CBP officer prepares the papers", "flag", True),
    "manual": Fact("the entry is filed on paper", "flag", True),
    "in_transit": Fact("loaded on the final mode of transit before the duty began", "flag", True),
    # what takes an item out of duty
    "gift": Fact("bona fide gift between persons", "flag", True),
    "gift_from": Fact("place a gift was sent from, if not the origin", "text", "VI"),
    "informational_materials": Fact("informational materials of 50 USC 1702(b)(3)", "flag", True),
    "documents": Fact("letters and documents without goods", "flag", True),
    "donation": Fact("donation to relieve human suffering, 50 USC 1702(b)(2)", "flag", True),
    "us_goods_returned": Fact("product of the United States coming back", "flag", True),
    "undelivered": Fact("item of the US post that comes back undelivered, under its own S10 number", "flag", True),
    # origin and agreement
    "program": Fact("special programme claimed, by HTS symbol", "text", "S+"),
    "transshipped": Fact("CBP found transshipment to evade IEEPA duties", "flag", True),
    "ieepa_reduced": Fact("Canadian or Mexican goods with the lower IEEPA rate", "text", "potash",
                          ("energy_minerals", "potash")),
    "cafta_textile": Fact("textile or apparel entered free under CAFTA-DR", "flag", True),
    "annex_ii": Fact("free of the reciprocal duty by a partner list of EO 14346", "flag", True),
    # Section 301 and 338
    "s301_heading": Fact("which China heading applies where the line stands under two", "text", "9903.88.15"),
    "s301_exclusion": Fact("the described product has a China exclusion, 9903.88.69 or .70", "flag", True),
    "s301_cranes": Fact("ship-to-shore crane or chassis of 9903.91.12-.16", "flag", True),
    "brazil_exempt": Fact("on a list of 9903.05.02-.09, outside the Brazil duty", "flag", True),
    "described_52c": Fact("the product described in note 52(c) for its line", "flag", True),
    "partner_list": Fact("on the partner list of 9903.05.96-9903.06.21 of its origin", "flag", True),
    "pharmaceutical_use": Fact("for pharmaceutical use, note 52(e)", "flag", True),
    "civil_aircraft": Fact("civil aircraft or part of one", "flag", True),
    "s338_listed": Fact("on the list of the Section 338 duty on Canada", "flag", True),
    "s122_farm_goods": Fact("farm goods of note 2(aa)(iii)", "flag", True),
    # Section 232
    "s232": Fact("unresolved: report Section 232 as a condition only; no: the goods are none of its goods; or "
                 "the programme whose list names them", "text", "timber", ("unresolved", "no", *S232_PROGRAMMES)),
    "metal": Fact("the metal of an article under the metals duty", "text", "steel",
                  ("aluminum", "steel", "copper")),
    "metal_weight_pct": Fact("share of the listed metal in the weight of the article, percent", "number", 12),
    "metal_origin": Fact("where the metal was smelted, cast or melted and poured", "text", "GB"),
    "us_metal_95pct": Fact("at least 95 percent of the metal by weight is of US origin", "flag", True),
    "metal_value_usd": Fact("value of the metal content, before 2026-04-06", "number", 40),
    "patented": Fact("patented medicine of the Section 232 list", "flag", True),
    # which route mail may take
    "pga": Fact("another agency has requirements for the goods", "flag", True),
    "adcvd": Fact("under an antidumping or countervailing order", "flag", True),
    "quota": Fact("of a class under an absolute or tariff-rate quota", "flag", True),
    "alcohol_tobacco": Fact("alcohol, tobacco, cigarette tubes or papers", "flag", True),
    "nonresident_importer": Fact("the importer of record is not resident in the US", "flag", True),
    "cbp_demand": Fact("CBP asked for a formal entry", "flag", True),
}  # fmt: skip

# What single rates of the schedule ask for beside quantities (models.duty.rate_terms).
RATE_FACTS = frozenset({"degrees", "has_plate"})
QUANTITIES: frozenset[str] = frozenset(fact for facts in UNIT_FACTS.values() for fact in facts)


def check_facts(facts: Mapping[str, Any]) -> list[str]:
    """Warnings for facts nobody knows. Raises ``FACT_INVALID`` for a known fact of the wrong type or choice."""
    warnings = []
    for name, given in facts.items():
        fact = FACTS.get(name)
        if fact is None:
            if name not in QUANTITIES and name not in RATE_FACTS and not name.endswith("_usd"):
                warnings.append(f"FACT_UNKNOWN: the fact {name!r} is not known and was not used")
        elif given is not None and not _fits(fact, given):
            wanted = f"one of {', '.join(fact.choices)}" if fact.choices else f"a {fact.type}"
            raise MailDutyError(
                "FACT_INVALID",
                f"the fact {name} is {given!r}",
                f"it says: {fact.meaning}",
                f"give {wanted}, for instance {fact.example!r}",
                field=name,
                value=str(given)[:200],
            )
    return warnings


def _fits(fact: Fact, given: Any) -> bool:
    if fact.type == "flag":
        return isinstance(given, bool)
    if fact.type == "number":
        return _is_number(given)
    if fact.type == "list":
        return isinstance(given, (list, tuple)) or (isinstance(given, int) and not isinstance(given, bool))
    if fact.type == "date":
        return isinstance(given, (str, date))
    return isinstance(given, str) and (not fact.choices or given in fact.choices)


def _is_number(given: Any) -> bool:
    text = str(given)
    return not isinstance(given, bool) and text.replace(".", "", 1).isdigit()
