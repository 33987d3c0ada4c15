"""public log: entries, digests of subtrees, append-only triggers; what was issued before is entered

The entries of old certificates are made here as the program makes them: RFC 9162 over RFC 8785.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TABLES = {
    "log_entry": "number = NEW.number",
    "log_node": "level = NEW.level AND position = NEW.position",
}
LATER = {"suspended": "suspended", "revoked": "revoked", "superseded": "superseded"}


def upgrade() -> None:
    head = op.create_table(
        "log_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_log_head_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_head")),
    )
    entry = op.create_table(
        "log_entry",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_log_entry")),
    )
    op.create_index("ix_log_entry_subject", "log_entry", ["subject"])
    node = op.create_table(
        "log_node",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name=op.f("pk_log_node")),
    )
    size = _enter_old(entry, node)
    op.bulk_insert(head, [{"id": 1, "size": size}])
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _enter_old(entry: sa.Table, node: sa.Table) -> int:
    number = 0
    left: dict[int, bytes] = {}
    for number, (kind, at, subject) in enumerate(_old(), 1):
        place, digest = number - 1, _leaf(kind, at, subject)
        op.bulk_insert(
            entry,
            [{"number": place, "kind": kind, "at": at, "subject": subject, "leaf": digest}],
        )
        level = 0
        while place & 1:
            digest = hashlib.sha256(b"\x01" + left[level] + digest).digest()
            level, place = level + 1, place >> 1
            op.bulk_insert(node, [{"level": level, "position": place, "digest": digest}])
        left[level] = digest
    return number


def _old() -> Iterator[tuple[str, datetime, str]]:
    certificate = sa.table(
        "certificate",
        sa.column("id"),
        sa.column("issued_at", sa.DateTime(timezone=True)),
        sa.column("credential_digest"),
        sa.column("state"),
    )
    query = sa.select(certificate).order_by(certificate.c.issued_at, certificate.c.id)
    rows = op.get_bind().execute(query).all()
    for row in rows:
        yield "issued", row.issued_at, row.credential_digest
    now = datetime.now(UTC)  # when the deed was done is not in the row
    for row in rows:
        if row.state in LATER:
            yield LATER[row.state], now, row.credential_digest


def _leaf(kind: str, at: datetime, subject: str) -> bytes:
    aware = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    moment = aware.isoformat(timespec="seconds").replace("+00:00", "Z")
    said = {"sha256": subject, "time": moment, "type": kind}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(b"\x00" + text.encode()).digest()


def _guard_sqlite() -> None:
    for table, twin in TABLES.items():
        refusal = f"SELECT RAISE(ABORT, '{table} is append-only'); END"
        for deed in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deed} BEFORE {deed.upper()} ON {table} BEGIN {refusal}"
            )
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}"  # noqa: S608  # our own words
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {twin}) BEGIN {refusal}"
        )


def _guard_postgresql() -> None:
    for table in TABLES:
        for deed in ("update", "delete", "truncate"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deed} BEFORE {deed.upper()} ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
            )


def downgrade() -> None:
    op.drop_table("log_node")
    op.drop_table("log_entry")
    op.drop_table("log_head")
