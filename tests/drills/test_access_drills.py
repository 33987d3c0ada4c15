"""The drills of access, small, on the database under test; and their controls, which must fail."""

import json
import subprocess
import sys

import pytest

from tests.databases import ENGINE

DRILLS = ("mass_assign", "csrf_headers", "authz_matrix", "trigger_fault")


def _run(name: str, *more: str) -> tuple[int, dict[str, object]]:
    """The exit status of a drill, and its figures."""
    command = [sys.executable, "-m", f"tests.drills.{name}", "--database", ENGINE, *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.stdout, done.stderr
    figures: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return done.returncode, figures


@pytest.mark.drill
@pytest.mark.parametrize("name", DRILLS)
def test_it_holds(name: str) -> None:
    status, figures = _run(name)
    assert (status, figures["holds"]) == (0, True), figures


@pytest.mark.drill
@pytest.mark.parametrize("name", DRILLS)
def test_it_sees_what_is_unprotected(name: str) -> None:
    status, figures = _run(name, "--control")
    assert (status, figures["holds"]) == (1, False), figures
