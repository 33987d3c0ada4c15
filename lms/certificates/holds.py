"""Reads of what is held back; and taking turns between whoever holds and whoever issues.

An award or a transcript is held with the places it rests on: those of courses of its programme
whose certificate was there before it.
"""

from collections.abc import Callable, Collection

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from lms.catalogue.models import Course, CourseVersion, Offering
from lms.certificates.models import Certificate, CertificateHold
from lms.certificates.states import IN_USE
from lms.db import db
from lms.enrolment.models import Enrolment
from lms.kernel.errors import NotFound
from lms.programmes.models import ProgrammeCourse

_OPEN = CertificateHold.released_at.is_(None)


def take_turns(offering_id: int, user_ids: Collection[int]) -> None:
    """Hold people's places in an offering to the end of the transaction.

    Before anything else is locked: then either the hold or the certificate is there first, and
    whoever comes second sees it. A place given up and taken anew is no way around a hold.
    """
    db.session.execute(
        select(Enrolment.id)
        .where(Enrolment.offering_id == offering_id, Enrolment.user_id.in_(user_ids))
        .order_by(Enrolment.id)
        .with_for_update(key_share=True)
    )


def held(offering_id: int, user_ids: Collection[int]) -> set[int]:
    """Which people's certificates from an offering are held back (one statement)."""
    return set(db.session.scalars(of_people(offering_id, user_ids)))


def of_people(offering_id: int, user_ids: Collection[int]) -> Select[int]:
    """The same as a query."""
    return (
        select(Enrolment.user_id)
        .join(CertificateHold, CertificateHold.enrolment_id == Enrolment.id)
        .where(Enrolment.offering_id == offering_id, Enrolment.user_id.in_(user_ids), _OPEN)
    )


def take_turns_in_courses(course_ids: Collection[int], user_id: int) -> None:
    """Hold a person's places in all offerings of some courses: what is issued rests on them."""
    db.session.execute(
        select(Enrolment.id)
        .join(Enrolment.offering)
        .join(Offering.course_version)
        .where(CourseVersion.course_id.in_(course_ids), Enrolment.user_id == user_id)
        .order_by(Enrolment.id)
        .with_for_update(key_share=True, of=Enrolment)
    )


def held_in_courses(course_ids: Collection[int], user_ids: Collection[int]) -> dict[int, set[int]]:
    """By person, the offerings of some courses whose certificate is held back (one statement)."""
    query = (
        select(Enrolment.user_id, Enrolment.offering_id)
        .join(CertificateHold, CertificateHold.enrolment_id == Enrolment.id)
        .join(Enrolment.offering)
        .join(Offering.course_version)
        .where(CourseVersion.course_id.in_(course_ids), Enrolment.user_id.in_(user_ids), _OPEN)
    )
    found: dict[int, set[int]] = {}
    for user_id, offering_id in db.session.execute(query):
        found.setdefault(user_id, set()).add(offering_id)
    return found


def turn_of(certificate: Certificate) -> None:
    """Take turns over the place of a certificate, or all that one of a programme may rest on."""
    if (place := certificate.enrolment) is not None:
        take_turns(place.offering_id, [place.user_id])
        return
    courses = select(ProgrammeCourse.course_id).where(
        ProgrammeCourse.programme_id == certificate.programme_id
    )
    take_turns_in_courses(list(db.session.scalars(courses)), certificate.user_id)


def holds_back(certificate: Certificate) -> bool:
    """Whether nothing may be issued in the place of this certificate for now."""
    place = certificate.enrolment
    if place is None:
        return _rests_on_held(certificate)
    return bool(held(place.offering_id, [place.user_id]))


def _rests_on_held(certificate: Certificate, *more: ColumnElement[bool]) -> bool:
    query = (
        select(CertificateHold.id)
        .join(CertificateHold.enrolment)
        .join(Enrolment.offering)
        .join(Offering.course_version)
        .join(ProgrammeCourse, ProgrammeCourse.course_id == CourseVersion.course_id)
        .where(
            ProgrammeCourse.programme_id == certificate.programme_id,
            Enrolment.user_id == certificate.user_id,
            _certified_before(certificate.id, Enrolment.offering_id, certificate.user_id),
            _OPEN,
            *more,
        )
    )
    return db.session.scalar(query.limit(1)) is not None


def resting_on(place: Enrolment) -> list[Certificate]:
    """The awards and transcripts in use that were issued on the ground of a place, in order."""
    query = (
        select(Certificate)
        .join(ProgrammeCourse, ProgrammeCourse.programme_id == Certificate.programme_id)
        .where(
            Certificate.user_id == place.user_id,
            Certificate.state.in_([state.value for state in IN_USE]),
            ProgrammeCourse.course_id == place.offering.course_version.course_id,
            _certified_before(Certificate.id, place.offering_id, place.user_id),
        )
        .order_by(Certificate.id)
    )
    return list(db.session.scalars(query).unique())


def _certified_before(
    certificate_id: InstrumentedAttribute[int] | int,
    offering_id: InstrumentedAttribute[int] | int,
    user_id: int,
) -> ColumnElement[bool]:
    """Whether a person had the certificate of an offering before another one was issued."""
    ground, taken = aliased(Certificate), aliased(Enrolment)
    return (
        select(ground.id)
        .join(taken, taken.id == ground.enrolment_id)
        .where(
            taken.offering_id == offering_id,
            taken.user_id == user_id,
            ground.id < certificate_id,
        )
        .exists()
    )


_BY_HAND: list[Callable[[int], bool]] = []


def suspended_otherwise(certificate_id: int) -> bool:
    """Whether somebody suspended a certificate beside what holds it."""
    return any(says(certificate_id) for says in _BY_HAND)


def ask(says: Callable[[int], bool]) -> None:
    """Let a feature above say whether it suspended a certificate, given its id."""
    if says not in _BY_HAND:
        _BY_HAND.append(says)


def suspending(certificate: Certificate) -> bool:
    """Whether a hold wants this certificate to stay suspended."""
    place = certificate.enrolment
    if place is None:
        return _rests_on_held(certificate, CertificateHold.suspends.is_(True))
    query = (
        select(CertificateHold.id)
        .join(CertificateHold.enrolment)
        .where(
            Enrolment.offering_id == place.offering_id,
            Enrolment.user_id == place.user_id,
            CertificateHold.suspends,
            _OPEN,
        )
        .limit(1)
    )
    return db.session.scalar(query) is not None


def open_of(enrolment_id: int, source: str) -> CertificateHold | None:
    """The hold of a source on a place that is not released."""
    query = select(CertificateHold).where(
        CertificateHold.enrolment_id == enrolment_id, CertificateHold.source == source, _OPEN
    )
    return db.session.scalar(query)


def others_on(certificate_id: int, hold_id: int) -> bool:
    """Whether other holds keep a certificate suspended."""
    query = select(CertificateHold.id).where(
        CertificateHold.certificate_id == certificate_id, CertificateHold.id != hold_id, _OPEN
    )
    return db.session.scalar(query.limit(1)) is not None


def of_place(enrolment: Enrolment) -> list[CertificateHold]:
    """What held or holds a person's certificate from an offering, the latest first."""
    query = (
        select(CertificateHold)
        .join(CertificateHold.enrolment)
        .where(
            Enrolment.offering_id == enrolment.offering_id,
            Enrolment.user_id == enrolment.user_id,
        )
        .options(joinedload(CertificateHold.held_by), joinedload(CertificateHold.released_by))
        .order_by(CertificateHold.id.desc())
        .limit(50)
    )
    return list(db.session.scalars(query))


def by_public_id(public_id: str) -> CertificateHold:
    """A hold with place, person and provider; raises NotFound."""
    query = (
        select(CertificateHold)
        .where(CertificateHold.public_id == public_id)
        .options(
            joinedload(CertificateHold.enrolment)
            .joinedload(Enrolment.offering)
            .joinedload(Offering.course_version)
            .joinedload(CourseVersion.course)
            .joinedload(Course.provider),
            joinedload(CertificateHold.enrolment).joinedload(Enrolment.user),
        )
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found
