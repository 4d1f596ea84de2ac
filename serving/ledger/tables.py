"""The tables of the ledger, the same on SQLite and on PostgreSQL.

`records` is the ledger itself: nothing in it is ever changed, and triggers in the database see to that. `current`
and `exceptions` are read off it for quick answers. Personal data stands apart in `personal` and `files`, sealed,
so that it can be erased while figures and chain stay. The others are the paperwork of the service.

Times are UTC text in ISO 8601 with microseconds, days are ``YYYY-MM-DD``; both sort as they are. Everything belongs
to a party. The tables are made by the migrations beside this file; a test holds both to the same description.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s",
        "uq": "%(table_name)s_%(column_0_N_name)s_once",
        "fk": "%(table_name)s_%(column_0_name)s_of_%(referred_table_name)s",
        "pk": "%(table_name)s_key",
    }
)

parties = Table(
    "parties",
    metadata,
    Column("party", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("settings", Text, nullable=False, server_default="{}"),
    Column("created_at", Text, nullable=False),
)

keys = Table(
    "keys",
    metadata,
    Column("key_id", Text, primary_key=True),
    Column("party", Text, ForeignKey("parties.party"), nullable=False),
    Column("digest", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("revoked_at", Text),
    UniqueConstraint("digest"),
)

chains = Table(
    "chains",
    metadata,
    Column("party", Text, ForeignKey("parties.party"), primary_key=True),
    Column("length", BigInteger, nullable=False),
    Column("head", Text, nullable=False),
)

records = Table(
    "records",
    metadata,
    Column("record_id", Text, primary_key=True),
    Column("party", Text, ForeignKey("chains.party"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("item_key", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("tracking_id", Text, nullable=False),
    Column("supersedes", Text),
    Column("entered_on", Text),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("manifest_sha256", Text),
    Column("body_sha256", Text, nullable=False),
    Column("personal_mark", Text),
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("body", LargeBinary),  # the only column that may change, and only to nothing: purged
    UniqueConstraint("party", "seq"),
    Index(None, "party", "item_key"),
    Index(None, "party", "tracking_id"),
    Index(None, "party", "item_id"),
    Index(None, "party", "entered_on"),
)

current = Table(
    "current",
    metadata,
    Column("party", Text, primary_key=True),
    Column("item_key", Text, primary_key=True),
    Column("record_id", Text, ForeignKey("records.record_id"), nullable=False),
    Column("decision", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("at", Text, nullable=False),
)

exceptions = Table(
    "exceptions",
    metadata,
    Column("party", Text, primary_key=True),
    Column("item_key", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("record_id", Text, ForeignKey("records.record_id"), nullable=False),
    Column("opened_at", Text, nullable=False),
    Index(None, "party", "code", "opened_at"),
)

personal = Table(
    "personal",
    metadata,
    Column("record_id", Text, ForeignKey("records.record_id"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

subjects = Table(
    "subjects",
    metadata,
    Column("party", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("record_id", Text, ForeignKey("records.record_id"), primary_key=True),
)

sealing_keys = Table(
    "sealing_keys",  # marks of the keys that have sealed something, so that a wrong key is noticed at once
    metadata,
    Column("mark", Text, primary_key=True),
    Column("first_used_at", Text, nullable=False),
)

files = Table(
    "files",
    metadata,
    Column("party", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("received_at", Text, nullable=False),
)

tasks = Table(
    "tasks",
    metadata,
    Column("task_id", Text, primary_key=True),
    Column("party", Text, nullable=False),
    Column("dedup", Text, nullable=False),
    Column("file_sha256", Text, nullable=False),
    Column("settings", Text, nullable=False, server_default="{}"),
    Column("status", Text, nullable=False),
    Column("rows_total", BigInteger, nullable=False, server_default="0"),
    Column("rows_done", BigInteger, nullable=False, server_default="0"),
    Column("result", Text),
    Column("lease_by", Text),
    Column("lease_until", Text),
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    UniqueConstraint("party", "dedup"),
    Index(None, "status", "lease_until"),
)

requests = Table(
    "requests",
    metadata,
    Column("party", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_sha256", Text, nullable=False),
    Column("status", Integer),
    Column("response", LargeBinary),
    Column("at", Text, nullable=False),
)

artefacts = Table(
    "artefacts",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
