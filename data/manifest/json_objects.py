"""One JSON object from its text: numbers exact, no key twice, nothing that is no JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from data.manifest.source import Fault, shorten

DEEPEST = 32  # levels of objects and lists in one another; no parcel has a dozen
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_STEP = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"\s*+(:?)|[{}\[\]]', re.DOTALL)


class _KeyTwice(ValueError):
    pass


def exact(text: str) -> Decimal | str:
    """A number as it is written; one too long or too large to be true stays text, and is refused as such."""
    value = Decimal(text) if len(text) < 40 else None
    return value if value is not None and abs(value.adjusted()) < 30 else text


def read_object(text: str) -> dict[str, Any] | Fault:
    """The object a text holds, or what is wrong with it: numbers are Decimal, absurd ones text."""
    held = read_value(text)
    if isinstance(held, dict | Fault):
        return held
    return malformed(text, "this is JSON, but not an object")


def read_value(text: str) -> Any | Fault:
    """Any JSON value, or what is wrong with it. The caller bounds the length of the text."""
    try:
        held = json.loads(
            text, object_pairs_hook=_members, parse_float=exact, parse_int=exact, parse_constant=_no_number
        )
    except _KeyTwice as twice:
        return Fault(
            "JSON_KEY_REPEATED",
            shorten(twice),
            shorten(text),
            f"an object names {shorten(twice)} twice",
            "Keep one of them",
        )
    except RecursionError:
        return too_deep(text)
    except ValueError as error:
        return malformed(text, f"this is not JSON: {shorten(error)}")
    if _SURROGATE.search(text):
        try:
            json.dumps(held, ensure_ascii=False, default=str).encode()
        except UnicodeEncodeError:
            return malformed(text, "it holds half a character (an unpaired surrogate escape)")
    return held


class Names(NamedTuple):
    """Names of members: those of the outermost objects, and those further inside."""

    top: frozenset[str]
    below: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Names at any level."""
        return self.top | self.below


def names_in(head: Iterable[str]) -> Names:
    """The names of members in the first lines of a JSON document; none where it is no JSON."""
    text = "".join(head)
    top: set[str] = set()
    below: set[str] = set()
    if text.lstrip()[:1] not in ("{", "["):
        return Names(frozenset(), frozenset())
    depth = 0
    for found in _STEP.finditer(text):
        if found[2]:
            (below if depth > 1 else top).add(found[1][:80])
        elif found[0] == "{":
            depth += 1
        elif found[0] == "}":
            depth -= 1
        elif (
            depth and found[1] is None
        ):  # a list around everything is no level: its objects are the outermost
            depth += 1 if found[0] == "[" else -1
    return Names(frozenset(top), frozenset(below))


def malformed(text: str, fact: str) -> Fault:
    """The fault of a text that is no JSON, or not the JSON it should be."""
    return Fault("JSON_MALFORMED", "row", shorten(text), fact, "Write one JSON object per item")


def too_deep(text: str) -> Fault:
    """The fault of objects within objects without end."""
    return Fault(
        "JSON_TOO_DEEP", "row", shorten(text), f"it nests deeper than {DEEPEST} levels", "Check what wrote it"
    )


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise _KeyTwice(name)
            seen.add(name)
    return held


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no JSON number")
