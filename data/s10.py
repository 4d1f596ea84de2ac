"""Identifiers on mail items: the S10 number of the Universal Postal Union, and everything else.

An S10 number has 13 characters: a two-letter service indicator, eight digits, one check digit and the
two-letter code of the country whose post issued it (UPU technical standard S10; 19 CFR 145.74 asks the
posts to send it as the item ID). A number that is not S10 is kept as it came, with the name of its scheme.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from operator import mul
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from data.countries import issues_mail

WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_S10 = re.compile(r"([A-Z]{2})(\d{8})(\d)([A-Z]{2})")
_NEAR_S10 = re.compile(r"[A-Z]{2}\d{7,12}[A-Z]{2}")
_IMPB = re.compile(r"(?:420\d{5}(?:\d{4})?)?9[1-5]\d{18,20}")
_S9 = re.compile(r"[A-Z]{6}[A-Z]{6}[A-Z][A-Z0-9]{2}\d{14}")
_GAPS = re.compile(r"[\s\-]+")
LONGEST_IDENTIFIER = 50  # the widest identifier an entry type 13 record carries (91 FR 38007)


class IdScheme(StrEnum):
    """How a tracking identifier is built."""

    s10 = "s10"  # built as S10, whether or not its check digit holds
    usps_impb = "usps_impb"  # 20 to 34 digits, the domestic package barcode of the US post
    s9 = "s9"  # 29 characters: a receptacle, not an item
    other = "other"


class Service(NamedTuple):
    """What a service indicator stands for. mail_class: C parcel, E EMS, U letter post, H e-commerce."""

    first: str
    last: str
    meaning: str
    mail_class: str | None
    crosses_borders: bool


# Ranges of the first two letters (UPU S10, service indicator table).
SERVICES = (
    Service("AV", "AZ", "domestic or by agreement", None, False),
    Service("BA", "BZ", "domestic or by agreement", None, False),
    Service("CA", "CZ", "parcel post", "C", True),
    Service("DA", "DZ", "domestic or by agreement", None, False),
    Service("EA", "EZ", "express mail (EMS)", "E", True),
    Service("GA", "GA", "domestic or by agreement", None, False),
    Service("GD", "GD", "domestic or by agreement", None, False),
    Service("HA", "HZ", "e-commerce parcel", "H", True),
    Service("JA", "JZ", "reserved", None, False),
    Service("KA", "KZ", "reserved", None, False),
    Service("LA", "LZ", "letter post, tracked", "U", True),
    Service("MA", "MZ", "letter post, M bag", "U", True),
    Service("NA", "NZ", "domestic or by agreement", None, False),
    Service("PA", "PZ", "domestic or by agreement", None, False),
    Service("QA", "QM", "international business reply", "U", True),
    Service("RA", "RZ", "letter post, registered", "U", True),
    Service("UA", "UZ", "letter post, other", "U", True),
    Service("VA", "VZ", "letter post, insured", "U", True),
    Service("ZA", "ZZ", "domestic or by agreement", None, False),
)


class S10(BaseModel):
    """The parts of an S10 number and whether each holds."""

    model_config = ConfigDict(frozen=True)

    service: str = Field(description="Service indicator, two letters", examples=["CP"])
    serial: str = Field(description="Eight digits the issuing post chose", examples=["47312482"])
    check: str = Field(description="Check digit as printed", examples=["9"])
    issuer: str = Field(description="Country of the issuing post, ISO 3166-1 alpha-2", examples=["US"])
    check_ok: bool = Field(description="The printed check digit is the computed one", examples=[True])
    service_ok: bool = Field(
        description="The service indicator is assigned to cross-border mail", examples=[True]
    )
    issuer_ok: bool = Field(description="The issuer is a country code in use", examples=[True])
    service_meaning: str = Field(
        default="", description="What the service indicator stands for", examples=["parcel post"]
    )
    mail_class: str | None = Field(
        default=None, description="Mail class the indicator implies", examples=["C"]
    )

    @property
    def ok(self) -> bool:
        """True when check digit, service indicator and issuer all hold."""
        return self.check_ok and self.service_ok and self.issuer_ok


class Identifier(NamedTuple):
    """A tracking identifier as read: the text we file, its scheme, its S10 parts, and (code, fact) doubts."""

    text: str
    scheme: IdScheme
    s10: S10 | None
    doubts: tuple[tuple[str, str], ...]


def check_digit(serial: str) -> str:
    """The check digit of an eight-digit serial: 11 - (weighted sum mod 11); 10 becomes 0, 11 becomes 5.

    Raises ValueError unless `serial` is eight ASCII digits.
    """
    if len(serial) != 8 or not serial.isascii() or not serial.isdigit():
        raise ValueError(f"an S10 serial has eight digits, not {serial!r}")
    rest = 11 - sum(map(mul, map(int, serial), WEIGHTS)) % 11
    return "0" if rest == 10 else "5" if rest == 11 else str(rest)


@lru_cache(maxsize=1024)
def service_of(indicator: str) -> Service | None:
    """The entry of the service table for two letters, or None where they are not assigned."""
    return next((s for s in SERVICES if s.first <= indicator <= s.last), None)


def read_identifier(raw: str) -> Identifier:
    """Read a tracking identifier; never raises. S10 numbers lose gaps, others are only trimmed."""
    text = raw.strip()
    dense = _GAPS.sub("", text).upper()
    match = _S10.fullmatch(dense) if dense.isascii() else None
    if match:
        s10, doubts = _examine(*match.groups())
        return Identifier(dense, IdScheme.s10, s10, doubts)
    if _NEAR_S10.fullmatch(dense):
        return Identifier(
            dense,
            IdScheme.other,
            None,
            (
                (
                    "S10_LENGTH",
                    f"{dense} looks like an S10 number but has {len(dense)} characters instead of 13",
                ),
            ),
        )
    if _IMPB.fullmatch(dense):
        return Identifier(dense, IdScheme.usps_impb, None, ())
    if _S9.fullmatch(dense):
        return Identifier(
            dense,
            IdScheme.s9,
            None,
            (
                (
                    "TRACKING_IS_RECEPTACLE",
                    f"{dense} is a 29-character receptacle number, not the number of an item",
                ),
            ),
        )
    return Identifier(text, IdScheme.other, None, ())


def _examine(service: str, serial: str, check: str, issuer: str) -> tuple[S10, tuple[tuple[str, str], ...]]:
    entry, right, known = service_of(service), check_digit(serial), issues_mail(issuer)
    doubts = []
    if check != right:
        doubts.append(
            ("S10_CHECK_DIGIT", f"check digit {check} of {service}{serial}{check}{issuer} should be {right}")
        )
    if entry is None:
        doubts.append(("S10_SERVICE_UNKNOWN", f"service indicator {service} is not assigned"))
    elif not entry.crosses_borders:
        doubts.append(("S10_SERVICE_NOT_CROSS_BORDER", f"service indicator {service} is {entry.meaning}"))
    if not known:
        doubts.append(("S10_ISSUER_UNKNOWN", f"{issuer} is not the code of a country with a post"))
    s10 = S10(
        service=service,
        serial=serial,
        check=check,
        issuer=issuer,
        check_ok=check == right,
        service_ok=entry is not None and entry.crosses_borders,
        issuer_ok=known,
        service_meaning=entry.meaning if entry else "",
        mail_class=entry.mail_class if entry else None,
    )
    return s10, tuple(doubts)
