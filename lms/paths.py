"""Where the files that ship with the package lie: in a checkout and in an installed wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def _shipped(name: str) -> Path:
    # setup.cfg maps the top-level folder into the wheel as lms.<name>; a checkout keeps it beside.
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


TEMPLATES = _shipped("templates")
STATIC = _shipped("static")
MIGRATIONS = PACKAGE / "migrations"
TRANSLATIONS = PACKAGE / "translations"
SAMPLE = PACKAGE / "sample"
DESIGNS = TEMPLATES / "pdf" / "designs"
