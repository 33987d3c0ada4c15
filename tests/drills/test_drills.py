"""Every drill, small, on each database, and each control, which must fail: a gate of its own.

A drill is a module of this folder with a ``main()``. It may say ``DATABASES`` when it does not
make sense on both, ``CONTROL_ON`` when its control needs another database than SQLite, and
``IN_GATE`` when what it asks is answered before the database is: then one is enough here.
"""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
SECONDS = 240
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


def _run(name: str, database: str, *more: str) -> tuple[int, dict[str, Any]]:
    if database == "postgresql" and "LMS_TEST_DATABASE_URL" not in os.environ:
        assert os.environ.get("CI") != "true", "PostgreSQL is needed in CI"
        pytest.skip("no PostgreSQL answered")
    command = [sys.executable, "-m", f"tests.drills.{name}", "--database", database, *more]
    ran = subprocess.run(
        command, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=SECONDS
    )
    if ran.returncode == os.EX_UNAVAILABLE:
        assert os.environ.get("CI") != "true", ran.stdout
        pytest.skip(ran.stdout)
    assert ran.returncode in {0, 1}, ran.stdout + ran.stderr
    figures = json.loads(ran.stdout.splitlines()[-1])
    sys.stdout.write(ran.stdout + ran.stderr[-5000:])
    return ran.returncode, figures


@pytest.mark.parametrize(("name", "database"), CONTROLS)
def test_the_unprotected_variant_fails(name: str, database: str) -> None:
    status, figures = _run(name, database, "--control")
    assert status == 1
    assert figures["holds"] is False


@pytest.mark.parametrize(("name", "database"), RUNS)
def test_the_drill_holds(name: str, database: str) -> None:
    status, figures = _run(name, database)
    assert status == 0
    assert figures["holds"] is True
