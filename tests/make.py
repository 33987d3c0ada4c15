"""Factories: plain functions that make what a test needs through the services people use."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from flask import Flask

from lms import create_app, paths
from lms.assessment import drafting
from lms.assessment import service as assessment_service
from lms.assessment.models import Assessment, RubricCriterion, Submission
from lms.catalogue import lifecycle
from lms.catalogue import service as catalogue_service
from lms.catalogue.kinds import CourseKind, ItemRole
from lms.catalogue.models import CourseVersion, Offering
from lms.db import db
from lms.enrolment import service as enrolment_service
from lms.enrolment.models import Enrolment
from lms.kernel.permissions import Role
from lms.people import service as people_service
from lms.people.models import Organisation, OrganisationKind, User
from lms.standards import queries as standards_queries
from lms.standards import service as standards_service
from lms.standards.models import Item
from lms.storage.receiving import Received
from tests import prepared
from tests.databases import database
from tests.prepared import SECRET

NOW = datetime(2027, 3, 10, 4, 0, tzinfo=UTC)


def fresh(prefix: str = "x") -> str:
    """A code nothing else has."""
    return f"{prefix}-{secrets.token_hex(4)}".upper()


def make_organisation(
    code: str | None = None,
    *,
    kind: OrganisationKind = OrganisationKind.PROVIDER,
    parent: Organisation | None = None,
) -> Organisation:
    code = code or fresh("ORG")
    return people_service.create_organisation(code, f"Organisation {code}", kind, parent=parent)


def make_user(
    name: str = "Aminah", *, organisation: Organisation | None = None, email: str | None = None
) -> User:
    return people_service.create_user(
        name,
        email or f"{fresh()}@test.example",
        password_hash="none",
        organisation=organisation,
    )


def make_manager(organisation: Organisation) -> User:
    user = make_user("Manager", organisation=organisation)
    people_service.grant_role(user, Role.COURSE_MANAGER, organisation, by=None)
    return user


def course_facts(
    *, certificate: str = "attendance", minutes: int = 2400, validity_months: int | None = None
) -> catalogue_service.CourseFacts:
    return catalogue_service.CourseFacts(
        titles={"en": "Course"},
        summaries={"en": "About it"},
        minutes=minutes,
        credit=Decimal("1.50"),
        cpd=Decimal("40.00"),
        mode="in_person",
        certificate=certificate,
        validity_months=validity_months,
    )


def publish(version: CourseVersion) -> None:
    """As the installation itself does it: nobody is the same person twice."""
    lifecycle.send(version, "", by=None, now=NOW)
    lifecycle.publish(version, by=None, now=NOW)


def make_course(
    provider: Organisation | None = None,
    *,
    published: bool = True,
    certificate: str = "attendance",
    validity_months: int | None = None,
) -> CourseVersion:
    version = catalogue_service.create_course(
        provider or make_organisation(),
        fresh("C"),
        CourseKind.SHORT,
        course_facts(certificate=certificate, validity_months=validity_months),
        by=None,
    )
    if published:
        publish(version)
    return version


def offering_facts(
    *,
    capacity: int = 3,
    days: int = 2,
    opens_at: datetime = NOW - timedelta(days=1),
    closes_at: datetime = NOW + timedelta(days=1),
    starts_on: date = date(2027, 4, 5),
) -> catalogue_service.OfferingFacts:
    return catalogue_service.OfferingFacts(
        code=fresh("O"),
        starts_on=starts_on,
        days=days,
        venue="Kuching",
        capacity=capacity,
        opens_at=opens_at,
        closes_at=closes_at,
    )


def make_offering(
    version: CourseVersion | None = None, *, capacity: int = 3, days: int = 2, opened: bool = True
) -> Offering:
    offering = catalogue_service.create_offering(
        version or make_course(), offering_facts(capacity=capacity, days=days), by=None
    )
    if opened:
        catalogue_service.open_offering(offering, by=None)
    return offering


def make_place(offering: Offering, user: User | None = None) -> Enrolment:
    user = user or make_user()
    return enrolment_service.enrol(offering, user, by=user.id, now=NOW)


def item(code: str = "SWX.AS.02") -> Item:
    """A statement of the starter framework, which is imported when it is not there yet."""
    framework = standards_queries.newest_by_code("SWX-STARTER")
    if framework is None:
        data = (paths.SAMPLE / "swx-starter.csv").read_bytes()
        framework, _ = standards_service.import_file(data, by=None)
    return standards_queries.items_by_code(framework)[code]


def rubric_levels(
    *pairs: tuple[str, int],
) -> tuple[drafting.LevelFacts, ...]:
    return tuple(
        drafting.LevelFacts(Decimal(score), level, {"en": score}, {}) for score, level in pairs
    )


def make_assessment(
    version: CourseVersion, *, points: str = "50", required: bool = True
) -> Assessment:
    facts = drafting.AssessmentFacts(
        fresh("A"), {"en": "Case study"}, {}, Decimal(points), required=required
    )
    return drafting.create_assessment(version, facts, by=None)


def criterion_facts(
    statement: Item, *, level: int = 2, mandatory: bool = True
) -> drafting.CriterionFacts:
    return drafting.CriterionFacts(
        titles={"en": "Criterion"},
        weight=Decimal(50),
        item=statement,
        level=level,
        levels=rubric_levels(("0", 0), ("20", level - 1), ("40", level), ("50", level + 1)),
        mandatory=mandatory,
    )


def make_criterion(
    assessment: Assessment, statement: Item, *, level: int = 2, mandatory: bool = True
) -> RubricCriterion:
    facts = criterion_facts(statement, level=level, mandatory=mandatory)
    return drafting.add_criterion(assessment, facts, by=None)


def make_competence_course(
    *,
    provider: Organisation | None = None,
    published: bool = True,
    validity_months: int | None = 36,
    codes: tuple[str, ...] = ("SWX.AS.02", "SWX.SG.01"),
) -> tuple[CourseVersion, Assessment]:
    """A course that assesses each statement at level 2 with one criterion."""
    version = make_course(
        provider, published=False, certificate="competence", validity_months=validity_months
    )
    assessment = make_assessment(version)
    for code in codes:
        statement = item(code)
        catalogue_service.map_item(version, statement, ItemRole.ASSESSED, 2, by=None)
        make_criterion(assessment, statement)
    if published:
        publish(version)
    return version, assessment


def make_submission(
    assessment: Assessment, offering: Offering, *, user: User | None = None
) -> Submission:
    place = make_place(offering, user)
    return assessment_service.submit(
        assessment, place, upload(fresh("work")), by=place.user_id, now=NOW
    )


def upload(text: str) -> Received:
    digest = text.encode().hex().ljust(64, "0")[:64]
    return Received(digest, "work.txt", "text/plain", len(text))


def choices(submission: Submission, rank: int) -> dict[int, tuple[int, str]]:
    """The same rank chosen on every criterion."""
    return {c.id: (c.levels[rank].id, "") for c in submission.assessment.criteria}


@contextmanager
def own_app(name: str, folder: Path, *, migrated: bool = True) -> Iterator[Flask]:
    """An application on a fresh database of the engine under test, with real commits."""
    with (prepared.migrated if migrated else database)(name, folder) as url:
        app = create_app(
            {"instance": folder, "database_url": url, "secret_key": SECRET, "testing": True}
        )
        try:
            yield app
        finally:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
