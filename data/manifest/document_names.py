"""The names in the first lines of a document, by which it is recognised."""

from __future__ import annotations

import re

from data.manifest.document_map import plain
from data.manifest.json_objects import Names, names_in, read_object

_ELEMENT = re.compile(r"<(?:[\w.\-]+:)?([\w.\-]+)|[\s](?:[\w.\-]+:)?([\w.\-]+)\s*=\s*[\"']")


def json_names(head: list[str]) -> Names:
    """Names of members in the first lines of JSON, as they are compared."""
    found = names_in(head)
    return Names(frozenset(map(plain, found.top)), frozenset(map(plain, found.below)))


def xml_names(head: list[str]) -> frozenset[str]:
    """Names of elements and attributes in the first lines of XML, as they are compared."""
    text = "".join(head)
    if text.lstrip("\ufeff \t\r\n")[:1] != "<":
        return frozenset()
    found = _ELEMENT.findall(text)
    return frozenset(plain(tag) if tag else plain("@" + key) for tag, key in found)


def one_by_line(head: list[str]) -> bool:
    """True when the first line with text is a whole object: then every line is one."""
    first = next((line for line in head if line.strip()), "")
    return first[-1:] in ("\n", "\r") and isinstance(read_object(first), dict)
