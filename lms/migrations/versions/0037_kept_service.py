"""the beginning of service that an account had before another was merged into it"""

import sqlalchemy as sa
from alembic import op

from lms.migrations.rebuilding import rebuilt

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with rebuilt("account_merge") as batch:
        batch.add_column(sa.Column("served_since", sa.Date(), nullable=True))
    # Merges until now left it as it was.
    op.execute(
        "update account_merge set served_since = (select u.serving_since from user_account u"
        " where u.id = account_merge.new_user_id)"
    )


def downgrade() -> None:
    with rebuilt("account_merge") as batch:
        batch.drop_column("served_since")
