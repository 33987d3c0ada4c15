"""indexes that a seat need not write: of what few places have, and of answers kept for a day"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

FEW = ("terms_id", "nominated_by_id")


def upgrade() -> None:
    for name in FEW:
        there = sa.text(f"{name} is not null")
        op.drop_index(f"ix_enrolment_{name}", table_name="enrolment")
        op.create_index(
            f"ix_enrolment_{name}",
            "enrolment",
            [name],
            sqlite_where=there,
            postgresql_where=there,
        )
    op.drop_index("ix_answered_request_created_at", table_name="answered_request")


def downgrade() -> None:
    op.create_index("ix_answered_request_created_at", "answered_request", ["created_at"])
    for name in FEW:
        op.drop_index(f"ix_enrolment_{name}", table_name="enrolment")
        op.create_index(f"ix_enrolment_{name}", "enrolment", [name])
