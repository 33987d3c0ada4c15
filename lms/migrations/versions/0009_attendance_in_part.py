"""attendance in part, with its minutes"""

import sqlalchemy as sa
from alembic import op

from lms.migrations.rebuilding import rebuilt

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with rebuilt("attendance") as batch:
        batch.add_column(sa.Column("minutes", sa.Integer(), nullable=True))
        batch.drop_constraint(op.f("ck_attendance_presence"), type_="check")
        batch.create_check_constraint(
            op.f("ck_attendance_presence"),
            "presence in ('absent','excused','late','part','present')",
        )
        batch.create_check_constraint(
            op.f("ck_attendance_minutes"), "(presence = 'part') = (minutes is not null)"
        )
        batch.create_check_constraint(
            op.f("ck_attendance_some_minutes"), "minutes is null or minutes > 0"
        )


def downgrade() -> None:
    found = op.get_bind().scalar(sa.text("select count(*) from attendance where presence = 'part'"))
    if found:
        raise RuntimeError(f"{found} people came in part, which the older program does not know")
    with rebuilt("attendance") as batch:
        for name in (
            "ck_attendance_some_minutes",
            "ck_attendance_minutes",
            "ck_attendance_presence",
        ):
            batch.drop_constraint(op.f(name), type_="check")
        batch.drop_column("minutes")
        batch.create_check_constraint(
            op.f("ck_attendance_presence"), "presence in ('present','late','absent','excused')"
        )
