"""Country codes as they stand on customs declarations: ISO 3166-1 alpha-2, and common slips."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import pycountry

from data.errors import MailDutyError

# Codes that are not ISO but whose meaning is beyond doubt. UK stands in CBP's own worksheet example
# (OMB 1651-0147), EL is what the European Union writes for Greece.
ALIASES = {"UK": "GB", "EL": "GR"}
# Not in ISO 3166-1, assigned by its users and in use by posts and by the European Commission.
USER_ASSIGNED = {"XK": "Kosovo"}


class Country(NamedTuple):
    """A country as read. note is empty when the text already was an alpha-2 code."""

    code: str
    name: str
    note: str = ""


@lru_cache(maxsize=4096)
def country(text: str) -> Country:
    """Read a country from an alpha-2 code, an alpha-3 code, or an exact English name; case does not matter.

    Raises MailDutyError COUNTRY_UNKNOWN. Never guesses from part of a name.
    """
    asked = " ".join(text.split())
    code = asked.upper()
    if code in ALIASES:
        meant = ALIASES[code]
        return Country(meant, _alpha_2(meant).name, f"{code} read as {meant}")
    if code in USER_ASSIGNED:
        return Country(code, USER_ASSIGNED[code])
    found: Any = pycountry.countries.get(alpha_2=code) if len(code) == 2 else None
    if found is not None:
        return Country(found.alpha_2, found.name)
    found = _by_longer_text(asked)
    if found is not None:
        return Country(found.alpha_2, found.name, f"{asked} read as {found.alpha_2}")
    raise MailDutyError(
        "COUNTRY_UNKNOWN",
        f"{asked[:60]!r} is not a country we know",
        "A country is an ISO 3166-1 two-letter code",
        "Write the two-letter code, for example CN, DE or GB",
    )


def _alpha_2(code: str) -> Any:
    return pycountry.countries.get(alpha_2=code)


def issues_mail(code: str) -> bool:
    """True when `code` is an ISO alpha-2 code exactly as an S10 number must end; aliases do not count."""
    return code in USER_ASSIGNED or pycountry.countries.get(alpha_2=code) is not None


def _by_longer_text(text: str) -> Any:
    if len(text) == 3 and text.isalpha():
        return pycountry.countries.get(alpha_3=text.upper())
    if len(text) < 4 or text.isdigit():
        return None
    try:
        return pycountry.countries.lookup(text)
    except LookupError:
        return None
