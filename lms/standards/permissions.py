"""Frameworks are public to read; course managers and administrators import them."""

from lms.kernel.errors import NotFound
from lms.kernel.permissions import Actor, Permission, Role, allow, holds_anywhere
from lms.standards import queries
from lms.standards.models import ImportRun

_IMPORTING = (Role.COURSE_MANAGER, Role.ADMINISTRATOR)


def declare() -> None:
    """State the rules of this feature."""
    allow(
        Permission.STANDARDS_FRAMEWORK_IMPORT,
        (holds_anywhere(*_IMPORTING),),
    )


def access_run(public_id: str, actor: Actor) -> ImportRun:
    """A file checked by the actor or in their organisations; for others it is not there."""
    run = queries.run_by_public_id(public_id)
    home = queries.home_of(run)
    among_us = home is not None and any(actor.holds(role, home) for role in _IMPORTING)
    if run.user_id is None or not (among_us or run.user_id == actor.user_id):
        raise NotFound
    return run
