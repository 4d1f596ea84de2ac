"""Labelled item descriptions from files, one record whatever the file calls its columns.

Reads the generator's rows, marketplace rows (``title``, ``attributes``, ``category``, ``price``, ``code10``) and
rulings (``text``, ``code10`` or a set ``codes``, of which any one counts).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.errors import MailDutyError

USD = "USD"
FACTS_READ = 300  # characters of a ruling's facts that stand in for a missing text


@dataclass(frozen=True)
class Labelled:
    """One description with the tariff numbers (digits) that are right for it; ``kind`` names its relatives."""

    id: str
    text: str
    codes: frozenset[str]
    category: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    value_usd: float | None = None
    kind: str = ""
    style: str = ""

    @property
    def whole_text(self) -> str:
        """Description, the two deepest category levels and attribute values, as one text."""
        return " ".join([self.text, *self.category[-2:], *self.attributes.values()])


def read_labelled(path: Path) -> list[Labelled]:
    """All rows of a JSON lines file. Raises MailDutyError LABELLED_UNREADABLE naming the line."""
    return list(_rows(path.read_text(encoding="utf-8").splitlines(), path.name))


def _rows(lines: Iterable[str], name: str) -> Iterator[Labelled]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield labelled(json.loads(line))
        except (ValueError, KeyError, TypeError) as why:
            raise MailDutyError(
                "LABELLED_UNREADABLE",
                f"{name}, line {number}: {why}",
                "A labelled row has a text and a tariff number",
                "Give `description`, `title` or `text`, and `hts`, `code10` or `codes`",
            ) from why


def labelled(row: Mapping[str, Any]) -> Labelled:
    """One row of any of the three forms."""
    text = (
        row.get("description")
        or row.get("title")
        or row.get("text")
        or str(row.get("facts", ""))[:FACTS_READ]
    )
    if not text:
        raise KeyError("no description, title or text")
    codes = row["codes"] if "codes" in row else [row.get("hts") or row.get("hs6") or row["code10"]]
    digits = frozenset(
        c for c in (re.sub(r"\D", "", str(c)) for c in codes) if c and c[:2] not in ("98", "99")
    )
    value = row.get("value_usd")
    if value is None and row.get("currency") == USD:
        value = row.get("price")
    return Labelled(
        id=str(row.get("id") or text),
        text=str(text),
        codes=digits,
        category=tuple(str(c) for c in row.get("category") or ()),
        attributes={str(k): str(v) for k, v in (row.get("attributes") or {}).items()},
        value_usd=float(value) if value is not None else None,
        kind=str(row.get("kind", "")),
        style=str(row.get("style", "")),
    )
