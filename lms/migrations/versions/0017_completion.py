"""what a course asks for: assessments that count, and the survey"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from lms.migrations.rebuilding import rebuilt

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    for table, column in (("course_version", "survey_needed"), ("assessment", "required")):
        with rebuilt(table) as batch:
            batch.add_column(sa.Column(column, sa.Boolean(), nullable=True))
    op.execute("update course_version set survey_needed = false")
    # Until now certificates of completion asked for every result, the other kinds for none.
    op.execute(
        "update assessment set required = (select v.certificate = 'completion'"
        " from course_version v where v.id = assessment.course_version_id)"
    )
    for table, column in (("course_version", "survey_needed"), ("assessment", "required")):
        with rebuilt(table) as batch:
            batch.alter_column(column, existing_type=sa.Boolean(), nullable=False)
    _surveys()


def _surveys() -> None:
    op.create_table(
        "survey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("tallies", _DOCUMENT, nullable=False),
        sa.Column("remarks", _DOCUMENT, nullable=False),
        sa.CheckConstraint("returned >= 0", name=op.f("ck_survey_returned")),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name=op.f("fk_survey_offering_id_offering")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
        sa.UniqueConstraint("offering_id", name=op.f("uq_survey_offering_id")),
    )
    op.create_table(
        "survey_return",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolment.id"],
            name=op.f("fk_survey_return_enrolment_id_enrolment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_return")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_survey_return_enrolment_id")),
    )


def downgrade() -> None:
    op.drop_table("survey_return")
    op.drop_table("survey")
    for table, column in (("course_version", "survey_needed"), ("assessment", "required")):
        with rebuilt(table) as batch:
            batch.drop_column(column)
