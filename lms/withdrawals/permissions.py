"""Who revokes, suspends and corrects certificates."""

from lms.catalogue.permissions import no_subject_yet
from lms.certificates import permissions as certificates
from lms.certificates import queries as certificate_queries
from lms.certificates.models import Certificate
from lms.kernel.errors import NotFound
from lms.kernel.permissions import Actor, Permission, Role, allow, allowed
from lms.withdrawals import queries
from lms.withdrawals.models import Withdrawal


def registrar_of_another(actor: Actor, subject: object) -> bool:
    """Registrars of the provider; nobody acts on a certificate of their own."""
    concerned = subject.certificate if isinstance(subject, Withdrawal) else subject
    return (
        isinstance(concerned, Certificate)
        and concerned.user_id != actor.user_id
        and certificates.registrar(actor, concerned)
    )


def declare() -> None:
    """State the rules of this feature."""
    allow(
        Permission.WITHDRAWALS_CERTIFICATE_CHANGE,
        no_subject_yet(Role.REGISTRAR),
        (registrar_of_another,),
    )


def access_certificate(public_id: str, actor: Actor) -> Certificate:
    """A certificate for whoever may withdraw it; for others it is not there."""
    found = certificate_queries.by_public_id(public_id)
    if not allowed(actor, Permission.WITHDRAWALS_CERTIFICATE_CHANGE, found):
        raise NotFound
    return found


def access_withdrawal(public_id: str, actor: Actor) -> Withdrawal:
    """A withdrawal for whoever may decide about it; for others it is not there."""
    found = queries.by_public_id(public_id)
    if not allowed(actor, Permission.WITHDRAWALS_CERTIFICATE_CHANGE, found):
        raise NotFound
    return found
