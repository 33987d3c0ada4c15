"""Reads of certificates: for holders, registrars and auditors."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import contains_eager, defer, joinedload, selectinload

from lms.assessment import queries as assessment_queries
from lms.catalogue.models import Course, CourseVersion, Offering, SeatPool
from lms.certificates import holds, rules
from lms.certificates.basis import Basis
from lms.certificates.models import Certificate, Claim
from lms.certificates.states import WITHDRAWN, State
from lms.competency import queries as competency_queries
from lms.competency.models import Attainment
from lms.db import db
from lms.enrolment import queries as enrolment_queries
from lms.enrolment.models import Enrolment
from lms.enrolment.rules import Share
from lms.kernel.errors import NotFound
from lms.people.models import Organisation, User
from lms.people.queries import under
from lms.surveys import queries as survey_queries

PAGE = 50


@dataclass(frozen=True)
class Candidate:
    """A person of an offering: due or not, why not, and the certificate when issued."""

    enrolment: Enrolment
    due: rules.Due
    share: str
    certificate: Certificate | None

    @property
    def may_be_issued(self) -> bool:
        """Due, and no certificate in the way; a revoked one is not."""
        gone = self.certificate is None or self.certificate.state == State.REVOKED
        return self.due.ok and gone


def by_public_id(public_id: str) -> Certificate:
    """A certificate with holder, issuer, and place or programme; raises NotFound."""
    query = (
        select(Certificate)
        .where(Certificate.public_id == public_id)
        .options(
            joinedload(Certificate.user).joinedload(User.organisation),
            joinedload(Certificate.issuer),
            joinedload(Certificate.enrolment)
            .joinedload(Enrolment.offering)
            .joinedload(Offering.course_version)
            .joinedload(CourseVersion.course)
            .joinedload(Course.provider),
            joinedload(Certificate.programme),
            joinedload(Certificate.issued_by),
        )
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def of_person(user_id: int) -> list[Certificate]:
    """A person's certificates, newest first."""
    query = select(Certificate).where(Certificate.user_id == user_id)
    return list(db.session.scalars(query.order_by(Certificate.issued_at.desc(), Certificate.id)))


def completed_courses(user_id: int, course_ids: Collection[int]) -> set[int]:
    """Which courses a person has completed: a certificate of them stands (one statement)."""
    query = (
        select(CourseVersion.course_id)
        .join(Offering, Offering.course_version_id == CourseVersion.id)
        .join(Enrolment, Enrolment.offering_id == Offering.id)
        .join(Certificate, Certificate.enrolment_id == Enrolment.id)
        .where(
            Certificate.user_id == user_id,
            Certificate.state == "issued",
            CourseVersion.course_id.in_(course_ids),
        )
    )
    return set(db.session.scalars(query))


def of_enrolment(enrolment_id: int) -> Certificate | None:
    """The certificate of one place in an offering."""
    query = select(Certificate).where(Certificate.enrolment_id == enrolment_id)
    return db.session.scalar(query.order_by(Certificate.version.desc()).limit(1))


def of_person_in(offering_id: int, user_id: int, *, in_use: bool = False) -> Certificate | None:
    """A person's certificate from an offering, whichever place in it they held.

    A revoked one stands in nobody's way: what it lacked may be there by now; ``in_use`` leaves out
    those replaced as well.
    """
    without = WITHDRAWN if in_use else {State.REVOKED}
    query = (
        select(Certificate)
        .join(Certificate.enrolment)
        .where(
            Enrolment.offering_id == offering_id,
            Enrolment.user_id == user_id,
            Certificate.state.not_in(without),
        )
    )
    return db.session.scalar(query.limit(1))


def certified(offering_id: int, user_ids: Collection[int]) -> set[int]:
    """Who has a certificate from an offering that is not revoked (one statement)."""
    query = (
        select(Enrolment.user_id)
        .join(Certificate, Certificate.enrolment_id == Enrolment.id)
        .where(
            Enrolment.offering_id == offering_id,
            Enrolment.user_id.in_(user_ids),
            Certificate.state != State.REVOKED.value,
        )
    )
    return set(db.session.scalars(query))


def versions(bases: Sequence[Basis], kind: str) -> list[int]:
    """How many certificates each place has had, or each person of a programme (one statement)."""
    place, programme, user = (
        Certificate.enrolment_id,
        Certificate.programme_id,
        Certificate.user_id,
    )
    of_a_place = place.in_([each.enrolment_id for each in bases])
    of_a_programme = and_(
        programme.in_([each.programme_id for each in bases]),
        user.in_([each.user_id for each in bases]),
        Certificate.kind == kind,
    )
    query = (
        select(place, programme, user, func.max(Certificate.version))
        .where(of_a_place if bases[0].programme_id is None else of_a_programme)
        .group_by(place, programme, user)
    )
    found = {tuple(row[:3]): row[3] for row in db.session.execute(query)}
    return [found.get((each.enrolment_id, each.programme_id, each.user_id), 0) for each in bases]


def issued_under(
    paths: tuple[str, ...], *, before: str = "", number: str = ""
) -> tuple[list[Certificate], bool]:
    """A page of the certificates of providers under any of the paths; and whether there are older.

    Newest first, those issued before the one with the public id ``before``; or the one of a number.
    """
    # First who they are: then the index of an issuer's certificates holds the page in its order.
    issuers = list(db.session.scalars(select(Organisation.id).where(under(paths))))
    query = (
        select(Certificate)
        .where(Certificate.issuer_id.in_(issuers))
        .options(joinedload(Certificate.user), defer(Certificate.credential))
        .order_by(Certificate.id.desc())
    )
    if number:
        query = query.where(Certificate.serial == number)
    if before:
        last = select(Certificate.id).where(Certificate.public_id == before)
        query = query.where(Certificate.id < last.scalar_subquery())
    rows = list(db.session.scalars(query.limit(PAGE + 1)))
    return rows[:PAGE], len(rows) > PAGE


def standing_of(enrolment: Enrolment, today: date) -> rules.Standing:
    """What a place has to show towards a certificate."""
    return standings_of(enrolment.offering, [enrolment], today)[enrolment.id]


def standings_of(
    offering: Offering, places: list[Enrolment], today: date
) -> dict[int, rules.Standing]:
    """The same of many places, with as many statements as of one."""
    shares = enrolment_queries.shares(offering.id, [place.id for place in places])
    return _standings(offering, places, shares, today)


def _standings(
    offering: Offering, places: list[Enrolment], shares: Mapping[int, Share], today: date
) -> dict[int, rules.Standing]:
    version = offering.course_version
    ids = [place.id for place in places]
    passed = assessment_queries.passed_by(version.id, ids)
    required = frozenset(
        one.id for one in assessment_queries.assessments_of(version.id) if one.required
    )
    returned = survey_queries.returned(ids) if version.survey_needed else None
    people = [place.user_id for place in places]
    attained, held = _attained(offering, people, today), holds.held(offering.id, people)
    assessed = frozenset(m.item_id for m in version.mappings if m.role == "assessed")
    return {
        place.id: rules.Standing(
            kind=version.certificate,
            confirmed=place.is_active,
            attendance_enough=version.attendance_percent == 0
            or (place.id in shares and shares[place.id].reaches(version.attendance_percent)),
            required_assessments=required,
            passed_assessments=passed[place.id],
            assessed_items=assessed,
            attained_items=frozenset(attained.get(place.user_id, {})),
            survey_returned=None if returned is None else place.id in returned,
            held=place.user_id in held,
        )
        for place in places
    }


def attainments_of(
    offering: Offering, user_ids: list[int], today: date
) -> dict[int, list[Attainment]]:
    """By person, the best current one on each item the course assesses, at its level or above."""
    mappings, found = offering.course_version.mappings, _attained(offering, user_ids, today)
    return {
        user_id: [best[m.item_id] for m in mappings if m.item_id in best]
        for user_id, best in found.items()
    }


def _attained(
    offering: Offering, user_ids: list[int], today: date
) -> dict[int, dict[int, Attainment]]:
    """By person and item; the best first in the query is the one that is kept."""
    mappings = offering.course_version.mappings
    needed = {m.item_id: m.level for m in mappings if m.role == "assessed"}
    found: dict[int, dict[int, Attainment]] = {}
    for one in competency_queries.current_attainments(user_ids, list(needed), today):
        if one.level >= needed[one.item_id]:
            found.setdefault(one.user_id, {}).setdefault(one.item_id, one)
    return found


def candidates(offering: Offering, today: date) -> list[Candidate]:
    """Everybody with a seat: due or not, and why; as many statements at any number."""
    places = enrolment_queries.confirmed(offering.id)
    shares = enrolment_queries.shares(offering.id)
    standings = _standings(offering, places, shares, today)
    issued = {
        certificate.enrolment_id: certificate
        for certificate in db.session.scalars(
            select(Certificate)
            .join(Certificate.enrolment)
            .where(Enrolment.offering_id == offering.id)
            .options(defer(Certificate.content), defer(Certificate.credential))
            .order_by(Certificate.version)  # the last of a place is the one that is shown
        )
    }
    return [
        Candidate(
            place,
            rules.is_due(standings[place.id]),
            f"{shares[place.id].percent}" if place.id in shares else "0",
            issued.get(place.id),
        )
        for place in places
    ]


def claims_of(certificate: Certificate) -> list[Claim]:
    """The claims in order with attainment and item."""
    query = (
        select(Claim)
        .where(Claim.certificate_id == certificate.id)
        .options(selectinload(Claim.attainment).joinedload(Attainment.item))
    )
    return list(db.session.scalars(query.order_by(Claim.position)))


def offerings_to_certify(paths: tuple[str, ...]) -> list[Offering]:
    """Offerings that have ended or run, of providers under the paths, newest first."""
    query = (
        select(Offering)
        .join(Offering.course_version)
        .join(CourseVersion.course)
        .join(Course.provider)
        .where(under(paths))
        .where(Offering.pools.any(SeatPool.taken > 0))
        .options(contains_eager(Offering.course_version).contains_eager(CourseVersion.course))
        .order_by(Offering.starts_on.desc(), Offering.id)
    )
    return list(db.session.scalars(query.limit(20)))
