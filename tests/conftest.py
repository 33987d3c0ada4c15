"""The application under test: one database a session with the sample institute, undone per test."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, cast

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from werkzeug.test import TestResponse

from lms.db import db, transaction
from lms.kernel import clock
from lms.people import queries as people_queries
from lms.people import sessions
from lms.people.sessions import Origin
from tests import prepared
from tests.sizes import SIZE

# On a machine that others use too, time says nothing about the code. A run that is not full tries
# fewer examples, other ones each time.
hypothesis.settings.register_profile(
    "shared",
    max_examples=100 if SIZE == "full" else 30,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("shared")


def pytest_configure(config: pytest.Config) -> None:
    """What the processes of this run share is gone at its end."""
    kept = ExitStack()
    kept.enter_context(prepared.shared())
    config.add_cleanup(kept.close)


def pytest_collection_finish() -> None:
    """Look for garbage in cycles seldom: all the tests are there to be looked through each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


class Visitor(FlaskClient):
    """A client whose requests have a context of their own, though the test holds one too."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Answer one request; what the test loaded before is read anew afterwards."""
        with self.application.app_context():
            answer = super().open(*args, **kwargs)
        db.session.expire_all()
        return answer


@pytest.fixture(scope="session")
def institute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application with the sample institute loaded and committed."""
    folder = tmp_path_factory.mktemp("instance")
    name = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with prepared.installed(name, folder) as app:
        app.test_client_class = Visitor
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@contextmanager
def rolled_back(app: Flask) -> Iterator[Connection]:
    """The application inside one transaction, on one connection, that is undone on leave."""
    with app.app_context():
        engines = cast("dict[str | None, Any]", db.engines)
        engine = engines[None]
        connection: Connection = engine.connect()
        if connection.dialect.name == "sqlite":
            connection = connection.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        outer = connection.begin()
        if connection.dialect.name == "postgresql":
            # A test holds it open however long it takes: pages are set meanwhile, programs started.
            connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        engines[None] = connection  # a connection serves as well
        try:
            yield connection
        finally:
            engines[None] = engine  # first: a connection that broke must not be the next test's
            db.session.remove()
            outer.rollback()
            connection.close()


@pytest.fixture
def app(institute: Flask) -> Iterator[Flask]:
    """The institute inside a transaction that is rolled back after the test."""
    with rolled_back(institute):
        yield institute


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor nobody knows."""
    return app.test_client()


SignIn = Callable[[str], FlaskClient]


def signed_in(app: Flask, who: str) -> FlaskClient:
    """A visitor with a new session of a sample account, by key or address."""
    email = who if "@" in who else f"{who}@sijil.example"
    visitor = app.test_client()
    user = people_queries.user_by_email(email)
    assert user is not None, who
    with transaction():
        _, secret = sessions.begin(user, Origin("127.0.0.1", "a test"), now=clock.now())
    with visitor.session_transaction() as cookie:
        cookie["_user_id"] = secret
    return visitor


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """A visitor signed in by the key or address of a sample account.

    The session is opened as a sign-in opens it; the password is hashed in tests of sign-in only.
    """
    return partial(signed_in, app)


@pytest.fixture
def count_statements(app: Flask) -> Callable[[], object]:
    """A context manager that collects the SQL statements of its block."""
    del app

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(*args: object) -> None:
            seen.append(str(args[2]))

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return counting
