"""Run a job and note how it ended; also all that are due, for tests and ``lms demo``."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import g
from sqlalchemy import event

from lms.db import db, transaction
from lms.jobs import engine
from lms.jobs.engine import Held, NotOurs
from lms.jobs.port import REGISTRY, Hopeless, NotNow
from lms.writing import WATCHED

log = logging.getLogger("lms.jobs")


class WroteOutside(Exception):
    """A job wrote outside ``transaction()``, where nothing is kept."""


def perform(held: Held) -> None:
    """Call the function; raises what it raises, and WroteOutside."""
    if held.name not in REGISTRY:
        raise LookupError(f"no job is called {held.name}")
    with _writes_kept():
        REGISTRY[held.name].function(**held.arguments)


@contextmanager
def _writes_kept() -> Iterator[None]:
    session = db.session()

    def refuse(*_args: object) -> None:
        if not g.get("in_transaction", False):
            raise WroteOutside("the job writes outside transaction()")

    def refuse_statement(state: Any) -> None:  # noqa: ANN401
        if state.is_insert or state.is_update or state.is_delete:
            refuse()

    event.listen(session, "before_flush", refuse)
    event.listen(session, "do_orm_execute", refuse_statement)
    session.info[WATCHED] = refuse
    try:
        yield
        if session.new or session.deleted or any(map(session.is_modified, session.dirty)):
            refuse()
    finally:
        event.remove(session, "before_flush", refuse)
        event.remove(session, "do_orm_execute", refuse_statement)
        session.info.pop(WATCHED, None)


def reason_of(error: BaseException) -> str:
    """An error in one line, for the administrator."""
    words = str(error) if isinstance(error, Hopeless) else f"{type(error).__name__}: {error}"
    return words[:2000]


def run(held: Held) -> None:
    """Run a job, then finish it; killed in between it runs again: jobs are idempotent."""
    at_work = engine.chosen()
    try:
        perform(held)
        with transaction():
            at_work.finish(held)
    except NotOurs:
        db.session.rollback()
        log.warning("job %s is another worker's by now", held.id)
    except Exception as error:
        if isinstance(error, (Hopeless, NotNow)):
            log.warning("job %s (%s) failed: %s", held.id, held.name, error)
        else:
            log.exception("job %s (%s) failed", held.id, held.name)
        db.session.rollback()  # what it left behind must not be committed with the failure
        with transaction():
            at_work.fail(held, reason_of(error), final=isinstance(error, Hopeless))


def drain(limit: int = 1000) -> int:
    """Run what is due now, up to ``limit`` jobs; returns how many ran."""
    at_work = engine.chosen()
    with at_work.holding() as holder:
        for number in range(limit):
            with transaction():
                held = at_work.take(holder)
            if held is None:
                return number
            run(held)
            db.session.remove()
    return limit
