"""Who is told: the holder of what became of a certificate, registrars of what waits for them."""

from lms.certificates import events as certificate_events
from lms.certificates.models import Certificate
from lms.certificates.states import Deed
from lms.kernel.permissions import Role
from lms.mail import service as mail
from lms.people import queries as people_queries
from lms.withdrawals import events
from lms.withdrawals.models import Withdrawal


def _on_moved(certificate: Certificate, *, deed: Deed) -> None:
    """The reason is not in the mail: it stands on the page, behind the sign-in."""
    holder = certificate.user
    mail.send(
        holder.email,
        "withdrawals/holder",
        holder.locale,
        subject=mail.Subject(certificate.public_id, deed.value),
        name=holder.name,
        certificate=certificate,
        deed=deed.value,
    )


def _on_asked(asked: Withdrawal) -> None:
    certificate = asked.certificate
    path = certificate.issuer.path
    for registrar in people_queries.users_with_role(Role.REGISTRAR, path):
        if registrar.id not in {asked.asked_by_id, certificate.user_id}:
            mail.send(
                registrar.email,
                "withdrawals/waiting",
                registrar.locale,
                subject=mail.Subject(asked.public_id, "asked"),
                name=registrar.name,
                certificate=certificate,
                asked=asked,
            )


def connect() -> None:
    """Listen to moves of certificates, and to what is asked for here."""
    certificate_events.moved.connect(_on_moved)
    events.asked.connect(_on_asked)
