"""JSON documents of any size: the records in them, one after the other, never the whole document at once.

A document may be one object, one list, or objects in a row (JSON lines). Where the records stand is a path of
names; lists on the way are walked through. A record that is broken inside its brackets, too large or too deep
costs itself; where the brackets themselves are broken, what follows cannot be told apart, and one fault says so.
With `by_line` every line is a document of its own, and a broken one costs that line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from data.errors import MailDutyError
from data.manifest.json_objects import DEEPEST, malformed, read_object, read_value, too_deep
from data.manifest.json_source import Broken, Source, no_structure
from data.manifest.source import Fault, shorten
from data.manifest.vocabulary import squeeze

LARGEST_BESIDE = 10_000  # characters of a value beside the records that is kept
MOST_BESIDE = 200  # such values
MOST_MEMBERS = 10_000  # names in an object around the records


class Found(NamedTuple):
    """A record, or the fault in its place. number counts records of the file from 1; path is where it stood."""

    number: int
    path: tuple[str, ...]
    record: Mapping[str, Any] | None
    fault: Fault | None
    beside: Mapping[str, Any]  # what stands around the records and before them, by name


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
            self._source = Source(document)
            try:
                yield from self._document()
            except Broken as broken:
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
                raise Broken(no_structure(name, f"this object has more than {MOST_MEMBERS} members"))
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
            raise Broken(no_structure(self._source.stray(), "a name in quotation marks should stand here"))
        text = self._source.value(LARGEST_BESIDE)
        name = text if isinstance(text, Fault) else read_value(text)
        if isinstance(name, Fault):
            raise Broken(name)
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


def _said_twice(name: str) -> MailDutyError:
    return MailDutyError(
        "MANIFEST_KEY_REPEATED",
        f"the document names {shorten(name)} twice",
        "What is said of all its records is said once",
        "Keep one of them",
    )
