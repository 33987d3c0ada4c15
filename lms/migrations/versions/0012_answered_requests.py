"""answers of requests that may be repeated"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answered_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("location", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answered_request")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_answered_request_user_id_key")),
    )
    with op.batch_alter_table("answered_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_answered_request_created_at"), ["created_at"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("answered_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answered_request_created_at"))

    op.drop_table("answered_request")
