"""Loads the sample institute once, through the same services people use; dates follow today."""

import json
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

from lms import paths
from lms.admissions import events as admission_events
from lms.assessment import drafting
from lms.assessment.models import EvidenceType
from lms.catalogue import events as catalogue_events
from lms.catalogue import lifecycle
from lms.catalogue import queries as catalogue_queries
from lms.catalogue import service as catalogue_service
from lms.catalogue.kinds import CourseKind, ItemRole, StaffRole
from lms.catalogue.models import Course, CourseVersion, Offering
from lms.certificates import events as certificate_events
from lms.db import transaction
from lms.enrolment import events as enrolment_events
from lms.kernel import clock
from lms.kernel.permissions import Role
from lms.people import passwords
from lms.people import queries as people_queries
from lms.people import service as people_service
from lms.people.models import Organisation, OrganisationKind, User
from lms.programmes import service as programme_service
from lms.programmes.models import Asked, ProgrammeState
from lms.sample import (
    checks,
    drawing,
    graduate,
    intake,
    meeting_places,
    office,
    past_course,
    sheet,
    symposium,
    undated,
    withdrawn,
)
from lms.standards import queries as standards_queries
from lms.standards import service as standards_service
from lms.standards.models import Item
from lms.withdrawals import events as withdrawal_events

PASSWORD = "sijil-contoh-2026"  # noqa: S105  # of invented people
PROVIDER = "ILKS"
ZONE = ZoneInfo("Asia/Kuala_Lumpur")
Plan = dict[str, Any]


@dataclass(frozen=True)
class Account:
    """A demo account for the line printed at start."""

    role: str
    email: str
    name: str


def plan() -> Plan:
    """The invented institute."""
    return cast("Plan", json.loads((paths.SAMPLE / "institute.json").read_text("utf-8")))


def accounts() -> list[Account]:
    """One account a role, the three first trainees, and one to whom another reports."""
    stated = plan()
    staff = [
        Account(person["roles"][0]["role"], person["email"], person["name"])
        for person in stated["staff"]
    ]
    trainees = [Account("trainee", p["email"], p["name"]) for p in stated["trainees"][:3]]
    head = next(p for p in stated["trainees"] if p["email"] == office.LINE_MANAGER)
    return [*staff, *trainees, Account("line_manager", head["email"], head["name"])]


_TOLD = (
    enrolment_events.moved,
    catalogue_events.version_moved,
    admission_events.moved,
    admission_events.time_chosen,
    admission_events.time_freed,
    certificate_events.moved,
    withdrawal_events.asked,
)
"""What tells people by mail: nobody is told of what is invented."""


def load() -> bool:
    """Load everything in one transaction; False when the institute is there already."""
    if people_queries.organisation_by_code(PROVIDER) is not None:
        return False
    stated = plan()
    now = clock.now()
    with ExitStack() as quiet, transaction():
        for each in _TOLD:
            quiet.enter_context(each.muted())
        data = (paths.SAMPLE / "swx-starter.csv").read_bytes()
        framework, _ = standards_service.import_file(data, by=None)
        items = standards_queries.items_by_code(framework)
        organisations = _organisations(stated)
        people = _people(stated, organisations)
        provider = organisations[PROVIDER]
        versions = [_course(course, provider, items, people, now) for course in stated["courses"]]
        _programme(stated["programme"], provider, versions)
        meeting_places.furnish(provider, people["manager"].id)
        symposium.furnish(people["manager"].id)
        undated.announce(people, people["manager"].id)
        drawing.draw(provider, people, now)
        past_course.run(stated, people, now)
        trainees = [one["email"] for one in stated["trainees"]]
        graduate.run(people, now)
        withdrawn.run(trainees, people, now)
        checks.run(trainees, people, now)
        _fill_current(stated, people, now)
        intake.open_intake(people, now)
    return True


def _organisations(stated: Plan) -> dict[str, Organisation]:
    made: dict[str, Organisation] = {}
    for one in stated["organisations"]:
        parent = made.get(one["parent"] or "")
        made[one["code"]] = people_service.create_organisation(
            one["code"],
            one["name"],
            OrganisationKind(one["kind"]),
            parent=parent,
            timezone=one["timezone"],
        )
    made[PROVIDER].signatories = drawing.SIGNATORIES
    return made


def _people(stated: Plan, organisations: dict[str, Organisation]) -> dict[str, User]:
    # One hash for all: sixty argon2 hashes would cost the first start a second and teach nothing.
    shared = passwords.make_hash(PASSWORD)
    made: dict[str, User] = {}
    for person in [*stated["staff"], *stated["trainees"]]:
        user = people_service.create_user(
            person["name"],
            person["email"],
            password_hash=shared,
            locale=person["locale"],
            organisation=organisations[person["organisation"]],
        )
        made[person.get("key", person["email"])] = user
        for role in person.get("roles", ()):
            over = organisations[role["organisation"]]
            people_service.grant_role(user, Role(role["role"]), over, by=None)
    return made


def course_facts(stated: Plan) -> catalogue_service.CourseFacts:
    """A course of the plan as the service wants it."""
    return catalogue_service.CourseFacts(
        titles=stated["title"],
        summaries=stated["summary"],
        minutes=stated["minutes"],
        credit=Decimal(stated["credit"]),
        cpd=Decimal(stated["cpd"]),
        mode=stated["mode"],
        certificate=stated["certificate"],
        validity_months=stated["validity_months"],
        outcomes=stated["outcomes"],
        contents=stated["contents"],
        languages=stated["languages"],
    )


def _course(
    stated: Plan,
    provider: Organisation,
    items: dict[str, Item],
    people: dict[str, User],
    now: datetime,
) -> CourseVersion:
    manager = people["manager"].id
    version = catalogue_service.create_course(
        provider, stated["code"], CourseKind(stated["kind"]), course_facts(stated), by=manager
    )
    for one in stated["items"]:
        role = ItemRole(one["role"])
        catalogue_service.map_item(version, items[one["code"]], role, one["level"], by=manager)
    if stated["assessment"]:
        add_assessment(version, stated["assessment"], items, by=manager)
    then = now - timedelta(days=stated.get("published_days_ago", 90))
    lifecycle.send(version, "", by=manager, now=then)
    lifecycle.publish(version, by=people["manager2"].id, now=then)
    for offering in stated["offerings"]:
        _offering(version, offering, people, now)
    return version


def add_assessment(
    version: CourseVersion, stated: Plan, items: dict[str, Item], *, by: int
) -> None:
    """An assessment of the plan with its rubric."""
    facts = drafting.AssessmentFacts(
        code=stated["code"],
        titles=stated["title"],
        instructions=stated["instructions"],
        pass_mark=Decimal(stated["pass_mark"]),
    )
    assessment = drafting.create_assessment(version, facts, by=by)
    for line in stated["criteria"]:
        levels = tuple(
            drafting.LevelFacts(
                score=Decimal(level["score"]),
                level=level["level"],
                labels=level["label"],
                descriptors=level["descriptor"],
            )
            for level in line["levels"]
        )
        line_facts = drafting.CriterionFacts(
            titles=line["title"],
            weight=Decimal(line["weight"]),
            item=items[line["item"]],
            level=line["level"],
            levels=levels,
            mandatory=line["mandatory"],
            evidence=EvidenceType(line["evidence"]),
        )
        drafting.add_criterion(assessment, line_facts, by=by)


def _offering(
    version: CourseVersion, stated: Plan, people: dict[str, User], now: datetime
) -> Offering:
    today = now.astimezone(ZONE).date()
    opens = datetime.combine(today + timedelta(days=stated["opens_in_days"]), time(0), ZONE)
    last = today + timedelta(days=stated["closes_in_days"])
    closes = datetime.combine(last, time(23, 59, 59), ZONE)
    facts = catalogue_service.OfferingFacts(
        code=stated["code"],
        starts_on=today + timedelta(days=stated["start_in_days"]),
        days=stated["days"],
        venue=stated["venue"],
        capacity=stated["capacity"],
        opens_at=opens.astimezone(UTC),
        closes_at=closes.astimezone(UTC),
        sessions_per_day=stated["sessions_per_day"],
        online_capacity=stated.get("online_capacity", 0),
        offer_hours=stated.get("offer_hours"),
        approvals=tuple(stated.get("approvals", ())),
    )
    manager = people["manager"].id
    offering = catalogue_service.create_offering(version, facts, by=manager)
    for key in stated["trainers"]:
        catalogue_service.add_staff(offering, people[key], StaffRole.ASSESSOR, by=manager)
    catalogue_service.open_offering(offering, by=manager)
    return offering


def _programme(stated: Plan, provider: Organisation, versions: list[CourseVersion]) -> None:
    courses: dict[str, Course] = {version.course.code: version.course for version in versions}
    facts = programme_service.ProgrammeFacts(
        award=stated["award"],
        titles=stated["title"],
        summaries=stated["summary"],
        entry=stated["entry"],
        credits=Decimal(stated["credits"]),
        most_months=stated["most_months"],
        level=stated["level"],
    )
    programme = programme_service.create(provider, stated["code"], facts, by=None)
    for one in stated["groups"]:
        least = None if one["least"] is None else Decimal(one["least"])
        asked = Asked(one["asked"])
        group = programme_service.add_group(programme, one["title"], asked, least, by=None)
        for code, term in one["courses"].items():
            programme_service.add_course(programme, group, courses[code], term, by=None)
    programme_service.move(programme, ProgrammeState.PUBLISHED, by=None)


def _fill_current(stated: Plan, people: dict[str, User], now: datetime) -> None:
    # Two of three seats: the next visitor takes the last one, and the one after waits.
    from lms.enrolment import service as enrolment_service

    offering = catalogue_queries.offering_by_code("PKK204-2")
    if offering is None:
        return
    for user in (people[trainee["email"]] for trainee in stated["trainees"][3:5]):
        enrolment_service.enrol(offering, user, by=user.id, now=now)
    # What waits for the agency, and what waits for the officer.
    decided = catalogue_queries.offering_by_code("KES320-1")
    if decided is None:
        return
    applicant, officer = (people[one["email"]] for one in stated["trainees"][3:5])
    room, by = decided.pools[0], people["coordinator"].id
    enrolment_service.enrol(decided, applicant, by=applicant.id, now=now, pool=room)
    enrolment_service.nominate(decided, officer, by=by, now=now, pool=room)
    office.furnish(people, now)
    sheet.upload(people, now)
