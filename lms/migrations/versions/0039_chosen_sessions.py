"""which of the sessions held side by side a person attends"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "session_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("class_session_id", sa.Integer(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("seat > 0", name=op.f("ck_session_choice_seat")),
        sa.ForeignKeyConstraint(
            ["class_session_id"],
            ["class_session.id"],
            name=op.f("fk_session_choice_class_session_id_class_session"),
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolment.id"],
            name=op.f("fk_session_choice_enrolment_id_enrolment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_choice")),
        sa.UniqueConstraint(
            "class_session_id", "seat", name=op.f("uq_session_choice_class_session_id_seat")
        ),
        sa.UniqueConstraint(
            "enrolment_id",
            "class_session_id",
            name=op.f("uq_session_choice_enrolment_id_class_session_id"),
        ),
    )


def downgrade() -> None:
    op.drop_table("session_choice")
