"""The first tables, and the triggers that keep records as they are."""

from alembic import op
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

revision = "0001"
down_revision = None

first = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s",
        "uq": "%(table_name)s_%(column_0_N_name)s_once",
        "fk": "%(table_name)s_%(column_0_name)s_of_%(referred_table_name)s",
        "pk": "%(table_name)s_key",
    }
)


def key(*names: str) -> list[Column]:
    return [Column(name, Text, primary_key=True) for name in names]


def text(*names: str) -> list[Column]:
    return [Column(name, Text, nullable=False) for name in names]


def maybe(*names: str) -> list[Column]:
    return [Column(name, Text) for name in names]


def number(*names: str) -> list[Column]:
    return [Column(name, BigInteger, nullable=False) for name in names]


def count(*names: str) -> list[Column]:
    return [Column(name, BigInteger, nullable=False, server_default="0") for name in names]


def content(name: str) -> Column:
    return Column(name, LargeBinary, nullable=False)


def settings() -> Column:
    return Column("settings", Text, nullable=False, server_default="{}")


def of(name: str, there: str, *, primary_key: bool = False) -> Column:
    return Column(name, Text, ForeignKey(there), primary_key=primary_key, nullable=False)


HEADER = (
    "record_id party seq kind item_key item_id tracking_id supersedes entered_on at actor reason manifest_sha256 "
    "body_sha256 personal_mark prev_hash hash"
).split()

Table("parties", first, *key("party"), *text("name"), settings(), *text("created_at"))
Table(
    "keys",
    first,
    *key("key_id"),
    of("party", "parties.party"),
    *text("digest", "scopes", "created_at"),
    *maybe("revoked_at"),
    UniqueConstraint("digest"),
)
Table("chains", first, of("party", "parties.party", primary_key=True), *number("length"), *text("head"))
Table(
    "records",
    first,
    *key("record_id"),
    of("party", "chains.party"),
    *number("seq"),
    *text("kind", "item_key", "item_id", "tracking_id"),
    *maybe("supersedes", "entered_on"),
    *text("at", "actor", "reason"),
    *maybe("manifest_sha256"),
    *text("body_sha256"),
    *maybe("personal_mark"),
    *text("prev_hash", "hash"),
    Column("body", LargeBinary),
    UniqueConstraint("party", "seq"),
    *(Index(None, "party", name) for name in ("item_key", "tracking_id", "item_id", "entered_on")),
)
Table(
    "current",
    first,
    *key("party", "item_key"),
    of("record_id", "records.record_id"),
    *text("decision", "route", "at"),
)
Table(
    "exceptions",
    first,
    *key("party", "item_key", "code"),
    *text("reason", "message"),
    of("record_id", "records.record_id"),
    *text("opened_at"),
    Index(None, "party", "code", "opened_at"),
)
Table("personal", first, of("record_id", "records.record_id", primary_key=True), content("sealed"))
Table("subjects", first, *key("party", "subject"), of("record_id", "records.record_id", primary_key=True))
Table("sealing_keys", first, *key("mark"), *text("first_used_at"))
Table(
    "files",
    first,
    *key("party", "sha256"),
    *text("name"),
    *number("size"),
    content("sealed"),
    *text("received_at"),
)
Table(
    "tasks",
    first,
    *key("task_id"),
    *text("party", "dedup", "file_sha256"),
    settings(),
    *text("status"),
    *count("rows_total", "rows_done"),
    *maybe("result", "lease_by", "lease_until"),
    *text("created_at", "updated_at"),
    UniqueConstraint("party", "dedup"),
    Index(None, "status", "lease_until"),
)
Table(
    "requests",
    first,
    *key("party", "key"),
    *text("request_sha256"),
    Column("status", Integer),
    Column("response", LargeBinary),
    *text("at"),
)
Table("artefacts", first, *key("sha256"), *text("kind", "name"), content("content"))

ON_SQLITE = (
    f"""
    CREATE TRIGGER records_never_change BEFORE UPDATE ON records
    WHEN NOT (NEW.body IS NULL AND {" AND ".join(f"NEW.{name} IS OLD.{name}" for name in HEADER)})
    BEGIN SELECT RAISE(ABORT, 'a record of the ledger is never changed'); END
    """,
    """
    CREATE TRIGGER records_never_go BEFORE DELETE ON records
    BEGIN SELECT RAISE(ABORT, 'a record of the ledger is never deleted'); END
    """,
    # INSERT OR REPLACE deletes without asking the trigger above
    """
    CREATE TRIGGER records_never_replaced BEFORE INSERT ON records
    WHEN EXISTS (SELECT 1 FROM records WHERE record_id = NEW.record_id)
      OR EXISTS (SELECT 1 FROM records WHERE party = NEW.party AND seq = NEW.seq)
    BEGIN SELECT RAISE(ABORT, 'a record of the ledger is never replaced'); END
    """,
)
ON_POSTGRESQL = (
    """
    CREATE FUNCTION records_never_change() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE purged records;
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        purged := OLD;
        purged.body := NULL;
        IF NEW IS NOT DISTINCT FROM purged THEN RETURN NEW; END IF;
      END IF;
      RAISE EXCEPTION 'a record of the ledger is never changed or deleted';
    END $$
    """,
    """
    CREATE TRIGGER records_never_change BEFORE UPDATE OR DELETE ON records
    FOR EACH ROW EXECUTE FUNCTION records_never_change()
    """,
    """
    CREATE TRIGGER records_never_go BEFORE TRUNCATE ON records
    FOR EACH STATEMENT EXECUTE FUNCTION records_never_change()
    """,
)


def upgrade() -> None:
    connection = op.get_bind()
    first.create_all(connection, checkfirst=False)
    for statement in ON_SQLITE if connection.dialect.name == "sqlite" else ON_POSTGRESQL:
        connection.exec_driver_sql(statement)
