"""The warnings of ordinary entry for whole columns: lists of texts, and which list each item has.

Order as in the planner: about the number, the claim and the column, the layers in their order, ended numbers.
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import numpy as np

from data.hts import HtsCode
from data.law import Law
from data.schedule import Schedule
from models.duty.batch.authorities import SECTION_232
from models.duty.batch.coded import Coded, Ints
from models.duty.batch.marks import SomeLine, some_day
from models.duty.batch.numbers import Numbers
from models.duty.batch.own_lines import OwnLines
from models.duty.batch.stacked import Stacked
from models.duty.batch.stretches import groups, part_of, revisions
from models.duty.layers.metals import LISTS as METALS
from models.duty.planner import about_code, ended_numbers
from models.duty.records import CHANNELS

Texts = tuple[str, ...]


class Remarks(NamedTuple):
    """``texts[which[at]]`` for each place; the last one, ``-1``, is empty."""

    texts: list[Texts]
    which: Ints


def remarks(
    coded: Coded,
    places: Ints,
    own: OwnLines,
    numbers: Numbers,
    stacked: Stacked,
    which: list[Ints],
    law: Law,
    schedule: Schedule,
) -> list[Remarks]:
    layers = [
        Remarks([*(answer.notes for answer in answers), ()], one)
        for answers, one in zip(stacked.answers, which, strict=True)
    ]
    about = _about(coded, places, own, numbers, law, schedule)
    reached = np.array([*(bool(a.reach[0]) for a in stacked.answers[SECTION_232]), False], bool)
    ended = _ended(coded, places, own, numbers, ~reached[which[SECTION_232]], law, schedule)
    found = [about, Remarks([*own.notes, ()], np.where(own.line >= 0, own.note, -1)), *layers, ended]
    return [one for one in found if any(one.texts)]


def _about(
    coded: Coded, places: Ints, own: OwnLines, numbers: Numbers, law: Law, schedule: Schedule
) -> Remarks:
    held = np.flatnonzero(own.line >= 0)
    at = places[held]
    days = coded.day[at]
    part = part_of(law, ("limits/mail_code_digits",))
    level = np.array([*(code.level if code else 0 for code in numbers.codes), 0], np.int64)[coded.number[at]]
    later = (days > schedule.last_verified.toordinal()).astype(np.int64)
    group, first = groups(
        level, coded.channel[at], part.stretches(days), np.where(later, revisions(schedule, days), -1)
    )
    texts: list[Texts] = []
    for one in first:
        code = cast(HtsCode, numbers.codes[coded.number[at[one]]])
        channel, day = CHANNELS[coded.channel[at[one]]], some_day(days[one])
        notes = about_code(code, cast(Any, SomeLine()), day, channel, part, schedule)
        texts.append(tuple(str(note) for note in notes))
    spread = np.full(len(places), -1, np.int64)
    spread[held] = group
    return Remarks([*texts, ()], spread)


def _ended(
    coded: Coded, places: Ints, own: OwnLines, numbers: Numbers, open_: Any, law: Law, schedule: Schedule
) -> Remarks:
    part = part_of(law, ("section_232/",))
    lists = [part.codes(path) for path in part.paths(METALS)]
    near = [
        code is not None and code.level == 10 and any(x.below(code.digits[:8]) for x in lists)
        for code in numbers.codes
    ]
    held = np.flatnonzero((own.line >= 0) & open_ & np.array([*near, False], bool)[coded.number[places]])
    at = places[held]
    group, first = groups(coded.number[at], part.stretches(coded.day[at]), revisions(schedule, coded.day[at]))
    texts: list[Texts] = []
    for one in first:
        code = cast(HtsCode, numbers.codes[coded.number[at[one]]])
        notes = ended_numbers(code, some_day(coded.day[at[one]]), part, schedule)
        texts.append(tuple(str(note) for note in notes))
    spread = np.full(len(places), -1, np.int64)
    spread[held] = group
    return Remarks([*texts, ()], spread)
