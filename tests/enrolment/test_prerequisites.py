"""Who lacks what a course asks for gets no place, in any way in; a manager may admit them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.catalogue import lifecycle, prerequisites, requirements, standing
from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import CourseVersion, Offering
from lms.catalogue.prerequisites import Asked
from lms.catalogue.wording import Missing
from lms.certificates import queries as certificate_queries
from lms.competency.models import Attainment
from lms.db import db, transaction
from lms.enrolment import changing, service
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.permissions import Role
from lms.people import queries as people_queries
from lms.people import service as people_service
from lms.people.models import User
from tests import make
from tests.conftest import SignIn
from tests.make import NOW, item, make_course, make_offering, make_organisation, make_user

pytestmark = pytest.mark.usefixtures("app")
CountStatements = Callable[[], AbstractContextManager[list[str]]]


def asking(*asked: Asked, provider: object = None) -> Offering:
    version = make_course(provider, published=False)  # type: ignore[arg-type]
    for one in asked:
        prerequisites.add(version, one, by=None)
    make.publish(version)
    return make_offering(version)


def attained(user: User, level: int, *, last: date | None = None) -> None:
    db.session.add(
        Attainment(
            user_id=user.id,
            item_id=item().id,
            level=level,
            valid_from=date(2026, 1, 1),
            valid_to=last,
            source="rpl",
            rule_version="test",
        )
    )
    db.session.flush()


def lacks(offering: Offering, user: User) -> str:
    """What is named as missing; empty when nothing is."""
    lines = prerequisites.of(offering.course_version)
    known = standing.known(user, lines, NOW.date())
    return str(Missing(requirements.missing(lines, known)))


@pytest.fixture
def five_years() -> Offering:
    return asking(Asked("service", 1, 5))


def test_years_of_service_or_a_role_is_enough() -> None:
    offering, user = asking(Asked("service", 1, 5), Asked("role:trainer", 1)), make_user()
    assert lacks(offering, user) == "5 years of service or the role Trainer"
    user.serving_since = date(2022, 3, 11)
    assert lacks(offering, user) != ""
    user.serving_since = date(2022, 3, 10)
    assert lacks(offering, user) == ""
    other = make_user()
    people_service.grant_role(other, Role.TRAINER, make_organisation(), by=None)
    assert lacks(offering, other) == ""


def test_a_level_that_is_held_today_counts() -> None:
    offering, user = asking(Asked(f"item:{item().id}", 1, 2)), make_user()
    attained(user, 1)
    assert "SWX.AS.02" in lacks(offering, user)
    attained(user, 3, last=date(2027, 3, 9))
    assert "at level 2" in lacks(offering, user)
    attained(user, 2, last=date(2027, 3, 10))
    assert lacks(offering, user) == ""


def test_a_completed_course_counts_while_its_certificate_stands() -> None:
    """Aisyah has a certificate of PKK204 in the sample."""
    done = catalogue_queries.version_of_course("PKK204")
    aisyah = people_queries.user_by_email("aisyah@sijil.example")
    assert done is not None
    assert aisyah is not None
    offering = asking(Asked(f"course:{done.course_id}", 1))
    assert lacks(offering, aisyah) == ""
    assert lacks(offering, make_user()) == "the course PKK204"
    for certificate in certificate_queries.of_person(aisyah.id):
        certificate.state = "revoked"
    db.session.flush()
    assert lacks(offering, aisyah) == "the course PKK204"


def test_every_way_in_is_refused_and_nothing_is_kept(five_years: Offering) -> None:
    agency = make_organisation()
    user = make_user(organisation=agency)
    with pytest.raises(Conflict, match="prerequisites-missing"):
        service.enrol(five_years, user, by=user.id, now=NOW)
    with pytest.raises(Conflict, match="prerequisites-missing"):
        service.nominate(five_years, user, by=make_user().id, now=NOW)
    user.serving_since = date(2000, 1, 1)
    place = service.nominate(five_years, user, by=make_user().id, now=NOW)
    user.serving_since = None
    with pytest.raises(Conflict, match="prerequisites-missing"):
        service.accept(place, by=user.id, now=NOW)
    assert (place.state, five_years.pools[0].ticket) == ("nominated", 0)


def test_a_substitute_needs_the_same(five_years: Offering) -> None:
    agency = make_organisation()
    holder, heir = make_user(organisation=agency), make_user(organisation=agency)
    holder.serving_since = date(2000, 1, 1)
    place = service.enrol(five_years, holder, by=holder.id, now=NOW)
    with pytest.raises(Conflict, match="prerequisites-missing"):
        changing.substitute(place, heir, by=make_user().id, now=NOW, reason="Ill")
    assert place.state == "confirmed"


def test_a_manager_admits_for_a_reason(five_years: Offering) -> None:
    manager, user = make_user(), make_user()
    with pytest.raises(Invalid):
        service.admit(five_years, user, " ", by=manager.id, now=NOW)
    with pytest.raises(Forbidden, match="admit-own"):
        service.admit(five_years, manager, "I know it", by=manager.id, now=NOW)
    place = service.admit(five_years, user, "Ten years abroad", by=manager.id, now=NOW)
    assert (place.state, place.admitted_because) == ("confirmed", "Ten years abroad")
    entry = db.session.scalars(
        select(AuditEntry).where(
            AuditEntry.action == "enrolment.admitted", AuditEntry.object_id == place.id
        )
    ).one()
    assert (entry.actor_id, entry.details["reason"]) == (manager.id, "Ten years abroad")


def test_lines_are_written_in_drafts_only_and_once_in_a_group() -> None:
    version, other = make_course(published=False), make_course(published=False)
    line = prerequisites.add(version, Asked("role:trainer", 1), by=None)
    with pytest.raises(Conflict, match="prerequisite-already"):
        prerequisites.add(version, Asked("role:trainer", 1), by=None)
    with pytest.raises(Invalid):
        prerequisites.add(version, Asked(f"course:{version.course_id}", 2), by=None)
    with pytest.raises(Invalid):
        prerequisites.add(version, Asked("service", 2), by=None)
    with pytest.raises(NotFound):
        prerequisites.remove(other, line.public_id, by=None)
    make.publish(version)
    with pytest.raises(Conflict, match="course-version-frozen"):
        prerequisites.remove(version, line.public_id, by=None)
    draft = lifecycle.begin(version, by=None)
    assert [(one.group_number, one.key) for one in prerequisites.of(draft)] == [(1, "role:trainer")]


def test_the_check_costs_the_same_for_many_lines(count_statements: CountStatements) -> None:
    version, user = make_course(published=False), make_user()
    counts = []
    for group in range(1, 4):
        course = make_course(version.course.provider)
        for key in (f"course:{course.course_id}", f"item:{item().id}", "role:trainer", "service"):
            prerequisites.add(version, Asked(key, group, 2), by=None)
        db.session.expire_all()
        with count_statements() as statements, pytest.raises(Conflict):
            prerequisites.check(version, user, NOW)
        counts.append(len(statements))
    assert counts == [counts[0]] * 3


def test_the_pages_say_what_is_met_and_the_refusal_names_what_is_missing(sign_in: SignIn) -> None:
    with transaction():
        provider = people_queries.organisation_by_code("ILKS")
        offering = asking(Asked("service", 1, 5), provider=provider)
        facts = {"opens_at": NOW - timedelta(days=9000), "closes_at": NOW + timedelta(days=9000)}
        for name, value in facts.items():
            setattr(offering, name, value)
        version: CourseVersion = offering.course_version
    priya, manager = sign_in("priya"), sign_in("manager")
    page = priya.get(f"/courses/{version.public_id}?lang=en").text
    assert "5 years of service" in page
    assert "not met" in page
    apply = f"/offerings/{offering.public_id}/enrol?lang=en"
    assert "Confirm enrolment" not in priya.get(apply).text
    assert "You cannot take a place yet." in priya.get(apply).text
    refused = priya.post(apply)
    assert refused.status_code == 409
    assert "5 years of service" in refused.text
    by_manager_alone(offering, priya, manager)


def by_manager_alone(offering: Offering, priya: FlaskClient, manager: FlaskClient) -> None:
    wrong = {"email": "priya@sijil.example", "reason": "", "pool": offering.pools[0].public_id}
    address = f"/offerings/{offering.public_id}/admit"
    assert manager.post(address, data=wrong).status_code == 422
    wrong["reason"] = "Ten years abroad"
    assert priya.post(address, data=wrong).status_code == 403
    with transaction():
        person = people_queries.user_by_email("priya@sijil.example")
        assert person is not None
        person.organisation = people_queries.organisation_by_code("ILKS")
    answer = manager.post(address, data=wrong)
    assert answer.status_code == 302
    assert "Ten years abroad" in priya.get(answer.location).text


def test_the_form_of_a_draft_adds_and_removes(sign_in: SignIn) -> None:
    with transaction():
        version = make_course(people_queries.organisation_by_code("ILKS"), published=False)
    manager, address = sign_in("manager"), f"/manage/courses/{version.public_id}"
    wrong = manager.post(f"{address}/prerequisites", data={"key": "service", "group": "0"})
    assert wrong.status_code == 422
    line = {"key": "service", "group": "0", "least": "5"}
    assert manager.post(f"{address}/prerequisites", data=line).location == address
    assert "5 years of service" in manager.get(f"{address}?lang=en").text
    manager.post(f"{address}/prerequisites", data={"key": "role:trainer", "group": "0"})
    first, second = prerequisites.of(version)
    assert (first.group_number, second.group_number) == (1, 2)
    out = {"line": first.public_id}
    assert manager.post(f"{address}/prerequisites/remove", data=out).location == address
    assert prerequisites.of(version) == [second]


def test_a_coordinator_notes_since_when_an_officer_serves(sign_in: SignIn) -> None:
    coordinator = sign_in("coordinator")
    officer = people_queries.user_by_email("aisyah@sijil.example")
    assert officer is not None
    address = f"/members/{officer.public_id}/service"
    assert coordinator.post(address, data={"since": "2015-02-01"}).status_code == 302
    db.session.refresh(officer)
    assert officer.serving_since == date(2015, 2, 1)
    own = people_queries.user_by_email("coordinator@sijil.example")
    assert own is not None
    refused = coordinator.post(f"/members/{own.public_id}/service", data={"since": "1990-01-01"})
    assert refused.status_code == 403
    assert sign_in("coordinator2").post(address, data={"since": ""}).status_code == 404
