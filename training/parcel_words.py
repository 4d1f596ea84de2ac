"""The words made-up parcels are written in, and the tables their texts are looked up in, which do not have them.

Parcels come from the catalogue the suggester and the word table know by heart; looked up there, every wrong number
would show. So the words of each kind are dealt out in two halves: parcels are written from one, the word table
counts the other, and the suggester's index holds the other. Its encoder has still met both in its own training.
What is shipped and served has all the words.
"""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from data.catalogue import Catalogue
from data.catalogue_generate import describe
from data.catalogue_thinned import thinned
from data.schedule import Schedule
from models.artifact import CONTENTS, SHIPPED, load
from models.hts.artifact import suggester_of
from models.risk.reference import rates_on
from models.risk.suggested import Asked
from models.risk.wording import Wording

DAY = date(2026, 7, 24)  # the tariff and the limits of this day are used throughout


@dataclass(frozen=True)
class Tables:
    """Word table and suggester that texts are looked up in, and which suggester it is (``none``)."""

    wording: Wording
    asked: Asked | None
    suggester: str


@dataclass(frozen=True)
class WordsApart:
    """A catalogue to write parcels from, and tables of the other half of its words."""

    written_from: Catalogue
    tables: Tables


def words_apart(catalogue: Catalogue, settings: Mapping[str, Any]) -> WordsApart:
    """Deals the words out by the settings' ``words_seed``; always the same halves for the same seed."""
    known, unknown = thinned(catalogue, int(settings["words_seed"]))
    wording = Wording.fit(wording_rows(known, int(settings["wording_rows"]), int(settings["seed"])))
    return WordsApart(unknown, Tables(wording, *suggester_over(known, settings)))


def whole_tables(catalogue: Catalogue, wording: Wording, settings: Mapping[str, Any]) -> Tables:
    """Tables of all words, as they are served: for parcels that others wrote."""
    return Tables(wording, *suggester_over(catalogue, settings))


def suggester_over(catalogue: Catalogue, settings: Mapping[str, Any]) -> tuple[Asked | None, str]:
    """The suggester of the settings (a folder, ``none``, or null for the one in use) over a catalogue."""
    folder = _folder(settings.get("suggester"))
    if folder is None:
        return None, "none"
    artifact, schedule = load(folder), Schedule.load()
    leaves = frozenset(line.code for line in schedule.leaves(DAY))
    suggester = suggester_of(artifact, catalogue, leaves)
    return Asked(suggester, rates_on(schedule, DAY)), f"hts {artifact.version}"


def _folder(named: str | None) -> Path | None:
    named = named or os.environ.get("MAILDUTY_HTS_MODEL")
    if named:
        return None if named == "none" else Path(named).expanduser()
    return SHIPPED / "hts" if (SHIPPED / "hts" / CONTENTS).exists() else None


def wording_rows(catalogue: Catalogue, each: int, seed: int) -> list[tuple[str, str]]:
    """``each`` descriptions of every kind with their ten digits."""
    goods = list(catalogue)
    rows = []
    for kind in goods:
        for n in range(each):
            made = describe(kind, random.Random(f"wording:{seed}:{kind.id}:{n}"), goods)
            rows.append((made["description"], made["hts"]))
    return rows
