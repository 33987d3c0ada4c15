"""certificates of an issuer in the order of their issue"""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_certificate_issuer_id_id", "certificate", ["issuer_id", "id"])
    op.drop_index("ix_certificate_issuer_id", table_name="certificate")


def downgrade() -> None:
    op.create_index("ix_certificate_issuer_id", "certificate", ["issuer_id"])
    op.drop_index("ix_certificate_issuer_id_id", table_name="certificate")
