"""course versions: review by a second person, retiring"""

import sqlalchemy as sa
from alembic import op

from lms.migrations.rebuilding import rebuilt

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TABLE = "course_version"
_TEXTS = ("note", "remarks", "retired_because")
_PEOPLE = ("edited_by_id", "sent_by_id")
_STANDING = sa.text("state <> 'retired'")


def upgrade() -> None:
    with rebuilt(_TABLE) as batch:
        batch.drop_constraint(op.f("ck_course_version_state"), type_="check")
        batch.create_check_constraint(
            op.f("ck_course_version_state"), "state in ('draft','review','published','retired')"
        )
        for name in _TEXTS:
            batch.add_column(sa.Column(name, sa.String(length=1000), nullable=True))
        batch.add_column(sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True))
        for name in _PEOPLE:
            batch.add_column(sa.Column(name, sa.Integer(), nullable=True))
            batch.create_foreign_key(
                op.f(f"fk_course_version_{name}_user_account"), "user_account", [name], ["id"]
            )
            batch.create_index(op.f(f"ix_course_version_{name}"), [name])
    op.execute("update course_version set note = '', remarks = '', retired_because = ''")
    with rebuilt(_TABLE) as batch:
        for name in _TEXTS:
            batch.alter_column(name, existing_type=sa.String(length=1000), nullable=False)
    op.create_index(
        "uq_course_version_standing",
        _TABLE,
        ["course_id", "state"],
        unique=True,
        sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    )


def downgrade() -> None:
    # What is in review becomes a draft again, which the older program knows.
    op.drop_index("uq_course_version_standing", table_name=_TABLE)
    op.execute("update course_version set state = 'draft' where state = 'review'")
    with rebuilt(_TABLE) as batch:
        for name in _PEOPLE:
            batch.drop_index(op.f(f"ix_course_version_{name}"))
            batch.drop_constraint(
                op.f(f"fk_course_version_{name}_user_account"), type_="foreignkey"
            )
        for name in (*_TEXTS, *_PEOPLE, "moved_at"):
            batch.drop_column(name)
        batch.drop_constraint(op.f("ck_course_version_state"), type_="check")
        batch.create_check_constraint(
            op.f("ck_course_version_state"), "state in ('draft','published','retired')"
        )
