"""Over HTTP: listed as without dates, interest by people and agencies, dates set by the manager."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient

from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import CourseVersion
from lms.db import transaction
from lms.demand import queries, service
from lms.people import queries as people_queries
from tests.conftest import SignIn
from tests.make import make_course, make_offering, make_user

pytestmark = pytest.mark.usefixtures("app")


def course() -> CourseVersion:
    return make_course(people_queries.organisation_by_code("ILKS"))


def test_a_course_without_dates_is_listed_and_people_say_that_they_would_come(
    sign_in: SignIn, client: FlaskClient
) -> None:
    with transaction():
        version = course()
        page, code = f"/courses/{version.public_id}?lang=en", version.course.code
        announce = f"/manage/courses/{version.public_id}/undated?lang=en"
    assert "Dates to be announced" not in client.get(f"/?q={code}&lang=en").text
    manager = sign_in("manager")
    assert manager.post(announce, data={"expected": ""}).status_code == 422
    made = manager.post(announce, data={"expected": "Early 2028", "venue": "Sibu"})
    assert made.status_code == 302
    desk = made.location
    assert "Dates to be announced" in client.get(f"/?q={code}&lang=en").text
    assert "Early 2028" in client.get(page).text
    assert "would come" not in client.get(page).text
    _counted(sign_in, client, desk)


def _counted(sign_in: SignIn, client: FlaskClient, desk: str) -> None:
    manager = sign_in("manager")
    learner, address = sign_in("amirul"), f"{desk}/interest?lang=en"
    assert client.get(address).status_code == 302  # to sign in
    assert learner.post(address, data={"people": "3"}).status_code == 422
    assert learner.post(address).status_code == 302
    assert "You said that you would come" in learner.get(address).text
    assert "Early 2028" in learner.get("/my-training").text
    coordinator = sign_in("coordinator")
    assert coordinator.post(address, data={"people": "7"}).status_code == 302
    assert "8 people would come" in manager.get(f"{desk}?lang=en").text
    assert "8 people would come" in manager.get("/manage/courses?lang=en").text
    assert learner.get(desk).status_code == 403
    assert learner.post(f"{desk}/withdraw").status_code == 302
    assert "7 people would come" in manager.get(f"{desk}?lang=en").text


def test_the_manager_names_the_offering_that_has_the_dates(sign_in: SignIn) -> None:
    with transaction():
        version = course()
        undated = service.announce(version, "Early 2028", "", by=None)
        service.express(undated, make_user(), by=None)
        desk, key = f"/undated/{undated.public_id}", version.public_id
        foreign = make_offering().public_id
    manager = sign_in("manager")
    assert "open it first" in manager.get(f"{desk}?lang=en").text
    with transaction():
        offering = make_offering(catalogue_queries.course_version(key))
        offering.ends_on = offering.ends_on.replace(year=2099)
        chosen = offering.public_id
    assert manager.post(f"{desk}/dates", data={"offering": foreign}).status_code == 422
    assert manager.post(f"{desk}/drop", data={"reason": ""}).status_code == 422
    assert manager.post(f"{desk}/dates", data={"offering": chosen}).status_code == 302
    assert "1 person is told" in manager.get(f"{desk}?lang=en").text
    assert manager.post(f"{desk}/drop", data={"reason": "x"}).status_code == 409


def test_lists_cost_the_same_for_many_as_for_few(
    sign_in: SignIn, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with transaction():
        undated = service.announce(course(), "2028", "", by=None)
        service.express(undated, make_user(), by=None)
        desk = f"/undated/{undated.public_id}"
    manager, pages = sign_in("manager"), (desk, "/manage/courses", "/")
    with count_statements() as few:
        for page in pages:
            manager.get(page)
    with transaction():
        undated = queries.by_public_id(undated.public_id)
        for _ in range(5):
            service.express(undated, make_user(), by=None)
            service.announce(course(), "2029", "", by=None)
    with count_statements() as many:
        for page in pages:
            manager.get(page)
    assert len(many) == len(few)
