"""Which key seals in a ledger: found to be the one that sealed before, and marked when it seals for the first time."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, text

from serving.ledger.sealing import Sealer, missing_key, sealer, wrong_key
from serving.ledger.tables import sealing_keys

_MARKS = select(sealing_keys.c.mark)


class Keyring:
    """The key of one opened ledger; empty until something is sealed or unsealed."""

    def __init__(self) -> None:
        self.held: Sealer | None = None
        self.marked = False  # in what is committed

    def sealer(self, connection: Connection) -> Sealer:
        """The operator's key, one that this ledger was sealed with; made where nothing is sealed yet.

        Raises ``LEDGER_KEY_MISSING``, ``LEDGER_KEY_WRONG`` or ``LEDGER_KEY``.
        """
        if self.held is None:
            marks = set(connection.execute(_MARKS).scalars())
            key = sealer(may_make=not marks)
            if key is None:
                raise missing_key()
            if marks and not marks & set(key.marks()):
                raise wrong_key()
            self.held, self.marked = key, key.marks()[0] in marks
        return self.held

    def mark(self, connection: Connection, when: str) -> None:
        """Writes the mark of the key in use, where it is not there; the caller holds the transaction.

        Of two machines that begin with two keys, the second is refused here: ``LEDGER_KEY_WRONG``.
        """
        ours = self.sealer(connection).marks()
        if self.marked or ours[0] in connection.execute(_MARKS).scalars().all():
            return
        if connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE sealing_keys IN SHARE ROW EXCLUSIVE MODE"))
        marks = set(connection.execute(_MARKS).scalars())
        if marks and not marks & set(ours):
            self.held = None
            raise wrong_key()
        if ours[0] not in marks:
            connection.execute(insert(sealing_keys), {"mark": ours[0], "first_used_at": when})
