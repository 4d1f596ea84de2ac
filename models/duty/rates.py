"""Rates of duty as expressions: ``parse_rate("6.5¢/kg + 2%").price(value, quantities)``.

Every way the schedule states a rate in chapters 1 to 97 becomes a sum of terms with limits. What the item
must supply (weight, pieces, the value of the battery) is asked for by name and never taken as zero.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from data.errors import MailDutyError
from data.schedule_text import clean_rate, special_groups
from data.units import UNIT_FACTS, unit_named
from models.duty.rate_expression import Bound, Rate
from models.duty.rate_terms import (
    PART_FACTS,
    AdValorem,
    Elsewhere,
    MovementCap,
    OrdinaryDuty,
    Specific,
    SugarDegrees,
    Term,
)

__all__ = ["UNIT_FACTS", "Rate", "parse_rate", "programmes", "special_rate"]

_NUMBER = r"(\d+(?:\.\d+)?)"
_MONEY = rf"(?:\${_NUMBER}|{_NUMBER} ?¢)"
_PERCENT = re.compile(
    rf"{_NUMBER}(?: (\d+)/(\d+))?\s?(?:%|percent)(?: on (?:the )?(?:value of the )?(.+))?",
)
_SPECIFIC = re.compile(rf"{_MONEY} ?(each|for each other piece or part|/(.+))")
_SUGAR = re.compile(
    rf"{_MONEY}/kg less {_MONEY}/kg for each degree under 100 degrees "
    rf"\(and fractions of a degree in proportion\) but not less(?: than)? {_MONEY}/kg"
)
_FREE = re.compile(r"free(, under bond.*|, under the terms.*)?", re.IGNORECASE)
_NO_CHANGE = re.compile(r"no change", re.IGNORECASE)
_ORDINARY = re.compile(
    r"the duty (?:rate )?provided (?:for )?in ?(?:the applicable|such) subheading ?"
    r"(?:(\+|plus|minus) ?(?:a duty of )?(.+))?",
    re.IGNORECASE,
)
_PLATES = re.compile(
    r"(.+), but if consisting in part of a plate or a set of plates the total duty shall not .+"
)
_LIMIT = re.compile(r"(.+?),? but not (less|more)(?: than)? (.+)")
_HEADINGS = re.compile(r"\d{4}\.\d\d\.\d\d(?:\.\d\d)?")
# What a rate that names no number of its own points to, in our words.
_ELSEWHERE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), target)
    for pattern, target in (
        (r"each garment in the (in the )?ensemble", "each garment of the ensemble, priced as its own item"),
        (r"each article in the absence", "each article of the set, priced as its own item"),
        (r"article of which it is (a part or )?(an )?accessory", "the article that it belongs to"),
        (r"complete, assembled", "the complete, assembled movement"),
        (r"natural juice in heading 2009", "the natural juice in heading 2009"),
        (r"article in the set subject to the highest", "the article of the set with the highest rate"),
        (r"in the absence of this (sub)?heading", "the number the goods would have without this one"),
        (r"see additional u\.?s\.? note (\d+)", "what an additional U.S. note to the chapter lays down"),
    )
)


@lru_cache(maxsize=8192)
def parse_rate(text: str) -> Rate:
    """The rate that a text of the schedule states. Raises ``RATE_UNPARSED`` for anything not understood."""
    words = clean_rate(text).rstrip(".")
    if _FREE.fullmatch(words):
        return Rate(words)
    if _NO_CHANGE.fullmatch(words):
        return Rate(words, (OrdinaryDuty(),))
    if found := _ORDINARY.fullmatch(words):
        sign, rest = found.groups()
        added = parse_rate(rest).terms if rest else ()
        if sign == "minus":
            added = tuple(_less(term, words) for term in added)
        return Rate(words, (OrdinaryDuty(), *added))
    for pattern, target in _ELSEWHERE:
        if pattern.search(words):
            return Rate(words, (Elsewhere(target),))
    if words.startswith("See ") and (headings := tuple(_HEADINGS.findall(words))):
        return Rate(words, (Elsewhere(f"heading {', '.join(headings)}", headings),))
    if found := _SUGAR.fullmatch(words):
        return Rate(words, (SugarDegrees(*(_usd(*found.groups()[i : i + 2]) for i in (0, 2, 4))),))
    if found := _PLATES.fullmatch(words):
        return Rate(words, parse_rate(found[1]).terms, (MovementCap(),))
    if found := _LIMIT.fullmatch(words):
        bound = Bound(parse_rate(found[3]), least=found[2] == "less")
        return Rate(words, parse_rate(found[1]).terms, (bound,))
    return Rate(words, tuple(_term(part, words) for part in words.split(" + ")))


def programmes(special_text: str) -> tuple[str, ...]:
    """The programmes a special column lists, in its order: ``("A+", "AU", "KR")``; () for a blank one."""
    return tuple(dict.fromkeys(p for _, listed in special_groups(special_text) for p in listed))


@lru_cache(maxsize=65536)
def special_rate(special_text: str, programme: str) -> Rate | None:
    """The rate of the special column for exactly this programme, None where it is not listed.

    ``A*`` (GSP but for some countries) and ``A+`` (GSP for the least developed) are not ``A``: which of them
    a country may claim is the law's business. A rate that names no programme counts for each.
    """
    for rate, listed in special_groups(special_text):
        if programme in listed or not listed:
            return parse_rate(rate)
    return None


def _term(part: str, whole: str) -> Term:
    if found := _PERCENT.fullmatch(part):
        number, over, under, on = found.groups()
        if (on or "").replace("thebattery", "battery") in PART_FACTS:
            name = (on or "").replace("thebattery", "battery")
            if over:
                return AdValorem(Decimal(number) * int(under) + int(over), 100 * int(under), name)
            return AdValorem(Decimal(number), part=name)
    if found := _SPECIFIC.fullmatch(part):
        dollars, cents, how, per = found.groups()
        spelled, _, beyond = (per or how.removeprefix("for each ")).partition(" over ")
        if (unit := unit_named(spelled)) and (not beyond or beyond.isdigit()):
            return Specific(_usd(dollars, cents), unit, int(beyond or 0))
    raise MailDutyError(
        "RATE_UNPARSED",
        f"the rate {whole[:120]!r} is not understood" if whole else "the rate is blank",
        "a rate that is not understood prices nothing",
        "look the rate up in the official schedule",
        rate=whole[:200],
    )


def _usd(dollars: str | None, cents: str | None) -> Decimal:
    return Decimal(dollars) if dollars else Decimal(cents or 0).scaleb(-2)


def _less(term: Term, whole: str) -> Term:
    if isinstance(term, AdValorem):
        return AdValorem(-term.numerator, term.divisor, term.part)
    raise MailDutyError("RATE_UNPARSED", f"the rate {whole!r} takes off what is no share of the value")
