"""The ledger: append-only, hash-chained for each party; SQLite by default, PostgreSQL by one setting."""

from serving.decisions.exceptions import OpenException
from serving.ledger.book import Ledger
from serving.ledger.records import KINDS, OF_AN_ITEM, Entry, Kept, Record, Waiting

__all__ = ["KINDS", "OF_AN_ITEM", "Entry", "Kept", "Ledger", "OpenException", "Record", "Waiting"]
