"""``lms frameworks``: import with a dry run, list, export."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from lms import paths
from lms.db import db
from lms.standards import queries

STARTER = paths.PACKAGE / "sample" / "swx-starter.csv"


def run(app: Flask, *words: str) -> Result:
    result = app.test_cli_runner().invoke(args=["frameworks", *words])
    db.session.expire_all()
    return result


def changed(folder: Path) -> Path:
    """The starter framework with one word changed, under another code."""
    text = STARTER.read_text("utf-8")
    file = folder / "changed.csv"
    file.write_text(text.replace("SWX-STARTER", "SWX-OTHER"), "utf-8")
    return file


def test_what_is_there_already_is_unchanged(app: Flask) -> None:
    before = len(queries.frameworks())
    result = run(app, "import", str(STARTER))
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1] == "unchanged"
    assert len(queries.frameworks()) == before


def test_a_faulty_file_is_reported_by_row_and_saves_nothing(app: Flask, tmp_path: Path) -> None:
    lines = STARTER.read_text("utf-8").splitlines()
    lines.append(lines[-1])
    file = tmp_path / "faulty.csv"
    file.write_text("\n".join(lines), "utf-8")
    before = len(queries.frameworks())
    result = run(app, "import", str(file))
    assert result.exit_code == 1
    assert f"row {len(lines)}, " in result.output
    report = json.loads(run(app, "import", str(file), "--json").output)
    assert report["outcome"] == "faulty"
    assert report["faults"][0]["row"] == len(lines)
    assert len(queries.frameworks()) == before


def test_a_dry_run_saves_nothing(app: Flask, tmp_path: Path) -> None:
    before = len(queries.frameworks())
    result = run(app, "import", str(changed(tmp_path)), "--dry-run", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["outcome"] == "clean"
    assert len(queries.frameworks()) == before


@pytest.mark.parametrize("ending", ["csv", "case.json"])
def test_what_is_exported_can_be_imported(app: Flask, tmp_path: Path, ending: str) -> None:
    assert "SWX-STARTER" in run(app, "list").output
    file = tmp_path / f"out.{ending}"
    how = ["--format", "csv" if ending == "csv" else "case"]
    exported = run(app, "export", "SWX-STARTER", *how)
    assert exported.exit_code == 0, exported.output
    file.write_text(exported.output, "utf-8")
    again = run(app, "import", str(file))
    assert again.output.splitlines()[-1] == "unchanged", again.output


def test_an_unknown_framework_cannot_be_exported(app: Flask) -> None:
    assert run(app, "export", "NONE").exit_code == 1
