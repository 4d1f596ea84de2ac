"""XML documents of any size: the records in them, one after the other, each as names and texts.

An element becomes a mapping of its children's names to what they hold, a list where a name stands more than
once; one with nothing but text becomes that text. Attributes go by @name, text beside them by ".". Namespaces
are left out: a mapping names elements as people say them. A document type, an entity of its own or anything
outside the document is refused (defusedxml), for a manifest has no use for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from data.errors import MailDutyError
from data.manifest.json_document import LARGEST_BESIDE, MOST_BESIDE, Found
from data.manifest.json_objects import DEEPEST
from data.manifest.json_source import LARGEST_RECORD
from data.manifest.source import Fault, shorten
from data.manifest.vocabulary import squeeze
from data.manifest.xml_record import MOST_ELEMENTS, Element

MOST_NAMES = 5_000  # different names of elements and attributes in a document
LONGEST_TAG = 1_000_000  # characters without an element or text: one endless tag or comment


class XmlDocument:
    """The records of a document at `paths`, from its root on, names as `squeeze` makes them.

    Iterating reads on; `late` then names what stood beside the records, but after the first of them. Raises
    MailDutyError MANIFEST_XML_UNSAFE, and MANIFEST_XML_MALFORMED where not even the first record can be read.
    """

    def __init__(self, pieces: Iterable[str], paths: Iterable[tuple[str, ...]]) -> None:
        self._pieces = pieces
        self._records = _Records(tuple(paths))

    @property
    def late(self) -> Mapping[str, None]:
        """Names beside the records that stood after the first of them."""
        return self._records.late

    def __iter__(self) -> Iterator[Found]:
        records = self._records
        parser = XMLParser(target=records, encoding="utf-8", forbid_dtd=True)
        waited = 0
        try:
            for piece in self._pieces:
                before = records.events
                parser.feed(piece.encode("utf-8", "surrogatepass"))
                yield from records.done()
                waited = waited + len(piece) if records.events == before else 0
                if waited > LONGEST_TAG:
                    raise _too_wide(f"{LONGEST_TAG} characters without an element")
            parser.close()
            yield from records.done()
        except DefusedXmlException as error:
            raise MailDutyError(
                "MANIFEST_XML_UNSAFE",
                f"the XML declares a document type or entities ({type(error).__name__})",
                "A manifest says what it says, without entities and without references to elsewhere",
                "Export it without a document type",
            ) from error
        except ParseError as error:
            yield from records.done()
            yield records.broken(error)


class _Records:
    """Told of every element by the parser; keeps the record under way and nothing else."""

    def __init__(self, paths: tuple[tuple[str, ...], ...]) -> None:
        self._paths = paths
        self._way: list[str] = []  # names from the root to here, while outside a record
        self._names: dict[str, str] = {}
        self._beside: dict[str, Any] = {}
        self._under: Element | None = None
        self._done: list[Found] = []
        self._number = 0
        self.events = 0
        self.late: dict[str, None] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.events += 1
        here = self._name(name)
        held = {"@" + self._name(key): text for key, text in attributes.items()}
        if self._under is not None:
            self._under.start(here, held)
            return
        self._way.append(here)
        way = tuple(self._way)
        if len(way) > DEEPEST:
            raise _too_wide(f"elements in one another, {DEEPEST} levels deep")
        if way in self._paths:
            self._under = Element(held, LARGEST_RECORD, MOST_ELEMENTS)
        elif any(path[: len(way)] == way for path in self._paths):
            for key, text in held.items():
                self._keep_beside(key, text)
        else:
            self._under = Element(held, LARGEST_BESIDE, MOST_BESIDE)

    def data(self, text: str) -> None:
        self.events += 1
        if self._under is not None:
            self._under.data(text)

    def end(self, name: str) -> None:
        self.events += 1
        if self._under is not None and self._under.depth > 1:
            self._under.end()
            return
        way = tuple(self._way)
        self._way.pop()
        if self._under is None:
            return
        held, fault = self._under.whole(), self._under.fault
        self._under = None
        if way in self._paths:
            self._number += 1
            record = held if isinstance(held, dict) else {".": held}
            self._done.append(Found(self._number, way, None if fault else record, fault, self._beside))
        elif fault is None:
            self._keep_beside(way[-1], held)

    def close(self) -> None:
        """Called by the parser at the end of the document."""

    def done(self) -> list[Found]:
        """The records that are whole by now, each handed on once."""
        done, self._done = self._done, []
        return done

    def broken(self, error: ParseError) -> Found:
        """The fault in place of all that follows. Raises MANIFEST_XML_MALFORMED before the first record."""
        if not self._number:
            raise MailDutyError(
                "MANIFEST_XML_MALFORMED",
                f"this is not XML: {shorten(error)}",
                "Every element is closed, and nothing stands around the root",
                "Export it again",
            ) from error
        self._number += 1
        fault = Fault(
            "REST_UNREAD",
            "row",
            shorten(error),
            f"the XML breaks here ({shorten(error)}); from here on the document was not read",
            "Check that the export finished",
        )
        return Found(self._number, (), None, fault, self._beside)

    def _name(self, name: str) -> str:
        known = self._names.get(name)
        if known is None:
            if len(self._names) >= MOST_NAMES:
                raise _too_wide(f"more than {MOST_NAMES} names of elements")
            known = self._names[name] = squeeze(name.rpartition("}")[2])
        return known

    def _keep_beside(self, name: str, held: Any) -> None:
        if len(self._beside) < MOST_BESIDE:
            if self._number and name not in self._beside and len(self.late) < MOST_BESIDE:
                self.late[name[:80]] = None
            self._beside.setdefault(name, held)


def _too_wide(what: str) -> MailDutyError:
    return MailDutyError(
        "MANIFEST_XML_TOO_LARGE",
        f"the XML has {what}",
        "A manifest repeats a few dozen names, parcel after parcel",
        "Check what wrote it",
    )
