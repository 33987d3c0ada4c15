"""Three sets of objects to be refused or given: of one course, of another, of another provider.

Each set is made by ``furnish`` through the services people use, with its own trainee and trainer.
Names of objects are those that ``tests.addresses`` finds in the addresses of routes.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from lms import paths
from lms.admissions import intakes
from lms.admissions import service as admissions
from lms.admissions.models import DocumentKind
from lms.assessment import queries as assessment_queries
from lms.assessment import service as assessment_service
from lms.assessment.models import Assessment, Submission
from lms.batches import service as batches
from lms.catalogue import queries as catalogue_queries
from lms.catalogue import service as catalogue_service
from lms.catalogue.kinds import StaffRole
from lms.catalogue.models import CourseVersion, Offering
from lms.certificates import holding
from lms.certificates import queries as certificate_queries
from lms.certificates.models import Certificate
from lms.db import db
from lms.demand import service as demand_service
from lms.documents import service as documents
from lms.documents.models import Audience
from lms.employers import service as employers
from lms.employers import tokens, watch_queries, watching
from lms.employers.reading import Line
from lms.enrolment import promising
from lms.enrolment import service as enrolment_service
from lms.enrolment.models import Enrolment
from lms.jobs import progress
from lms.kernel import clock
from lms.kernel.permissions import Role
from lms.people import grants, identity, invitations, merging, service, sessions
from lms.people import queries as people_queries
from lms.people.account_models import Passkey
from lms.people.models import Organisation, OrganisationKind, RoleGrant, User
from lms.people.rules import NumberKind
from lms.people.sessions import Origin
from lms.programmes import service as programmes
from lms.programmes.models import Asked, Programme, ProgrammeState
from lms.sample import drawing, past_course
from lms.sharing import service as sharing
from lms.sheets import service as sheet_service
from lms.sheets.states import Way
from lms.standards import queries as standards_queries
from lms.standards import service as standards_service
from lms.storage import blobs
from lms.storage.receiving import Received
from lms.timetable import service as timetable_service
from lms.web import running
from lms.withdrawals import service as withdrawals
from tests.make import fresh, make_competence_course, make_user, offering_facts

NO_OBJECT = "none"
SETS = ("own", "sibling", "foreign")
OTHER = "other-"  # begins the names of those who belong to the other provider
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Cast:
    """Who made a set of objects, and whose they are."""

    provider: Organisation
    agency: Organisation
    manager: User
    trainer: User
    registrar: User
    coordinator: User
    second: User  # an administrator nobody visits as
    employer: User  # who checks certificates
    trainee: User
    number: str  # of the trainee's passport


def account(key: str) -> User:
    """Somebody of the sample, or of the other provider."""
    found = people_queries.user_by_email(f"{key}@sijil.example")
    assert found is not None, key
    return found


def _organisation(code: str) -> Organisation:
    found = people_queries.organisation_by_code(code)
    assert found is not None, code
    return found


def sample_cast(*, sibling: bool) -> Cast:
    """The sample institute: trainer1 teaches aisyah; in the other course, trainer3 teaches budi."""
    agency, coordinator = ("PKKH", "coordinator2") if sibling else ("JKM", "coordinator")
    return Cast(
        provider=_organisation("ILKS"),
        agency=_organisation(agency),
        manager=account("manager"),
        trainer=account("trainer3" if sibling else "trainer1"),
        registrar=account("registrar"),
        coordinator=account(coordinator),
        second=account("admin2"),
        employer=account("employer"),
        trainee=account("budi" if sibling else "aisyah"),
        number="B7654321" if sibling else "A1234567",
    )


def other_cast() -> Cast:
    """A second provider and an agency of its own, with every role, as separate as can be."""
    provider = service.create_organisation("OTHER", "Pusat Lain", OrganisationKind.PROVIDER)
    agency = service.create_organisation("OTHER-A", "Dinas Lain", OrganisationKind.EMPLOYER)

    def holding(key: str, role: Role | None, *over: Organisation) -> User:
        email = f"{OTHER}{key}@sijil.example"
        user = make_user(f"Other {key}", organisation=over[0], email=email)
        if role is not None:
            for one in over:
                service.grant_role(user, role, one, by=None)
        return user

    holding("auditor", Role.AUDITOR, provider)
    holding("admin", Role.ADMINISTRATOR, provider, agency)
    return Cast(
        provider=provider,
        agency=agency,
        manager=holding("manager", Role.COURSE_MANAGER, provider),
        trainer=holding("trainer", Role.TRAINER, provider),
        registrar=holding("registrar", Role.REGISTRAR, provider),
        coordinator=holding("coordinator", Role.AGENCY_COORDINATOR, agency),
        second=holding("admin2", Role.ADMINISTRATOR, provider, agency),
        employer=holding("employer", Role.EMPLOYER_CHECKER, agency),
        trainee=holding("trainee", None, agency),
        number="C1122334",
    )


def furnish(cast: Cast) -> dict[str, str]:
    """Make every kind of object; returns the public ids by name. The caller commits."""
    version, assessment = make_competence_course(provider=cast.provider)
    draft, draft_assessment = make_competence_course(provider=cast.provider, published=False)
    now = clock.now()
    offering = _offering(cast, version, now - DAY, now + DAY)
    return {
        **_timetable(cast, offering),
        **_demand(cast, version),
        **_programmes(cast, version),
        **_document(cast, offering),
        **_sheet(cast, offering),
        "framework": a_framework(),
        "course": draft.public_id,
        "draft_assessment": draft_assessment.public_id,
        "published": version.public_id,
        "assessment": assessment.public_id,
        **_running(cast, offering, assessment),
        **_over(cast, version, now),
        **_people(cast, now),
        **_waiting(cast, now),
        **_system(cast),
    }


def _held(cast: Cast, place: Enrolment) -> str:
    """A hold on the certificate to come."""
    cause = holding.Cause("inquiry", "INQ-1")
    by, now = cast.registrar.id, clock.now()
    return holding.hold(place, holding.BY_HAND, cause, by=by, now=now).public_id


def _offering(cast: Cast, version: CourseVersion, opens: datetime, closes: datetime) -> Offering:
    starts = (closes + DAY).date()
    facts = offering_facts(opens_at=opens, closes_at=closes, starts_on=starts)
    by = cast.manager.id
    offering = catalogue_service.create_offering(version, facts, by=by)
    catalogue_service.add_staff(offering, cast.trainer, StaffRole.ASSESSOR, by=by)
    catalogue_service.open_offering(offering, by=by)
    return offering


def _timetable(cast: Cast, offering: Offering) -> dict[str, str]:
    """A room of the provider, and a private link to the first class session."""
    room = timetable_service.add_room(
        cast.provider, timetable_service.RoomFacts(fresh("Room"), "Kuching", 30), by=cast.manager.id
    )
    session = catalogue_queries.sessions_of(offering)[0]
    link = f"https://meet.example/{fresh()}"
    facts = timetable_service.SessionFacts(session.starts_at, session.ends_at, room, link)
    timetable_service.save_session(offering, session, facts, accepted=True, by=cast.manager.id)
    return {"room": room.public_id, "link": link}


def _demand(cast: Cast, version: CourseVersion) -> dict[str, str]:
    """A course that is announced without dates, in which the trainee is interested."""
    undated = demand_service.announce(version, "Some day", "Kuching", by=cast.manager.id)
    demand_service.express(undated, cast.trainee, by=cast.trainee.id)
    return {"undated": undated.public_id}


def _programmes(cast: Cast, version: CourseVersion) -> dict[str, str]:
    """A programme that is being written, and one that everybody sees."""
    facts = programmes.ProgrammeFacts("diploma", {"en": "A programme"}, {}, {}, Decimal(3))
    by = cast.manager.id

    def write() -> Programme:
        programme = programmes.create(cast.provider, fresh("PR").upper(), facts, by=by)
        group = programmes.add_group(programme, {"en": "Core"}, Asked.ALL, None, by=by)
        programmes.add_course(programme, group, version.course, 1, by=by)
        return programme

    draft, listed = write(), write()
    programmes.move(listed, ProgrammeState.PUBLISHED, by=by)
    return {
        **_admission(cast, listed),
        "programme": draft.public_id,
        "group": draft.groups[0].public_id,
        "listed_programme": listed.public_id,
    }


def _admission(cast: Cast, programme: Programme) -> dict[str, str]:
    """An intake with the trainer as committee, a free time, and what the trainee sent to it."""
    now, by = clock.now(), cast.manager.id
    window = (now.date() + 90 * DAY, now - DAY, now + 30 * DAY)
    facts = intakes.IntakeFacts("January", *window, 5, {}, transcripts=0, letters=0, quorum=1)
    intake = intakes.call(programme, facts, by=by)
    intakes.name_member(intake, cast.trainer, by=by)
    slot = intakes.add_slot(intake, now + DAY, now + DAY + DAY / 24, "Room 1", by=by)
    application = admissions.begin(intake, cast.trainee, now=now)
    admissions.describe(application, admissions.Qualification("BSW", "UKM", 6, 3))
    admissions.state(application, "To learn more", "")
    data = f"Transcript of {application.public_id}".encode()
    file = Received(blobs().put(data), "transcript.txt", "text/plain", len(data))
    paper = admissions.add_document(application, DocumentKind.TRANSCRIPT, file)
    admissions.send(application, now=now)
    return {
        "intake": intake.public_id,
        "slot": slot.public_id,
        "application": application.public_id,
        "paper": paper.public_id,
    }


def _document(cast: Cast, offering: Offering) -> dict[str, str]:
    """A file for people with a seat."""
    data = f"Slides of {offering.public_id}".encode()
    file = Received(blobs().put(data), "slides.txt", "text/plain", len(data))
    by = cast.manager.id
    return {"document": documents.add(offering, "Slides", Audience.PLACES, file, by=by).public_id}


def _sheet(cast: Cast, offering: Offering) -> dict[str, str]:
    """A sheet of the provider that nobody has looked at yet."""
    email = f"{fresh('sh')}@test.example"
    make_user("Somebody new", organisation=cast.agency, email=email)
    data = f"offering,person\n{offering.code},{email}\n".encode()
    way, by = Way.ENROL, cast.manager.id
    sheet = sheet_service.take(way, cast.provider, "people.csv", data, by=by)
    return {"sheet": sheet.public_id}


def _running(cast: Cast, offering: Offering, assessment: Assessment) -> dict[str, str]:
    """An offering one can still enter, with a place and work that waits to be marked."""
    trainee, now = cast.trainee, clock.now()
    place = enrolment_service.enrol(offering, trainee, by=trainee.id, now=now)
    work = _work(assessment, place, now)
    return {
        "approval": _applied(cast, offering, now),
        "promise": _promised(cast, offering, now),
        "offering": offering.public_id,
        "session_of_class": catalogue_queries.sessions_of(offering)[0].public_id,
        "place": place.public_id,
        "hold": _held(cast, place),
        "work": work.public_id,
        "artefact": work.artefacts[0].public_id,
    }


def _applied(cast: Cast, offering: Offering, now: datetime) -> str:
    """Somebody of the agency asks for a place; the agency and the provider are asked."""
    offering.approvals = ["agency", "provider"]
    user = make_user("Applicant", organisation=cast.agency, email=f"{fresh('ap')}@test.example")
    place = enrolment_service.enrol(offering, user, by=user.id, now=now)
    offering.approvals = []
    return place.approvals[0].public_id


def _promised(cast: Cast, offering: Offering, now: datetime) -> str:
    """A place for an address that nobody has taken."""
    pool, email = offering.pools[0], f"{fresh('pr')}@test.example"
    made = promising.promise(offering, email, "Abroad", pool=pool, by=cast.manager, now=now)
    return made.public_id


def _work(assessment: Assessment, place: Enrolment, now: datetime) -> Submission:
    data = hashlib.sha256(place.public_id.encode()).hexdigest().encode()
    upload = Received(blobs().put(data), "work.txt", "text/plain", len(data))
    return assessment_service.submit(assessment, place, upload, by=place.user_id, now=now)


def _over(cast: Cast, version: CourseVersion, now: datetime) -> dict[str, str]:
    """An offering that is over: the trainee has the certificate, somebody else is due one."""
    offering = _offering(cast, version, now - 60 * DAY, now - 40 * DAY)
    due = make_user("Due", organisation=cast.agency, email=f"{fresh('due')}@test.example")
    places = [
        enrolment_service.enrol(offering, user, by=user.id, now=now - 50 * DAY)
        for user in (cast.trainee, due)
    ]
    past_course.attend(offering, places, by=cast.trainer.id, days_ago=35, now=now)
    for place in places:
        past_course.hand_in(place, now - 34 * DAY)
        past_course.grade(place, 2, by=cast.trainer.id, now=now - 33 * DAY)
    past_course.issue(places[0], by=cast.registrar.id, now=now - 30 * DAY)
    certificate = certificate_queries.of_enrolment(places[0].id)
    assert certificate is not None
    marked = assessment_queries.submissions_of(places[0])[0]
    doubted = withdrawals.ask_revocation(
        certificate, "Work of another", by=cast.registrar.id, now=now
    )
    design = drawing.draw(
        version.course.provider, {"registrar": cast.registrar}, now, name=fresh("Songket")
    )
    wanted = batches.begin(offering, [places[1].id], {}, by=cast.registrar.id)
    checked = _checked(cast, certificate)
    link = sharing.make(certificate, "An employer", 30, full_name=True, by=cast.trainee.id, now=now)
    return {
        **checked,
        "link": link.public_id,
        "batch": wanted.public_id,
        "design": design.public_id,
        "withdrawal": doubted.public_id,
        "past": offering.public_id,
        "place_due": places[1].public_id,
        "place_past": places[0].public_id,
        "certificate": certificate.public_id,
        "code": certificate.code,
        "marked": marked.public_id,
    }


def _checked(cast: Cast, certificate: Certificate) -> dict[str, str]:
    """What an employer has to do with the certificate."""
    employer = cast.employer.organisation
    assert employer is not None
    lines, by = [Line(2, certificate.code, "Somebody"), Line(3, "")], cast.employer.id
    token, _ = tokens.make(employer, "Personnel", 30, by=by, now=clock.now())
    return {
        "check_run": employers.prepare(employer, lines, "graduates.csv", by=by).public_id,
        "api_token": token.public_id,
        "watch": _watched(cast, certificate),
    }


def _watched(cast: Cast, certificate: Certificate) -> str:
    employer = cast.employer.organisation
    assert employer is not None
    wanted = select(Certificate.id).where(Certificate.id == certificate.id)
    watching.begin(employer, wanted, by=cast.employer.id, now=clock.now())
    return watch_queries.of_certificate(certificate.id)[0].public_id


def _people(cast: Cast, now: datetime) -> dict[str, str]:
    """The accounts others look after; one of them was merged into another, one can be."""
    trainer, trainee = cast.trainer, cast.trainee
    keys = running.settings().data_keys
    identity.enter(trainee, NumberKind.PASSPORT, cast.number, keys=keys, now=now)
    passkey = Passkey(
        user_id=trainee.id, name="phone", credential=fresh("k"), public_key="A", sign_count=0
    )
    db.session.add(passkey)
    here, _ = sessions.begin(trainee, Origin("192.0.2.1", "a browser elsewhere"), now=now)
    double, closed, into = (
        make_user(name, organisation=cast.agency, email=f"{fresh(name)}@test.example")
        for name in ("Double", "Closed", "Into")
    )
    merging.merge(closed, into, by=cast.second.id, now=now)
    grant = db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == trainer.id)).one()
    return {
        "session": here.public_id,
        "passkey": passkey.public_id,
        "person": trainer.public_id,
        "trainee": trainee.public_id,
        "double": double.public_id,
        "double_email": double.email,
        "closed": closed.public_id,
        "role": grant.role,
        "organisation": grant.organisation.public_id,
        "agency": cast.agency.public_id,
        "agency_code": cast.agency.code,
    }


def _waiting(cast: Cast, now: datetime) -> dict[str, str]:
    """What waits for somebody's answer: a proposed role, and a place in an agency."""
    trainee = cast.trainee
    proposal = grants.give(
        trainee, Role.AUDITOR, cast.provider, actor=people_queries.actor_of(cast.second), now=now
    )
    assert proposal is not None
    invitee = invitations.Invitee(trainee.name, trainee.email, "en")
    invitation = invitations.invite(invitee, cast.agency, by=cast.coordinator.id, now=now)
    return {"proposal": proposal.public_id, "invitation": invitation.public_id}


def _system(cast: Cast) -> dict[str, str]:
    """A checked framework file, and long work."""
    text = (paths.SAMPLE / "swx-starter.csv").read_text("utf-8")
    data = text.replace("1e0dd84b", hashlib.sha256(cast.number.encode()).hexdigest()[:8])
    data = data.replace("SWX-STARTER", f"SWX-{cast.provider.code}-{cast.number[0]}")
    digest = blobs().put(data.encode())
    run = standards_service.check(data.encode(), "framework.csv", digest, by=cast.manager.id)
    progress.announce("test.work", "Work of a test")
    piece = progress.begin("test.work", total=3, owner=cast.trainee.id)
    progress.end(piece.id)
    return {"run": run.public_id, "piece": piece.public_id}


def a_framework() -> str:
    """The framework of the sample, which is everybody's."""
    framework = standards_queries.newest_by_code("SWX-STARTER")
    assert framework is not None
    return framework.public_id
