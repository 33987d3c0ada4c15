"""admissions: intakes of programmes, applications, committees and interviews"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _intake()
    _application()
    _intake_member()
    _application_document()
    _interview_slot()
    _recommendation()


def _intake() -> None:
    op.create_table(
        "intake",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("routes", _DOCUMENT, nullable=False),
        sa.Column("transcripts", sa.Integer(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("interview", sa.Boolean(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("offer_days", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_intake_window")),
        sa.CheckConstraint("quorum > 0 and offer_days > 0", name=op.f("ck_intake_decision")),
        sa.CheckConstraint("taken between 0 and places", name=op.f("ck_intake_taken")),
        sa.CheckConstraint("transcripts >= 0 and letters >= 0", name=op.f("ck_intake_documents")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_intake_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake")),
        sa.UniqueConstraint("programme_id", "name", name=op.f("uq_intake_programme_id_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_intake_public_id")),
    )


def _application() -> None:
    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("intake_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("qualification", sa.String(length=200), nullable=False),
        sa.Column("institution", sa.String(length=200), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("plea", sa.Text(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offer_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'offered') = (offer_until is not null)", name=op.f("ck_application_offer")
        ),
        sa.CheckConstraint(
            "state in ('accepted','declined','draft','interview','lapsed','offered','refused','returned','sent','withdrawn')",
            name=op.f("ck_application_state"),
        ),
        sa.CheckConstraint(
            "level is null or level between 1 and 8", name=op.f("ck_application_level")
        ),
        sa.ForeignKeyConstraint(
            ["intake_id"], ["intake.id"], name=op.f("fk_application_intake_id_intake")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_application_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("intake_id", "user_id", name=op.f("uq_application_intake_id_user_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_application_public_id")),
    )
    op.create_index(op.f("ix_application_user_id"), "application", ["user_id"])


def _intake_member() -> None:
    op.create_table(
        "intake_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("intake_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["intake_id"], ["intake.id"], name=op.f("fk_intake_member_intake_id_intake")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_intake_member_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_member")),
        sa.UniqueConstraint(
            "intake_id", "user_id", name=op.f("uq_intake_member_intake_id_user_id")
        ),
    )
    op.create_index(op.f("ix_intake_member_user_id"), "intake_member", ["user_id"])


def _application_document() -> None:
    op.create_table(
        "application_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=150), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('other','reference','transcript')", name=op.f("ck_application_document_kind")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_application_document_application_id_application"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_document")),
        sa.UniqueConstraint(
            "application_id", "digest", name=op.f("uq_application_document_application_id_digest")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_application_document_public_id")),
    )


def _interview_slot() -> None:
    op.create_table(
        "interview_slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("intake_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_interview_slot_times")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_interview_slot_application_id_application"),
        ),
        sa.ForeignKeyConstraint(
            ["intake_id"], ["intake.id"], name=op.f("fk_interview_slot_intake_id_intake")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_slot")),
        sa.UniqueConstraint("application_id", name=op.f("uq_interview_slot_application_id")),
        sa.UniqueConstraint(
            "intake_id",
            "starts_at",
            "place",
            name=op.f("uq_interview_slot_intake_id_starts_at_place"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_interview_slot_public_id")),
    )


def _recommendation() -> None:
    op.create_table(
        "recommendation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("admit", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_recommendation_application_id_application"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["user_account.id"],
            name=op.f("fk_recommendation_member_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
        sa.UniqueConstraint(
            "application_id", "member_id", name=op.f("uq_recommendation_application_id_member_id")
        ),
    )
    op.create_index(op.f("ix_recommendation_member_id"), "recommendation", ["member_id"])


def downgrade() -> None:
    op.drop_table("recommendation")
    op.drop_table("interview_slot")
    op.drop_table("application_document")
    op.drop_table("intake_member")
    op.drop_table("application")
    op.drop_table("intake")
