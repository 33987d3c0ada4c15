"""withdrawals: certificates revoked by two people, suspended, corrected"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "withdrawal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("replacement_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind in ('revocation','suspension','correction')", name=op.f("ck_withdrawal_kind")
        ),
        sa.CheckConstraint(
            "state in ('waiting','done','refused','taken_back','lifted')",
            name=op.f("ck_withdrawal_state"),
        ),
        sa.CheckConstraint(
            "kind <> 'revocation' or state not in ('done','refused')"
            " or (decided_by_id is not null and decided_by_id <> asked_by_id)",
            name=op.f("ck_withdrawal_second_person"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["user_account.id"],
            name=op.f("fk_withdrawal_asked_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_withdrawal_certificate_id_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_withdrawal_decided_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["replacement_id"],
            ["certificate.id"],
            name=op.f("fk_withdrawal_replacement_id_certificate"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_withdrawal_public_id")),
        sa.UniqueConstraint("replacement_id", name=op.f("uq_withdrawal_replacement_id")),
    )
    for column in ("asked_by_id", "certificate_id", "decided_by_id"):
        op.create_index(op.f(f"ix_withdrawal_{column}"), "withdrawal", [column])
    op.create_index("ix_withdrawal_state_asked_at", "withdrawal", ["state", "asked_at"])
    _one_of(
        "certificate", "uq_certificate_in_use", "enrolment_id", "state in ('issued','suspended')"
    )
    _one_of("withdrawal", "uq_withdrawal_waiting", "certificate_id", "state = 'waiting'")


def _one_of(table: str, name: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, [column], unique=True, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("uq_certificate_in_use", "certificate")
    op.drop_table("withdrawal")
