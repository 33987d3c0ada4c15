"""Jobs: Procrastinate on PostgreSQL, wishes that exist once, schedules, progress.

Open and dead jobs of PostgreSQL move to Procrastinate; on the way down they come back. The keys of
jobs that are gone do not: the old table has no place for them, and a job twice is a job once.
"""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SCHEMA = Path(__file__).with_suffix(".sql")
DROP = """
drop table procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs,
    procrastinate_workers cascade;
do $$
declare
    each regprocedure;
begin
    for each in select oid::regprocedure from pg_proc
        where proname like 'procrastinate\\_%' and pronamespace = current_schema()::regnamespace
    loop
        execute 'drop function ' || each;
    end loop;
end;
$$;
drop type procrastinate_job_to_defer_v1, procrastinate_job_status, procrastinate_job_event_type;
"""


def upgrade() -> None:
    _create_tables()
    op.execute(
        "insert into job_key (key, job_id) select dedupe, id from job where dedupe is not null"
    )
    if op.get_bind().dialect.name == "postgresql":
        _run_script(SCHEMA.read_text("utf-8"))
        _move_in()
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_job_dedupe"), type_="unique")
        batch_op.drop_column("dedupe")


def _run_script(script: str) -> None:
    # By the driver itself: several statements at once, and no percent sign is a parameter.
    driver = op.get_bind().connection.driver_connection
    assert driver is not None  # noqa: S101
    driver.execute(script)


def _create_tables() -> None:
    op.create_table(
        "job_key",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_job_key")),
    )
    op.create_table(
        "job_failure",
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_job_failure")),
    )
    op.create_table(
        "schedule",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("cron", sa.String(length=64), nullable=False),
        sa.Column("next_run", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_schedule")),
    )
    op.create_table(
        "work",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=64), nullable=False),
        sa.Column("owner_user_id", sa.Integer(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("message", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('waiting','running','done','failed')", name=op.f("ck_work_state")
        ),
        sa.CheckConstraint("done >= 0 and done <= total", name=op.f("ck_work_done_within_total")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work")),
        sa.UniqueConstraint("public_id", name=op.f("uq_work_public_id")),
    )
    with op.batch_alter_table("work", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_owner_user_id"), ["owner_user_id"], unique=False)


def _move_in() -> None:
    bind = op.get_bind()
    # Procrastinate counts anew: the key of a done job must not point at somebody else's.
    op.execute("update job_key set job_id = null")
    rows = bind.execute(
        sa.text("select * from job where done_at is null order by priority, id")
    ).mappings()
    for row in rows.all():
        moved = bind.scalar(
            sa.text(
                "insert into procrastinate_jobs"
                " (queue_name, task_name, priority, args, scheduled_at, attempts, status)"
                " values ('default', :name, :priority, cast(:arguments as jsonb), :run_at,"
                " :attempts, cast(:status as procrastinate_job_status)) returning id"
            ),
            {
                "name": row["name"],
                "priority": -row["priority"],
                "arguments": json.dumps(row["arguments"]),
                "run_at": row["run_at"],
                "attempts": row["attempts"],
                "status": "todo" if row["dead_at"] is None else "failed",
            },
        )
        bind.execute(
            sa.text("update job_key set job_id = :new where key = :key"),
            {"new": moved, "key": row["dedupe"]},
        )
        if row["dead_at"] is not None:
            bind.execute(
                sa.text("insert into job_failure (job_id, at, reason) values (:new, :at, :why)"),
                {"new": moved, "at": row["dead_at"], "why": row["last_error"] or ""},
            )
    bind.execute(sa.text("delete from job"))


def downgrade() -> None:
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.add_column(sa.Column("dedupe", sa.String(length=120), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_job_dedupe"), ["dedupe"])
    if op.get_bind().dialect.name == "postgresql":
        _move_out()
        _run_script(DROP)
    op.execute(
        "update job set dedupe = (select max(key) from job_key where job_key.job_id = job.id)"
    )
    with op.batch_alter_table("work", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_work_owner_user_id"))
    for table in ("work", "schedule", "job_failure", "job_key"):
        op.drop_table(table)


def _move_out() -> None:
    op.execute(
        "insert into job (id, name, arguments, priority, run_at, attempts, dead_at, done_at,"
        " last_error, created_at)"
        " select j.id, j.task_name, j.args, -j.priority, coalesce(j.scheduled_at, now()),"
        " j.attempts, case when j.status = 'failed' then coalesce(f.at, now()) end,"
        " case when j.status not in ('todo', 'doing', 'failed') then now() end, f.reason, now()"
        " from procrastinate_jobs j left join job_failure f on f.job_id = j.id"
    )
    op.execute(
        "select setval(pg_get_serial_sequence('job', 'id'),"
        " (select coalesce(max(id), 0) + 1 from job), false)"
    )
