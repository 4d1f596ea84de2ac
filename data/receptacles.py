"""Receptacles and dispatches: the 29-character number on a mail bag, and the keys that are its beginnings.

A receptacle identifier (UPU technical standard S9) reads, without gaps, as

    CNSZHD USJFKA A EN 5 0002 004 0 0 0022
    origin, destination (office of exchange, IMPC, six signs each), mail category, mail class with subclass,
    last digit of the year, number of the dispatch in that year, number of the receptacle in the dispatch,
    1 on the last receptacle of the dispatch, 1 where it holds registered or insured mail, weight in 100 g

Its first 15 characters name the dispatch series, its first 20 the dispatch. 19 CFR 145.74(d)(2) asks the posts
to send both offices, the dispatch number and the receptacles ahead of the mail.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from data.countries import issues_mail
from data.short_memory import remember_short

RECEPTACLE_LENGTH, DISPATCH_LENGTH, SERIES_LENGTH = 29, 20, 15
LONGEST_READ = 200  # characters looked at; what is longer is wrong anyway
CATEGORIES = {"A": "air", "B": "surface, air lifted (SAL)", "C": "surface", "D": "surface, priority"}
CLASSES = {"U": "letter post", "C": "parcels", "E": "EMS", "T": "empty receptacles"}
_OFFICE = r"[A-Z]{2}[A-Z0-9]{4}"
_SERIES = rf"({_OFFICE})({_OFFICE})([A-Z])([A-Z][A-Z0-9])"
_DISPATCH = re.compile(rf"{_SERIES}(\d)(\d{{4}})")
_RECEPTACLE = re.compile(rf"{_SERIES}(\d)(\d{{4}})(\d{{3}})(\d)(\d)(\d{{4}})")
_GAPS = re.compile(r"[\s\-]+")


class Receptacle(BaseModel):
    """The parts of a receptacle identifier."""

    model_config = ConfigDict(frozen=True)

    text: str = Field(description="All 29 characters", examples=["CNSZHDUSJFKAAEN50002004000022"])
    origin: str = Field(description="Office of exchange that made it up, IMPC", examples=["CNSZHD"])
    destination: str = Field(description="Office of exchange it goes to, IMPC", examples=["USJFKA"])
    category: str = Field(description="Mail category: A air, B SAL, C surface, D priority", examples=["A"])
    mail_class: str = Field(description="Mail class: U letters, C parcels, E EMS, T empties", examples=["E"])
    subclass: str = Field(description="Mail class with subclass, two signs", examples=["EN"])
    year: int = Field(description="Last digit of the year of the dispatch", examples=[5])
    dispatch_no: str = Field(description="Number of the dispatch in its series, text", examples=["0002"])
    receptacle_no: str = Field(description="Number of the receptacle in its dispatch", examples=["004"])
    last: bool = Field(description="It is the highest-numbered of its dispatch", examples=[False])
    registered: bool = Field(description="It holds registered or insured items", examples=[False])
    weight_kg: Decimal = Field(description="Gross weight, kg, in steps of 0.1", examples=["2.2"])

    @property
    def dispatch(self) -> str:
        """Key of the dispatch: the first 20 characters."""
        return self.text[:DISPATCH_LENGTH]

    @property
    def series(self) -> str:
        """Key of the dispatch series: the first 15 characters."""
        return self.text[:SERIES_LENGTH]


class ReadReceptacle(NamedTuple):
    """A receptacle identifier as read: the text we keep, its parts where they can be told, (code, fact) doubts."""

    text: str
    parts: Receptacle | None
    doubts: tuple[tuple[str, str], ...]


class ReadDispatch(NamedTuple):
    """A dispatch identifier as read: the text we keep, and (code, fact) doubts. It has 20 signs where none is."""

    text: str
    doubts: tuple[tuple[str, str], ...]


def read_receptacle(raw: str) -> ReadReceptacle:
    """Read a receptacle identifier; never raises, never mends. Gaps and hyphens go, letters become capitals.

    Doubts: RECEPTACLE_LENGTH, RECEPTACLE_MALFORMED (no parts then), RECEPTACLE_OFFICE_UNKNOWN,
    RECEPTACLE_CATEGORY_UNKNOWN, RECEPTACLE_CLASS_UNKNOWN, RECEPTACLE_FLAG.
    """
    return _read_receptacle(raw[:LONGEST_READ])


@remember_short(8192)
def _read_receptacle(raw: str) -> ReadReceptacle:
    text = _GAPS.sub("", raw).upper()
    found = _RECEPTACLE.fullmatch(text) if text.isascii() else None
    if found is None:
        return ReadReceptacle(text, None, (_misshapen(text, RECEPTACLE_LENGTH, "RECEPTACLE", _PLACES),))
    origin, destination, category, subclass, year, dispatch, number, last, registered, weight = found.groups()
    parts = Receptacle(
        text=text,
        origin=origin,
        destination=destination,
        category=category,
        mail_class=subclass[0],
        subclass=subclass,
        year=int(year),
        dispatch_no=dispatch,
        receptacle_no=number,
        last=last == "1",
        registered=registered == "1",
        weight_kg=Decimal(int(weight)) / 10,
    )
    doubts = _doubts_of(origin, destination, category, subclass, "RECEPTACLE")
    for sign, meaning in ((last, "the last receptacle"), (registered, "registered mail")):
        if sign not in "01":
            doubts.append(("RECEPTACLE_FLAG", f"the sign for {meaning} is {sign}; it is 0 or 1"))
    return ReadReceptacle(text, parts, tuple(doubts))


def read_dispatch(raw: str) -> ReadDispatch:
    """Read a dispatch identifier of 20 characters; never raises.

    Doubts: DISPATCH_LENGTH, DISPATCH_MALFORMED, DISPATCH_OFFICE_UNKNOWN, DISPATCH_CATEGORY_UNKNOWN,
    DISPATCH_CLASS_UNKNOWN.
    """
    return _read_dispatch(raw[:LONGEST_READ])


@remember_short(8192)
def _read_dispatch(raw: str) -> ReadDispatch:
    text = _GAPS.sub("", raw).upper()
    found = _DISPATCH.fullmatch(text) if text.isascii() else None
    if found is None:
        return ReadDispatch(text, (_misshapen(text, DISPATCH_LENGTH, "DISPATCH", _PLACES[:4]),))
    origin, destination, category, subclass = found.groups()[:4]
    return ReadDispatch(text, tuple(_doubts_of(origin, destination, category, subclass, "DISPATCH")))


# Where in the identifier what stands, from 1, for whoever reads it against the label.
_PLACES = (
    (1, 12, r"(?:[A-Z]{2}[A-Z0-9]{4}){2}", "two offices of exchange"),
    (13, 13, r"[A-Z]", "the mail category, a letter"),
    (14, 15, r"[A-Z][A-Z0-9]", "the mail class and subclass"),
    (16, 20, r"\d{5}", "the digit of the year and the dispatch number"),
    (21, 29, r"\d{9}", "receptacle number, two flags and weight, all digits"),
)


def _misshapen(
    text: str, length: int, what: str, places: tuple[tuple[int, int, str, str], ...]
) -> tuple[str, str]:
    if len(text) != length:
        return f"{what}_LENGTH", f"{text[:40]} has {len(text)} characters; it should have {length}"
    for first, last, shape, name in places:
        if not re.fullmatch(shape, text[first - 1 : last], re.ASCII):
            return f"{what}_MALFORMED", f"signs {first} to {last} of {text} should be {name}"
    return f"{what}_MALFORMED", f"{text} is not built as such an identifier"


def _doubts_of(
    origin: str, destination: str, category: str, subclass: str, what: str
) -> list[tuple[str, str]]:
    doubts = [
        (f"{what}_OFFICE_UNKNOWN", f"{office} begins with {office[:2]}, which is no country with a post")
        for office in (origin, destination)
        if not issues_mail(office[:2])
    ]
    if category not in CATEGORIES:
        doubts.append((f"{what}_CATEGORY_UNKNOWN", f"{category} is none of the mail categories A, B, C, D"))
    if subclass[0] not in CLASSES:
        doubts.append(
            (f"{what}_CLASS_UNKNOWN", f"{subclass} begins with none of the mail classes U, C, E, T")
        )
    return doubts
