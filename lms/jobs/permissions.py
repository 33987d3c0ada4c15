"""Who may look after the jobs, and see how long work goes on."""

from lms.jobs import queries
from lms.jobs.models import Work
from lms.kernel.errors import NotFound
from lms.kernel.permissions import (
    Actor,
    Permission,
    Role,
    allow,
    allowed,
    holds_anywhere,
    signed_in,
)


def _owner(actor: Actor, subject: object) -> bool:
    return isinstance(subject, Work) and subject.owner_user_id == actor.user_id


def _nothing_yet(actor: Actor, subject: object) -> bool:
    del actor
    return subject is None


def declare() -> None:
    """State the rules of this feature."""
    administrator = holds_anywhere(Role.ADMINISTRATOR)
    allow(Permission.JOBS_JOB_MANAGE, (administrator,))
    allow(
        Permission.JOBS_WORK_READ,
        (signed_in, _nothing_yet),
        (signed_in, _owner),
        (administrator,),
    )


def access_work(public_id: str, actor: Actor) -> Work:
    """Work the actor asked for, or any for administrators; for others it is not there."""
    work = queries.work_by_public_id(public_id)
    if not allowed(actor, Permission.JOBS_WORK_READ, work):
        raise NotFound
    return work
