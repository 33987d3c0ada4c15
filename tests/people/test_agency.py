"""A coordinator sees the officers of the own agency and below, and nobody else."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.catalogue import queries as catalogue_queries
from lms.db import transaction
from lms.enrolment import service
from lms.kernel import clock
from lms.people import queries
from tests.conftest import SignIn

NAMES = {
    "siti.hajar@sijil.example": "JKM-SEL",
    "sukarni@sijil.example": "UNUS",
    "paijo@sijil.example": "PKKH",
}


@pytest.fixture
def places(app: Flask) -> dict[str, str]:
    """The public ids of places by organisation."""
    del app
    made = {}
    with transaction():
        offering = catalogue_queries.offering_by_code("KES110-1")
        assert offering is not None
        for email, organisation in NAMES.items():
            user = queries.user_by_email(email)
            assert user is not None
            place = service.enrol(offering, user, by=user.id, now=clock.now())
            made[organisation] = place.public_id
    return made


def names_seen(visitor: FlaskClient) -> set[str]:
    page = visitor.get("/agency").text
    main = page[page.index("<main") : page.index("</main>")]
    seen = set()
    for email, organisation in NAMES.items():
        user = queries.user_by_email(email)
        assert user is not None
        if user.name in main:
            seen.add(organisation)
    return seen


def test_the_list_shows_the_own_tree(places: dict[str, str], sign_in: SignIn) -> None:
    assert len(places) == 3
    assert names_seen(sign_in("coordinator")) == {"JKM-SEL"}
    assert names_seen(sign_in("coordinator2")) == {"PKKH"}


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("coordinator", {"JKM-SEL"}),
        ("coordinator2", {"PKKH"}),
        ("siti.hajar", {"JKM-SEL"}),
        ("sukarni", {"UNUS"}),
        ("aisyah", set()),
        ("registrar", set()),
        ("admin", set()),
        ("trainer1", set()),
        ("trainer3", {"JKM-SEL", "UNUS", "PKKH"}),
        ("manager", {"JKM-SEL", "UNUS", "PKKH"}),
    ],
)
def test_a_place_is_there_for_its_person_its_agency_and_its_staff(
    places: dict[str, str], sign_in: SignIn, who: str, allowed: set[str]
) -> None:
    visitor = sign_in(who)
    found = {where: visitor.get(f"/places/{place}").status_code for where, place in places.items()}
    assert found == {where: 200 if where in allowed else 404 for where in places}


@pytest.mark.parametrize("who", ["coordinator", "manager", "trainer3", "aisyah"])
def test_only_the_person_gives_up_a_place(
    places: dict[str, str], sign_in: SignIn, who: str
) -> None:
    address = f"/places/{places['JKM-SEL']}/withdraw"
    assert sign_in(who).post(address).status_code == 404
    assert sign_in("siti.hajar").post(address).status_code == 302


@pytest.mark.parametrize("who", ["aisyah", "trainer1", "registrar", "manager", "admin", "auditor"])
@pytest.mark.usefixtures("app")
def test_the_list_is_for_coordinators(sign_in: SignIn, who: str) -> None:
    assert sign_in(who).get("/agency").status_code == 403


@pytest.mark.usefixtures("app")
def test_visitors_are_asked_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/agency")
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=/agency"
