"""What tests need ready-made: a migrated database, fonts, the sample institute.

Made once and copied. ``LMS_TEST_SHARED`` names a folder in which all processes of one run share
what they made; ``./run test`` makes it and throws it away, as pytest does when it runs alone.
``python -m tests.prepared`` makes all of it for the engine under test before anybody waits for it.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.engine import make_url

from lms import create_app
from lms.db import db
from lms.sample import loading
from lms.web import fonts as web_fonts
from tests.databases import ENGINE, created, database, made_on, put_away, shared_name

TABLES = "tables.sqlite3"
SAMPLE = "sample.sqlite3"
SECRET = "for tests only, long enough to pass every check"


def share_templates() -> None:
    """Compile each template once for all applications and processes of this run."""
    if named := os.environ.get("LMS_TEST_SHARED"):
        folder = Path(named) / "templates"
        folder.mkdir(exist_ok=True)
        Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(folder))}


share_templates()


def settings(folder: Path, url: str, **more: object) -> dict[str, object]:
    """Settings of an application under test."""
    return {
        "instance": folder,
        "database_url": url,
        "secret_key": SECRET,
        "testing": True,
        "rate_limits": False,
        "stranger_seconds": 0,
        **more,
    }


@contextmanager
def shared() -> Iterator[None]:
    """A folder for what the processes of one run make, if nobody has named one."""
    if "LMS_TEST_SHARED" in os.environ:
        yield
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LMS_TEST_SHARED"] = folder
        try:
            yield
            if ENGINE == "postgresql":
                put_away(os.environ["LMS_TEST_DATABASE_URL"])
        finally:
            del os.environ["LMS_TEST_SHARED"]


@contextmanager
def migrated(name: str, folder: Path) -> Iterator[str]:
    """The address of a database of the engine under test with its tables; gone afterwards."""
    if ENGINE == "sqlite":
        with database(name, folder) as url:
            shutil.copyfile(_made("tables", _tables) / TABLES, make_url(url).database or "")
            yield url
        return
    with made_on(_server(), name, _tables_on_server(), durable=False) as url:
        yield url


def tables(folder: Path) -> Path:
    """A migrated SQLite file in this folder that nobody is connected to."""
    _copied("tables", folder, _tables)
    return folder / TABLES


def _tables(folder: Path) -> None:
    upgraded(folder, f"sqlite:///{folder / TABLES}")


def _tables_on_server() -> str:
    """The name of a migrated database that nobody is connected to."""
    name = shared_name("tables")
    _made("tables-on-server", lambda folder: upgraded(folder, created(_server(), name)))
    return name


def upgraded(folder: Path, url: str) -> None:
    """Migrate a database, and leave it."""
    app = create_app(settings(folder, url))
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()


def fonts(folder: Path) -> None:
    """The font files of the pages in an instance."""
    _copied("fonts", folder / "fonts", web_fonts.build)


@contextmanager
def installed(name: str, folder: Path) -> Iterator[Flask]:
    """The sample institute on a database of its own under test; gone afterwards."""
    if ENGINE == "sqlite":
        with database(name, folder) as url:
            yield institute(folder, url)
        return
    _copied("institute-on-server", folder, _sample_on_server)
    with made_on(_server(), name, shared_name("institute"), durable=False) as url:
        yield create_app(settings(folder, url))


def institute(folder: Path, url: str) -> Flask:
    """An application with the sample institute loaded and committed."""
    file = make_url(url)
    if file.get_backend_name() == "sqlite":
        _copied("institute", folder, _sample)
        (folder / SAMPLE).replace(file.database or "")
    else:
        fonts(folder)
        upgraded(folder, url)
        _loaded(folder, url)
    return create_app(settings(folder, url))


def _sample(folder: Path) -> None:
    fonts(folder)
    tables(folder).rename(folder / SAMPLE)
    _loaded(folder, f"sqlite:///{folder / SAMPLE}")


def _sample_on_server(folder: Path) -> None:
    fonts(folder)
    _loaded(folder, created(_server(), shared_name("institute"), _tables_on_server()))


def _loaded(folder: Path, url: str) -> None:
    app = create_app(settings(folder, url))
    with app.app_context():
        loading.load()
        db.session.remove()
        db.engine.dispose()


def _server() -> str:
    return os.environ["LMS_TEST_DATABASE_URL"]


def _copied(what: str, target: Path, make: Callable[[Path], None]) -> None:
    """Fill a folder, from what another process of this run made if there is such a run."""
    if "LMS_TEST_SHARED" in os.environ:
        shutil.copytree(_made(what, make), target, dirs_exist_ok=True)
    else:
        make(target)


def _made(what: str, make: Callable[[Path], None]) -> Path:
    """The folder of what all processes of this run share; whoever asks first makes it."""
    made = Path(os.environ["LMS_TEST_SHARED"]) / what
    if made.exists():
        return made
    with made.with_suffix(".door").open("w") as held:
        flock(held, LOCK_EX)
        if not made.exists():
            part = made.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            make(part)
            part.rename(made)
    return made


if __name__ == "__main__":
    if ENGINE == "sqlite":
        _made("institute", _sample)
    else:
        _made("institute-on-server", _sample_on_server)
