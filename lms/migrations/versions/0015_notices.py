"""what a mail is about and what became of it; when people are reminded of an offering"""

import sqlalchemy as sa
from alembic import op

from lms.migrations.rebuilding import rebuilt

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TEXTS = {
    "about": sa.String(length=16),
    "cause": sa.String(length=32),
    "calendar": sa.Text(),
    "trouble": sa.String(length=300),
}


def upgrade() -> None:
    with rebuilt("mail_message") as batch:
        for name, kind in _TEXTS.items():
            batch.add_column(sa.Column(name, kind, nullable=True))
        batch.add_column(sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("update mail_message set about = '', cause = '', calendar = '', trouble = ''")
    with rebuilt("mail_message") as batch:
        for name, kind in _TEXTS.items():
            batch.alter_column(name, existing_type=kind, nullable=False)
        batch.create_index(op.f("ix_mail_message_about"), ["about"])
    with rebuilt("offering") as batch:
        batch.add_column(sa.Column("remind_days", sa.Integer(), nullable=True))
    op.execute("update offering set remind_days = 3")
    with rebuilt("offering") as batch:
        batch.alter_column("remind_days", existing_type=sa.Integer(), nullable=False)
        batch.create_check_constraint(
            op.f("ck_offering_remind_days"), "remind_days between 0 and 30"
        )


def downgrade() -> None:
    with rebuilt("offering") as batch:
        batch.drop_constraint(op.f("ck_offering_remind_days"), type_="check")
        batch.drop_column("remind_days")
    with rebuilt("mail_message") as batch:
        batch.drop_index(op.f("ix_mail_message_about"))
        for name in ("refused_at", *_TEXTS):
            batch.drop_column(name)
