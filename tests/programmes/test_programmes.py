"""A programme is written by managers, published when it can be met, and shows one's progress."""

from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.catalogue.models import CourseVersion
from lms.certificates.models import Certificate
from lms.db import db, transaction
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.people.models import User
from lms.programmes import queries, service
from lms.programmes.models import Asked, Programme, ProgrammeState
from tests.conftest import SignIn, signed_in
from tests.make import fresh, make_course, make_manager, make_organisation

TITLES = {f"title_{each}": "Core" for each in ("ms", "en", "id")}
app_wide = pytest.mark.usefixtures("app")
PUBLISHED, DRAFT, CLOSED = ProgrammeState.PUBLISHED, ProgrammeState.DRAFT, ProgrammeState.CLOSED
FIELDS = {
    "award": "master",
    "title_ms": "Sarjana",
    "title_en": "Master",
    "title_id": "Magister",
    "entry_en": "A bachelor's degree",
    "credits": "40",
    "most_months": "48",
}


def facts(credits_: str = "3") -> service.ProgrammeFacts:
    return service.ProgrammeFacts("diploma", {"en": "Diploma"}, {}, {}, Decimal(credits_))


def made(*versions: CourseVersion) -> Programme:
    """A draft of the first course's provider, all courses in one group."""
    provider = versions[0].course.provider if versions else make_organisation()
    programme = service.create(provider, fresh("P"), facts(), by=None)
    group = service.add_group(programme, {"en": "Core"}, Asked.ALL, None, by=None)
    for version in versions:
        service.add_course(programme, group, version.course, 1, by=None)
    return programme


@app_wide
def test_it_is_published_only_when_it_can_be_met_and_changed_only_as_a_draft() -> None:
    version = make_course()
    programme = made()
    with pytest.raises(Invalid, match="programme-group-empty"):
        service.move(programme, PUBLISHED, by=None)
    programme = made(version)
    service.move(programme, PUBLISHED, by=None)
    group = programme.groups[0]
    for change in (
        lambda: service.edit(programme, facts("9"), by=None),
        lambda: service.add_group(programme, {"en": "More"}, Asked.ALL, None, by=None),
        lambda: service.remove_group(programme, group, by=None),
        lambda: service.remove_course(programme, version.course.code, by=None),
    ):
        with pytest.raises(Conflict, match="programme-not-draft"):
            change()
    with pytest.raises(Conflict, match="programme-state"):
        service.move(programme, PUBLISHED, by=None)
    service.move(programme, CLOSED, by=None)
    service.move(programme, DRAFT, by=None)
    service.remove_course(programme, version.course.code, by=None)
    with pytest.raises(NotFound):
        service.remove_course(programme, version.course.code, by=None)
    service.remove_group(programme, group, by=None)
    assert programme.groups == []


@app_wide
def test_a_course_stands_in_it_once_and_is_of_the_same_provider() -> None:
    version = make_course()
    programme = made(version)
    other = service.add_group(programme, {"en": "Choice"}, Asked.COURSES, Decimal(1), by=None)
    with pytest.raises(Conflict, match="programme-course-twice"):
        service.add_course(programme, other, version.course, None, by=None)
    with pytest.raises(NotFound):
        service.add_course(programme, other, make_course().course, None, by=None)
    assert [one.course_id for one in programme.groups[0].courses] == [version.course_id]


@app_wide
@pytest.mark.parametrize(
    ("asked", "least", "code"),
    [
        (Asked.COURSES, None, "programme-least-missing"),
        (Asked.CREDITS, None, "programme-least-missing"),
        (Asked.COURSES, Decimal("1.5"), "programme-least-whole"),
    ],
)
def test_a_group_needs_its_number(asked: Asked, least: Decimal | None, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        service.add_group(made(), {"en": "x"}, asked, least, by=None)
    assert refused.value.fields == {"least": code}


@app_wide
def test_a_code_is_unique_at_its_provider() -> None:
    programme = made()
    with pytest.raises(Conflict, match="programme-code-taken"):
        service.create(programme.provider, programme.code, facts(), by=None)


def test_progress_counts_courses_with_a_certificate_that_stands(sign_in: SignIn) -> None:
    programme = db.session.scalars(select(Programme).where(Programme.code == "PGD-KS")).one()
    address = f"/programmes/{programme.public_id}?lang=en"
    page = sign_in("aisyah").get(address).text
    assert "1 of 2 groups" in page
    assert "Fulfilled" in page
    assert "How far you have come" not in sign_in("amirul").get(address).text
    with transaction():
        for one in db.session.scalars(select(Certificate)):
            one.state = "revoked"
    assert "How far you have come" not in sign_in("aisyah").get(address).text


def test_strangers_see_published_ones_only(client: FlaskClient, app: Flask) -> None:
    with transaction():
        programme = made(make_course())
        address = f"/programmes/{programme.public_id}?lang=en"
        manager = make_manager(programme.provider)
    assert client.get(address).status_code == 404
    assert signed_in(app, manager.email).get(address).status_code == 200
    with transaction():
        service.move(programme, PUBLISHED, by=None)
    page = client.get(address)
    assert page.status_code == 200
    assert "All of these courses" in page.text
    assert "Diploma" in client.get("/programmes?lang=en").text


Desk = tuple[FlaskClient, CourseVersion, str]


@pytest.fixture
def desk(app: Flask) -> Desk:
    """A manager, a published course of theirs, and the page of a new draft."""
    with transaction():
        provider = make_organisation()
        version = make_course(provider)
        manager = make_manager(provider)
    visitor = signed_in(app, manager.email)
    new = visitor.post("/manage/programmes/new", data=FIELDS | {"code": fresh("MSW").upper()})
    assert new.status_code == 302
    return visitor, version, new.location


def programme_at(address: str) -> Programme:
    db.session.expire_all()
    return queries.by_public_id(address.rsplit("/", 1)[1])


def test_a_manager_writes_and_publishes_one(desk: Desk, client: FlaskClient) -> None:
    visitor, version, address = desk

    def send(path: str, **fields: str) -> int:
        return visitor.post(f"{address}{path}", data=fields).status_code

    assert send("/groups", **TITLES, asked="credits", least="1.5") == 302
    (group,) = programme_at(address).groups
    courses = f"/groups/{group.public_id}/courses"
    assert send(courses, course=version.course.public_id, term="2") == 302
    assert send(courses, course=version.course.public_id, term="2") == 422  # no choice any more
    assert send("/state", state="published") == 302
    page = client.get(f"/programmes/{programme_at(address).public_id}?lang=en").text
    assert "1.5 credits of these courses" in page
    assert "48 months" in page
    assert send("/courses/remove", code=version.course.code) == 409
    assert send("/state", state="draft") == 302
    assert send("/edit", **FIELDS | {"credits": "12.5"}) == 302
    assert programme_at(address).credits == Decimal("12.5")
    assert send("/courses/remove", code=version.course.code) == 302
    assert send(f"/groups/{group.public_id}/remove") == 302
    assert programme_at(address).groups == []


def test_what_is_missing_is_said(desk: Desk) -> None:
    visitor, _, address = desk
    new = "/manage/programmes/new?lang=en"
    assert visitor.post(new, data=FIELDS | {"code": ""}).status_code == 422
    taken = visitor.post(new, data=FIELDS | {"code": programme_at(address).code})
    assert taken.status_code == 422
    assert "Another programme has this code." in taken.text
    short = visitor.post(f"{address}/groups?lang=en", data=TITLES | {"asked": "credits"})
    assert short.status_code == 422
    assert "Say how many" in short.text
    assert "has no group of courses yet" in visitor.get(f"{address}?lang=en").text
    assert visitor.post(f"{address}/state", data={"state": "published"}).status_code == 422


def test_another_providers_programme_is_not_there(app: Flask) -> None:
    with transaction():
        programme = made(make_course())
        stranger: User = make_manager(make_organisation())
        public_id, group = programme.public_id, programme.groups[0].public_id
    desk = signed_in(app, stranger.email)
    for path in ("", "/edit"):
        assert desk.get(f"/manage/programmes/{public_id}{path}").status_code == 404
    for path, sent in (
        ("/state", {"state": "published"}),
        ("/courses/remove", {"code": "X"}),
        (f"/groups/{group}/remove", {}),
    ):
        assert desk.post(f"/manage/programmes/{public_id}{path}", data=sent).status_code == 404


def test_a_group_of_another_programme_is_not_there(app: Flask) -> None:
    with transaction():
        programme = made(make_course())
        other = made(make_course(programme.provider))
        manager = make_manager(programme.provider)
        group = other.groups[0].public_id
    desk = signed_in(app, manager.email)
    address = f"/manage/programmes/{programme.public_id}/groups/{group}/remove"
    assert desk.post(address).status_code == 404
