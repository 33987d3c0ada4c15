"""What must be there before the server starts: schema, keys, fonts; safe to repeat."""

import subprocess
from collections.abc import Iterator

from flask_migrate import upgrade

from lms import migrations
from lms.audit import heads, sealing
from lms.certificates import keyring
from lms.config import Misconfigured
from lms.db import db, transaction
from lms.search import service as search
from lms.web import fonts
from lms.web.running import settings


def prepare(*, sample: bool) -> Iterator[str]:
    """Migrate, make development keys and fonts, load the sample when asked; say what was done."""
    ours = settings()
    if migrations.current() != migrations.head():
        refuse_unknown_revision()
        upgrade()
        db.session.remove()
        yield f"Database at revision {migrations.head()}."
        # What an older release published, or indexed by other rules.
        with transaction():
            search.rebuild()
    keyring.ring(ours)
    fonts.build(ours.instance / "fonts")
    if sample:
        from lms.sample import loading

        if loading.load():
            yield "The sample institute is loaded."
    sealing.seal_all()
    heads.export()


def refuse_unknown_revision() -> None:
    """Raise Misconfigured when the database is newer than this program."""
    standing = migrations.current()
    if standing is not None and standing not in migrations.known():
        raise Misconfigured(
            f"The database is at revision {standing}, which this program does not know. "
            "Install the release that made it, or restore a backup of this release."
        )


def refuse_unprepared() -> None:
    """Raise Misconfigured unless the database is at the newest revision."""
    refuse_unknown_revision()
    if migrations.current() != migrations.head():
        raise Misconfigured("The database is not at the newest revision. Run: lms init")


def missing_libraries() -> list[str]:
    """Native libraries and fonts that PDF making needs and this machine lacks."""
    found = []
    try:
        import weasyprint  # type: ignore[import-untyped]  # noqa: F401
    except OSError as error:
        found.append(f"Pango cannot be loaded ({error}). Run: apt-get install libpangoft2-1.0-0")
    for family, package in (
        ("Noto Sans Tamil", "fonts-noto-core"),
        ("Noto Sans CJK SC", "fonts-noto-cjk"),
    ):
        if not _has_font(family):
            found.append(f"The font {family} is missing. Run: apt-get install {package}")
    return found


def _has_font(family: str) -> bool:
    try:
        answer = subprocess.run(  # noqa: S603
            ["fc-list", "--format=%{family}", family],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return False
    return bool(answer.stdout)
