"""awards: certificates of programmes, and the level a programme states"""

import sqlalchemy as sa
from alembic import op

from lms.migrations.rebuilding import rebuilt

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_KINDS = "kind in ('attendance','award','competence','completion','transcript')"
_OF_PROGRAMMES = "(programme_id is not null) = (kind in ('award','transcript'))"
_OF_PLACES = "kind in ('attendance','competence','completion')"
_DESIGNED = "kind in ('competence','completion','attendance','award','transcript')"
_DESIGNED_BEFORE = "kind in ('competence','completion','attendance')"
_ISSUER = """
    UPDATE certificate SET issuer_id = (
        SELECT course.provider_id FROM enrolment
        JOIN offering ON offering.id = enrolment.offering_id
        JOIN course_version ON course_version.id = offering.course_version_id
        JOIN course ON course.id = course_version.course_id
        WHERE enrolment.id = certificate.enrolment_id)
"""


def upgrade() -> None:
    op.add_column("certificate", sa.Column("issuer_id", sa.Integer(), nullable=True))
    op.execute(sa.text(_ISSUER))
    with rebuilt("certificate") as batch:
        batch.add_column(sa.Column("programme_id", sa.Integer(), nullable=True))
        batch.alter_column("issuer_id", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("enrolment_id", existing_type=sa.Integer(), nullable=True)
        for column, table in (("issuer_id", "organisation"), ("programme_id", "programme")):
            name = op.f(f"fk_certificate_{column}_{table}")
            batch.create_foreign_key(name, table, [column], ["id"])
        batch.drop_constraint(op.f("ck_certificate_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_certificate_kind"), _KINDS)
        batch.create_check_constraint(
            op.f("ck_certificate_basis"), "(enrolment_id is null) <> (programme_id is null)"
        )
        batch.create_check_constraint(op.f("ck_certificate_basis_of_kind"), _OF_PROGRAMMES)
    for column in ("issuer_id", "programme_id"):
        op.create_index(op.f(f"ix_certificate_{column}"), "certificate", [column])
    in_use = sa.text("state in ('issued','suspended')")
    op.create_index(
        "uq_certificate_of_programme_in_use",
        "certificate",
        ["programme_id", "user_id", "kind"],
        unique=True,
        sqlite_where=in_use,
        postgresql_where=in_use,
    )
    _kinds_of_designs(_DESIGNED)
    with rebuilt("programme") as batch:
        batch.add_column(sa.Column("level", sa.Integer(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_programme_level"), "level is null or level between 1 and 8"
        )


def _kinds_of_designs(kinds: str) -> None:
    with rebuilt("design_use") as batch:
        batch.drop_constraint(op.f("ck_design_use_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_design_use_kind"), kinds)


def downgrade() -> None:
    """Only where no certificate of a programme was issued: none is thrown away."""
    with rebuilt("programme") as batch:
        batch.drop_constraint(op.f("ck_programme_level"), type_="check")
        batch.drop_column("level")
    op.execute(sa.text("DELETE FROM design_use WHERE kind in ('award','transcript')"))
    _kinds_of_designs(_DESIGNED_BEFORE)
    op.drop_index("uq_certificate_of_programme_in_use", table_name="certificate")
    for column in ("issuer_id", "programme_id"):
        op.drop_index(op.f(f"ix_certificate_{column}"), table_name="certificate")
    with rebuilt("certificate") as batch:
        batch.drop_constraint(op.f("ck_certificate_basis_of_kind"), type_="check")
        batch.drop_constraint(op.f("ck_certificate_basis"), type_="check")
        batch.drop_constraint(op.f("ck_certificate_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_certificate_kind"), _OF_PLACES)
        for column, table in (("issuer_id", "organisation"), ("programme_id", "programme")):
            batch.drop_constraint(op.f(f"fk_certificate_{column}_{table}"), type_="foreignkey")
            batch.drop_column(column)
        batch.alter_column("enrolment_id", existing_type=sa.Integer(), nullable=False)
