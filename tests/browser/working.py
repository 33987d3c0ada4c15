"""Long work for its screen: a sealing anew as ``lms keys reseal`` announces it, in each state."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from flask import Flask

from lms import create_app
from lms.db import db, transaction
from lms.jobs import progress
from lms.people import resealing
from tests.browser.visiting import Visitor

TOTAL = 4000
STATES = ("waiting", "running", "done", "failed")


@cache
def _app(instance: Path) -> Flask:
    # The served institute's own folder: its database, its keys.
    return create_app({"instance": instance})


@contextmanager
def beside(instance: Path) -> Iterator[None]:
    """A transaction beside the server, as the command line has it."""
    with _app(instance).app_context():
        try:
            with transaction():
                yield
        finally:
            db.session.remove()


def begun(instance: Path, state: str = "running") -> tuple[int, str]:
    """Work in a state: its id, and where its page is."""
    with beside(instance):
        work = progress.begin(resealing.WORK, total=TOTAL, owner=None)
        if state != "waiting":
            progress.report(work.id, 1500)
        if state in {"done", "failed"}:
            bad = state == "failed"
            progress.end(work.id, failed=bad, message="partly" if bad else None)
        return work.id, f"/jobs/{work.public_id}"


def _known(visitor: Visitor, state: str) -> str:
    if ("work", state) not in visitor.kept:
        visitor.kept["work", state] = begun(visitor.instance, state)[1]
    return visitor.kept["work", state]


def shown(state: str) -> Callable[[Visitor], None]:
    """The page of work in a state."""

    def show(visitor: Visitor) -> None:
        visitor.page.goto(_known(visitor, state))

    return show


def listed(visitor: Visitor) -> None:
    for state in STATES:
        _known(visitor, state)
    visitor.page.goto("/jobs/")
