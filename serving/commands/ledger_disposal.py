"""What `mailduty ledger` disposes of: hold, release, purge, erase. Prints what went, or would go."""

from __future__ import annotations

from datetime import UTC, date, datetime

from data.law import Law
from serving.commands.ledger_desk import Say, opened
from serving.ledger.erasure import Erased, erase, find
from serving.ledger.holds import hold, release
from serving.ledger.people import Person
from serving.ledger.purging import purge
from serving.ledger.retention import Purged, due
from serving.manifests.manifest_keeping import who


def hold_item(what: str, party: str, reason: str, end: bool, say: Say = print) -> None:
    """A legal hold on a parcel, an item or everything (``*``), or its end."""
    with opened() as ledger:
        done = (release if end else hold)(
            ledger, party, what, reason, at=datetime.now(UTC), actor=who("ledger")
        )
    say(f"{'released' if end else 'held'}: {'everything' if what == '*' else what} (record {done.record_id})")


def purge_ledger(party: str, on: date | None, yes: bool, say: Say = print) -> None:
    """What is past its term on a day, or today: told, and with ``yes`` taken."""
    law, now = Law.load(), datetime.now(UTC)
    on = on or now.date()
    with opened() as ledger:
        if yes:
            found = purge(ledger, party, law, on, at=now, actor=who("ledger"))
        else:
            found = due(ledger, party, law, on)
    say(_purged(found, yes))


def erase_person(party: str, person: Person, reason: str, yes: bool, say: Say = print) -> None:
    """What the ledger holds of a person: told, and with ``yes`` taken."""
    with opened() as ledger:
        if yes:
            found = erase(ledger, party, person, reason, at=datetime.now(UTC), actor=who("ledger"))
        else:
            found = find(ledger, party, person)
    say(_erased(found, yes))


def _purged(found: Purged, done: bool) -> str:
    term = found.term
    held = f"; {found.held} more are under a legal hold" if found.held else ""
    files = f" and {found.files} files" if found.files else ""
    told = "went" if done else "would go with --yes"
    return (
        f"entered before {term.before} ({term.years} years, {term.citation}): "
        f"{found.items} items with {found.records} records{files} {told}{held}"
    )


def _erased(found: Erased, done: bool) -> str:
    told = "lost" if done else "would lose, with --yes,"
    lines = [f"{len(found.records)} records {told} their sealed data: {', '.join(found.parcels) or 'none'}"]
    for sha256, now in found.files.items():
        left = f"goes on without the person's lines, as {now[:12]}" if now else "goes whole; its hash stays"
        lines.append(f"file {sha256[:12]} {left}")
    if found.held:
        lines.append(
            f"{len(found.held)} records and {len(found.files_held)} files are under a legal hold and stay"
        )
    return "\n".join(lines)
