"""What tests need ready-made: a migrated database, fonts, the sample institute.

Made once and copied. ``LMS_TEST_SHARED`` names a folder in which all processes of one run share
what they made; ``./run test`` makes it and throws it away.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from fcntl import LOCK_EX, flock
from functools import cache
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.engine import make_url

from lms import create_app
from lms.db import db
from lms.sample import loading
from lms.web import fonts as web_fonts
from tests.databases import ENGINE, database, made_on

TABLES = "tables.sqlite3"
SECRET = "for tests only, long enough to pass every check"


def share_templates() -> None:
    """Compile each template once for all applications and processes of this run."""
    if shared := os.environ.get("LMS_TEST_SHARED"):
        folder = Path(shared) / "templates"
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
def migrated(name: str, folder: Path) -> Iterator[str]:
    """The address of a database of the engine under test with its tables; gone afterwards."""
    if ENGINE == "sqlite":
        with database(name, folder) as url:
            shutil.copyfile(_with_tables(), make_url(url).database or "")
            yield url
        return
    server = os.environ["LMS_TEST_DATABASE_URL"]
    template = make_url(_with_tables()).database
    with made_on(server, name, template, durable=False) as url:
        yield url


@cache
def _with_tables() -> str:
    """A migrated database nobody is connected to: a file, or an address on the server."""
    kept = ExitStack()
    atexit.register(kept.close)
    folder = Path(kept.enter_context(tempfile.TemporaryDirectory()))
    if ENGINE == "sqlite":
        return str(tables(folder))
    url = kept.enter_context(database("tables", folder))
    upgraded(folder, url)
    return url


def tables(folder: Path) -> Path:
    """A migrated SQLite file in this folder that nobody is connected to."""
    _copied("tables", folder, _tables)
    return folder / TABLES


def _tables(folder: Path) -> None:
    upgraded(folder, f"sqlite:///{folder / TABLES}")


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


def institute(folder: Path, url: str) -> Flask:
    """An application with the sample institute loaded and committed."""
    file = make_url(url)
    if file.get_backend_name() == "sqlite":
        _copied("institute", folder, _sample)
        (folder / "sample.sqlite3").replace(file.database or "")
        return create_app(settings(folder, url))
    fonts(folder)
    return _load(folder, url)


def _sample(folder: Path) -> None:
    fonts(folder)
    app = _load(folder, f"sqlite:///{folder / 'sample.sqlite3'}")
    with app.app_context():
        db.engine.dispose()


def _load(folder: Path, url: str) -> Flask:
    app = create_app(settings(folder, url))
    with app.app_context():
        upgrade()
        loading.load()
        db.session.remove()
    return app


def _copied(name: str, target: Path, make: Callable[[Path], None]) -> None:
    """Fill a folder, from what another process of this run made if there is such a thing."""
    shared = os.environ.get("LMS_TEST_SHARED")
    if not shared:
        make(target)
        return
    source, door = Path(shared) / name, Path(shared) / f"{name}.door"
    with door.open("w") as held:
        flock(held, LOCK_EX)
        if not source.exists():
            part = source.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            make(part)
            part.rename(source)
    shutil.copytree(source, target, dirs_exist_ok=True)
