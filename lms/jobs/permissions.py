"""Who may look after the jobs, and see how long work goes on."""

from collections.abc import Callable

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
    is_root,
    signed_in,
)

Reach = Callable[[Actor, int], bool]
"""Whether an actor looks after the person of an internal id."""

_REACHES: list[Reach] = []


def register(reach: Reach) -> None:
    """Let the feature above that knows people answer; the last one registered does."""
    _REACHES[:] = [reach]


def _owner(actor: Actor, subject: object) -> bool:
    return isinstance(subject, Work) and subject.owner_user_id == actor.user_id


def _of_nobody(actor: Actor, subject: object) -> bool:
    del actor
    return isinstance(subject, Work) and subject.owner_user_id is None


def _looks_after_owner(actor: Actor, subject: object) -> bool:
    owner = subject.owner_user_id if isinstance(subject, Work) else None
    return owner is not None and any(reach(actor, owner) for reach in _REACHES)


def _runs_the_house(actor: Actor, subject: object) -> bool:
    # Jobs belong to the installation and speak of everybody, as the audit trail does.
    del subject
    return any(is_root(path) for path in actor.paths(Role.ADMINISTRATOR))


def _nothing_yet(actor: Actor, subject: object) -> bool:
    del actor
    return subject is None


def declare() -> None:
    """State the rules of this feature."""
    allow(Permission.JOBS_JOB_MANAGE, (_runs_the_house,))
    allow(
        Permission.JOBS_WORK_READ,
        (signed_in, _nothing_yet),
        (signed_in, _owner),
        (holds_anywhere(Role.ADMINISTRATOR), _looks_after_owner),
        (_of_nobody, _runs_the_house),
    )


def access_work(public_id: str, actor: Actor) -> Work:
    """Work the actor asked for, or somebody they look after; for others it is not there."""
    work = queries.work_by_public_id(public_id)
    if not allowed(actor, Permission.JOBS_WORK_READ, work):
        raise NotFound
    return work
