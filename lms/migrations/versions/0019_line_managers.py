"""line managers who agree to places, and copies of what is told about them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from lms.migrations.rebuilding import rebuilt

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with rebuilt("user_account") as batch:
        batch.add_column(sa.Column("line_manager_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_user_account_line_manager_id_user_account"),
            "user_account",
            ["line_manager_id"],
            ["id"],
        )
        batch.create_index(op.f("ix_user_account_line_manager_id"), ["line_manager_id"])
    with rebuilt("offering") as batch:
        batch.add_column(sa.Column("copies", _DOCUMENT, nullable=True))
    op.execute("update offering set copies = '[]'")
    with rebuilt("offering") as batch:
        batch.alter_column("copies", existing_type=sa.JSON(), nullable=False)
    _approvers("approver in ('agency','line_manager','provider')")


def downgrade() -> None:
    # Whoever was to decide as a line manager: the agency does.
    op.execute("update approval set approver = 'agency' where approver = 'line_manager'")
    _approvers("approver in ('agency','provider')")
    with rebuilt("offering") as batch:
        batch.drop_column("copies")
    with rebuilt("user_account") as batch:
        batch.drop_index(op.f("ix_user_account_line_manager_id"))
        batch.drop_constraint(
            op.f("fk_user_account_line_manager_id_user_account"), type_="foreignkey"
        )
        batch.drop_column("line_manager_id")


def _approvers(condition: str) -> None:
    name = op.f("ck_approval_approver")
    with rebuilt("approval") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, condition)
