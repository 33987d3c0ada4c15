"""holds: places whose certificate is held back"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_PEOPLE = ("held_by_id", "released_by_id")


def upgrade() -> None:
    op.create_table(
        "certificate_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("suspends", sa.Boolean(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=True),
        sa.Column("held_by_id", sa.Integer(), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remark", sa.String(length=1000), nullable=False),
        sa.CheckConstraint(
            "reason in ('appeal','inquiry','identity','records')",
            name=op.f("ck_certificate_hold_reason"),
        ),
        sa.CheckConstraint(
            "suspends or certificate_id is null", name=op.f("ck_certificate_hold_certificate")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolment.id"],
            name=op.f("fk_certificate_hold_enrolment_id_enrolment"),
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_certificate_hold_certificate_id_certificate"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column],
                ["user_account.id"],
                name=op.f(f"fk_certificate_hold_{column}_user_account"),
            )
            for column in _PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_hold")),
        sa.UniqueConstraint("public_id", name=op.f("uq_certificate_hold_public_id")),
    )
    for column in ("enrolment_id", "certificate_id", *_PEOPLE):
        op.create_index(op.f(f"ix_certificate_hold_{column}"), "certificate_hold", [column])
    unreleased = sa.text("released_at is null")
    op.create_index(
        "uq_certificate_hold_open",
        "certificate_hold",
        ["enrolment_id", "source"],
        unique=True,
        sqlite_where=unreleased,
        postgresql_where=unreleased,
    )


def downgrade() -> None:
    op.drop_table("certificate_hold")
