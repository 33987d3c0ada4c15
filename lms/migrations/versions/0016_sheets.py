"""sheets of people to enrol or to nominate, and their rows"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_STATES = "'checking','checked','running','done','restoring','restored','dropped'"
_NAMES = {
    "sheet_id": "sheet",
    "offering_id": "offering",
    "pool_id": "seat_pool",
    "user_id": "user_account",
    "enrolment_id": "enrolment",
}


def upgrade() -> None:
    op.create_table(
        "sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("work_id", sa.Integer(), nullable=True),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("file_name", sa.String(length=160), nullable=False),
        sa.Column("header", _DOCUMENT, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"state in ({_STATES})", name=op.f("ck_sheet_state")),
        sa.CheckConstraint("way in ('enrol','nominate')", name=op.f("ck_sheet_way")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_sheet_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"],
            ["user_account.id"],
            name=op.f("fk_sheet_uploaded_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["work_id"], ["work.id"], name=op.f("fk_sheet_work_id_work"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sheet_public_id")),
    )
    for column in ("organisation_id", "uploaded_by_id", "work_id"):
        op.create_index(op.f(f"ix_sheet_{column}"), "sheet", [column])
    _rows()


def _rows() -> None:
    op.create_table(
        "sheet_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cells", _DOCUMENT, nullable=False),
        sa.Column("outcome", sa.String(length=48), nullable=False),
        sa.Column("words", _DOCUMENT, nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=True)
            for name in ("offering_id", "pool_id", "user_id", "enrolment_id")
        ),
        sa.Column("after", sa.String(length=16), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [name], [f"{table}.id"], name=op.f(f"fk_sheet_row_{name}_{table}")
            )
            for name, table in _NAMES.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_row")),
        sa.UniqueConstraint("sheet_id", "number", name=op.f("uq_sheet_row_sheet_id_number")),
    )
    for column in ("offering_id", "pool_id", "user_id", "enrolment_id"):
        op.create_index(op.f(f"ix_sheet_row_{column}"), "sheet_row", [column])
    op.create_index("ix_sheet_row_outcome", "sheet_row", ["sheet_id", "outcome"])
    op.create_index("ix_sheet_row_pair", "sheet_row", ["sheet_id", "offering_id", "user_id"])


def downgrade() -> None:
    op.drop_table("sheet_row")
    op.drop_table("sheet")
