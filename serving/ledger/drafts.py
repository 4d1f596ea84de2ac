"""Entries made ready to be written: checked, encoded, hashed and sealed, before any lock is taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from data.errors import MailDutyError
from serving.ledger.chain import canonical, digest
from serving.ledger.records import KINDS, Entry, keepable
from serving.ledger.sealing import Sealer, labels

# Characters; four times as many bytes still fit into one key of an index of PostgreSQL.
LONGEST = {"party": 100, "actor": 256, "item_key": 520, "item_id": 256, "tracking_id": 256, "code": 32}


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry with the bytes that will stand for it."""

    entry: Entry
    content: bytes
    body_sha256: str
    personal: bytes | None  # canonical, to be compared; never written
    sealed: bytes | None
    personal_mark: str | None
    subjects: frozenset[str]


def drafted(entries: Sequence[Entry], sealer: Callable[[], Sealer]) -> list[Draft]:
    """One draft for each entry. ``sealer`` is asked only where something is personal.

    Raises ``LEDGER_KIND``, ``LEDGER_TEXT`` or ``LEDGER_BODY`` with the place of the entry (from 0) as ``entry``.
    """
    drafts = []
    for place, entry in enumerate(entries):
        try:
            drafts.append(_draft(entry, sealer))
        except MailDutyError as error:
            raise MailDutyError(
                error.code, error.fact, error.rule, error.remedy, **{**error.where, "entry": place}
            ) from error
    return drafts


def _draft(entry: Entry, sealer: Callable[[], Sealer]) -> Draft:
    if entry.kind not in KINDS:
        raise MailDutyError(
            "LEDGER_KIND",
            f"{entry.kind!r} is no kind of record",
            f"a record is one of {', '.join(sorted(KINDS))}",
            "name one of them",
        )
    for name in ("item_key", "item_id", "tracking_id"):
        checked(name, getattr(entry, name))
    for one in entry.exceptions:
        checked("code", one.code)
    content = canonical(_said(entry))
    if not entry.personal:
        return Draft(entry, content, digest(content), None, None, None, frozenset())
    key = sealer()
    sealed, mark = key.close_over(entry.personal)
    found = frozenset(key.subject(label) for label in labels(entry.personal))
    return Draft(entry, content, digest(content), canonical(entry.personal), sealed, mark, found)


def _said(entry: Entry) -> dict[str, object]:
    """What the record says and what follows from it, so that the projections can be made again from records."""
    said: dict[str, object] = {"body": entry.body}
    if entry.decision:
        said["decision"] = entry.decision
    if entry.route:
        said["route"] = entry.route
    if entry.exceptions:
        said["exceptions"] = [[one.code, one.reason, one.message] for one in entry.exceptions]
    return said


def checked(name: str, value: str) -> str:
    """``value``, which both databases can hold and find again. Raises ``LEDGER_TEXT``."""
    if len(value) > LONGEST[name]:
        wrong = f"has {len(value)} characters, more than {LONGEST[name]}"
    elif not keepable(value):
        wrong = "holds a character that no database keeps"
    else:
        return value
    raise MailDutyError(
        "LEDGER_TEXT",
        f"{name} {value[:40]!r} {wrong}",
        "a record is found by it",
        "correct it, or reject the row",
        field=name,
    )
