"""The words of an item text as they are compared: one way of cutting, for catalogue, training and serving."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

TOKENS_VERSION = "1"
LONGEST_PHRASE = 4
_APOSTROPHE = re.compile(r"[’'`´]")
_CUT = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


# British to American, and adjectives of stuff to the stuff: both are one word to a buyer.
_SAME = {
    "aluminium": "aluminum", "jewellery": "jewelry", "colour": "color", "coloured": "colored", "grey": "gray",
    "metre": "meter", "litre": "liter", "fibre": "fiber", "tyre": "tire", "pyjama": "pajama", "pyjamas": "pajama",
    "pajamas": "pajama", "moulded": "molded", "mould": "mold", "wooden": "wood", "woolen": "wool", "woollen": "wool",
    "plush": "plush", "silicon": "silicone", "earing": "earring", "neckless": "necklace", "doughnut": "donut",
    "centre": "center", "theatre": "theater", "organiser": "organizer", "moisturiser": "moisturizer",
    "sanitiser": "sanitizer", "trousers": "trouser", "panties": "panty", "women": "woman", "men": "man",
    "womens": "woman", "mens": "man", "ladies": "lady", "children": "child", "childrens": "child", "kids": "kid",
    "knives": "knife", "scarves": "scarf", "shelves": "shelf", "leaves": "leaf", "feet": "foot", "teeth": "tooth",
}  # fmt: skip


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """A word without its plural ending: ``earrings`` and ``earring`` are one, ``glass`` stays."""
    if word in _SAME:
        return _SAME[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return _SAME.get(word[:-1], word[:-1])
    return word


def tokens(text: str) -> list[str]:
    """Lower-case words and numbers without accents, plural endings and apostrophes.

    Chinese, Japanese and Korean runs are cut into single characters and pairs, since they have no spaces.
    """
    plain = _APOSTROPHE.sub("", text)
    if plain.isascii():  # nothing to take apart: the same words at a third of the time
        return [stem(word) for word in _CUT.findall(plain.lower())]
    plain = unicodedata.normalize("NFKD", plain).lower()
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = unicodedata.normalize("NFC", plain)
    found: list[str] = []
    for word in _CUT.findall(plain):
        if _CJK.search(word):
            found.extend(word)
            found.extend(a + b for a, b in itertools.pairwise(word))
        else:
            found.append(stem(word))
    return found


def phrases(words: Sequence[str], longest: int = LONGEST_PHRASE) -> Iterator[tuple[int, int, str]]:
    """Every run of up to ``longest`` words: first place, place after the last, the run."""
    for start in range(len(words)):
        for end in range(start + 1, min(start + longest, len(words)) + 1):
            yield start, end, " ".join(words[start:end])


def phrase(text: str) -> str:
    """A phrase of the catalogue in the same form as ``phrases`` gives it."""
    return " ".join(tokens(text))


def joined(texts: Iterable[str]) -> str:
    """Several texts as one, ready for a vectoriser: words in the compared form."""
    return " ".join(" ".join(tokens(t)) for t in texts)
