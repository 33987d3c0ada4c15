"""programmes in groups, with an award, a state, entry in words, terms and a longest duration"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from lms.migrations.rebuilding import rebuilt

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_CHECKS = {
    "award": "award in ('certificate','diploma','master')",
    "state": "state in ('closed','draft','published')",
    "most_months": "most_months is null or most_months > 0",
}
_NEW: dict[str, Any] = {"award": sa.String(16), "state": sa.String(16), "entry": _DOCUMENT}


def upgrade() -> None:
    _groups()
    with rebuilt("programme") as batch:
        for name, kind in _NEW.items():
            batch.add_column(sa.Column(name, kind, nullable=True))
        batch.add_column(sa.Column("most_months", sa.Integer(), nullable=True))
    # Until now every programme was listed, and asked for all of its courses.
    op.execute("update programme set award = 'diploma', state = 'published', entry = '{}'")
    with rebuilt("programme") as batch:
        for name, kind in _NEW.items():
            batch.alter_column(name, existing_type=kind, nullable=False)
        for name, condition in _CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_programme_{name}"), condition)
    op.execute(
        "insert into programme_group (public_id, programme_id, position, titles, asked)"
        " select public_id, id, 0, titles, 'all' from programme"
    )
    with rebuilt("programme_course") as batch:
        batch.add_column(sa.Column("group_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("term", sa.Integer(), nullable=True))
    op.execute(
        "update programme_course set group_id = (select g.id from programme_group g"
        " where g.programme_id = programme_course.programme_id)"
    )
    with rebuilt("programme_course") as batch:
        batch.alter_column("group_id", existing_type=sa.Integer(), nullable=False)
        batch.create_foreign_key(
            op.f("fk_programme_course_group_id_programme_group"),
            "programme_group",
            ["group_id"],
            ["id"],
        )
        batch.create_index(op.f("ix_programme_course_group_id"), ["group_id"])
        batch.create_check_constraint(
            op.f("ck_programme_course_term"), "term is null or term between 1 and 20"
        )


def _groups() -> None:
    op.create_table(
        "programme_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("titles", _DOCUMENT, nullable=False),
        sa.Column("asked", sa.String(length=16), nullable=False),
        sa.Column("least", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "asked in ('all','courses','credits')", name=op.f("ck_programme_group_asked")
        ),
        sa.CheckConstraint(
            "(asked = 'all') = (least is null)", name=op.f("ck_programme_group_least")
        ),
        sa.CheckConstraint("least is null or least > 0", name=op.f("ck_programme_group_some")),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programme.id"],
            name=op.f("fk_programme_group_programme_id_programme"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_group")),
        sa.UniqueConstraint("public_id", name=op.f("uq_programme_group_public_id")),
        sa.UniqueConstraint(
            "programme_id", "position", name=op.f("uq_programme_group_programme_id_position")
        ),
    )


def downgrade() -> None:
    with rebuilt("programme_course") as batch:
        batch.drop_constraint(op.f("ck_programme_course_term"), type_="check")
        batch.drop_index(op.f("ix_programme_course_group_id"))
        batch.drop_constraint(
            op.f("fk_programme_course_group_id_programme_group"), type_="foreignkey"
        )
        batch.drop_column("group_id")
        batch.drop_column("term")
    op.drop_table("programme_group")
    with rebuilt("programme") as batch:
        for name in _CHECKS:
            batch.drop_constraint(op.f(f"ck_programme_{name}"), type_="check")
        for name in (*_NEW, "most_months"):
            batch.drop_column(name)
