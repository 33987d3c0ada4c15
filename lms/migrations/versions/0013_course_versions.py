"""course versions: review by a second person, retiring, prerequisites"""

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
_CHECKS = {
    "kind": "kind in ('course','competency','role','service')",
    "course": "(kind = 'course') = (course_id is not null)",
    "item": "(kind = 'competency') = (item_id is not null)",
    "role": "(kind = 'role') = (role is not null)",
    "least": "(kind in ('competency','service')) = (least is not null and least > 0)",
    "group": "group_number > 0",
}
_NAMES = {
    "course_version_id": "course_version",
    "course_id": "course",
    "item_id": "framework_item",
}
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
    _prerequisites()
    op.add_column("user_account", sa.Column("serving_since", sa.Date(), nullable=True))
    admitted = sa.Column("admitted_because", sa.String(length=1000), nullable=True)
    op.add_column("enrolment", admitted)
    op.execute("update enrolment set admitted_because = ''")
    with rebuilt("enrolment") as batch:
        batch.alter_column("admitted_because", existing_type=sa.String(length=1000), nullable=False)


def _prerequisites() -> None:
    op.create_table(
        "prerequisite",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("course_version_id", sa.Integer(), nullable=False),
        sa.Column("group_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=24), nullable=True),
        sa.Column("least", sa.Integer(), nullable=True),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_prerequisite_{name}"))
            for name, condition in _CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_prerequisite_{column}_{table}")
            )
            for column, table in _NAMES.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prerequisite")),
        sa.UniqueConstraint("public_id", name=op.f("uq_prerequisite_public_id")),
        sa.UniqueConstraint(
            "course_version_id",
            "group_number",
            "key",
            name=op.f("uq_prerequisite_course_version_id_group_number_key"),
        ),
    )
    for column in ("course_id", "item_id"):
        op.create_index(op.f(f"ix_prerequisite_{column}"), "prerequisite", [column])


def downgrade() -> None:
    with rebuilt("enrolment") as batch:
        batch.drop_column("admitted_because")
    with rebuilt("user_account") as batch:
        batch.drop_column("serving_since")
    op.drop_table("prerequisite")
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
