"""The text of a JSON document a piece at a time, and what stands next in it.

A value is passed over by its brackets and quotation marks alone, so that a broken one ends where it should and a
large one is never held.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from data.manifest.json_objects import DEEPEST, too_deep
from data.manifest.source import Fault, shorten

LARGEST_RECORD = 2_000_000  # characters of one record; a receptacle of 5,000 parcels has half of that
# On to the next bracket, or the start of a text that does not end in what we have, in one step without a way
# back; objects and lists with none inside are stepped over too.
_FLAT = r'(?:[^"{}\[\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")'
_ON = re.compile(rf"(?:{_FLAT}|\[{_FLAT}*+\]|\{{{_FLAT}*+\}})*+", re.DOTALL)
_TEXT = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n]*+")
_PLAIN = re.compile(r'[^\s,:{}\[\]"]*+')
_STRAY = re.compile(r"[^{\[\n]*+")


class Broken(Exception):
    """The brackets do not hold; args[0] is the fault."""


class Source:
    """The text of a document, a piece at a time."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self._pieces = iter(pieces)
        self._text, self._at = "", 0

    def _more(self) -> bool:
        piece = next(self._pieces, "")
        self._text, self._at = self._text[self._at :] + piece, 0
        return bool(piece)

    def peek(self) -> str:
        """The next sign that is no space; empty at the end."""
        while True:
            space = _SPACE.match(self._text, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def expect(self, sign: str) -> None:
        """Steps over a sign. Raises Broken where another stands."""
        found = self.peek()
        if found != sign:
            raise Broken(
                cut_short() if not found else no_structure(self.stray(), f"{sign} should stand here")
            )
        self._at += 1

    def stray(self) -> str:
        """What stands here up to a bracket or the end of the line; one sign at least."""
        text = self.peek()
        self._at += 1
        while found := _STRAY.match(self._text, self._at):
            text = (text + found[0])[:400]
            self._at = found.end()
            if self._at < len(self._text) or not self._more():
                break
        return text

    def value(self, longest: int = LARGEST_RECORD) -> str | Fault:
        """The text of the next value, passed over whole; a Fault where it is too large or too deep.

        Raises Broken where the document ends inside it.
        """
        start = self.peek()
        kept = _Kept(longest)
        if start == '"':
            self._at += 1
            kept.add('"')
            self._rest_of_text(kept)
        elif start in ("{", "["):
            self._container(kept)
        else:
            while found := _PLAIN.match(self._text, self._at):
                kept.add(found[0])
                self._at = found.end()
                if self._at < len(self._text) or not self._more():
                    break
            if not kept.size:
                raise Broken(
                    no_structure(self.stray(), "a value should stand here") if start else cut_short()
                )
        return kept.outcome()

    def _container(self, kept: _Kept) -> None:
        depth = 0
        while True:
            sign = self._text[self._at]
            self._at += 1
            kept.add(sign)
            if sign == '"':
                self._rest_of_text(kept)
            else:
                depth += 1 if sign in "{[" else -1
                kept.deep = kept.deep or depth > DEEPEST
            if depth == 0:
                return
            self._to_next_sign(kept)

    def _to_next_sign(self, kept: _Kept) -> None:
        """Steps on to the next bracket or opening quotation mark that does not close where we can see."""
        while True:
            found = _ON.match(self._text, self._at)
            end = found.end() if found else self._at
            kept.add(self._text[self._at : end])
            self._at = end
            if self._at < len(self._text):
                return
            if not self._more():
                raise Broken(cut_short())

    def _rest_of_text(self, kept: _Kept) -> None:
        """From inside a text to behind its closing quotation mark."""
        while True:
            found = _TEXT.match(self._text, self._at)
            end = found.end() if found else self._at
            kept.add(self._text[self._at : end])
            self._at = end
            if end < len(self._text) and self._text[end] == '"':
                kept.add('"')
                self._at += 1
                return
            if not self._more():
                raise Broken(cut_short())


class _Kept:
    """What is kept of a value: all of it up to its limit, then only its start."""

    def __init__(self, longest: int) -> None:
        self.longest, self.size, self.deep = longest, 0, False
        self._parts: list[str] = []
        self._start = ""

    @property
    def lost(self) -> bool:
        """True when only its start is kept."""
        return self.deep or self.size > self.longest

    def add(self, text: str) -> None:
        self.size += len(text)
        if not self.lost:
            self._parts.append(text)
        elif self._parts:
            self._start = "".join(self._parts)[:400]
            self._parts.clear()

    def outcome(self) -> str | Fault:
        if self.deep:
            return too_deep(self._start)
        if self.size <= self.longest:
            return "".join(self._parts)
        return Fault(
            "RECORD_TOO_LARGE",
            "row",
            shorten(self._start),
            f"it has {self.size} characters; {self.longest} are the most we take",
            "Check for a text without end; send the parcels as records of their own",
        )


def cut_short() -> Fault:
    return Fault(
        "RECORD_CUT",
        "row",
        "",
        "the document ends in the middle of this record",
        "Check that the export finished",
    )


def no_structure(text: str, fact: str) -> Fault:
    return Fault(
        "REST_UNREAD",
        "row",
        shorten(text),
        f"{fact}; from here on the document was not read",
        "Mend it, or write one JSON object per line",
    )
