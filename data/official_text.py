"""Official descriptions, read from the official export where the user has it. They do not ship with us.

The folder of exports is an argument or the setting ``MAILDUTY_HTSUS_DIR``; without one there are none.
"""

from __future__ import annotations

import os
import re
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from data.hts import HtsCode
from data.schedule_exports import exports_in, read_export, revision_days

SETTING = "MAILDUTY_HTSUS_DIR"
_TAG = re.compile(r"<[^>]*>")


def exports_folder(folder: str | Path | None = None) -> Path | None:
    """The folder of official exports: the argument, else the setting, else None. A missing one is None."""
    named = folder or os.environ.get(SETTING)
    return Path(named) if named and Path(named).is_dir() else None


def describe(code: str | HtsCode, on: date, folder: str | Path | None = None) -> tuple[str, ...] | None:
    """The descriptions from heading to ``code`` in the export in force that day, or the last one before it.

    None where no export is at hand or it lacks the code. The last element is the code's own wording.
    """
    found = exports_folder(folder)
    if found is None:
        return None
    days = revision_days(found)
    dated = sorted((days[name], name) for name in exports_in(found) if days.get(name))
    in_force = [name for day, name in dated if day <= on.isoformat()]
    if not in_force:
        return None
    digits = HtsCode.parse(code).digits
    texts = descriptions(found, in_force[-1])
    # A rate line that has one ten-digit line only is printed as that line.
    return texts.get(digits) or (texts.get(digits + "00") if len(digits) == 8 else None)


@lru_cache(maxsize=2)
def descriptions(folder: Path, revision: str) -> dict[str, tuple[str, ...]]:
    """All codes of one revision with their wording from the heading down, unnumbered lines included."""
    content: Any = read_export(exports_in(folder)[revision])
    if isinstance(content, dict):
        return {code: tuple(row["description"].split(" — ")) for code, row in content.items()}
    texts: dict[str, tuple[str, ...]] = {}
    above: list[str] = []
    for row in content:
        depth = int(row.get("indent") or 0)
        above[depth:] = [" ".join(_TAG.sub("", row.get("description") or "").split())]
        if row.get("htsno"):
            texts[row["htsno"].replace(".", "")] = tuple(above)
    return texts
