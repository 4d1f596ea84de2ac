"""Mapping files: a `DocumentMap` as YAML, for senders whose names nobody but they know."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from data.errors import MailDutyError
from data.manifest.document_map import DocumentMap, path_of, plain, wrong_map
from data.manifest.document_map import Path as Way

LARGEST_MAP = 64_000  # bytes of a mapping file
SHIPPED = Path(__file__).parent / "mappings"
_NEEDED = frozenset("name version format parcels value_basis weight_basis weight_unit parcel".split())
_KEYS = _NEEDED | frozenset("known_by totals lines shared line units absent codes".split())


def load_map(source: str | Path) -> DocumentMap:
    """The map in a file. Raises MailDutyError MANIFEST_MAPPING that says what in it cannot be used."""
    path = Path(source)
    try:
        text = path.read_bytes()[: LARGEST_MAP + 1]
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        raise wrong_map(path.name, f"cannot be opened: {said}", "Check the path") from error
    return read_map(text, path.name)


def read_map(text: str | bytes, name: str) -> DocumentMap:
    """The map in a text of YAML; name says in errors where it came from. Raises MANIFEST_MAPPING."""
    if len(text) > LARGEST_MAP:
        raise wrong_map(name, f"it is larger than {LARGEST_MAP} bytes", "A mapping is a page")
    try:
        held = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise wrong_map(name, f"it is not YAML: {' '.join(str(error).split())[:200]}", "Mend it") from error
    if not isinstance(held, dict):
        raise wrong_map(
            name, "it holds no names", "Begin with one of those shipped in data/manifest/mappings"
        )
    try:
        content = text.encode() if isinstance(text, str) else text
        return replace(_map_of(held, name), sha256=hashlib.sha256(content).hexdigest())
    except MailDutyError:
        raise
    except (TypeError, ValueError, AttributeError) as error:
        raise wrong_map(
            name, f"it is not built as a mapping: {error}", "Compare it with one shipped"
        ) from error


def shipped() -> tuple[DocumentMap, ...]:
    """The maps that come with the program, by name of file."""
    return tuple(load_map(path) for path in sorted(SHIPPED.glob("*.yaml")))


def _map_of(held: dict[Any, Any], name: str) -> DocumentMap:
    unknown = sorted(str(key) for key in held.keys() - _KEYS)
    if unknown:
        raise wrong_map(name, f"there is no {', '.join(unknown)}", f"Use {', '.join(sorted(_KEYS))}")
    if missing := sorted(_NEEDED - held.keys()):
        raise wrong_map(name, f"{', '.join(missing)} is missing", "Say it: nothing is assumed of a sender")
    own = _text(held["name"])
    return DocumentMap(
        name=own,
        version=_text(held["version"]),
        kind=_one_of(name, held, "format", ("json", "xml")),  # type: ignore[arg-type]
        known_by=frozenset(plain(_text(word)) for word in _listed(held.get("known_by") or [])),
        parcels=tuple(path_of(_text(way)) for way in _listed(held["parcels"])),
        lines=path_of(_text(held.get("lines", ""))),
        value_basis=_one_of(name, held, "value_basis", ("row", "unit")),  # type: ignore[arg-type]
        weight_basis=_one_of(name, held, "weight_basis", ("row", "unit")),  # type: ignore[arg-type]
        weight_unit=_one_of(name, held, "weight_unit", ("kg", "g", "lb", "oz")),
        shared=_ways(held.get("shared")),
        parcel=_ways(held["parcel"]),
        line=_ways(held.get("line")),
        units=_ways(held.get("units")),
        totals=tuple((what, "parcel", ways) for what, ways in _ways(held.get("totals")).items()),
        absent=frozenset(_text(word) for word in _listed(held.get("absent") or [])),
        codes={
            _text(field): {_text(code): _text(word) for code, word in words.items()}
            for field, words in (held.get("codes") or {}).items()
        },
    )


def _ways(section: Mapping[str, Any] | None) -> dict[str, tuple[Way, ...]]:
    """Field -> its paths; a list of paths is tried in its order."""
    return {
        _text(field): tuple(path_of(_text(way)) for way in _listed(ways))
        for field, ways in (section or {}).items()
    }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    if isinstance(value, str | int):  # YAML reads a bare 1 as a number
        return str(value)
    raise TypeError(f"{str(value)[:60]!r} should be a text")


def _one_of(name: str, held: Mapping[str, Any], key: str, allowed: tuple[str, ...]) -> str:
    if held[key] not in allowed:
        raise wrong_map(name, f"{key} cannot be {str(held[key])[:40]!r}", f"Use {' or '.join(allowed)}")
    return str(held[key])
