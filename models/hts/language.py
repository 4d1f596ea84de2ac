"""Which language a description is in, as far as it matters: English or not, and if not, which."""

from __future__ import annotations

import re
from collections.abc import Collection

from data.tokens import tokens

_SCRIPTS = (
    ("Korean", re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")),
    ("Japanese", re.compile(r"[\u3040-\u30ff]")),
    ("Chinese", re.compile(r"[\u3400-\u9fff]")),
    ("Russian or another Cyrillic language", re.compile(r"[\u0400-\u04ff]")),
    ("Arabic", re.compile(r"[\u0600-\u06ff]")),
    ("Hindi or another Devanagari language", re.compile(r"[\u0900-\u097f]")),
    ("Hebrew", re.compile(r"[\u0590-\u05ff]")),
    ("Greek", re.compile(r"[\u0370-\u03ff]")),
    ("Thai", re.compile(r"[\u0e00-\u0e7f]")),
)
_LITTLE_WORDS = {
    "Spanish": "de del la el los las con para por una un y mujer hombre niño niños camiseta zapato ropa".split(),
    "French": "de du la le les des avec pour une un et en femme homme enfant chemise".split(),
    "German": "der die das und mit für fur aus ein eine damen herren kinder schuhe tasche".split(),
    "Italian": "di del della con per una un e da donna uomo bambino in".split(),
    "Portuguese": "de da do com para uma um e em mulher homem criança camisa".split(),
    "Turkish": "ve için icin ile bir kadın kadin erkek çocuk cocuk bayan".split(),
    "Dutch": "de het een en met voor van dames heren kinderen".split(),
    "Polish": "z na do i dla damska męska dziecięca".split(),
}


def language(text: str, english: Collection[str]) -> str | None:
    """The language's name where the text is not English, else None. ``english``: words known to be English."""
    for name, script in _SCRIPTS:
        if len(script.findall(text)) >= 2:
            return name
    words = [w for w in tokens(text) if w.isalpha()]
    if not words or sum(w in english for w in words) * 2 >= len(words):
        return None
    lower = re.findall(r"[^\W\d_]+", text.lower())
    best, count = None, 1
    for name, little in _LITTLE_WORDS.items():
        hits = sum(w in little for w in lower)
        if hits > count:
            best, count = name, hits
    return best
