"""seats by pools, approvals, more states of places"""

import secrets

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from lms.migrations.rebuilding import rebuilt

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ENDED = "'cancelled','declined','lapsed','rejected','substituted','transferred','withdrawn'"
_STATES = (
    "'applied','cancelled','confirmed','declined','lapsed','no_show','nominated','offered',"
    "'rejected','substituted','transferred','waiting','withdrawn'"
)


def upgrade() -> None:
    op.create_table(
        "seat_pool",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("over_capacity", sa.Boolean(), nullable=False),
        sa.Column("accepting", sa.Boolean(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.CheckConstraint("mode in ('in_person','online')", name=op.f("ck_seat_pool_mode")),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_seat_pool_capacity")),
        sa.CheckConstraint(
            "taken >= 0 and (taken <= capacity or over_capacity)", name=op.f("ck_seat_pool_taken")
        ),
        sa.CheckConstraint("waiting >= 0", name=op.f("ck_seat_pool_waiting")),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name=op.f("fk_seat_pool_offering_id_offering")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_pool")),
        sa.UniqueConstraint("offering_id", "mode", name=op.f("uq_seat_pool_offering_id_mode")),
        sa.UniqueConstraint("public_id", name=op.f("uq_seat_pool_public_id")),
    )
    op.create_table(
        "seat_terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("rank between 0 and 100", name=op.f("ck_seat_terms_rank")),
        sa.CheckConstraint(
            "taken >= 0 and (quota is null or taken <= quota)", name=op.f("ck_seat_terms_quota")
        ),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offering.id"], name=op.f("fk_seat_terms_offering_id_offering")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_seat_terms_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_terms")),
        sa.UniqueConstraint(
            "offering_id", "organisation_id", name=op.f("uq_seat_terms_offering_id_organisation_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_seat_terms_public_id")),
    )
    with op.batch_alter_table("seat_terms", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_seat_terms_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("approver", sa.String(length=16), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("approver in ('agency','provider')", name=op.f("ck_approval_approver")),
        sa.CheckConstraint(
            "agreed is null or decided_at is not null", name=op.f("ck_approval_decided")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_approval_decided_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_approval_enrolment_id_enrolment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint(
            "enrolment_id", "position", name=op.f("uq_approval_enrolment_id_position")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_approval_public_id")),
    )
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_approval_decided_by_id"), ["decided_by_id"], unique=False
        )

    _fill_pools()
    _widen_enrolment()
    with rebuilt("offering") as batch:
        batch.add_column(sa.Column("offer_hours", sa.Integer(), nullable=True))
        batch.add_column(
            sa.Column(
                "approvals", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
            )
        )
        batch.drop_constraint(op.f("ck_offering_taken"), type_="check")
        batch.drop_constraint(op.f("ck_offering_waiting"), type_="check")
        for column in ("waiting", "outcome", "ticket", "capacity", "taken"):
            batch.drop_column(column)
    op.execute("update offering set approvals = '[]'")
    with rebuilt("offering") as batch:
        batch.alter_column("approvals", existing_type=sa.JSON(), nullable=False)
        batch.create_check_constraint(
            op.f("ck_offering_offer_hours"), "offer_hours is null or offer_hours > 0"
        )


def _fill_pools() -> None:
    """One pool an offering, with the counters that stood there."""
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(
            "select o.id, v.mode, o.state, o.capacity, o.taken, o.waiting, o.ticket"
            " from offering o join course_version v on v.id = o.course_version_id order by o.id"
        )
    ).all()
    for row in rows:
        connection.execute(
            sa.text(
                "insert into seat_pool (public_id, offering_id, mode, capacity, over_capacity,"
                " accepting, taken, waiting, ticket)"
                " values (:public_id, :offering, :mode, :capacity, :over, :accepting, :taken,"
                " :waiting, :ticket)"
            ),
            {
                "public_id": secrets.token_hex(6),
                "offering": row.id,
                "mode": "online" if row.mode == "online" else "in_person",
                "capacity": row.capacity,
                "over": False,
                "accepting": row.state == "open",
                "taken": row.taken,
                "waiting": row.waiting,
                "ticket": row.ticket,
            },
        )


def _widen_enrolment() -> None:
    op.drop_index("uq_enrolment_active", table_name="enrolment")
    with rebuilt("enrolment") as batch:
        batch.drop_constraint(op.f("ck_enrolment_state"), type_="check")
        batch.drop_constraint(op.f("uq_enrolment_offering_id_ticket"), type_="unique")
        batch.add_column(sa.Column("pool_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("way", sa.String(length=16), nullable=True))
        batch.add_column(sa.Column("rank", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("terms_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("nominated_by_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("offer_expires_at", sa.DateTime(timezone=True), nullable=True))
        batch.alter_column(
            "withdrawn_at", new_column_name="ended_at", existing_type=sa.DateTime(timezone=True)
        )
        batch.alter_column("ticket", existing_type=sa.Integer(), nullable=True)
    op.execute(
        "update enrolment set way = 'self', rank = 100, pool_id ="
        " (select p.id from seat_pool p where p.offering_id = enrolment.offering_id)"
    )
    with rebuilt("enrolment") as batch:
        for column, kind in (
            ("pool_id", sa.Integer()),
            ("way", sa.String(length=16)),
            ("rank", sa.Integer()),
        ):
            batch.alter_column(column, existing_type=kind, nullable=False)
        batch.create_check_constraint(op.f("ck_enrolment_state"), f"state in ({_STATES})")
        batch.create_check_constraint(
            op.f("ck_enrolment_way"), "way in ('manager','nomination','self')"
        )
        batch.create_check_constraint(
            op.f("ck_enrolment_offer"), "(state = 'offered') = (offer_expires_at is not null)"
        )
        batch.create_unique_constraint(op.f("uq_enrolment_pool_id_ticket"), ["pool_id", "ticket"])
        batch.create_foreign_key(
            op.f("fk_enrolment_pool_id_seat_pool"), "seat_pool", ["pool_id"], ["id"]
        )
        batch.create_foreign_key(
            op.f("fk_enrolment_nominated_by_id_user_account"),
            "user_account",
            ["nominated_by_id"],
            ["id"],
        )
        batch.create_foreign_key(
            op.f("fk_enrolment_terms_id_seat_terms"), "seat_terms", ["terms_id"], ["id"]
        )
        batch.create_index(op.f("ix_enrolment_nominated_by_id"), ["nominated_by_id"], unique=False)
        batch.create_index(
            op.f("ix_enrolment_queue"), ["pool_id", "state", "rank", "ticket"], unique=False
        )
        batch.create_index(op.f("ix_enrolment_terms_id"), ["terms_id"], unique=False)
    active = sa.text(f"state not in ({_ENDED})")
    op.create_index(
        "uq_enrolment_active",
        "enrolment",
        ["offering_id", "user_id"],
        unique=True,
        sqlite_where=active,
        postgresql_where=active,
    )


def downgrade() -> None:
    _refuse_what_older_ones_do_not_know()
    with rebuilt("offering") as batch:
        batch.drop_constraint(op.f("ck_offering_offer_hours"), type_="check")
        batch.drop_column("approvals")
        batch.drop_column("offer_hours")
        for column in ("capacity", "taken", "waiting", "ticket"):
            batch.add_column(sa.Column(column, sa.Integer(), nullable=True))
        batch.add_column(sa.Column("outcome", sa.String(length=16), nullable=True))
    for column in ("capacity", "taken", "waiting", "ticket"):
        op.execute(
            f"update offering set {column} ="  # noqa: S608  # the four names above
            f" (select p.{column} from seat_pool p where p.offering_id = offering.id)"
        )
    with rebuilt("offering") as batch:
        for column in ("capacity", "taken", "waiting", "ticket"):
            batch.alter_column(column, existing_type=sa.Integer(), nullable=False)
        batch.create_check_constraint(op.f("ck_offering_taken"), "taken >= 0 and taken <= capacity")
        batch.create_check_constraint(op.f("ck_offering_waiting"), "waiting >= 0")
    _narrow_enrolment()
    op.drop_table("approval")
    op.drop_table("seat_terms")
    op.drop_table("seat_pool")


def _refuse_what_older_ones_do_not_know() -> None:
    connection = op.get_bind()
    new = connection.scalar(
        sa.text(
            "select count(*) from enrolment"
            " where state not in ('confirmed','waiting','withdrawn') or ticket is null"
        )
    )
    pools = connection.scalar(
        sa.text(
            "select count(*) - count(distinct offering_id) from seat_pool where not over_capacity"
        )
    )
    if new or pools:
        raise RuntimeError(
            f"{new} places are in states, {pools} offerings have kinds of seats,"
            " that the older program does not know: they would be lost"
        )


def _narrow_enrolment() -> None:
    op.drop_index("uq_enrolment_active", table_name="enrolment")
    with rebuilt("enrolment") as batch:
        for index in (
            "ix_enrolment_terms_id",
            "ix_enrolment_queue",
            "ix_enrolment_nominated_by_id",
        ):
            batch.drop_index(op.f(index))
        for name in (
            "fk_enrolment_terms_id_seat_terms",
            "fk_enrolment_nominated_by_id_user_account",
            "fk_enrolment_pool_id_seat_pool",
        ):
            batch.drop_constraint(op.f(name), type_="foreignkey")
        batch.drop_constraint(op.f("uq_enrolment_pool_id_ticket"), type_="unique")
        for name in ("ck_enrolment_state", "ck_enrolment_way", "ck_enrolment_offer"):
            batch.drop_constraint(op.f(name), type_="check")
        for column in ("offer_expires_at", "nominated_by_id", "terms_id", "rank", "way", "pool_id"):
            batch.drop_column(column)
        batch.alter_column(
            "ended_at", new_column_name="withdrawn_at", existing_type=sa.DateTime(timezone=True)
        )
        batch.alter_column("ticket", existing_type=sa.Integer(), nullable=False)
        batch.create_unique_constraint(
            op.f("uq_enrolment_offering_id_ticket"), ["offering_id", "ticket"]
        )
        batch.create_check_constraint(
            op.f("ck_enrolment_state"), "state in ('confirmed','waiting','withdrawn')"
        )
    active = sa.text("state <> 'withdrawn'")
    op.create_index(
        "uq_enrolment_active",
        "enrolment",
        ["offering_id", "user_id"],
        unique=True,
        sqlite_where=active,
        postgresql_where=active,
    )
