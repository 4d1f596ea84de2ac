"""Names as they are compared: in Latin letters, without titles, and with the spellings of one sound made one.

Cyrillic, Greek, Arabic, Hebrew and Hangul are transliterated here, letter by letter; Chinese and Japanese names are
compared as they are written. Folding makes Mohammed, Muhammad and Mohamed near, not the same: the score decides.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_CYRILLIC = dict(
    zip("абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґў", "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya i yi ye g u".split(), strict=True)
)  # fmt: skip
_GREEK = dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t y f ch ps o".split(), strict=True))  # fmt: skip
_ARABIC = dict(
    zip("ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءأإآؤئپچژگکی", "a b t th j h kh d dh r z s sh s d t z a gh f q k l m n h w y a a _ a i a u i p ch zh g k y".split(), strict=True)
)  # fmt: skip
_HEBREW = dict(zip("אבגדהוזחטיכךלמםנןסעפףצץקרשת", "a b g d h v z kh t y k k l m m n n s a p f ts ts k r sh t".split(), strict=True))  # fmt: skip
_LETTERS = {ord(k): v.replace("_", "") for m in (_CYRILLIC, _GREEK, _ARABIC, _HEBREW) for k, v in m.items()}
_LETTERS |= {
    ord("ß"): "ss",
    ord("ø"): "o",
    ord("đ"): "d",
    ord("ł"): "l",
    ord("æ"): "ae",
    ord("œ"): "oe",
    ord("ı"): "i",
}
_INITIAL = "g kk n d tt r m b pp s ss _ j jj ch k t p h".split()
_MIDDLE = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
_FINAL = "_ k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split()
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHE = re.compile(r"[’'`´‘ʿʾ]")
# Words that tell no party from another: titles, legal forms, particles.
DROPPED = frozenset(
    """mr mrs ms miss dr prof sheikh shaykh haji hajj mullah maulavi general colonel sir
    ltd limited llc llp inc incorporated co company corp corporation gmbh ag sa sarl srl spa bv nv oy ab as plc pjsc
    jsc ojsc ooo zao pte pty bhd sdn fze fzco al el ul ad an ibn bin bint ben de la le van der von the of and""".split()
)
_FOLDS = tuple(
    (re.compile(a), b)
    for a, b in (
        ("ph", "f"), ("kh|gh", "h"), ("ck|q|c(?!h)", "k"), ("dj|dzh", "j"), ("zh|dh", "z"), ("th", "t"), ("sch|tch", "ch"),
        ("w", "v"), ("ou|oo", "u"), ("ee|ei|ie|iy|ii|y", "i"), ("o", "u"), ("e", "a"), ("ai|ay", "i"), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip


def latin(text: str) -> str:
    """Lower case, Latin letters where we know how, no accents."""
    lower = unicodedata.normalize("NFC", _APOSTROPHE.sub("", text)).casefold().translate(_LETTERS)
    if any("가" <= c <= "힣" for c in lower):
        lower = "".join(_hangul(c) if "가" <= c <= "힣" else c for c in lower)
    return "".join(c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(c))


@lru_cache(maxsize=200_000)
def folded(text: str) -> tuple[str, ...]:
    """The words of a name that tell parties apart, each with its sounds folded, in alphabetical order."""
    words = _WORD.findall(latin(text))
    telling = [w for w in words if w not in DROPPED and (len(w) > 1 or not w.isascii())] or words
    return tuple(sorted(_fold(w) for w in telling))


@lru_cache(maxsize=200_000)
def _fold(word: str) -> str:
    for pattern, other in _FOLDS:
        word = pattern.sub(other, word)
    return word


def _hangul(letter: str) -> str:
    place = ord(letter) - 0xAC00
    parts = (_INITIAL[place // 588], _MIDDLE[place % 588 // 28], _FINAL[place % 28])
    return "".join(parts).replace("_", "")
