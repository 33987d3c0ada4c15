"""what can be found: entries with the weights of their terms, and the engine's table"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column(
            "weights", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
        sa.UniqueConstraint("kind", "subject_id", name=op.f("uq_search_entry_kind_subject_id")),
    )
    if op.get_bind().dialect.name == "sqlite":
        # Terms come in folded; marks of other scripts belong to the words.
        op.execute(
            "create virtual table search_text using fts5(terms, tokenize ="
            " \"unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'\")"
        )
    else:
        op.execute(
            "create table search_text (entry_id integer primary key"
            " references search_entry (id) on delete cascade, terms tsvector not null)"
        )
        op.execute("create index ix_search_text_terms on search_text using gin (terms)")


def downgrade() -> None:
    op.drop_table("search_text")
    op.drop_table("search_entry")
