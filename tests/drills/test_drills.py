"""Every drill, small, on each database, and each control, which must fail: a gate of its own.

A drill is a module of this folder with a ``main()``. It may say ``DATABASES`` when it does not
make sense on both, ``CONTROL_ON`` when its control needs another database than SQLite, and
``IN_GATE`` when one is enough here: what it asks is answered before the database is, or is asked
of the other by the suites.
"""

import ast
import json
import multiprocessing
import os
import runpy
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from tests import prepared
from tests.drills import staging

HERE = Path(__file__).parent
SECONDS = 600
# Drills begin in a copy of a process that has loaded the program already: loading it for each
# would take a third of the time of all.
_COPIES = multiprocessing.get_context("forkserver")
_COPIES.set_forkserver_preload(["tests.drills.ground", "tests.drills.hosting", "lms.serving"])
pytestmark = pytest.mark.drill


def _constants(body: list[ast.stmt]) -> dict[str, Any]:
    found = {}
    for part in body:
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
            name = part.targets[0].id
            if name in {"DATABASES", "CONTROL_ON", "IN_GATE"}:
                found[name] = ast.literal_eval(part.value)
    return found


def drills() -> dict[str, dict[str, Any]]:
    """The drills of this folder by name, with what they say of themselves; read, not imported."""
    found = {}
    for file in sorted(HERE.glob("*.py")):
        body = ast.parse(file.read_text("utf-8")).body
        if any(isinstance(part, ast.FunctionDef) and part.name == "main" for part in body):
            found[file.stem] = _constants(body)
    return found


RUNS = [
    (name, database)
    for name, its in drills().items()
    for database in its.get("IN_GATE") or its.get("DATABASES", ("sqlite", "postgresql"))
]
CONTROLS = [(name, its.get("CONTROL_ON", "sqlite")) for name, its in drills().items()]


Tables = Callable[[str], None]


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tables]:
    """Makes a migrated database of a kind ready for the drills, once."""
    folder, kept = tmp_path_factory.mktemp("tables"), ExitStack()
    made: set[str] = set()

    def make(database: str) -> None:
        if database in made:
            return
        made.add(database)
        if database == "sqlite":
            ready = str(prepared.tables(folder))
        else:
            asked = staging.Options("tables", database, full=False, control=False)
            url = kept.enter_context(staging.database(asked, folder))
            prepared.upgraded(folder, url)
            ready = make_url(url).database or ""
        os.environ[f"{staging.READY}_{database}".upper()] = ready

    with kept:
        yield make


def _run(
    folder: Path, tables: Tables, name: str, database: str, *more: str
) -> tuple[int, dict[str, Any]]:
    if database == "postgresql" and "LMS_TEST_DATABASE_URL" not in os.environ:
        assert os.environ.get("CI") != "true", "PostgreSQL is needed in CI"
        pytest.skip("no PostgreSQL answered")
    tables(database)
    said = folder / "said.txt"
    ready = {name: value for name, value in os.environ.items() if name.startswith(staging.READY)}
    asked = (name, "--database", database, *more)
    drill = _COPIES.Process(target=_as_program, args=(said, ready, *asked))
    drill.start()
    drill.join(SECONDS)
    if drill.is_alive():
        drill.kill()
        pytest.fail(f"not done after {SECONDS} s: {said.read_text('utf-8')}")
    words = said.read_text("utf-8")
    if drill.exitcode == os.EX_UNAVAILABLE:
        # What this machine lacks is told among the skipped ones; it says nothing of the program.
        pytest.skip(words[-2000:])
    figures = [line for line in words.splitlines() if line.startswith('{"drill"')]
    if drill.exitcode not in {0, 1} or not figures:
        pytest.fail(f"it broke off: {words[-10_000:]}")
    sys.stdout.write(words[-10_000:])
    return drill.exitcode, json.loads(figures[-1])


def _as_program(said: Path, ready: dict[str, str], name: str, *arguments: str) -> None:
    """``python -m tests.drills.NAME``, with what it says in a file."""
    os.environ.update(ready)
    with said.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.argv = [name, *arguments]
    runpy.run_module(f"tests.drills.{name}", run_name="__main__", alter_sys=True)


@pytest.mark.parametrize(("name", "database"), CONTROLS)
def test_the_unprotected_variant_fails(
    tmp_path: Path, tables: Tables, name: str, database: str
) -> None:
    status, figures = _run(tmp_path, tables, name, database, "--control")
    assert status == 1
    assert figures["holds"] is False


@pytest.mark.parametrize(("name", "database"), RUNS)
def test_the_drill_holds(tmp_path: Path, tables: Tables, name: str, database: str) -> None:
    status, figures = _run(tmp_path, tables, name, database)
    assert status == 0
    assert figures["holds"] is True
