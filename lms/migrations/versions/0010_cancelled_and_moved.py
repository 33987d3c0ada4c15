"""cancelled and moved offerings"""

import sqlalchemy as sa
from alembic import op

from lms.migrations.rebuilding import rebuilt

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with rebuilt("offering") as batch:
        batch.add_column(sa.Column("sequence", sa.Integer(), nullable=True))
        batch.drop_constraint(op.f("ck_offering_state"), type_="check")
        batch.create_check_constraint(
            op.f("ck_offering_state"), "state in ('planned','open','closed','cancelled')"
        )
    op.execute("update offering set sequence = 0")
    with rebuilt("offering") as batch:
        batch.alter_column("sequence", existing_type=sa.Integer(), nullable=False)


def downgrade() -> None:
    found = op.get_bind().scalar(sa.text("select count(*) from offering where state = 'cancelled'"))
    if found:
        raise RuntimeError(f"{found} offerings are cancelled, which the older program cannot say")
    with rebuilt("offering") as batch:
        batch.drop_constraint(op.f("ck_offering_state"), type_="check")
        batch.drop_column("sequence")
        batch.create_check_constraint(
            op.f("ck_offering_state"), "state in ('planned','open','closed')"
        )
