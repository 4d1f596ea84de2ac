"""Law and tariff as they were when something was computed from them, kept once each in the ledger by their hash.

Records name these hashes, so a changed artefact is a changed record; :func:`law_of` and :func:`schedule_of` give back
the very tables a duty was computed from, years after others have been shipped.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.dialects import postgresql, sqlite

from data.archived import packed, unpacked
from data.errors import MailDutyError
from data.law import Law
from data.schedule import Schedule
from data.schedule_table import CONTENTS
from serving.ledger.tables import artefacts

# What is archived in a ledger already, by law and tariff.
_KEPT: WeakKeyDictionary[Engine, dict[tuple[str, str], Standing]] = WeakKeyDictionary()
_READ: OrderedDict[str, Law | Schedule] = OrderedDict()  # by hash: a tariff takes a while to read, and 30 MB
_HELD = 6


@dataclass(frozen=True, slots=True)
class Standing:
    """What a duty stands on: the SHA-256 of the law and of the tariff, both kept in ``artefacts``."""

    law: str
    schedule: str

    def as_json(self) -> dict[str, str]:
        return {"law": self.law, "schedule": self.schedule}


def standing(engine: Engine, law: Law, schedule: Schedule) -> Standing:
    """The hashes of law and tariff; both are archived where this ledger does not hold them yet.

    Raises ``ARCHIVE_NO_TEXT`` for a law that was not read from files, ``SCHEDULE_CHANGED`` as ``Schedule.files``.
    """
    kept = _KEPT.setdefault(engine, {})
    place = (law.version, str(schedule.contents["sha256"]))
    if place not in kept:
        if not law.files:
            raise MailDutyError(
                "ARCHIVE_NO_TEXT",
                f"the law {law.version} was not read from files",
                "a duty is kept with the very law it was computed from",
                "load the law with Law.load",
            )
        kept[place] = Standing(
            _archive(engine, "law", law.files),
            _archive(engine, "schedule", schedule.files()),
        )
    return kept[place]


def law_of(engine: Engine, sha256: str) -> Law:
    """The law kept under a hash. Raises ``ARCHIVE_MISSING`` or ``ARCHIVE_CORRUPT``."""
    found = _read(engine, sha256, "law")
    assert isinstance(found, Law)
    return found


def schedule_of(engine: Engine, sha256: str) -> Schedule:
    """The tariff kept under a hash. Raises ``ARCHIVE_MISSING`` or ``ARCHIVE_CORRUPT``."""
    found = _read(engine, sha256, "schedule")
    assert isinstance(found, Schedule)
    return found


def named(kind: str, files: Mapping[str, bytes]) -> str:
    """What people call an artefact: the version of a law, the last day and the hash of a tariff."""
    if kind == "law":
        return Law.of_files(files).version
    contents = json.loads(files[CONTENTS])
    return f"{contents['last_verified']} {contents['sha256'][:12]}"


def _archive(engine: Engine, kind: str, files: Mapping[str, bytes]) -> str:
    sha256, content = packed(files)
    insert = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert
    row = {"sha256": sha256, "kind": kind, "name": named(kind, files), "content": content}
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(insert(artefacts).values(row).on_conflict_do_nothing())
    return sha256


def _read(engine: Engine, sha256: str, kind: str) -> Law | Schedule:
    """Parsed once and held, by the hash of what was read."""
    if sha256 in _READ:
        _READ.move_to_end(sha256)
        return _READ[sha256]
    with engine.connect() as connection:
        row = connection.execute(select(artefacts).where(artefacts.c.sha256 == sha256)).one_or_none()
    if row is None or row.kind != kind:
        raise MailDutyError(
            "ARCHIVE_MISSING",
            f"the ledger holds no {kind} {sha256[:12]}",
            "a duty is computed again from the very law and tariff it was computed from",
            "restore the ledger from a copy",
            sha256=sha256,
        )
    files = unpacked(sha256, row.content)
    _READ[sha256] = Law.of_files(files) if kind == "law" else Schedule.of_files(files)
    while len(_READ) > _HELD:
        _READ.popitem(last=False)
    return _READ[sha256]
