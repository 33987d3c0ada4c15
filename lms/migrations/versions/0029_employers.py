"""employers: who checks for an employer, runs of checks, tokens, watched certificates"""

import sqlalchemy as sa
from alembic import op

from lms.migrations.rebuilding import rebuilt

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_BEFORE = "'trainer','course_manager','registrar','agency_coordinator'"
_BEHIND = "'auditor','administrator'"


def upgrade() -> None:
    _allow_roles(f"{_BEFORE},'employer_checker',{_BEHIND}")
    _runs()
    _rows()
    _days()
    _tokens()
    _watches()


def downgrade() -> None:
    for table in ("watch", "api_token", "check_day", "check_row", "check_run"):
        op.drop_table(table)
    op.execute("delete from role_proposal where role = 'employer_checker'")
    op.execute("delete from role_grant where role = 'employer_checker'")
    _allow_roles(f"{_BEFORE},{_BEHIND}")


def _allow_roles(roles: str) -> None:
    for table in ("role_grant", "role_proposal"):
        name = op.f(f"ck_{table}_role")
        with rebuilt(table) as batch:
            batch.drop_constraint(name, type_="check")
            batch.create_check_constraint(name, f"role in ({roles})")


def _id(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _public_id(table: str) -> list[sa.schema.SchemaItem]:
    return [
        *_id(table),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id")),
    ]


def _to(
    table: str, column: str, target: str, *, nullable: bool = False, gone: str | None = None
) -> list[sa.schema.SchemaItem]:
    name = op.f(f"fk_{table}_{column}_{target}")
    return [
        sa.Column(column, sa.Integer(), nullable=nullable),
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=gone),
    ]


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _runs() -> None:
    op.create_table(
        "check_run",
        *_public_id("check_run"),
        *_to("check_run", "organisation_id", "organisation"),
        *_to("check_run", "made_by_id", "user_account"),
        *_to("check_run", "work_id", "work", nullable=True, gone="SET NULL"),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        _moment("created_at"),
        _moment("ended_at", nullable=True),
        _moment("forgotten_at", nullable=True),
        sa.CheckConstraint("state in ('ready','running','done')", name=op.f("ck_check_run_state")),
        sa.CheckConstraint(
            "(state = 'done') = (ended_at is not null)", name=op.f("ck_check_run_ended")
        ),
        sa.UniqueConstraint("work_id", name=op.f("uq_check_run_work_id")),
    )
    _index("check_run", "organisation_id", "made_by_id")


def _rows() -> None:
    op.create_table(
        "check_row",
        *_id("check_row"),
        *_to("check_row", "run_id", "check_run"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("flaw", sa.String(length=16), nullable=False),
        sa.Column("twin", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("name_matches", sa.Boolean(), nullable=True),
        *_to("check_row", "certificate_id", "certificate", nullable=True),
        sa.CheckConstraint(
            "flaw in ('','blank','duplicate','malformed')", name=op.f("ck_check_row_flaw")
        ),
        sa.UniqueConstraint("run_id", "number", name=op.f("uq_check_row_run_id_number")),
    )
    _index("check_row", "certificate_id")
    op.create_index("ix_check_row_outcome", "check_row", ["run_id", "outcome"])


def _days() -> None:
    op.create_table(
        "check_day",
        *_id("check_day"),
        *_to("check_day", "organisation_id", "organisation"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_check_day_taken")),
        sa.UniqueConstraint(
            "organisation_id", "day", name=op.f("uq_check_day_organisation_id_day")
        ),
    )


def _tokens() -> None:
    op.create_table(
        "api_token",
        *_public_id("api_token"),
        *_to("api_token", "organisation_id", "organisation"),
        *_to("api_token", "made_by_id", "user_account"),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        _moment("created_at"),
        _moment("expires_at"),
        _moment("used_at", nullable=True),
        _moment("ended_at", nullable=True),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_api_token_expires")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_token_digest")),
    )
    _index("api_token", "organisation_id", "made_by_id")


def _watches() -> None:
    op.create_table(
        "watch",
        *_public_id("watch"),
        *_to("watch", "organisation_id", "organisation"),
        *_to("watch", "certificate_id", "certificate"),
        *_to("watch", "asked_by_id", "user_account"),
        _moment("created_at"),
        sa.Column("told", sa.Integer(), nullable=True),
        sa.UniqueConstraint(
            "organisation_id",
            "certificate_id",
            name=op.f("uq_watch_organisation_id_certificate_id"),
        ),
    )
    _index("watch", "certificate_id", "asked_by_id")
