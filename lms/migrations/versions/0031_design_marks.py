"""design marks: logos and signatures on certificates"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "design_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("use", sa.String(length=16), nullable=False),
        sa.Column("signatory", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("use in ('logo','signature')", name=op.f("ck_design_mark_use")),
        sa.CheckConstraint(
            "(use = 'logo') = (signatory = '')", name=op.f("ck_design_mark_signatory")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["organisation.id"],
            name=op.f("fk_design_mark_provider_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_design_mark")),
        sa.UniqueConstraint(
            "provider_id", "use", "signatory", name=op.f("uq_design_mark_provider_id_use_signatory")
        ),
    )


def downgrade() -> None:
    op.drop_table("design_mark")
