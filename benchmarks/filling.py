"""Certificates by the million, for questions of size: rows of a statement, of the true length.

They have number, code and digests of the real form and an entry each in the public log, so that the
indexes have their true size; what they say is left out. Their places and holders are not there:
whoever asks for one of them by its code gets "cannot be checked".
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, text

TABLES = ("certificate", "log_entry")
MANY = 200_000
"""From here on indexes are made anew after the rows, which is quicker."""
FIRST = 1_000_000
"""Numbers below are left to what is issued by the program."""

_CERTIFICATES = text(
    """
    INSERT INTO certificate (public_id, serial, code, issuer_id, enrolment_id, version, user_id,
        kind, state, content, credential, credential_digest, status_list, status_index, issued_at,
        issued_by_id, valid_from, timezone)
    SELECT substr(md5('p' || n), 1, 4) || lpad(n::text, 8, '0'), 'FILL-2026-' || n,
        upper(substr(md5('c' || n), 1, 27)), :issuer, n, 1, :holder, 'attendance', 'issued',
        '{"award_title": {"en": "A course"}}', '{}', md5('d' || n) || md5('e' || n), 1, n,
        now(), :holder, current_date, 'Asia/Kuala_Lumpur'
    FROM generate_series(:first, :last) AS n
    """
)
_ENTRIES = text(
    """
    INSERT INTO log_entry (number, kind, at, subject, leaf)
    SELECT n, 'issued', now(), md5('d' || n) || md5('e' || n), decode(md5('l' || n), 'hex')
    FROM generate_series(:first, :last) AS n
    """
)


def fill(url: str, first: int, many: int, *, issuer: int, holder: int) -> None:
    """Add so many certificates, from a running number on, and their entries."""
    asked = {"first": FIRST + first, "last": FIRST + first + many - 1}
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
        connection.execute(text("SET LOCAL synchronous_commit = off"))
        with _bare(connection) if many >= MANY else _as_it_is():
            connection.execute(_CERTIFICATES, {**asked, "issuer": issuer, "holder": holder})
            connection.execute(_ENTRIES, asked)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in TABLES:
            connection.execute(text(f"VACUUM ANALYZE {table}"))
    engine.dispose()


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


@contextmanager
def _bare(connection: Connection) -> Iterator[None]:
    """Without indexes but the primary keys; they are there again on leave."""
    uniques = connection.execute(
        text(
            "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'u' AND conrelid::regclass::text = ANY(:tables)"
        ),
        {"tables": list(TABLES)},
    ).all()
    for table, name, _ in uniques:
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    indexes = connection.execute(
        text(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(:tables)"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        ),
        {"tables": list(TABLES)},
    ).all()
    for name, _ in indexes:
        connection.execute(text(f"DROP INDEX {name}"))
    yield
    for table, name, definition in uniques:
        connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"))
    for _, definition in indexes:
        connection.execute(text(definition))
