"""status lists: more than one, and how many places of each are taken

Whoever runs the release before goes on with list 1, which is what a new row says by itself.
"""

import sqlalchemy as sa
from alembic import op

from lms.migrations.rebuilding import rebuilt

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table(
        "status_list",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_status_list")),
    )
    used = op.get_bind().scalar(sa.text("select count(*) from certificate"))
    op.bulk_insert(table, [{"number": 1, "used": used}])
    with rebuilt("certificate") as batch:
        batch.add_column(
            sa.Column("status_list", sa.Integer(), nullable=False, server_default=sa.text("1"))
        )
        batch.drop_constraint(op.f("uq_certificate_status_index"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_certificate_status_list_status_index"), ["status_list", "status_index"]
        )
        batch.create_foreign_key(
            op.f("fk_certificate_status_list_status_list"),
            "status_list",
            ["status_list"],
            ["number"],
        )
    withdrawn = sa.text("state in ('revoked','superseded')")
    op.create_index(
        "ix_certificate_withdrawn",
        "certificate",
        ["status_list", "status_index"],
        sqlite_where=withdrawn,
        postgresql_where=withdrawn,
    )


def downgrade() -> None:
    """Back to one list; certificates of two lists with one index stop it, and nothing is lost."""
    op.drop_index("ix_certificate_withdrawn", "certificate")
    with rebuilt("certificate") as batch:
        batch.drop_constraint(op.f("fk_certificate_status_list_status_list"), type_="foreignkey")
        batch.drop_constraint(op.f("uq_certificate_status_list_status_index"), type_="unique")
        batch.create_unique_constraint(op.f("uq_certificate_status_index"), ["status_index"])
        batch.drop_column("status_list")
    op.drop_table("status_list")
