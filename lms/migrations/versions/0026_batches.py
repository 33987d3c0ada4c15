"""batches: certificates of an offering issued together"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("wanted_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("work_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state in ('running','paused','cancelled','done')", name=op.f("ck_batch_state")
        ),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name=op.f("fk_batch_offering_id_offering")
        ),
        sa.ForeignKeyConstraint(
            ["wanted_by_id"], ["user_account.id"], name=op.f("fk_batch_wanted_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["work_id"], ["work.id"], name=op.f("fk_batch_work_id_work"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sa.UniqueConstraint("public_id", name=op.f("uq_batch_public_id")),
        sa.UniqueConstraint("work_id", name=op.f("uq_batch_work_id")),
    )
    for column in ("offering_id", "wanted_by_id"):
        op.create_index(op.f(f"ix_batch_{column}"), "batch", [column])
    at_work = sa.text("state in ('running','paused')")
    op.create_index(
        "uq_batch_at_work",
        "batch",
        ["offering_id"],
        unique=True,
        sqlite_where=at_work,
        postgresql_where=at_work,
    )
    _item()


def _item() -> None:
    op.create_table(
        "batch_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "outcome in ('waiting','issued','left_out','refused','cancelled')",
            name=op.f("ck_batch_item_outcome"),
        ),
        sa.CheckConstraint(
            "(outcome = 'issued') = (certificate_id is not null)",
            name=op.f("ck_batch_item_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name=op.f("fk_batch_item_batch_id_batch")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_batch_item_certificate_id_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_batch_item_enrolment_id_enrolment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_item")),
        sa.UniqueConstraint(
            "batch_id", "enrolment_id", name=op.f("uq_batch_item_batch_id_enrolment_id")
        ),
        sa.UniqueConstraint("certificate_id", name=op.f("uq_batch_item_certificate_id")),
    )
    op.create_index(op.f("ix_batch_item_enrolment_id"), "batch_item", ["enrolment_id"])
    op.create_index("ix_batch_item_batch_id_outcome", "batch_item", ["batch_id", "outcome"])


def downgrade() -> None:
    op.drop_table("batch_item")
    op.drop_table("batch")
