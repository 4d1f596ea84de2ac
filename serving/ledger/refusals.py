"""What a database says when it cannot, in the words of the ledger."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from data.errors import MailDutyError

_NOTHING_LOST = "a transaction that fails leaves nothing behind"


def of_the_database(error: DBAPIError) -> MailDutyError:
    """``LEDGER_BUSY``, ``LEDGER_FULL``, ``LEDGER_KEPT`` (a trigger refused) or ``LEDGER_OPEN``."""
    said = str(error.orig).strip().splitlines()[0] if error.orig else str(error)
    if "locked" in said:
        return MailDutyError(
            "LEDGER_BUSY", "another writer holds the ledger for too long", _NOTHING_LOST, "try again"
        )
    if "is full" in said or "No space left" in said:
        return MailDutyError(
            "LEDGER_FULL", f"there is no room: {said}", _NOTHING_LOST, "make room, try again"
        )
    if "record of the ledger is never" in said:
        return MailDutyError("LEDGER_KEPT", said, "a correction is a new record", "add a record")
    return MailDutyError(
        "LEDGER_OPEN",
        f"the ledger cannot be reached: {said}",
        "no answer is given without a record of it",
        "check MAILDUTY_LEDGER and the database",
    )
