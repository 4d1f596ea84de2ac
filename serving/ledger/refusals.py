"""What a database says when it cannot, in the words of the ledger."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError, ProgrammingError, SQLAlchemyError

from data.errors import MailDutyError

_NOTHING_LOST = "a transaction that fails leaves nothing behind"


def refusal(error: SQLAlchemyError) -> Exception:
    """``LEDGER_BUSY``, ``LEDGER_FULL``, ``LEDGER_KEPT`` (a trigger refused) or ``LEDGER_OPEN``.

    A broken constraint and a statement the database does not understand come back as they are: they say something
    of the caller, not of the database.
    """
    said = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    if "record of the ledger is never" in said:
        return MailDutyError("LEDGER_KEPT", said, "a correction is a new record", "add a record")
    if isinstance(error, (IntegrityError, ProgrammingError)):
        return error
    if "locked" in said or "QueuePool" in said:
        return MailDutyError(
            "LEDGER_BUSY", "others hold the ledger for too long", _NOTHING_LOST, "try again", said=said
        )
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
