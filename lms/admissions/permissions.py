"""Who calls for applications, who writes one, and who reads and judges it."""

from lms.admissions import queries
from lms.admissions.models import Application, Intake
from lms.admissions.states import State
from lms.catalogue.permissions import no_subject_yet
from lms.kernel.errors import NotFound
from lms.kernel.permissions import Actor, Permission, Role, allow, allowed, signed_in


def runs_intake(actor: Actor, subject: object) -> bool:
    """Course managers of the provider whose programme it is."""
    return isinstance(subject, Intake) and actor.holds(
        Role.COURSE_MANAGER, subject.programme.provider.path
    )


def in_committee(actor: Actor, subject: object) -> bool:
    """Members of the committee, as long as they are staff of the provider."""
    if not isinstance(subject, Intake):
        return False
    named = actor.user_id in {member.user_id for member in subject.members}
    path = subject.programme.provider.path
    return named and any(actor.holds(role, path) for role in queries.STAFF)


def writes(actor: Actor, subject: object) -> bool:
    """The applicant."""
    return isinstance(subject, Application) and subject.user_id == actor.user_id


def judges(actor: Actor, subject: object) -> bool:
    """Committee and course managers, of what was sent; nobody of their own application."""
    return (
        isinstance(subject, Application)
        and subject.state != State.DRAFT
        and subject.sent_at is not None
        and subject.user_id != actor.user_id
        and (runs_intake(actor, subject.intake) or in_committee(actor, subject.intake))
    )


def decides(actor: Actor, subject: object) -> bool:
    """Course managers, of what they may judge."""
    return (
        isinstance(subject, Application)
        and judges(actor, subject)
        and runs_intake(actor, subject.intake)
    )


def _no_intake_yet(actor: Actor, subject: object) -> bool:
    return signed_in(actor, subject) and subject is None


def declare() -> None:
    """State the rules of this feature."""
    allow(
        Permission.ADMISSIONS_INTAKE_EDIT,
        no_subject_yet(Role.COURSE_MANAGER),
        (runs_intake,),
    )
    allow(Permission.ADMISSIONS_APPLICATION_CREATE, (_no_intake_yet,), (writes,))
    # Committees are named one by one, so that the outer door knows none of their members.
    allow(Permission.ADMISSIONS_INTAKE_READ, (_no_intake_yet,), (runs_intake,), (in_committee,))
    allow(Permission.ADMISSIONS_APPLICATION_JUDGE, (_no_intake_yet,), (judges,))
    allow(
        Permission.ADMISSIONS_APPLICATION_DECIDE,
        no_subject_yet(Role.COURSE_MANAGER),
        (decides,),
    )


def access_intake(public_id: str, actor: Actor, need: Permission) -> Intake:
    """An intake for somebody of its staff; for others it is not there."""
    found = queries.intake(public_id)
    if not allowed(actor, need, found):
        raise NotFound
    return found


def access_application(public_id: str, actor: Actor, *needs: Permission) -> Application:
    """An application for whoever has one of the permissions; for others it is not there."""
    found = queries.application(public_id)
    if not any(allowed(actor, need, found) for need in needs):
        raise NotFound
    return found
