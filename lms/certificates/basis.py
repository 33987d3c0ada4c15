"""What a certificate is issued for, a place or a programme that somebody completes, and by whom."""

from dataclasses import dataclass
from datetime import datetime

from lms.certificates.keys import KeyRing
from lms.certificates.models import Certificate
from lms.config import Settings
from lms.designs.queries import Looks
from lms.enrolment.models import Enrolment
from lms.people.models import Organisation


@dataclass(frozen=True)
class Office:
    """Who issues, with which keys and settings, and when.

    ``looks`` are those of the kind, where many are issued together.
    """

    settings: Settings
    ring: KeyRing
    by: int
    now: datetime
    looks: Looks | None = None


@dataclass(frozen=True)
class Basis:
    """Whose certificate it is, who issues it, and either the place or the programme."""

    issuer: Organisation
    user_id: int
    enrolment_id: int | None = None
    programme_id: int | None = None


def of_place(enrolment: Enrolment) -> Basis:
    """That of a place in an offering."""
    issuer = enrolment.offering.course_version.course.provider
    return Basis(issuer, enrolment.user_id, enrolment_id=enrolment.id)


def of_certificate(certificate: Certificate) -> Basis:
    """The same again, for another certificate in the place of one."""
    return Basis(
        certificate.issuer, certificate.user_id, certificate.enrolment_id, certificate.programme_id
    )
