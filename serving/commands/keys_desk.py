"""`mailduty keys`: add, list, revoke; in the operator's own name."""

from __future__ import annotations

import getpass
from contextlib import closing
from datetime import UTC, datetime

from serving.commands.terminal import print_table
from serving.ledger import Ledger
from serving.web.keys import add_key, list_keys, revoke_key


def add(party: str, scopes: str) -> None:
    """Makes a key and prints it, this once. ``scopes`` with commas or blanks between."""
    with closing(Ledger.open()) as ledger:
        first = not list_keys(ledger)
        token = add_key(ledger, party, scopes.replace(",", " ").split(), datetime.now(UTC), operator())
    print(token)
    print(f"A key of {party}. It is shown this once; the ledger holds only its hash.")
    if first:
        print("It is the first: from now on the service answers nobody without a key.")


def show() -> None:
    """Prints every key there ever was; a key itself is never shown again."""
    with closing(Ledger.open()) as ledger:
        found = list_keys(ledger)
    rows = [
        (one.key_id, one.party, " ".join(one.scopes), one.created_at[:19], (one.revoked_at or "in use")[:19])
        for one in found
    ]
    print_table(rows, ("key", "party", "scopes", "made", "revoked"))


def revoke(key_id: str) -> None:
    """Ends a key; a service that runs notices within a second."""
    with closing(Ledger.open()) as ledger:
        ended = revoke_key(ledger, key_id, datetime.now(UTC), operator())
    print(f"{ended.key_id} of {ended.party} is revoked.")


def operator() -> str:
    """Who works on the command line, as records name it."""
    try:
        return f"operator {getpass.getuser()}"[:200]
    except (KeyError, OSError):
        return "operator"
