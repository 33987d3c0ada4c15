"""what class sessions are about: titles, tracks, speakers"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "session_topic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("class_session_id", sa.Integer(), nullable=False),
        sa.Column("titles", _DOCUMENT, nullable=False),
        sa.Column("track", sa.String(length=80), nullable=False),
        sa.Column("speakers", _DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["class_session_id"],
            ["class_session.id"],
            name=op.f("fk_session_topic_class_session_id_class_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_topic")),
        sa.UniqueConstraint("class_session_id", name=op.f("uq_session_topic_class_session_id")),
    )


def downgrade() -> None:
    op.drop_table("session_topic")
