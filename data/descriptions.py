"""The one cleaner of item text, and the reasons a text says too little.

Training and serving both clean through here; a saved model carries CLEANER_VERSION and refuses another.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

CLEANER_VERSION = "3"
REMEMBERED = 400  # characters: longer texts are rare, and many of them would fill the memory
LONGEST = 1000  # characters of a cleaned text; a declared description is a line, not a page

# Words that name no goods. A text made of nothing else (and numbers) tells a classifier nothing. CBP names
# "gift", "parts" and "clothes" among the faults of postal data; the others are our own reading of manifests.
VAGUE_WORDS = frozenset(
    """gift gifts present presents sample samples part parts spare spares accessory accessories goods good
    merchandise item items article articles product products thing things stuff misc miscellaneous various
    assorted mixed general cargo personal effects belongings household commodity commodities commercial parcel
    package packages packet shipment mail post order purchase clothes clothing apparel garment garments wear
    toy toys daily necessities supplies supply consumer small other others unknown none nil na null tbd test
    material materials equipment device devices tool tools component components set kit box boxes unit units
    piece pieces pcs pc no qty new used brand fashion birthday christmas free promo promotion promotional
    ecommerce online sale documents document private use home""".split()
)
_JOINING = frozenset("a an and as by for from in is it its my not of on or the to with your x".split())
_SPACE = re.compile(r"\s+")
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_TAG = re.compile(r"<[^<>]{1,80}>")
_WORD = re.compile(r"[^\W\d_]+")
_FORMULA = re.compile(r"\s*[=@]\s*\S|\s*[+\-][A-Za-z]+[(|!]")


class Vagueness(NamedTuple):
    """Why a text is too vague: a stable code, the fact, and what to write instead."""

    code: str
    fact: str
    remedy: str


def clean(text: str) -> str:
    """Item text as models see it: one line, lower case, plain signs, at most LONGEST characters.

    Compatibility forms are unified (NFKC), HTML is unescaped and tags dropped, unseen and control
    characters become spaces. Digits, percent and hyphens stay: "80% cotton", "T-shirt".
    """
    return _clean_remembered(text) if len(text) <= REMEMBERED else _clean(text)


def _clean(text: str) -> str:
    plain = unicodedata.normalize("NFKC", html.unescape(text[: LONGEST * 4]))
    plain = _UNSEEN.sub("", _TAG.sub(" ", plain))
    plain = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in plain)
    return _SPACE.sub(" ", plain).strip().lower()[:LONGEST].rstrip()


_clean_remembered = lru_cache(maxsize=65536)(_clean)


# What stands around the goods in invoices and rulings and is about something else: "china" is a porcelain only
# where it is not the country the goods come from.
_PLACES = (
    "china|taiwan|hong kong|vietnam|viet nam|india|korea|south korea|japan|thailand|indonesia|malaysia|cambodia|"
    "bangladesh|pakistan|sri lanka|turkey|italy|france|germany|spain|portugal|poland|mexico|canada|brazil|"
    "united kingdom|england|switzerland|israel|philippines|peru|ukraine|russia|usa|us|the united states"
)
_ABOUT = re.compile(
    r"\b(?:the\s+)?(?:tariff\s+)?(?:classification|country of origin|status|marking|applicability)"
    r"(?:[\s,]+(?:and|the|tariff|classification|country of origin|marking|status|eligibility|applicability))*\s+"
    r"(?:of|for)\b"
    rf"|\b(?:made|manufactured|produced|imported|origin(?:ating)?|shipped|product)\s+(?:in|of|from)\s+(?:{_PLACES})\b"
    rf"|\bfrom\s+(?:{_PLACES})(?:\s*(?:,|and|or)\s*(?:{_PLACES}))*\b"
    r"|\b(?:free|fast)\s+(?:shipping|delivery)\b|\bhot\s+(?:sale|selling)\b|\b(?:drop\s?ship(?:ping|ped)?|best\s?seller)\b"
    r"|\b(?:new\s+arrivals?|high\s+quality|factory\s+(?:price|direct)|ready\s+stock|random\s+colou?r)\b"
    rf"|\bcountry of origin\s*:?\s*(?:{_PLACES})\b",
    re.IGNORECASE,
)


def about_goods(text: str) -> str:
    """A description without what is said around the goods: where they come from, what is asked about them."""
    return _about_remembered(text) if len(text) <= REMEMBERED else _about_goods(text)


def _about_goods(text: str) -> str:
    return _SPACE.sub(" ", _ABOUT.sub(" ", text)).strip(" ,;") or text


_about_remembered = lru_cache(maxsize=65536)(_about_goods)


def is_formula(text: str) -> bool:
    """True for text a spreadsheet would run as a formula. It is kept as text here and never evaluated."""
    return bool(_FORMULA.match(text))


def why_vague(text: str) -> Vagueness | None:
    """Why this text says too little to classify goods by, or None when it says something."""
    return _why_vague_remembered(text) if len(text) <= REMEMBERED else _why_vague(text)


def _why_vague(text: str) -> Vagueness | None:
    ask = "Say what the goods are, of what material, and for what use"
    cleaned = clean(text)
    if not cleaned:
        return Vagueness("DESCRIPTION_EMPTY", "there is no description", ask)
    if is_formula(text):
        return Vagueness("DESCRIPTION_FORMULA", "the description is a spreadsheet formula, kept as text", ask)
    words = _WORD.findall(cleaned)
    if not words:
        return Vagueness("DESCRIPTION_NUMBERS_ONLY", f"{cleaned[:40]!r} has no word in it", ask)
    telling = [w for w in words if w not in VAGUE_WORDS and w not in _JOINING]
    if not telling:
        return Vagueness("DESCRIPTION_VAGUE", f"{cleaned[:40]!r} does not name the goods", ask)
    if max(len(w) * (1 if w.isascii() else 3) for w in telling) < 3:  # one Chinese character can be a word
        return Vagueness("DESCRIPTION_TOO_SHORT", f"{cleaned[:40]!r} is too short to name goods", ask)
    return None


_why_vague_remembered = lru_cache(maxsize=65536)(_why_vague)
