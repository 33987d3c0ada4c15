"""designs: what certificates are printed in"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "design",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["organisation.id"], name=op.f("fk_design_provider_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_design")),
        sa.UniqueConstraint("public_id", name=op.f("uq_design_public_id")),
        sa.UniqueConstraint("provider_id", "name", name=op.f("uq_design_provider_id_name")),
    )
    _version()
    _use()


def _version() -> None:
    op.create_table(
        "design_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("design_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("css", sa.Text(), nullable=False),
        sa.Column("underlay", sa.String(length=20), nullable=False),
        sa.Column("landscape", sa.Boolean(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("dense", sa.Integer(), nullable=False),
        sa.Column("across", sa.Integer(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('draft','published')", name=op.f("ck_design_version_state")),
        sa.CheckConstraint(
            "(state = 'published') = (published_by_id is not null)",
            name=op.f("ck_design_version_published_by"),
        ),
        sa.CheckConstraint(
            "published_by_id <> drafted_by_id", name=op.f("ck_design_version_second_person")
        ),
        sa.ForeignKeyConstraint(
            ["design_id"], ["design.id"], name=op.f("fk_design_version_design_id_design")
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"],
            ["user_account.id"],
            name=op.f("fk_design_version_drafted_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"],
            ["user_account.id"],
            name=op.f("fk_design_version_published_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_design_version")),
        sa.UniqueConstraint("public_id", name=op.f("uq_design_version_public_id")),
        sa.UniqueConstraint("design_id", "number", name=op.f("uq_design_version_design_id_number")),
    )
    for column in ("drafted_by_id", "published_by_id"):
        op.create_index(op.f(f"ix_design_version_{column}"), "design_version", [column])
    drafts = sa.text("state = 'draft'")
    op.create_index(
        "uq_design_version_draft",
        "design_version",
        ["design_id"],
        unique=True,
        sqlite_where=drafts,
        postgresql_where=drafts,
    )


def _use() -> None:
    op.create_table(
        "design_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("shipped", sa.String(length=20), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind in ('competence','completion','attendance')", name=op.f("ck_design_use_kind")
        ),
        sa.CheckConstraint(
            "(shipped is null) <> (version_id is null)", name=op.f("ck_design_use_one_design")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["organisation.id"],
            name=op.f("fk_design_use_provider_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["design_version.id"],
            name=op.f("fk_design_use_version_id_design_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_design_use")),
        sa.UniqueConstraint("provider_id", "kind", name=op.f("uq_design_use_provider_id_kind")),
    )
    op.create_index(op.f("ix_design_use_version_id"), "design_use", ["version_id"])


def downgrade() -> None:
    op.drop_table("design_use")
    op.drop_table("design_version")
    op.drop_table("design")
