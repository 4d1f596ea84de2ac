"""What the official export prints in its unit, rate and footnote cells, brought to one spelling.

The export is typeset: superscripts come as ``<sup>``, words are hyphenated at line ends, programme lists
have stray blanks. None of that is a change of the tariff, so it is taken out before days are compared.
"""

from __future__ import annotations

import re
from functools import lru_cache

_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s+")
_HYPHENATED = re.compile(r"(?<=[a-z])- (?=[a-z])")
_GROUP = re.compile(r"([^()]*)\(([^()]*)\)?")
_PROGRAMME = re.compile(r"[A-Z]{1,2}[+*]?")
_UNIT_SPELLINGS = {"m²": "m2", "No": "No.", "pcs": "No.", "prs": "prs.", "Dz Pcs": "doz. pcs"}
_CHAPTER_99 = re.compile(r"(99\d\d\.\d\d(?:\.\d\d)?)(?:\s*(?:-|through)\s*(99\d\d\.\d\d\.\d\d))?")


@lru_cache(maxsize=16384)
def clean_rate(text: str | None) -> str:
    """A general or column 2 rate text without markup, line breaks and end-of-line hyphens. "" for blank."""
    if not text:
        return ""
    bare = _HYPHENATED.sub("", _plain(text)).rstrip(" /").strip()
    bare = re.sub(r"\s*\+\s*", " + ", bare)
    return re.sub(r"\s*/\s*(?=[a-z])", "/", bare)


def _plain(text: str) -> str:
    return _SPACE.sub(" ", _TAG.sub("", text.replace("²", "2"))).strip()


@lru_cache(maxsize=16384)
def special_groups(text: str | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The special column as ``((rate text, programmes), ...)``.

    ``"Free (A+,AU) 3% (KR)"`` gives ``(("Free", ("A+", "AU")), ("3%", ("KR",)))``. A rate with no programme
    behind it, as for goods that take the rate of something else, has ``()``.
    """
    groups: list[tuple[str, tuple[str, ...]]] = []
    bare = _plain(text or "")
    for rate, listed in _GROUP.findall(bare):
        listed = re.sub(r"\s+([+*])", r"\1", listed)
        programmes = tuple(dict.fromkeys(p.strip(".") for p in re.split(r"[,\s]+", listed) if p.strip(".")))
        rate = clean_rate(rate.strip(" ,)"))
        if not all(_PROGRAMME.fullmatch(p) for p in programmes):
            rate, programmes = f"{rate} ({listed})", ()
        if rate and (programmes or "(" in rate):
            groups.append((rate, programmes))
        elif groups and not rate and programmes:
            groups[-1] = (groups[-1][0], tuple(dict.fromkeys((*groups[-1][1], *programmes))))
    if not groups and bare:
        groups.append((clean_rate(bare), ()))
    return tuple(groups)


@lru_cache(maxsize=16384)
def clean_special(text: str | None) -> str:
    """The special column in one spelling: ``Free (A+,AU,BH) 2.75% (JP)``."""
    return " ".join(f"{rate} ({','.join(on)})" if on else rate for rate, on in special_groups(text))


def clean_units(units: list[str] | None) -> tuple[str, ...]:
    """The units of quantity of a line in the schedule's own abbreviations, markup and blanks taken out."""
    kept = []
    for unit in units or ():
        bare = _SPACE.sub(" ", _TAG.sub("", unit)).strip()
        if bare:
            kept.append(_UNIT_SPELLINGS.get(bare, bare))
    return tuple(kept)


def chapter_99_headings(footnotes: list[dict[str, object]] | None) -> tuple[str, ...]:
    """Chapter 99 headings that footnotes name, in order; a range stays one, ``9904.17.17-9904.17.48``."""
    named: dict[str, None] = {}
    for note in footnotes or ():
        for first, last in _CHAPTER_99.findall(str(note.get("value") or "")):
            named[f"{first}-{last}" if last else first] = None
    return tuple(named)
