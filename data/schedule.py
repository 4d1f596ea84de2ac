"""The tariff in force on a day: lines, what stands under them, units and rates.

Read from the compact facts that ship in ``schedule/`` (built by :mod:`data.schedule_build`), or from a table
the user built. Official descriptions are not part of it: see :mod:`data.official_text`.

After the last revision held its lines stay in force, since a tariff goes on until it is changed; whoever asks
for a later day compares with :attr:`Schedule.last_verified` and says so. Days before the first are an error.
"""

from __future__ import annotations

import json
import os
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.errors import MailDutyError
from data.hts import LEVELS, HtsCode, dotted
from data.schedule_table import CONTENTS, SHIPPED, Line, read_table, table_files, table_of

if TYPE_CHECKING:
    import pandas as pd

SETTING = "MAILDUTY_SCHEDULE"


class Schedule:
    """All lines of all days. Look-ups take a bare or dotted code and a day; a table is never changed."""

    def __init__(self, lines: list[Line], contents: dict[str, Any], folder: Path = SHIPPED) -> None:
        self.contents = contents
        self.folder = folder
        self.first_day = date.fromisoformat(contents["first_day"])
        self.last_verified = date.fromisoformat(contents["last_verified"])
        self._revisions = [
            (date.fromisoformat(r["effective_date"]), r["revision"]) for r in contents["revisions"]
        ]
        self._lines = lines
        self._by_code: dict[str, tuple[list[date], list[Line]]] = {}
        for line in lines:
            starts, versions = self._by_code.setdefault(line.code, ([], []))
            starts.append(line.valid_from)
            versions.append(line)
        self._codes = list(self._by_code)
        self._leaves: dict[tuple[str, bool], tuple[Line, ...]] = {}

    @staticmethod
    def load(path: str | Path | None = None) -> Schedule:
        """The table in folder ``path``, else in ``MAILDUTY_SCHEDULE``, else the shipped one; read once each.

        Raises ``SCHEDULE_MISSING`` or ``SCHEDULE_CORRUPT`` (the table is not what its contents file says).
        """
        named = path or os.environ.get(SETTING)
        return _loaded(Path(named).resolve() if named else SHIPPED)

    @staticmethod
    def of_files(files: Mapping[str, bytes]) -> Schedule:
        """The table of texts that :meth:`files` gave once. Raises ValueError where they do not fit together."""
        return Schedule(*table_of(files))

    def files(self) -> dict[str, bytes]:
        """The texts the table was read from, by name.

        Raises ``SCHEDULE_CHANGED`` where the folder holds another table by now, ``SCHEDULE_MISSING`` where none.
        """
        found = table_files(self.folder)
        if json.loads(found[CONTENTS]) != self.contents:
            raise MailDutyError(
                "SCHEDULE_CHANGED",
                f"the table in {self.folder} is not the one that was loaded",
                "a duty is kept with the very tariff it was computed from",
                "start again",
                file=str(self.folder),
            )
        return found

    def line(self, code: str | HtsCode, on: date) -> Line:
        """The line of ``code`` in force on ``on``.

        Raises ``HTS_MALFORMED``, ``HTS_UNKNOWN`` (in no revision), ``HTS_NOT_IN_FORCE`` (on other days only)
        or ``SCHEDULE_DAY_UNKNOWN`` (before the first revision held).
        """
        entry = self._by_code.get(code) if isinstance(code, str) else None
        if entry is None:
            digits = HtsCode.parse(code).digits
            entry = self._by_code.get(digits)
            if entry is None:
                raise self._unknown(digits, on)
        starts, versions = entry
        at = bisect_right(starts, on) - 1
        if at >= 0:
            line = versions[at]
            if line.valid_to is None or on <= line.valid_to:
                return line
        self._check_day(on)
        raise self._not_in_force(versions, on)

    def find(self, code: str | HtsCode, on: date) -> Line | None:
        """Like :meth:`line`, but None where the code is unknown or not in force; a bad day still raises."""
        entry = self._by_code.get(HtsCode.parse(code).digits)
        self._check_day(on)
        return next((v for v in entry[1] if _in_force(v, on)), None) if entry else None

    def parents(self, code: str | HtsCode, on: date) -> tuple[Line, ...]:
        """Heading, subheading and rate line above ``code`` in force that day, the shortest first."""
        digits = HtsCode.parse(code).digits
        above = (self.find(digits[:level], on) for level in LEVELS if 2 < level < len(digits))
        return tuple(line for line in above if line)

    def children(self, code: str | HtsCode, on: date) -> tuple[Line, ...]:
        """The lines directly under ``code`` that day, in order; empty for a leaf."""
        self._check_day(on)
        under = [line for line in self._under(HtsCode.parse(code).digits) if _in_force(line, on)]
        # Not all levels are printed: 6-digit subheadings with one rate line are left out, so a line counts as
        # a child if nothing between it and ``code`` is in force.
        live = {line.code for line in under}
        longer = range(len(HtsCode.parse(code).digits) + 2, 10, 2)
        return tuple(
            line for line in under if not any(line.code[:n] in live for n in longer if n < line.level)
        )

    def leaves(self, on: date, special_chapters: bool = False) -> tuple[Line, ...]:
        """The lines under which nothing stands that day: ten digits, and 95 lines of chapter 91 with eight.

        Chapters 98 and 99 are left out unless asked for.
        """
        key = (self.revision(on), special_chapters)
        if key not in self._leaves:
            live = [line for line in self._lines if _in_force(line, on)]
            following = [*(line.code for line in live[1:]), ""]
            self._leaves[key] = tuple(
                line
                for line, after in zip(live, following, strict=True)
                if line.level >= 8
                and not after.startswith(line.code)
                and (special_chapters or line.code[:2] not in ("98", "99"))
            )
        return self._leaves[key]

    def revision(self, on: date) -> str:
        """The revision in force on ``on``: ``2025_rev_16``, ``2026_rev_10``."""
        self._check_day(on)
        return self._revisions[bisect_right(self._revisions, on, key=lambda r: r[0]) - 1][1]

    def lines(self) -> tuple[Line, ...]:
        """Every line of every day, sorted by code and first day."""
        return tuple(self._lines)

    def table(self) -> pd.DataFrame:
        """One row per line: code, units, general, special, column2, ch99_notes, valid_from, valid_to, ..."""
        import pandas as pd

        frame = pd.DataFrame(self._lines, columns=list(Line._fields)).rename(columns={"ch99": "ch99_notes"})
        return frame.assign(level=frame["code"].str.len(), rate_line=frame["code"].str[:8])

    def _under(self, digits: str) -> Iterator[Line]:
        at = bisect_left(self._codes, digits)
        while at < len(self._codes) and self._codes[at].startswith(digits):
            if self._codes[at] != digits:
                yield from self._by_code[self._codes[at]][1]
            at += 1

    def _check_day(self, on: date) -> None:
        if on < self.first_day:
            raise MailDutyError(
                "SCHEDULE_DAY_UNKNOWN",
                f"no tariff revision is held for {on}; the first is of {self.first_day}",
                "a rate is that of its own day, never one of a neighbouring year",
                "build the schedule from older official exports",
                on=on.isoformat(),
            )

    def _unknown(self, digits: str, on: date) -> MailDutyError:
        self._check_day(on)
        known = next((digits[:n] for n in (8, 6, 4) if n < len(digits) and digits[:n] in self._by_code), "")
        near = [line.dotted for line in self.children(known, on)][:12] if known else []
        return MailDutyError(
            "HTS_UNKNOWN",
            f"{dotted(digits)} is in no tariff revision held ({self.first_day} to {self.last_verified})",
            f"the longest part of it that exists is {dotted(known)}"
            if known
            else "not even its heading exists",
            f"under {dotted(known)} stand {', '.join(near)}"
            if near
            else "check the number against the schedule",
            hts=digits,
        )

    def _not_in_force(self, versions: list[Line], on: date) -> MailDutyError:
        code = versions[0].code
        days = "; ".join(f"{v.valid_from} to {v.valid_to or 'now'}" for v in versions)
        sisters = [line.dotted for line in self.children(code[:8], on) if line.code != code][:12]
        return MailDutyError(
            "HTS_NOT_IN_FORCE",
            f"{dotted(code)} is not in force on {on}",
            f"it was in force {days}",
            f"that day {dotted(code[:8])} holds {', '.join(sisters)}" if sisters else "find its successor",
            hts=code,
            on=on.isoformat(),
        )


def _in_force(line: Line, on: date) -> bool:
    return line.valid_from <= on and (line.valid_to is None or on <= line.valid_to)


@lru_cache(maxsize=4)
def _loaded(folder: Path) -> Schedule:
    return Schedule(*read_table(folder), folder)
