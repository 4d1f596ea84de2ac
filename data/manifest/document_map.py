"""What stands where in a document of parcels: paths of names on one side, our fields on the other.

A path is names with / between: `Receiver/City`, `Item/@id` for an attribute of XML. Names are compared as
column names are, without case, spaces, underscores and hyphens. Where a map gives several paths for a field,
the first that holds something is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from data.errors import MailDutyError
from data.manifest.source import Fault, shorten
from data.manifest.vocabulary import NAMES, SYNONYMS, squeeze
from data.short_memory import remember_short

Path = tuple[str, ...]
Basis = Literal["row", "unit"]
FIELDS = frozenset(SYNONYMS) | frozenset(NAMES.values())
OF_A_LINE = frozenset("value unit_value quantity quantity_unit net_weight line_no id".split())
MOST_UNREAD = 300  # names told apart in the notes
MOST_PARTS = 50  # values one path may lead to, where several are one field: tariff numbers
_SEVERAL = frozenset(("hts", "hts_revised"))


@remember_short(8192)
def plain(name: str) -> str:
    """A name as it is compared; that of an attribute keeps its @."""
    return "@" + squeeze(name) if name[:1] == "@" else squeeze(name) or name


def path_of(text: str) -> Path:
    """The names of a path; none for an empty text."""
    return tuple(plain(part.strip()) for part in text.split("/") if part.strip())


@dataclass(frozen=True)
class DocumentMap:
    """Where the records of a document are, and where in each our fields are.

    parcels: paths to the records, () for the document itself; lines: path in a record to what becomes rows, ()
    where each record is one row. value_basis and weight_basis say whether amounts and net weights are of the
    whole row or of one piece; weight_unit is that of every weight. The paths of shared begin in any object around
    the records, those of parcel in the record, those of line in the line.
    """

    name: str
    version: str
    kind: Literal["json", "xml"]
    known_by: frozenset[str]  # names that all stand in the first lines
    parcels: tuple[Path, ...]
    lines: Path
    value_basis: Basis
    weight_basis: Basis
    weight_unit: str
    shared: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    parcel: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    line: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    units: Mapping[str, tuple[Path, ...]] = field(
        default_factory=dict
    )  # weight field -> where its unit stands
    totals: tuple[
        tuple[str, str, tuple[Path, ...]], ...
    ] = ()  # (what, scope, paths) a record states of itself
    absent: frozenset[str] = frozenset()  # fields the document never has
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # field -> its code -> our word
    sha256: str = ""  # of the file it was read from

    def __post_init__(self) -> None:
        """Raises MailDutyError MANIFEST_MAPPING for fields that are none, or stand where they would mislead."""
        for section in (self.shared, self.parcel, self.line, self.codes, dict.fromkeys(self.absent)):
            for name in section:
                if name not in FIELDS and not name.startswith("fact:"):
                    raise wrong_map(
                        self.name, f"there is no field {name!r}", f"Use {', '.join(sorted(FIELDS))}"
                    )
        if wrong := self.units.keys() - {"net_weight", "gross_weight"}:
            raise wrong_map(
                self.name, f"{', '.join(sorted(wrong))} has no unit", "Name units of weights only"
            )
        if odd := {what for what, _, _ in self.totals} - {"value", "count", "packets", "quantity"}:
            raise wrong_map(
                self.name, f"{', '.join(sorted(odd))} is no total", "Name value, count or quantity"
            )
        misled = OF_A_LINE & (self.shared.keys() | (self.parcel.keys() if self.lines else set()))
        if misled:
            raise wrong_map(
                self.name,
                f"{', '.join(sorted(misled))} of a whole parcel would be read for each of its lines",
                "Map it under `line`",
            )
        if not any("tracking_id" in section for section in (self.parcel, self.line)):
            raise wrong_map(self.name, "nothing holds the tracking number", "Map tracking_id")
        if not {"value", "unit_value"} & (self.parcel.keys() | self.line.keys() | self.absent):
            raise wrong_map(self.name, "nothing holds the value", "Map value, or name it under `absent`")

    def recognises(self, names: frozenset[str]) -> bool:
        """True when every name it is known by is among those of a document's first lines."""
        return bool(self.known_by) and self.known_by <= names


def paths(**fields: str) -> dict[str, tuple[Path, ...]]:
    """Fields with their paths, several separated by spaces, as `DocumentMap` takes them."""
    return {name: tuple(path_of(part) for part in text.split()) for name, text in fields.items()}


class Unread:
    """Names that are not read, as the sender spells them, for the notes; some hundreds and no more."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}
        self._spelled: dict[str, str] = {}

    def plainly(self, held: Any) -> Any:
        """A record with its names as they are compared; what two spellings of one name hold becomes a list."""
        if isinstance(held, list):
            return [self.plainly(part) for part in held]
        if not isinstance(held, Mapping):
            return held
        node: dict[str, Any] = {}
        for name, value in held.items():
            key, new = plain(name), self.plainly(value)
            if len(self._spelled) < MOST_UNREAD:
                self._spelled.setdefault(key, name[:80])
            if key in node:
                new = [p for both in (node[key], new) for p in (both if isinstance(both, list) else [both])]
            node[key] = new
        return node

    def note(self, held: Mapping[str, Any], *read: Iterable[tuple[Path, ...]]) -> None:
        """Notes the names of a record that no path begins with."""
        if len(self.names) < MOST_UNREAD:
            known = {way[0] for section in read for ways in section for way in ways if way}
            self.names.update((self._spelled.get(name, name), None) for name in held if name not in known)


def nodes(held: Any, way: Path) -> list[Any]:
    """Everything at a path of a record `Unread.plainly` made; lists on the way, and at its end, are walked through."""
    here = held if isinstance(held, list) else [held]
    for step in way:
        found: list[Any] = []
        for node in here:
            value = node.get(step) if isinstance(node, dict) else None
            if isinstance(value, list):
                found.extend(value)
            elif value is not None:
                found.append(value)
        here = found
    return here


def gather(
    held: Mapping[str, Any], wanted: Mapping[str, tuple[Path, ...]], codes: Mapping[str, Mapping[str, str]]
) -> tuple[dict[str, Any], list[Fault]]:
    """(field -> text or exact number, faults) of a record `Unread.plainly` made; blank fields are left out."""
    fields: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, ways in wanted.items():
        for way in ways:
            found = _values(nodes(held, way), name, faults)
            if not found:
                continue
            if len(found) > 1 and name not in _SEVERAL:
                said = shorten("; ".join(shorten(value) for value in found[:MOST_PARTS]))
                faults.append(
                    Fault("FIELD_REPEATED", name, said, f"{name} is said more than once", "Keep one")
                )
            text = found[0] if len(found) == 1 else "; ".join(map(str, found[:MOST_PARTS]))
            fields[name] = codes[name].get(str(text), text) if name in codes else text
            break
    return fields, faults


def _values(leaves: list[Any], name: str, faults: list[Fault]) -> list[Any]:
    """The different values that are not blank; anything but a text, a number or a flag is a fault."""
    found: list[Any] = []
    for leaf in leaves[: MOST_PARTS + 1]:
        value = leaf
        if isinstance(leaf, dict) and all(key[:1] in ("@", ".") for key in leaf):
            value = leaf.get(".", "")  # a text of XML with attributes beside it
        if isinstance(value, dict | list):
            what = "an object stands where a text or a number should"
            faults.append(
                Fault(
                    "FIELD_MALFORMED",
                    name,
                    shorten(json.dumps(value, default=str)),
                    what,
                    "Send the text itself",
                )
            )
        elif value not in (None, "") and value not in found:
            found.append(value if isinstance(value, str | bool | Decimal) else str(value))
    return found


def wrong_map(name: str, fact: str, remedy: str) -> MailDutyError:
    """The error of a mapping that cannot be used."""
    return MailDutyError(
        "MANIFEST_MAPPING",
        f"mapping {shorten(name)}: {fact}",
        "A mapping leads from names to our fields",
        remedy,
    )
