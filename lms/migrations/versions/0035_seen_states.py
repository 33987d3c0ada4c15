"""which state of a class session and of an intake a form has seen"""

import sqlalchemy as sa
from alembic import op

from lms.migrations.rebuilding import rebuilt

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_TABLES = ("class_session", "intake")


def upgrade() -> None:
    for table in _TABLES:
        with rebuilt(table) as batch:
            batch.add_column(sa.Column("row_version", sa.Integer(), nullable=True))
        op.execute(f"update {table} set row_version = 1")  # noqa: S608  # names from here
        with rebuilt(table) as batch:
            batch.alter_column("row_version", existing_type=sa.Integer(), nullable=False)


def downgrade() -> None:
    for table in _TABLES:
        with rebuilt(table) as batch:
            batch.drop_column("row_version")
