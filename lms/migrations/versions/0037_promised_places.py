"""promised places as rows: they can be listed and withdrawn; rows of sheets that promise some"""

import sqlalchemy as sa
from alembic import op

from lms.migrations.rebuilding import rebuilt

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_INDEXED = ("email_key", "made_by_id", "offering_id", "pool_id", "until", "withdrawn_by_id")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "place_promise",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_because", sa.String(length=1000), nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "state in ('open','taken','void','withdrawn')", name=op.f("ck_place_promise_state")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (ended_at is null)", name=op.f("ck_place_promise_ended")
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_by_id is not null)",
            name=op.f("ck_place_promise_withdrawn"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["user_account.id"],
            name=op.f("fk_place_promise_made_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name=op.f("fk_place_promise_offering_id_offering")
        ),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["seat_pool.id"], name=op.f("fk_place_promise_pool_id_seat_pool")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"],
            ["user_account.id"],
            name=op.f("fk_place_promise_withdrawn_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_promise")),
        sa.UniqueConstraint("public_id", name=op.f("uq_place_promise_public_id")),
    )
    for column in _INDEXED:
        op.create_index(op.f(f"ix_place_promise_{column}"), "place_promise", [column])

    with rebuilt("sheet_row") as batch:
        batch.add_column(sa.Column("promise_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_sheet_row_promise_id_place_promise"),
            "place_promise",
            ["promise_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch.create_index(batch.f("ix_sheet_row_promise_id"), ["promise_id"])


def downgrade() -> None:
    with rebuilt("sheet_row") as batch:
        batch.drop_index(batch.f("ix_sheet_row_promise_id"))
        batch.drop_constraint(batch.f("fk_sheet_row_promise_id_place_promise"), type_="foreignkey")
        batch.drop_column("promise_id")
    op.drop_table("place_promise")
