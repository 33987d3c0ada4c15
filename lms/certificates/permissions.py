"""Who may issue, see and trace certificates."""

from lms.catalogue.models import Offering
from lms.catalogue.permissions import no_subject_yet
from lms.certificates import queries
from lms.certificates.models import Certificate
from lms.enrolment.models import Enrolment
from lms.kernel.errors import NotFound
from lms.kernel.permissions import Actor, Permission, Role, allow, allowed, signed_in
from lms.programmes.models import Programme


def _provider_path(subject: object) -> str | None:
    if isinstance(subject, Certificate):
        return subject.issuer.path
    if isinstance(subject, Programme):
        return subject.provider.path
    if isinstance(subject, Enrolment):
        return subject.offering.course_version.course.provider.path
    if isinstance(subject, Offering):
        return subject.course_version.course.provider.path
    return None


def holder(actor: Actor, subject: object) -> bool:
    """The person it was issued to."""
    return isinstance(subject, Certificate) and subject.user_id == actor.user_id


def registrar(actor: Actor, subject: object) -> bool:
    """Registrars of the provider."""
    path = _provider_path(subject)
    return path is not None and actor.holds(Role.REGISTRAR, path)


def registrar_of_another(actor: Actor, subject: object) -> bool:
    """Registrars of the provider, but for a place of their own."""
    return (
        isinstance(subject, Enrolment)
        and subject.user_id != actor.user_id
        and registrar(actor, subject)
    )


def auditor(actor: Actor, subject: object) -> bool:
    """Auditors over the provider."""
    path = _provider_path(subject)
    return path is not None and actor.holds(Role.AUDITOR, path)


def nothing_yet(actor: Actor, subject: object) -> bool:
    """The outer door, before a certificate is loaded."""
    del actor
    return subject is None


def declare() -> None:
    """State the rules of this feature."""
    allow(
        Permission.CERTIFICATES_CERTIFICATE_ISSUE,
        no_subject_yet(Role.REGISTRAR),
        (registrar,),
    )
    allow(
        Permission.CERTIFICATES_CERTIFICATE_HOLD,
        no_subject_yet(Role.REGISTRAR),
        (registrar_of_another,),
    )
    allow(
        Permission.CERTIFICATES_CERTIFICATE_READ,
        (signed_in, nothing_yet),
        (holder,),
        (registrar,),
        (auditor,),
    )
    allow(
        Permission.CERTIFICATES_TRACE_READ,
        no_subject_yet(Role.AUDITOR, Role.REGISTRAR),
        (auditor,),
        (registrar,),
    )


def access_certificate(public_id: str, actor: Actor, need: Permission) -> Certificate:
    """The certificate, for an actor who may do that; for others it is not there."""
    certificate = queries.by_public_id(public_id)
    if not allowed(actor, need, certificate):
        raise NotFound
    return certificate
