"""What a database says when it cannot, in the words of the ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError, ProgrammingError, SQLAlchemyError

from data.errors import MailDutyError

_NOTHING_LOST = "a transaction that fails leaves nothing behind"


@contextmanager
def in_our_words() -> Iterator[None]:
    """Raises ``LEDGER_BUSY``, ``LEDGER_FULL``, ``LEDGER_KEPT`` (a trigger refused) or ``LEDGER_OPEN``.

    A broken constraint and a statement the database does not understand come out as they are: they say something
    of the caller, not of the database.
    """
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        said = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        of_the_caller = isinstance(error, (IntegrityError, ProgrammingError))
        if of_the_caller and "record of the ledger is never" not in said:
            raise
        raise _refusal(said) from error


def _refusal(said: str) -> MailDutyError:
    if "record of the ledger is never" in said:
        return MailDutyError("LEDGER_KEPT", said, "a correction is a new record", "add a record")
    if any(sign in said for sign in ("locked", "lock timeout", "deadlock", "QueuePool")):
        return busy()
    if "is full" in said or "No space left" in said:
        return MailDutyError(
            "LEDGER_FULL", f"there is no room: {said}", _NOTHING_LOST, "make room, try again"
        )
    return MailDutyError(
        "LEDGER_OPEN",
        f"the ledger cannot be reached: {said}",
        "no answer is given without a record of it",
        "check MAILDUTY_LEDGER and the database",
    )


def busy() -> MailDutyError:
    """For a writer that has waited in vain."""
    return MailDutyError("LEDGER_BUSY", "others hold the ledger for too long", _NOTHING_LOST, "try again")
