"""Column types, transactions and broken constraints, on the engine under test."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask, g
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import IntegrityError, StatementError

from lms.db import Fixed, Model, UTCDateTime, constraint_of, db, transaction, unique_or
from lms.jobs.models import WorkerBeat
from lms.kernel.errors import Conflict
from lms.people.models import Organisation
from tests.make import NOW, fresh, make_course, make_organisation, make_user, own_app

DIALECTS: list[Dialect] = [sqlite.dialect(), postgresql.dialect()]  # type: ignore[no-untyped-call]


@given(st.integers(-(10**12), 10**12), st.integers(0, 6))
def test_fixed_keeps_every_value_of_its_places(scaled: int, places: int) -> None:
    kind = Fixed(places)
    value = Decimal(scaled).scaleb(-places)
    for dialect in DIALECTS:
        bound = kind.process_bind_param(value, dialect)
        assert isinstance(bound, int)
        assert kind.process_result_value(bound, dialect) == value


@pytest.mark.parametrize("value", ["0.001", "1.005", "-0.005", "0.0000001"])
def test_fixed_refuses_more_places(value: str) -> None:
    with pytest.raises(ValueError, match="more than 2 places"):
        Fixed(2).process_bind_param(Decimal(value), DIALECTS[0])


def test_fixed_takes_written_zeros_and_nothing() -> None:
    assert Fixed(2).process_bind_param(Decimal("1.500"), DIALECTS[0]) == 150
    assert Fixed(2).process_bind_param(None, DIALECTS[0]) is None
    assert Fixed(2).process_result_value(None, DIALECTS[0]) is None


@pytest.mark.usefixtures("app")
def test_decimals_come_back_from_the_database_as_they_went() -> None:
    version = make_course(published=False)
    version.credit = Decimal("999.99")
    db.session.flush()
    db.session.expire_all()
    assert version.credit == Decimal("999.99")
    assert isinstance(version.credit, Decimal)
    version.credit = Decimal("0.001")
    with pytest.raises(StatementError, match="more than 2 places"), db.session.begin_nested():
        db.session.flush()


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda d: str(d.name))
def test_naive_moments_are_refused(dialect: Dialect) -> None:
    with pytest.raises(ValueError, match="naive datetime"):
        UTCDateTime().process_bind_param(NOW.replace(tzinfo=None), dialect)


@pytest.mark.usefixtures("app")
def test_moments_come_back_aware_in_utc() -> None:
    local = datetime(2027, 3, 10, 8, 0, tzinfo=timezone(timedelta(hours=8)))
    beat = WorkerBeat(name=fresh(), seen_at=local)
    db.session.add(beat)
    db.session.flush()
    db.session.expire_all()
    assert beat.seen_at == local
    assert beat.seen_at.tzinfo is UTC


@pytest.fixture
def committed(tmp_path: Path) -> Iterator[Flask]:
    """An application whose commits are real."""
    with own_app("house", tmp_path) as app, app.app_context():
        yield app


def stored(app: Flask) -> set[str]:
    """What another connection sees."""
    with app.app_context(), db.engine.connect() as other:
        return set(other.scalars(text("select code from organisation")))


def test_leaving_a_transaction_commits(committed: Flask) -> None:
    with transaction():
        make_organisation("KEPT")
        assert stored(committed) == set()
    assert stored(committed) == {"KEPT"}


def fail_after(code: str, error: BaseException) -> None:
    with transaction():
        make_organisation(code)
        raise error


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), SystemExit()])
def test_any_exception_rolls_back(committed: Flask, error: BaseException) -> None:
    with pytest.raises(type(error)):
        fail_after("LOST", error)
    assert not db.session().in_transaction()
    assert stored(committed) == set()
    assert g.in_transaction is False
    with transaction():
        make_organisation("NEXT")
    assert stored(committed) == {"NEXT"}


def test_a_nested_transaction_joins_the_outer_one(committed: Flask) -> None:
    with transaction():
        with transaction():
            make_organisation("INNER")
        assert stored(committed) == set()
        make_organisation("OUTER")
    assert stored(committed) == {"INNER", "OUTER"}


def outer_fails() -> None:
    with transaction():
        with transaction():
            make_organisation("INNER")
        raise ValueError("outer")


def test_an_outer_failure_takes_the_nested_work_with_it(committed: Flask) -> None:
    with pytest.raises(ValueError, match="outer"):
        outer_fails()
    assert stored(committed) == set()


def test_a_conflict_leaves_the_rest_of_the_transaction_whole(committed: Flask) -> None:
    with transaction():
        make_organisation("TWICE")
        with pytest.raises(Conflict, match="organisation-code-taken"):
            make_organisation("TWICE")
        make_organisation("AFTER")
    assert stored(committed) == {"TWICE", "AFTER"}


def test_sqlite_writers_begin_immediately_and_keep_foreign_keys(committed: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("settings of SQLite")
    del committed
    with db.engine.connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "journal_mode", "synchronous", "busy_timeout")
        }
    assert settings == {
        "foreign_keys": 1,
        "journal_mode": "wal",
        "synchronous": 2,
        "busy_timeout": 10000,
    }
    with transaction():
        options = db.session.connection().get_execution_options()
        assert options["sqlite_begin"] == "BEGIN IMMEDIATE"


def add_twin(code: str, name: str, constraint: str | None) -> None:
    with unique_or(code, constraint):
        db.session.execute(insert(WorkerBeat).values(name=name, seen_at=NOW))


@pytest.mark.usefixtures("app")
def test_only_the_named_constraint_becomes_a_conflict() -> None:
    name = fresh()
    add_twin("beat-twice", name, None)
    for constraint in (None, "uq_worker_beat_name"):
        with pytest.raises(Conflict) as caught:
            add_twin("beat-twice", name, constraint)
        assert caught.value.code == "beat-twice"
    with pytest.raises(IntegrityError):
        add_twin("beat-twice", name, "uq_something_else")
    query = select(WorkerBeat.name).where(WorkerBeat.name == name)
    assert list(db.session.scalars(query)) == [name]


@pytest.mark.usefixtures("app")
def test_broken_constraints_are_known_by_name() -> None:
    organisation, user = make_organisation(), make_user()
    statements = {
        "ck_organisation_kind": "update organisation set kind = 'x' where id = :o",
        "uq_organisation_code": "update organisation set code = 'ILKS' where id = :o",
        "ck_user_account_locale": "update user_account set locale = 'xx' where id = :u",
        "uq_user_account_email_key": (
            "update user_account set email_key = 'aisyah@sijil.example' where id = :u"
        ),
    }
    for constraint, statement in statements.items():
        with pytest.raises(IntegrityError) as caught, db.session.begin_nested():
            db.session.execute(text(statement), {"o": organisation.id, "u": user.id})
        assert constraint_of(caught.value) == constraint


@pytest.mark.usefixtures("app")
def test_foreign_keys_hold() -> None:
    organisation = make_organisation()
    statement = text("update organisation set parent_id = 999999 where id = :o")
    with pytest.raises(IntegrityError) as caught, db.session.begin_nested():
        db.session.execute(statement, {"o": organisation.id})
    assert constraint_of(caught.value) in {None, "fk_organisation_parent_id_organisation"}
    assert db.session.get_one(Organisation, organisation.id).parent_id is None


def test_no_two_unique_rules_of_a_table_have_the_same_columns() -> None:
    """SQLite names only the columns of a broken UNIQUE; its name is looked up by them."""
    for table in Model.metadata.tables.values():
        rules = [
            frozenset(column.name for column in rule.columns)
            for rule in (*table.constraints, *table.indexes)
            if isinstance(rule, UniqueConstraint) or (isinstance(rule, Index) and rule.unique)
        ]
        assert len(rules) == len(set(rules)), table.name


def test_every_constraint_has_a_name_and_every_foreign_key_an_index() -> None:
    missing = []
    for table in Model.metadata.tables.values():
        leading = {next(iter(index.columns)).name for index in table.indexes}
        leading |= {
            next(iter(rule.columns)).name
            for rule in table.constraints
            if isinstance(rule, UniqueConstraint) and len(rule.columns)
        }
        missing += [f"{table.name}: a rule without name" for r in table.constraints if not r.name]
        missing += [
            f"{table.name}.{column.name}: no index"
            for rule in table.constraints
            if isinstance(rule, ForeignKeyConstraint)
            for column in rule.columns
            if column.name not in leading
        ]
    assert missing == []
