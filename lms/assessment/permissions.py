"""Who may hand in, read and mark work."""

from lms.assessment import queries
from lms.assessment.models import Submission
from lms.catalogue.permissions import no_subject_yet, runs_offering, teaches_offering
from lms.enrolment.models import Enrolment
from lms.kernel.errors import NotFound
from lms.kernel.permissions import Actor, Permission, Role, allow, allowed, signed_in


def own_place(actor: Actor, subject: object) -> bool:
    """The person whose place it is."""
    return isinstance(subject, Enrolment) and subject.user_id == actor.user_id


def own_work(actor: Actor, subject: object) -> bool:
    """The person whose work it is."""
    return isinstance(subject, Submission) and subject.enrolment.user_id == actor.user_id


def assesses(actor: Actor, subject: object) -> bool:
    """Trainers and assessors of the offering, but for their own work."""
    return (
        isinstance(subject, Submission)
        and teaches_offering(actor, subject.enrolment.offering)
        and not own_work(actor, subject)
    )


def runs(actor: Actor, subject: object) -> bool:
    """Course managers of the provider."""
    return isinstance(subject, Submission) and runs_offering(actor, subject.enrolment.offering)


def audits(actor: Actor, subject: object) -> bool:
    """Auditors over the provider."""
    return isinstance(subject, Submission) and actor.holds(
        Role.AUDITOR, subject.enrolment.offering.course_version.course.provider.path
    )


def nothing_yet(actor: Actor, subject: object) -> bool:
    """The outer door, before a submission is loaded."""
    del actor
    return subject is None


def declare() -> None:
    """State the rules of this feature."""
    allow(Permission.ASSESSMENT_SUBMISSION_CREATE, (signed_in, nothing_yet), (own_place,))
    allow(
        Permission.ASSESSMENT_SUBMISSION_READ,
        (signed_in, nothing_yet),
        (own_work,),
        (assesses,),
        (runs,),
        (audits,),
    )
    allow(Permission.ASSESSMENT_SUBMISSION_MARK, no_subject_yet(Role.TRAINER), (assesses,))


def access_submission(public_id: str, actor: Actor, need: Permission) -> Submission:
    """The submission, for an actor who may do that; for others it is not there."""
    submission = queries.submission_by_public_id(public_id)
    if not allowed(actor, need, submission):
        raise NotFound
    return submission
