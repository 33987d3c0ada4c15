"""The program refuses to start on what would hurt later, and says what to do."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text

from lms import paths
from lms.cli import main
from tests import prepared

ROOT = paths.PACKAGE.parent
SAFE = {
    "LMS_PRODUCTION": "true",
    "LMS_SECRET_KEY": "b1n8Zk3Qw0pYt7Lx5Vc9Rm2Hs6Jd4Fg-aSdFgH",
    "LMS_DATA_KEY": "z3X6c9V2b5N8m1K4j7H0g-PoIuYtReWqLkJhG",
    "LMS_AUDIT_KEY": "q7Wn2Xc9Lk4Vt8Zb3Mf6Hd1Js5Rg0Py-eRtYuI",
    "LMS_BASE_URL": "https://sijil.example",
}


def _environment(instance: Path, more: dict[str, str]) -> dict[str, str | None]:
    """Settings of ours alone, whatever the tests were started with."""
    unset: dict[str, str | None] = {name: None for name in os.environ if name.startswith("LMS_")}
    return {**unset, "LMS_INSTANCE": str(instance), **more}


def _lms(instance: Path, *command: str, **more: str) -> Result:
    """What the program answers, run here: starting it would take ten times as long."""
    return CliRunner().invoke(main, command, env=_environment(instance, more))


def _program(instance: Path, *command: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """The same as a process of its own, which would otherwise go on if it were not refused."""
    ours = {**os.environ, **_environment(instance, more)}
    return subprocess.run(
        [sys.executable, "-m", "lms", *command],
        env={name: value for name, value in ours.items() if value is not None},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance for development, made by the program; whoever changes it takes a copy."""
    instance = tmp_path_factory.mktemp("made")
    prepared.fonts(instance)
    prepared.tables(instance).rename(instance / "sijil.sqlite3")
    assert _lms(instance, "init").exit_code == 0
    return instance


def test_what_few_requests_need_is_loaded_by_them(tmp_path: Path) -> None:
    seldom = ["weasyprint", "pyhanko", "pypdfium2", "fontTools", "lxml", "zxcvbn", "pyld"]
    loaded = f"import sys; print([each for each in {seldom} if each in sys.modules])"
    made = subprocess.run(
        [sys.executable, "-c", f"from lms import create_app; create_app(); {loaded}"],
        env={"PATH": os.environ["PATH"], "LMS_INSTANCE": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.stdout == "[]\n"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"LMS_SECRET_KEY": ""}, "LMS_SECRET_KEY must be at least 32"),
        ({"LMS_DATA_KEY": ""}, "LMS_DATA_KEY must be at least 32"),
        ({"LMS_SECRET_KEY": "a" * 40}, "LMS_SECRET_KEY must be at least 32"),
        ({"LMS_AUDIT_KEY": ""}, "LMS_AUDIT_KEY must be at least 32"),
        ({"LMS_AUDIT_KEY": SAFE["LMS_SECRET_KEY"]}, "another key"),
        ({"LMS_BASE_URL": "http://sijil.example"}, "https://"),
        ({"LMS_PRODUCTION": "perhaps"}, "must be true or false"),
        ({}, "signing key"),
    ],
)
def test_production_refuses(tmp_path: Path, more: dict[str, str], words: str) -> None:
    answer = _lms(tmp_path, "init", **{**SAFE, **more})
    assert answer.exit_code == 78
    assert words in answer.stderr
    assert "Traceback" not in answer.stderr


def test_who_starts_the_program_reads_why_it_refuses(tmp_path: Path) -> None:
    answer = _program(tmp_path, "init", **{**SAFE, "LMS_SECRET_KEY": ""})
    assert answer.returncode == 78
    assert "LMS_SECRET_KEY must be at least 32" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_production_refuses_development_keys(tmp_path: Path, made: Path) -> None:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    answer = _lms(tmp_path, "init", **{**SAFE, "LMS_BASE_URL": "https://127.0.0.1:8000"})
    assert answer.exit_code == 78
    assert "development keys" in answer.stderr


def test_an_unknown_revision_is_refused(tmp_path: Path, made: Path) -> None:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    engine = create_engine(f"sqlite:///{tmp_path}/sijil.sqlite3")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    answer = _program(tmp_path, "serve")
    assert answer.returncode == 78
    assert "9999" in answer.stderr


def test_production_does_not_migrate_when_it_serves(tmp_path: Path) -> None:
    answer = _program(tmp_path, "serve", **SAFE)
    assert answer.returncode == 78
    assert "lms init" in answer.stderr


def test_an_instance_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    answer = _lms(tmp_path / "file" / "instance", "init")
    assert answer.exit_code == 78
    assert "cannot be written" in answer.stderr


COMMANDS = (
    *("init", "serve", "worker", "demo", "verify", "frameworks", "users", "doctor"),
    "audit",
)


def test_the_program_lists_its_commands(tmp_path: Path) -> None:
    answer = _program(tmp_path, "--help")
    assert answer.returncode == 0
    assert all(re.search(rf"^  {command}\b", answer.stdout, re.MULTILINE) for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(tmp_path: Path, command: str) -> None:
    answer = CliRunner().invoke(main, [command, "--help"], env={"LMS_INSTANCE": str(tmp_path)})
    assert answer.exit_code == 0, answer.output
    assert "Usage:" in answer.output
