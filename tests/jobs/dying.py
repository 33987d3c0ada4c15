"""Jobs that die for good, as the engine at work lets them die."""

from lms.db import db, transaction
from lms.jobs import engine, giving_up


def kill(name: str) -> None:
    """Every due job of this name is given up, what else is due is done; then it is told."""
    at_work = engine.chosen()
    with at_work.holding() as holder:
        while True:
            with transaction():
                held = at_work.take(holder)
            if held is None:
                break
            with transaction():
                if held.name == name:
                    at_work.fail(held, "the disk is full", final=True)
                else:
                    at_work.finish(held)
    giving_up.look()
    giving_up.look()  # a second look tells nothing
    db.session.expire_all()
