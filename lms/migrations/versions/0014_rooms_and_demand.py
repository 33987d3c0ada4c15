"""rooms and where class sessions meet; offerings without dates and who is interested"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "room",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("venue", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_room_capacity")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["organisation.id"], name=op.f("fk_room_provider_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("public_id", name=op.f("uq_room_public_id")),
        sa.UniqueConstraint("provider_id", "key", name=op.f("uq_room_provider_id_key")),
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("class_session_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_session_id"],
            ["class_session.id"],
            name=op.f("fk_meeting_class_session_id_class_session"),
        ),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_meeting_room_id_room")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("class_session_id", name=op.f("uq_meeting_class_session_id")),
    )
    op.create_index(op.f("ix_meeting_room_id"), "meeting", ["room_id"])
    _demand()


def _demand() -> None:
    op.create_table(
        "undated_offering",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("expected", sa.String(length=120), nullable=False),
        sa.Column("venue", sa.String(length=200), nullable=False),
        sa.Column("offering_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('collecting','dated','dropped')", name=op.f("ck_undated_offering_state")
        ),
        sa.CheckConstraint(
            "(state = 'dated') = (offering_id is not null)",
            name=op.f("ck_undated_offering_offering"),
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_undated_offering_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name=op.f("fk_undated_offering_offering_id_offering")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undated_offering")),
        sa.UniqueConstraint("public_id", name=op.f("uq_undated_offering_public_id")),
        sa.UniqueConstraint("offering_id", name=op.f("uq_undated_offering_offering_id")),
    )
    op.create_index(op.f("ix_undated_offering_course_id"), "undated_offering", ["course_id"])
    op.create_table(
        "interest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("undated_offering_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("people between 1 and 500", name=op.f("ck_interest_people")),
        sa.CheckConstraint(
            "people = 1 or organisation_id is not null", name=op.f("ck_interest_agency")
        ),
        sa.ForeignKeyConstraint(
            ["undated_offering_id"],
            ["undated_offering.id"],
            name=op.f("fk_interest_undated_offering_id_undated_offering"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_interest_user_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_interest_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest")),
        sa.UniqueConstraint(
            "undated_offering_id",
            "user_id",
            name=op.f("uq_interest_undated_offering_id_user_id"),
        ),
        sa.UniqueConstraint(
            "undated_offering_id",
            "organisation_id",
            name=op.f("uq_interest_undated_offering_id_organisation_id"),
        ),
    )
    for column in ("user_id", "organisation_id"):
        op.create_index(op.f(f"ix_interest_{column}"), "interest", [column])


def downgrade() -> None:
    op.drop_table("interest")
    op.drop_table("undated_offering")
    op.drop_table("meeting")
    op.drop_table("room")
