"""The ledger, opened: what may be written and asked. Everything is asked for one party; there is no way around it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, or_, select

from serving.ledger.drafts import checked, drafted
from serving.ledger.finding import SLICE, personal_of, slices
from serving.ledger.keyring import Keyring
from serving.ledger.opening import MOST_WRITERS, WAIT_S, ledger_url, open_engine
from serving.ledger.records import Entry, Kept, Record, Waiting, keepable
from serving.ledger.refusals import busy, in_our_words
from serving.ledger.sealing import Sealer
from serving.ledger.tables import current, exceptions, records
from serving.ledger.writing import stamp, write


class Ledger:
    """A ledger with its engine. Threads may share one; each process opens its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._keyring = Keyring()
        self._one_writer = threading.BoundedSemaphore(1 if engine.dialect.name == "sqlite" else MOST_WRITERS)
        self._thread = threading.local()

    @classmethod
    def open(cls, url: str | None = None, *, migrate: bool = True, durable: bool = True) -> Ledger:
        """Opens the ledger at ``url`` (else ``MAILDUTY_LEDGER``, else in the home folder), made where it is new.

        Raises as :func:`serving.ledger.opening.open_engine` does. ``durable`` True: a commit is on the disk.
        """
        return cls(open_engine(ledger_url(url), migrate=migrate, durable=durable))

    def close(self) -> None:
        """Lets go of every connection; the ledger may still be used, and connects anew."""
        self.engine.dispose()

    # --- writing

    def append(
        self,
        party: str,
        entries: Sequence[Entry],
        *,
        at: datetime,
        actor: str,
        also: Callable[[Connection, Sequence[Kept]], None] | None = None,
    ) -> list[Kept]:
        """Writes ``entries`` in order and all or none, and gives one :class:`Kept` for each.

        ``also`` runs in the same transaction, after the records and with what was kept, also where there are no
        entries: a task's progress, an answer to give again. What it raises undoes all, and comes out as it is. An
        entry that says what the item's record says already writes nothing. Raises ``LEDGER_BUSY``, ``LEDGER_FULL``,
        ``LEDGER_KEY_*``, ``LEDGER_TEXT``, ``LEDGER_BODY``, ``LEDGER_KIND`` or ``LEDGER_TIME``; then nothing was
        written.
        """
        checked("party", party), checked("actor", actor)
        stamp(at)
        drafts = drafted(entries, self.sealer)
        with self.writing() as connection:
            kept = self._write(connection, party, drafts, at, actor)
            if also is not None:
                also(connection, kept)
        self._keyring.marked |= any(draft.sealed for draft in drafts)
        return kept

    def add(
        self, connection: Connection, party: str, entries: Sequence[Entry], *, at: datetime, actor: str
    ) -> list[Kept]:
        """As :meth:`append`, inside a transaction of :meth:`writing` that the caller holds."""
        checked("party", party), checked("actor", actor)
        return self._write(connection, party, drafted(entries, self.sealer), at, actor)

    def _write(self, connection: Connection, party: str, drafts: Any, at: datetime, actor: str) -> list[Kept]:
        if not drafts:
            return []
        if any(draft.sealed for draft in drafts):
            self.mark_key(connection, at)
        return write(connection, party, drafts, at, actor, self._keyring.held)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write: committed at its end, rolled back on any error."""
        with (
            in_our_words(),
            self._turn(),
            self.engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """SQLite has one writer at a time: threads of one process queue here, and need not ask it over and over."""
        if getattr(self._thread, "writes", False):
            raise RuntimeError("writing() inside writing() would wait for itself; use Ledger.add there")
        if not self._one_writer.acquire(timeout=WAIT_S):
            raise busy()
        self._thread.writes = True
        try:
            yield
        finally:
            self._thread.writes = False
            self._one_writer.release()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads; on SQLite it sees one moment, and no writer waits for it."""
        with in_our_words(), self.engine.connect() as connection:
            yield connection

    # --- reading

    def item(self, party: str, tracking_id: str) -> list[Record]:
        """All records of a parcel or, by its own id, of an item; all lines, oldest first."""
        if not tracking_id or not keepable(tracking_id):
            return []
        asked = select(records).where(
            records.c.party == party,
            or_(records.c.tracking_id == tracking_id, records.c.item_id == tracking_id),
        )
        with self.reading() as connection:
            return [Record(*row) for row in connection.execute(asked.order_by(records.c.seq))]

    def record(self, party: str, record_id: str) -> Record | None:
        """One record by its id; None where the party has none of that id."""
        if not keepable(record_id):
            return None
        asked = select(records).where(records.c.party == party, records.c.record_id == record_id)
        with self.reading() as connection:
            row = connection.execute(asked).first()
        return Record(*row) if row else None

    def records(self, party: str, after: int = 0, kinds: Collection[str] = ()) -> Iterator[Record]:
        """The chain in order, from the record after number ``after``; only of ``kinds`` where any are named.

        Read in slices, so that a long reader holds nothing; what is appended meanwhile is read too.
        """
        while True:
            asked = select(records).where(records.c.party == party, records.c.seq > after)
            if kinds:
                asked = asked.where(records.c.kind.in_(kinds))
            with self.reading() as connection:
                rows = connection.execute(asked.order_by(records.c.seq).limit(SLICE)).all()
            for row in rows:
                yield Record(*row)
            if len(rows) < SLICE:
                return
            after = rows[-1].seq

    def current(self, party: str, item_keys: Collection[str]) -> dict[str, Record]:
        """Item key -> its newest record; keys the ledger does not know are left out."""
        found: dict[str, Record] = {}
        with self.reading() as connection:
            for some in slices({key for key in item_keys if keepable(key)}):
                asked = select(records).join(current, current.c.record_id == records.c.record_id)
                asked = asked.where(current.c.party == party, current.c.item_key.in_(some))
                found |= {row.item_key: Record(*row) for row in connection.execute(asked)}
        return found

    def open_exceptions(self, party: str, code: str | None = None) -> list[Waiting]:
        """What is open, longest first; of one code E01 to E26 where it is named."""
        asked = select(
            *(exceptions.c[name] for name in "code reason message item_key record_id opened_at".split())
        ).where(exceptions.c.party == party)
        if code is not None:
            if not keepable(code):
                return []
            asked = asked.where(exceptions.c.code == code)
        asked = asked.order_by(exceptions.c.opened_at, exceptions.c.item_key, exceptions.c.code)
        with self.reading() as connection:
            return [Waiting(*row) for row in connection.execute(asked)]

    def personal(self, found: Collection[Record]) -> dict[str, dict[str, Any]]:
        """Record id -> the personal data it came with, unsealed; records without, or erased, are left out.

        Raises ``LEDGER_KEY_WRONG``, ``LEDGER_KEY_MISSING`` or ``LEDGER_PERSONAL_CHANGED``.
        """
        marks = {record.record_id: record.personal_mark for record in found if record.personal_mark}
        with self.reading() as connection:
            sealed = personal_of(connection, marks)
        return {one: self.sealer().open_up(sealed[one], mark) for one, mark in marks.items() if one in sealed}

    # --- the key

    def sealer(self) -> Sealer:
        """The operator's key. Raises as :meth:`serving.ledger.keyring.Keyring.sealer`."""
        if self._keyring.held is not None:
            return self._keyring.held
        with self.reading() as connection:
            return self._keyring.sealer(connection)

    def mark_key(self, connection: Connection, at: datetime) -> None:
        """Writes down, in the caller's transaction, which key seals; everything that seals calls it."""
        self._keyring.mark(connection, stamp(at))
