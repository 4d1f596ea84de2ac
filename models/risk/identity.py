"""Personal data before it becomes a feature: normalised, then hashed with the operator's own salt.

Two spellings that differ in case, accents, order of words or punctuation are one. The hash is keyed (BLAKE2b), so
that without the salt nobody can look a name up; the salt never stands in a model, an answer or a record.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b

from models.risk.parcel import RiskParty

_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=100_000)
def plain(text: str) -> str:
    """Lower-case words without accents, in alphabetical order."""
    bare = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(sorted(_WORD.findall("".join(c for c in bare if not unicodedata.combining(c)))))


def place_of(party: RiskParty) -> str:
    """Where somebody lives, as far as a label needs it: postal code and house number; spellings of a street differ."""
    number = re.search(r"\d+", party.address or "")
    zip_code = (party.postal_code or party.city or "").split("-")[0].casefold()
    return f"{zip_code}|{number.group()}" if number and zip_code else ""


class Salted:
    """Keyed hashes of names and places, as 8 bytes. The same salt gives the same hash for good."""

    def __init__(self, salt: bytes) -> None:
        self._keyed = blake2b(key=salt[:64], digest_size=8)

    def __call__(self, kind: str, *parts: str) -> bytes:
        """The hash of some parts under a kind; ``kind`` keeps a sender and a recipient of one name apart."""
        made = self._keyed.copy()
        made.update("\x1f".join((kind, *parts)).encode())
        return made.digest()
