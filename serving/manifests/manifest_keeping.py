"""Keeps what a run of the command line reads and answers: each file as it came, each batch as soon as it is assessed."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, select

from data.errors import MailDutyError
from data.manifest import ManifestReading
from serving.assessor import Assessment
from serving.ledger import Entry
from serving.ledger.artefacts import Standing
from serving.ledger.chain import canonical, digest
from serving.ledger.received import Sealed, keep_file, sealed_file
from serving.ledger.tables import records
from serving.manifests.keeper import Keeper
from serving.manifests.keeping import assessed_entries, manifest_entry
from serving.manifests.manifests import about, rejected_row
from serving.manifests.resent import closed_by

AT_ONCE = 2_000  # rejected rows in a transaction


def who(command: str = "assess") -> str:
    """Whoever runs the command, as records name them."""
    try:
        return f"{getpass.getuser()}, mailduty {command}"
    except (OSError, KeyError):  # an account without a name
        return f"mailduty {command}"


@dataclass
class Keeping:
    """One run's way into the ledger of a party. Counts what it wrote and what was there already."""

    keeper: Keeper
    standing: Standing
    written: int = 0
    unchanged: int = 0

    def manifest(self, reading: ManifestReading, file: Path) -> None:
        """The file as it came and a record of it; nothing where the same was read of it before.

        Raises ``MANIFEST_CHANGED`` where the file is no longer the one that was read.
        """
        held = sealed_file(self.keeper.ledger, _content(file), reading.manifest.source_name)
        if held.sha256 != reading.sha256:
            raise MailDutyError(
                "MANIFEST_CHANGED",
                f"{file} was changed while it was read",
                "a file is kept as it was when its items were assessed",
                "start again",
            )
        entry = manifest_entry(about(reading), reading.sha256)
        with self.keeper.ledger.writing() as connection:
            self._keep_file(connection, entry, held)

    def _keep_file(self, connection: Connection, entry: Entry, held: Sealed) -> None:
        ledger, party, now = self.keeper.ledger, self.keeper.party, self.keeper.clock()
        ledger.mark_key(connection, now)
        keep_file(connection, party, held, now)
        last = (
            select(records.c.body_sha256)
            .where(
                records.c.party == party,
                records.c.item_key == entry.item_key,
                records.c.kind == "manifest",
            )
            .order_by(records.c.seq.desc())
            .limit(1)
        )
        if connection.execute(last).scalar() == digest(canonical({"body": entry.body})):
            self.unchanged += 1
        else:
            ledger.add(connection, party, [entry], at=now, actor=self.keeper.actor)
            self.written += 1

    def assessed(self, done: Sequence[Assessment], manifests: Sequence[str]) -> None:
        """A batch of whole parcels, each item with the hash of the file it came in."""
        entries = assessed_entries(done, self.standing)
        self._append([replace(one, manifest_sha256=sha) for one, sha in zip(entries, manifests, strict=True)])
        keeper = self.keeper
        for sha256 in set(manifests):
            mine = [one for one, sha in zip(entries, manifests, strict=True) if sha == sha256]
            self._append(closed_by(keeper.ledger, keeper.party, mine, sha256))

    def rejected(self, reading: ManifestReading) -> None:
        """The rows of a file that could not be read."""
        for start in range(0, len(reading.errors), AT_ONCE):
            some = reading.errors[start : start + AT_ONCE]
            self._append([rejected_row(error, reading.sha256) for error in some])

    def _append(self, entries: Sequence[Entry]) -> None:
        kept = self.keeper.keep(entries)
        new = sum(one.new for one in kept)
        self.written += new
        self.unchanged += len(kept) - new


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise MailDutyError(
            "FILE_UNREADABLE", f"{file} cannot be read: {error.strerror}", "", "check path and permissions"
        ) from error
