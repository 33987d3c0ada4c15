"""Where the drills of access act: the sample institute and a second provider, undone at the end.

All runs on one connection inside a transaction, so that each request can be taken back.
"""

import json
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import Flask
from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from lms.db import db, transaction
from tests import houses, prepared
from tests.conftest import Visitor, rolled_back
from tests.drills.deeds import a_dead_job
from tests.drills.staging import Options, database

STRANGE = "alembic_version"


@dataclass(frozen=True)
class Ground:
    """The application, its one connection, and the objects of aisyah's course."""

    app: Flask
    connection: Connection
    objects: dict[str, str]
    options: Options

    def tables(self) -> list[str]:
        """All tables that can have a trigger, the queue's included."""
        return self._tables

    @cached_property
    def _tables(self) -> list[str]:
        names = set(inspect(self.connection).get_table_names()) - {STRANGE}
        if self.connection.dialect.name == "sqlite":
            kinds = self.connection.execute(text("select name, type from pragma_table_list"))
            names -= {name for name, kind in kinds if kind != "table"}  # virtual, and its shadows
        return sorted(names)

    def counts(self) -> dict[str, int]:
        """The rows of each table."""
        each = (f"select '{name}' as t, count(*) as n from \"{name}\"" for name in self.tables())  # noqa: S608
        rows = self.connection.execute(text(" union all ".join(each)))
        return {str(name): int(number) for name, number in rows}

    def content(self, names: set[str]) -> str:
        """All rows of some tables as text, or as what tells any two of them apart."""
        found = {}
        for name in sorted(names):
            if self.connection.dialect.name == "postgresql":
                query = f'select md5(string_agg(t::text, chr(10) order by t::text)) from "{name}" t'  # noqa: S608
                found[name] = self.connection.scalar(text(query))
                continue
            rows = self.connection.execute(text(f'select * from "{name}"'))  # noqa: S608
            found[name] = sorted(map(repr, rows))
        return json.dumps(found)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What the block does is taken back."""
        db.session.remove()  # what it has read stands in a savepoint that would end within ours
        point = self.connection.begin_nested()
        try:
            yield
        finally:
            db.session.remove()
            if point.is_active:
                point.rollback()


@contextmanager
def ground(given: Options) -> Iterator[Ground]:
    """The sample institute with aisyah's objects."""
    with bare(given) as at:
        with transaction():
            at.objects.update(houses.furnish(houses.sample_cast(sibling=False)))
        at.objects["job"] = str(a_dead_job())
        yield at


@contextmanager
def bare(given: Options) -> Iterator[Ground]:
    """The sample institute as it is loaded."""
    logging.disable(logging.CRITICAL)  # what fails here fails on purpose
    with tempfile.TemporaryDirectory() as name, database(given, Path(name)) as url:
        app = prepared.institute(Path(name), url)
        app.test_client_class = Visitor
        app.config["PROPAGATE_EXCEPTIONS"] = False
        with rolled_back(app) as connection:
            yield Ground(app, connection, {}, given)
        with app.app_context():
            db.engine.dispose()
