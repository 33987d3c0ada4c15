"""stolen keys: what they had signed, and how certificates were signed before"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from lms.migrations.rebuilding import rebuilt

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "certificate", sa.Column("resigned_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_table(
        "former_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column(
            "proof", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("credential_digest", sa.String(length=64), nullable=False),
        sa.Column("pdf_digest", sa.String(length=64), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        _to_certificate("former_signature"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_signature")),
        sa.UniqueConstraint(
            "credential_digest", name=op.f("uq_former_signature_credential_digest")
        ),
        sa.UniqueConstraint("pdf_digest", name=op.f("uq_former_signature_pdf_digest")),
    )
    _index("former_signature", "certificate_id")
    op.create_table(
        "key_theft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("seen_id", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("work_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind in ('credential','document')", name=op.f("ck_key_theft_kind")),
        sa.ForeignKeyConstraint(
            ["work_id"], ["work.id"], name=op.f("fk_key_theft_work_id_work"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_theft")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_key_theft_kind_key")),
    )
    _index("key_theft", "work_id")
    _items()


def _items() -> None:
    op.create_table(
        "key_theft_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("theft_id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.CheckConstraint(
            "outcome in ('signed','left','refused')", name=op.f("ck_key_theft_item_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["theft_id"], ["key_theft.id"], name=op.f("fk_key_theft_item_theft_id_key_theft")
        ),
        _to_certificate("key_theft_item"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_theft_item")),
        sa.UniqueConstraint(
            "theft_id", "certificate_id", name=op.f("uq_key_theft_item_theft_id_certificate_id")
        ),
    )
    _index("key_theft_item", "certificate_id")


def _to_certificate(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_certificate_id_certificate")
    return sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"], name=name)


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    """How certificates were signed before is lost, and with it what the log says of them."""
    op.drop_table("key_theft_item")
    op.drop_table("key_theft")
    op.drop_table("former_signature")
    with rebuilt("certificate") as batch:
        batch.drop_column("resigned_at")
