"""The law as dated data: asks ``data/law/*.yaml`` for one number, list or table by path and day.

Three kinds of file, told apart by the one of these keys they carry:

* ``values``: one legal number with the days it was in force, without gap or overlap;
* ``codes``: a list of tariff numbers (any level: a line under one of them is on the list);
* ``rows``: a table, for instance rates by origin, each row with its own days.

Every answer can be traced: :meth:`Law.entry` gives value, unit, label, citation and how sure we are.
A number that is not in force on the day asked for is an error naming path and day, never zero.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from data.errors import MailDutyError
from data.law_records import CodeList, ExactLoader, LawEntry, Row, entry_of, list_of, plain, row_of

__all__ = ["CodeList", "Law", "LawEntry", "Row", "plain"]

HERE = Path(__file__).with_name("law")


class Law:
    """All legal data of one folder. Loaded once, immutable, and hashed for the version in every answer."""

    def __init__(
        self,
        documents: Mapping[str, Mapping[str, Any]],
        version: str,
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        self.documents = dict(documents)
        self.version = version
        self.files = dict(files or {})  # as they were read, to be kept with what they decided
        self._entries: dict[str, tuple[LawEntry, ...]] = {}
        self._rows: dict[str, tuple[Row, ...]] = {}
        self._lists: dict[str, CodeList] = {}
        self._live: dict[tuple[str, date], _Live] = {}
        self._alike: dict[tuple[str, tuple[int, ...]], _Live] = {}
        self._below: dict[str, tuple[str, ...]] = {}
        for path, document in self.documents.items():
            if "values" in document:
                self._entries[path] = tuple(entry_of(path, document, item) for item in document["values"])
            elif "codes" in document:
                self._lists[path] = list_of(path, document)
            elif "rows" in document:
                self._rows[path] = tuple(row_of(document, item) for item in document["rows"])

    @staticmethod
    @lru_cache(maxsize=4)
    def load(folder: Path | None = None) -> Law:
        """Reads every YAML below ``folder`` (the shipped law by default); paths are relative, without suffix."""
        root = folder or HERE
        return Law.of_files(
            {
                file.relative_to(root).with_suffix("").as_posix(): file.read_bytes()
                for file in sorted(root.rglob("*.yaml"))
            }
        )

    @staticmethod
    def of_files(files: Mapping[str, bytes]) -> Law:
        """The law of YAML texts by path; the same texts give the same version, wherever they were kept."""
        digest = hashlib.sha256()
        documents: dict[str, Mapping[str, Any]] = {}
        for path, raw in sorted(files.items(), key=lambda one: tuple(f"{one[0]}.yaml".split("/"))):
            digest.update(path.encode() + b"\0" + raw)
            documents[path] = yaml.load(raw, Loader=ExactLoader)
        return Law(documents, digest.hexdigest()[:12], files)

    @property
    def verified_through(self) -> date:
        """The last day for which anybody saw evidence of what the law says."""
        return date.fromisoformat(str(self.documents["verified"]["values"][0]["value"]))

    def find(self, path: str, on: date) -> LawEntry | None:
        """The number in force on that day, or None: for duties that begin and end. Unknown paths raise."""
        for entry in self._of(self._entries, path):
            if entry.valid_from <= on and (entry.valid_to is None or on <= entry.valid_to):
                return entry
        return None

    def entry(self, path: str, on: date) -> LawEntry:
        """The number in force on that day with its citation. Raises ``LAW_NO_VALUE`` naming path and day."""
        entry = self.find(path, on)
        if entry is None:
            spans = ", ".join(f"{e.valid_from} to {e.valid_to or 'open'}" for e in self._entries[path])
            raise MailDutyError(
                "LAW_NO_VALUE",
                f"no value of {path} is in force on {on}",
                f"it is known for {spans}",
                "add the value with its citation to data/law, or price a day it covers",
                path=path,
                on=on.isoformat(),
            )
        return entry

    def value(self, path: str, on: date) -> Any:
        """Only the value of :meth:`entry`."""
        return self.entry(path, on).value

    def rows(self, path: str, on: date, **wanted: Any) -> list[Row]:
        """The rows in force on that day whose fields equal ``wanted``."""
        live = self._live.get((path, on)) or self._in_force(path, on)
        if not wanted:
            return list(live.rows)
        (first, value), *rest = wanted.items()
        found = live.having(first, value)
        for name, value in rest:
            found = [row for row in found if row.fields.get(name) == value]
        return list(found)

    def _in_force(self, path: str, on: date) -> _Live:
        rows = self._of(self._rows, path)
        places = tuple(at for at, row in enumerate(rows) if row.holds(on))
        live = self._alike.setdefault((path, places), _Live([rows[at] for at in places]))
        self._live[path, on] = live
        return live

    def all_rows(self, path: str) -> tuple[Row, ...]:
        """Every row of a table, whatever the day."""
        return tuple(self._of(self._rows, path))

    def codes(self, path: str) -> CodeList:
        """A list whatever the day; compare ``valid_from`` and ``valid_to`` or use :meth:`listed`."""
        return self._of(self._lists, path)

    def listed(self, path: str, digits: str, on: date) -> str | None:
        """The listed number that ``digits`` is or stands under, None if not listed or not in force that day."""
        codes = self.codes(path)
        if on < codes.valid_from or (codes.valid_to is not None and on > codes.valid_to):
            return None
        return codes.match(digits)

    def paths(self, below: str = "") -> Iterator[str]:
        if below not in self._below:
            self._below[below] = tuple(path for path in sorted(self.documents) if path.startswith(below))
        return iter(self._below[below])

    def _of(self, kind: Mapping[str, Any], path: str) -> Any:
        if path not in kind:
            raise MailDutyError("LAW_UNKNOWN_PATH", f"data/law has no {path!r} of this kind", path=path)
        return kind[path]


class _Live:
    """The rows of a table that are in force together, found by the value of a field."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self._by: dict[str, dict[Any, list[Row]]] = {}

    def having(self, name: str, value: Any) -> list[Row]:
        if name not in self._by:
            by: dict[Any, list[Row]] = {}
            for row in self.rows:
                by.setdefault(row.fields.get(name), []).append(row)
            self._by[name] = by
        return self._by[name].get(value, [])
