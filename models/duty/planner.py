"""Ordinary entry: from a tariff line, an origin, a day and facts to a plan, layer by layer.

The plan does not know the value, so one plan prices every item that agrees in what it was made from. Plans
are remembered: ten thousand T-shirts from India are one look at the law.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from data.errors import MailDutyError
from data.hts import HtsCode
from data.law import Law
from data.schedule import Line, Schedule
from models.duty import columns
from models.duty.facts import FACTS
from models.duty.goods import Goods, Note, Plan, conditional
from models.duty.layers import forced_labor, ieepa, section122, section301, section338
from models.duty.layers.metals import LISTS as METALS
from models.duty.layers.section232 import section232

# Facts about the parcel, its entry and its route; a plan depends on all others.
PARCEL_FACTS = frozenset(
    "method items rate_pct currency fees_only period arrival mode ems formal_entry cbp_prepared manual gift gift_from "
    "documents us_goods_returned undelivered pga adcvd quota alcohol_tobacco nonresident_importer cbp_demand".split()
)
PLAN_FACTS = frozenset(FACTS) - PARCEL_FACTS


def plan(
    hts: str, origin: str, on: date, channel: str, facts: Mapping[str, Any], law: Law, schedule: Schedule
) -> Plan:
    """The plan of goods. Raises what the schedule, the columns and the layers raise, and ``HTS_TOO_SHORT``."""
    key = tuple(sorted((name, facts[name]) for name in facts if name in PLAN_FACTS))
    return _planned(hts, origin, on, channel, key, law, schedule)


@lru_cache(maxsize=65536)
def _planned(
    hts: str,
    origin: str,
    on: date,
    channel: str,
    key: tuple[tuple[str, Any], ...],
    law: Law,
    schedule: Schedule,
) -> Plan:
    facts = dict(key)
    code = HtsCode.parse(hts)
    if code.level < 8:
        raise _too_short(code, on, schedule)
    line = schedule.line(code.digits, on)
    claim, notes = columns.programme(facts.get("program"), origin, on, law)
    base, base_notes = columns.base(line, printed(hts, code), origin, on, claim, law, edition(on, schedule))
    goods = Goods(
        code.digits, line, origin, on, channel, facts, claim, columns.is_column2(origin, on, law), base
    )
    found = section232(goods, law)
    reached = bool(found.programme)
    layers = (
        section301.china(goods, law),
        section301.brazil(goods, law),
        section338.canada(goods, law),
        ieepa.ieepa(goods, law, found.programme),
        section122.surcharge(goods, law, reached),
        found.layer,
        forced_labor.forced_labor(goods, law, reached, found.unresolved),
    )
    terms = tuple(term for layer in layers for term in layer.terms)
    notes = [*about_code(code, line, on, channel, law, schedule), *notes, *base_notes]
    notes += [note for layer in layers for note in layer.notes]
    if not reached:
        notes += ended_numbers(code, on, law, schedule)
    return Plan(base, _gave_way(goods, terms, law), tuple(notes), claim)


def _gave_way(goods: Goods, terms: tuple[Any, ...], law: Law) -> tuple[Any, ...]:
    """EO 14289: where the Canada or Mexico duty applies, metals do not, until Proc. 10947 turned it round."""
    fentanyl = any(t.kind == "IEEPA fentanyl" and t.percent for t in terms) and goods.origin in ("CA", "MX")
    if not fentanyl or law.find("section_232/metals/before_canada_mexico", goods.on) is not None:
        return terms
    return tuple(t for t in terms if t.kind != "section 232 metals")


def ended_numbers(code: HtsCode, on: date, law: Law, schedule: Schedule) -> list[Note]:
    """A metals list can name ten digits that the schedule has since renumbered; which new ones it means is open."""
    notes = []
    for path in law.paths(METALS) if code.level == 10 else ():
        listed = law.codes(path)
        gone = [c for c in listed.below(code.digits[:8]) if schedule.find(c, on) is None]
        if gone and listed.valid_from <= on:
            text = f"note 16(c)({listed.extra['subdivision']}) names {', '.join(gone)}, since renumbered; not charged"
            notes.append(conditional(f"9903.82 ({listed.extra['group']})", "not known", text, "s232"))
    return notes


def edition(on: date, schedule: Schedule) -> str:
    """The tariff edition in force as people call it: ``2026_rev_10`` is HTS 2026 Rev 10."""
    year, _, rest = schedule.revision(on).partition("_")
    if rest == "basic" or rest.startswith("rev_"):
        return f"HTS {year} {rest.replace('rev_', 'Rev ')}"
    return f"HTS {year}-{rest[:2]} code list"


def printed(hts: str, code: HtsCode) -> str:
    """The number as the answer shows it: as given if it had dots, else 0000.00.00 or 0000.00.0000."""
    if "." in hts:
        return hts.strip()
    digits = code.digits
    return f"{digits[:4]}.{digits[4:6]}.{digits[6:]}"


def about_code(code: HtsCode, line: Line, on: date, channel: str, law: Law, schedule: Schedule) -> list[Note]:
    """Whether the number is long enough for mail, and whether the tariff was still watched on that day."""
    notes = []
    required = law.find("limits/mail_code_digits", on)
    if channel == "mail" and required is not None and code.level < required.value:
        notes.append(
            Note(
                "HTS_TEN_DIGITS",
                f"mail needs a ten-digit number since {required.valid_from}; priced at the "
                f"rate line {line.dotted}",
            )
        )
    if on > schedule.last_verified:
        notes.append(
            Note(
                "SCHEDULE_LATER",
                f"tariff lines are those last seen on {schedule.last_verified}, {edition(on, schedule)}",
            )
        )
    return notes


def _too_short(code: HtsCode, on: date, schedule: Schedule) -> MailDutyError:
    below = [line.dotted for line in schedule.children(code, on)]
    shown = ", ".join(below[:12]) + (f" and {len(below) - 12} more" if len(below) > 12 else "")
    return MailDutyError(
        "HTS_TOO_SHORT",
        f"{code.dotted} has {code.level} digits",
        "rates stand at eight digits, and mail needs ten",
        f"choose a line below it: {shown}" if shown else "give a number of the schedule",
        value=code.digits,
        below=below,
    )
