"""JSON documents of any size: the records in them, one after the other, never the whole document at once.

A document may be one object, one list, or objects in a row (JSON lines). Where the records stand is a path of
names; lists on the way are walked through. A record that is broken inside its brackets, too large or too deep
costs itself; where the brackets themselves are broken, what follows cannot be told apart, and one fault says so.
With `by_line` every line is a document of its own, and a broken one costs that line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from data.errors import MailDutyError
from data.manifest.json_objects import DEEPEST, malformed, read_object, read_value, too_deep
from data.manifest.source import Fault, shorten
from data.manifest.vocabulary import squeeze

LARGEST_RECORD = 2_000_000  # characters of one record; a receptacle of 5,000 parcels has half of that
LARGEST_BESIDE = 10_000  # characters of a value beside the records that is kept
MOST_BESIDE = 200  # such values
MOST_MEMBERS = 10_000  # names in an object around the records
# On to the next bracket, or the start of a text that does not end in what we have, in one step without a way
# back; objects and lists with none inside are stepped over too.
_FLAT = r'(?:[^"{}\[\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")'
_ON = re.compile(rf"(?:{_FLAT}|\[{_FLAT}*+\]|\{{{_FLAT}*+\}})*+", re.DOTALL)
_TEXT = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n]*+")
_PLAIN = re.compile(r'[^\s,:{}\[\]"]*+')
_STRAY = re.compile(r"[^{\[\n]*+")


class Found(NamedTuple):
    """A record, or the fault in its place. number counts records of the file from 1; path is where it stood."""

    number: int
    path: tuple[str, ...]
    record: Mapping[str, Any] | None
    fault: Fault | None
    beside: Mapping[str, Any]  # what stands around the records and before them, by name


class _Broken(Exception):
    """The brackets do not hold; args[0] is the fault."""


class JsonDocument:
    """The records of a document at `paths`, names as `squeeze` makes them; () is the document itself.

    Iterating reads on; `late` then names what stood beside the records, but after the first of them. Raises
    MailDutyError MANIFEST_KEY_REPEATED where the document says something of all its records twice, and
    MANIFEST_JSON_MALFORMED where it breaks off before the first record that can be read.
    """

    def __init__(
        self, pieces: Iterable[str], paths: Iterable[tuple[str, ...]], by_line: bool = False
    ) -> None:
        self._documents = ((line,) for line in pieces) if by_line else iter((pieces,))
        self._paths = tuple(paths)
        self._number = 0
        self._readable = by_line  # a line that breaks off says nothing of the others
        self.late: dict[str, None] = {}

    def __iter__(self) -> Iterator[Found]:
        for document in self._documents:
            self._source = _Source(document)
            try:
                yield from self._document()
            except _Broken as broken:
                yield self._found((), self._but_not_all(broken.args[0]), {})

    def _but_not_all(self, fault: Fault) -> Fault:
        """The fault of a document that breaks off. Raises MANIFEST_JSON_MALFORMED before its first object."""
        if self._readable:
            return fault
        raise MailDutyError(
            "MANIFEST_JSON_MALFORMED",
            f"this is not JSON that we can read: {fault.fact}",
            "A document is one object, a list of objects, or an object on every line",
            "Check that the export finished",
        )

    def _document(self) -> Iterator[Found]:
        while start := self._source.peek():
            if start in "{[":
                yield from self._walk(self._paths, (), {}, 1)
            else:
                yield self._found((), malformed(self._source.stray(), "this stands between the records"), {})

    def _found(self, path: tuple[str, ...], held: Any, beside: Mapping[str, Any]) -> Found:
        self._number += 1
        fault = held if isinstance(held, Fault) else None
        self._readable = self._readable or fault is None
        return Found(self._number, path, None if fault else held, fault, beside)

    def _walk(
        self, paths: tuple[tuple[str, ...], ...], at: tuple[str, ...], beside: dict[str, Any], level: int
    ) -> Iterator[Found]:
        """The records below here; `paths` lead on from here, `at` is the way that was come."""
        start = self._source.peek()
        if level > DEEPEST:
            self._source.value()
            yield self._found(at, too_deep(""), beside)
        elif start == "[":
            for _ in self._inside("[", "]"):
                yield from self._walk(paths, at, beside, level + 1)
        elif start == "{" and () not in paths:
            yield from self._members(paths, at, beside, level)
        else:
            text = self._source.value()
            if text == "null" and at:
                return  # a list that is not there
            yield self._found(at, text if isinstance(text, Fault) else read_object(text), beside)

    def _members(
        self, paths: tuple[tuple[str, ...], ...], at: tuple[str, ...], beside: dict[str, Any], level: int
    ) -> Iterator[Found]:
        seen: set[str] = set()
        own = dict(beside)
        for _ in self._inside("{", "}"):
            name = self._name()
            key = squeeze(name)
            if key in seen:
                raise _said_twice(name)
            seen.add(key)
            if len(seen) > MOST_MEMBERS:
                raise _Broken(_no_structure(name, f"this object has more than {MOST_MEMBERS} members"))
            further = tuple(path[1:] for path in paths if path[:1] == (key,))
            if further:
                yield from self._walk(further, (*at, key), own, level + 1)
                continue
            text = self._source.value(LARGEST_BESIDE)
            if isinstance(text, str) and len(own) < MOST_BESIDE:
                own[key] = read_value(text)
                if self._number and len(self.late) < MOST_BESIDE:
                    self.late[name[:80]] = None

    def _name(self) -> str:
        if self._source.peek() != '"':
            raise _Broken(_no_structure(self._source.stray(), "a name in quotation marks should stand here"))
        text = self._source.value(LARGEST_BESIDE)
        name = text if isinstance(text, Fault) else read_value(text)
        if isinstance(name, Fault):
            raise _Broken(name)
        self._source.expect(":")
        return str(name)

    def _inside(self, opening: str, closing: str) -> Iterator[None]:
        """Stops before each element of a list or member of an object; the caller consumes it."""
        source = self._source
        source.expect(opening)
        if source.peek() == closing:
            source.expect(closing)
            return
        while True:
            yield
            if source.peek() == closing:
                source.expect(closing)
                return
            source.expect(",")


class _Source:
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
        """Steps over a sign. Raises _Broken where another stands."""
        found = self.peek()
        if found != sign:
            raise _Broken(_cut() if not found else _no_structure(self.stray(), f"{sign} should stand here"))
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

        Raises _Broken where the document ends inside it.
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
                raise _Broken(_no_structure(self.stray(), "a value should stand here") if start else _cut())
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
                raise _Broken(_cut())

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
                raise _Broken(_cut())


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


def _said_twice(name: str) -> MailDutyError:
    return MailDutyError(
        "MANIFEST_KEY_REPEATED",
        f"the document names {shorten(name)} twice",
        "What is said of all its records is said once",
        "Keep one of them",
    )


def _cut() -> Fault:
    return Fault(
        "RECORD_CUT",
        "row",
        "",
        "the document ends in the middle of this record",
        "Check that the export finished",
    )


def _no_structure(text: str, fact: str) -> Fault:
    return Fault(
        "REST_UNREAD",
        "row",
        shorten(text),
        f"{fact}; from here on the document was not read",
        "Mend it, or write one JSON object per line",
    )
