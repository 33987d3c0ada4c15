"""sealed audit: append-only triggers, seals and leaves

Plain ADD COLUMN and no batch: a rebuilt table would lose its triggers.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Each table with what says, on SQLite, that a new row would take the place of an old one:
# INSERT OR REPLACE deletes without asking the triggers of DELETE.
TABLES = {
    "audit_entry": "id = NEW.id",
    "audit_seal": "id = NEW.id",
    "audit_leaf": "entry_id = NEW.entry_id OR (seal_id = NEW.seal_id AND position = NEW.position)",
}


def upgrade() -> None:
    op.add_column("audit_entry", sa.Column("address", sa.String(length=48), nullable=True))
    op.create_index("ix_audit_entry_object", "audit_entry", ["object_type", "object_id"])
    op.create_table(
        "audit_seal",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_seal")),
    )
    op.create_table(
        "audit_leaf",
        sa.Column("entry_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seal_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_leaf")),
        sa.UniqueConstraint("seal_id", "position", name=op.f("uq_audit_leaf_seal_id_position")),
    )
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


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
    op.execute(
        "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in TABLES:
        for deed in ("update", "delete", "truncate"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deed} BEFORE {deed.upper()} ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
            )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in TABLES:
        for deed in ("update", "delete", "replace" if sqlite else "truncate"):
            op.execute(f"DROP TRIGGER {table}_no_{deed}" + ("" if sqlite else f" ON {table}"))
    if not sqlite:
        op.execute("DROP FUNCTION audit_append_only()")
    op.drop_table("audit_leaf")
    op.drop_table("audit_seal")
    op.drop_index("ix_audit_entry_object", table_name="audit_entry")
    op.drop_column("audit_entry", "address")
