"""which state of a session's topic a form has seen"""

import sqlalchemy as sa
from alembic import op

from lms.migrations.rebuilding import rebuilt

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with rebuilt("class_session") as batch:
        batch.add_column(sa.Column("topic_version", sa.Integer(), nullable=True))
    op.execute("update class_session set topic_version = 1")
    with rebuilt("class_session") as batch:
        batch.alter_column("topic_version", existing_type=sa.Integer(), nullable=False)


def downgrade() -> None:
    with rebuilt("class_session") as batch:
        batch.drop_column("topic_version")
