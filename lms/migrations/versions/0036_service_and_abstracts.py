"""the beginning of service an account had before a merge, and abstracts of class sessions"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from lms.migrations.rebuilding import rebuilt

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_TEXTS = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with rebuilt("account_merge") as batch:
        batch.add_column(sa.Column("served_since", sa.Date(), nullable=True))
    # Merges until now left it as it was.
    op.execute(
        "update account_merge set served_since = (select u.serving_since from user_account u"
        " where u.id = account_merge.new_user_id)"
    )
    with rebuilt("session_topic") as batch:
        batch.add_column(sa.Column("abstracts", _TEXTS, nullable=True))
    op.execute("update session_topic set abstracts = '{}'")
    with rebuilt("session_topic") as batch:
        batch.alter_column("abstracts", existing_type=_TEXTS, nullable=False)


def downgrade() -> None:
    with rebuilt("session_topic") as batch:
        batch.drop_column("abstracts")
    with rebuilt("account_merge") as batch:
        batch.drop_column("served_since")
