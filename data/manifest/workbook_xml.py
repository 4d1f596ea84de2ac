"""The XML parts of a workbook, read in pieces: nothing is held but what is being read, no entity is followed.

A part feeds a handful of handlers (start, text, end). A document type is refused before anything in it could
count, so there are no entities, internal or external. Names are taken without their prefix: strict and
transitional workbooks differ in namespaces only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Protocol
from xml.parsers import expat

from data.errors import MailDutyError
from data.manifest.workbook_guard import BROKEN, corrupt, refuse, too_large

PIECE = 1 << 16  # bytes fed at a time
LONGEST_TAG = 1 << 20  # bytes without a tag or text in them: one endless tag is no cell
DEEPEST = 100  # tags within tags; a cell is six deep
MOST_TAGS = 40_000_000  # of one part


class Handlers(Protocol):
    """What is done with a part. Each is called with names without prefix."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """A tag opens."""

    def text(self, text: str) -> None:
        """Text within the innermost open tag, maybe in several pieces."""

    def end(self, name: str) -> None:
        """A tag closes."""


class _Watch:
    """Counts what goes by, and refuses what cannot be a workbook."""

    def __init__(self, handlers: Handlers) -> None:
        self.seen = self.depth = 0
        self._handlers = handlers

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.seen += 1
        self.depth += 1
        if self.depth > DEEPEST:
            refuse("UNSAFE", f"a part nests tags more than {DEEPEST} deep", "A cell is six deep")
        if self.seen > MOST_TAGS:
            too_large(f"a part has more than {MOST_TAGS} tags")
        self._handlers.start(name[name.find(":") + 1 :], attributes)

    def end(self, name: str) -> None:
        self.depth -= 1
        self._handlers.end(name[name.find(":") + 1 :])

    def text(self, text: str) -> None:
        self.seen += 1
        self._handlers.text(text)


def _no_document_type(*_: object) -> None:
    refuse("UNSAFE", "a part declares a document type", "No workbook does; entities are never followed")


def pieces_of(stream: IO[bytes], handlers: Handlers, limit: int) -> Iterator[None]:
    """Feeds a part to its handlers; control comes back after every piece, so that rows can be handed on.

    limit: bytes, unpacked, of which one more is refused. Raises MailDutyError MANIFEST_WORKBOOK_CORRUPT,
    _TOO_LARGE or _UNSAFE.
    """
    watch = _Watch(handlers)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = watch.start, watch.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = watch.text, _no_document_type
    taken = quiet = 0
    try:
        while piece := stream.read(PIECE):
            taken += len(piece)
            if taken > limit:
                too_large(f"a part unpacks to more than {limit} bytes")
            before = watch.seen
            parser.Parse(piece, False)
            quiet = quiet + len(piece) if watch.seen == before else 0
            if quiet > LONGEST_TAG:
                refuse("UNSAFE", f"a tag is longer than {LONGEST_TAG} bytes", "No tag of a workbook is")
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        corrupt(f"a part is not XML: {error}")
    except MailDutyError:
        raise
    except BROKEN:
        corrupt("a part cannot be unpacked")


def read_part(stream: IO[bytes], handlers: Handlers, limit: int) -> None:
    """Feeds a part to its handlers to its end."""
    for _ in pieces_of(stream, handlers, limit):
        pass
