"""The schema's history: one line of revisions, run by ``lms init`` and by nothing else."""

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import Migrate
from sqlalchemy import Connection

from lms import paths
from lms.db import db
from lms.web import health


def init_app(app: Flask) -> None:
    """Let Flask-Migrate find the revisions."""
    health.check("migrations")(_behind)
    Migrate(app, db, directory=str(paths.MIGRATIONS), render_as_batch=True, compare_type=True)


def is_ours(name: str | None, kind: str, parents: object) -> bool:
    """Whether a table is stated by a model.

    Those of Procrastinate are stated by the library, that of the search by the engine.
    """
    del parents
    others = ("procrastinate_", "search_text")
    return not (kind == "table" and name is not None and name.startswith(others))


def head() -> str | None:
    """The newest revision this program knows."""
    return ScriptDirectory(str(paths.MIGRATIONS)).get_current_head()


def known() -> set[str]:
    """All revisions this program knows."""
    script = ScriptDirectory(str(paths.MIGRATIONS))
    return {revision.revision for revision in script.walk_revisions()}


def current() -> str | None:
    """The revision of the database; None when it is empty."""
    with db.engine.connect() as connection:
        return _revision(connection)


def seen() -> str | None:
    """The same, as the session at work sees it."""
    return _revision(db.session.connection())


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _behind() -> str | None:
    return None if seen() == head() else "The database is not at the newest revision."
