"""One record of an XML document while it is read, with all that is in it, up to its limits."""

from __future__ import annotations

from typing import Any

from data.manifest.json_objects import DEEPEST
from data.manifest.source import Fault, shorten

MOST_ELEMENTS = 20_000  # in one record
_Node = dict[str, Any]


class Element:
    """One element while it is read, with all that is in it, up to its limits."""

    def __init__(self, attributes: _Node, largest: int, most: int) -> None:
        self._largest, self._most = largest, most
        self._open: list[tuple[_Node, list[str]]] = [(dict(attributes), [])]
        self._names: list[str] = []
        self._size, self._elements = sum(map(len, attributes.values())), 1
        self._first: list[str] = []
        self.depth = 1
        self.fault: Fault | None = None

    def start(self, name: str, attributes: _Node) -> None:
        self.depth += 1
        self._elements += 1
        self._size += len(name) + sum(map(len, attributes.values()))
        if self.depth > DEEPEST:
            self._refuse("XML_TOO_DEEP", f"it nests deeper than {DEEPEST} levels")
        elif self._elements > self._most or self._size > self._largest:
            self._refuse(
                "RECORD_TOO_LARGE", f"it has more than {self._most} elements or {self._largest} signs"
            )
        if self.fault is None:
            self._open.append((attributes, []))
            self._names.append(name)

    def data(self, text: str) -> None:
        self._size += len(text)
        if self._size > self._largest:
            self._refuse("RECORD_TOO_LARGE", f"it has more than {self._largest} signs")
        if self.fault is None:
            self._open[-1][1].append(text)

    def end(self) -> None:
        self.depth -= 1
        if self.fault is not None:
            return
        held, name = self._closed(), self._names.pop()
        around = self._open[-1][0]
        if name not in around:
            around[name] = held
        elif isinstance(around[name], list):
            around[name].append(held)
        else:
            around[name] = [around[name], held]

    def whole(self) -> Any:
        """What the element holds, once it is closed; None where it was refused."""
        return None if self.fault else self._closed()

    def _closed(self) -> _Node | str:
        node, texts = self._open.pop()
        text = "".join(texts).strip()
        if not node:
            return text
        if text:
            node["."] = text
        return node

    def _refuse(self, code: str, fact: str) -> None:
        if self.fault is None:
            start = " ".join(text for _, texts in self._open for text in texts[:3])
            self.fault = Fault(code, "row", shorten(start), fact, "Send the parcels as records of their own")
            self._open.clear()
            self._names.clear()
