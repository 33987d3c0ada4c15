"""A table that SQLite must write anew keeps its rows, the rows that name it, and its triggers."""

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import IntegrityError

from lms.connections import install_sqlite_hooks
from lms.migrations.rebuilding import Lost, rebuilt

STORY = (
    """CREATE TABLE course (id INTEGER PRIMARY KEY, code TEXT, seats INTEGER,
    CONSTRAINT ck_course_seats CHECK (seats >= 0))""",
    """CREATE TABLE place (id INTEGER PRIMARY KEY,
    course_id INTEGER REFERENCES course (id) ON DELETE CASCADE)""",
    "INSERT INTO course VALUES (1, 'A', 3), (2, 'B', 4)",
    "INSERT INTO place VALUES (1, 1), (2, 1), (3, 2)",
    """CREATE TRIGGER frozen BEFORE UPDATE OF code ON course
    BEGIN SELECT RAISE(ABORT, 'frozen: never'); END""",
)


@pytest.fixture
def engine(tmp_path: object) -> Engine:
    """A course with enrolments that would go with it, and a trigger."""
    made = create_engine(f"sqlite:///{tmp_path}/rebuild.sqlite3")
    install_sqlite_hooks(made)
    with made.begin() as connection:
        for statement in STORY:
            connection.execute(text(statement.replace(":", r"\:")))
    return made


def without_seats(connection: Connection) -> None:
    context = MigrationContext.configure(connection)
    with Operations.context(context), rebuilt("course") as batch:
        batch.drop_constraint("ck_course_seats", type_="check")
        batch.drop_column("seats")


def keys_off(engine: Engine) -> None:
    event.listen(engine, "checkout", lambda dbapi, *_: dbapi.execute("PRAGMA foreign_keys=OFF"))


def test_nothing_is_lost(engine: Engine) -> None:
    keys_off(engine)
    with engine.begin() as connection:
        without_seats(connection)
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM place")) == 3
        assert [r[0] for r in connection.execute(text("SELECT code FROM course"))] == ["A", "B"]
        with pytest.raises(IntegrityError, match="frozen: never"):
            connection.execute(text("UPDATE course SET code = 'C'"))


def test_with_foreign_keys_on_it_does_not_begin(engine: Engine) -> None:
    with engine.begin() as connection, pytest.raises(Lost, match="foreign keys are on"):
        without_seats(connection)
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM place")) == 3


def test_a_broken_reference_stops_it(engine: Engine) -> None:
    keys_off(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO place VALUES (4, 99)"))
    with engine.connect() as connection, pytest.raises(Lost, match="1 references"):
        without_seats(connection)
