"""Who checks for several employers says for which; what they say is asked anew each time."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from lms.db import db, transaction
from lms.employers import watch_queries
from lms.employers.models import ApiToken, CheckRun
from lms.kernel.permissions import Role
from lms.people import service as people_service
from lms.people.models import Organisation, RoleGrant, User
from tests.certificates.awards import sample_certificate
from tests.conftest import SignIn
from tests.employers import making

pytestmark = pytest.mark.usefixtures("app")
PAGES = ("/employers/checks/", "/employers/tokens/", "/employers/watches/")
House = tuple[Organisation, Organisation, User]


@pytest.fixture
def house() -> House:
    """Two employers, and somebody who checks for both."""
    (first, user), (second, _) = making.make_employer(), making.make_employer()
    with transaction():
        people_service.grant_role(user, Role.EMPLOYER_CHECKER, second, by=None)
    return first, second, user


def hand_in(visitor: FlaskClient, query: str) -> int:
    data = {"lines": "0000-0000-0000, Somebody"}
    return visitor.post(f"/employers/checks/{query}", data=data).status_code


def runs_of(employer: Organisation) -> list[CheckRun]:
    query = select(CheckRun).where(CheckRun.organisation_id == employer.id)
    return list(db.session.scalars(query))


def test_each_page_is_for_the_employer_of_its_address(house: House, sign_in: SignIn) -> None:
    first, second, user = house
    visitor, there = sign_in(user.email), f"?employer={second.public_id}"
    for page in PAGES:
        assert f'aria-current="page">{first.name}<' in visitor.get(page).text
        shown = visitor.get(page + there).text
        assert f'aria-current="page">{second.name}<' in shown
        assert f"{page}?employer={first.public_id}" in shown
    assert (hand_in(visitor, ""), hand_in(visitor, there)) == (302, 302)
    assert len(runs_of(first)) == len(runs_of(second)) == 1
    address = f"/employers/checks/{runs_of(second)[0].public_id}"
    assert address in visitor.get(PAGES[0] + there).text
    assert address not in visitor.get(PAGES[0]).text
    made = visitor.post(PAGES[1] + there, data={"name": "Personnel", "days": "30"})
    assert made.status_code == 200
    query = select(ApiToken.organisation_id).where(ApiToken.made_by_id == user.id)
    assert list(db.session.scalars(query)) == [second.id]
    answer = visitor.post(f"{address}/delete")
    assert answer.location.endswith(there)


def test_a_certificate_is_watched_for_the_employer_that_was_chosen(
    house: House, sign_in: SignIn
) -> None:
    _, second, user = house
    visitor, certificate = sign_in(user.email), sample_certificate()
    page = visitor.get(f"/v/{certificate.code}").text
    proof = re.search(r'name="proof"[^>]*value="([^"]+)"', page)
    assert proof is not None
    data = {"proof": proof[1], "employer": second.public_id}
    assert visitor.post(PAGES[2], data=data).status_code == 302
    assert watch_queries.watched(second.id, [certificate.id]) == {certificate.id}
    assert certificate.serial in visitor.get(f"{PAGES[2]}?employer={second.public_id}").text
    assert certificate.serial not in visitor.get(PAGES[2]).text
    assert visitor.post(PAGES[2], data=data | {"employer": "elsewhere"}).status_code == 404


def test_an_employer_that_is_not_ones_own_is_not_there(house: House, sign_in: SignIn) -> None:
    _, second, user = house
    stranger, _ = making.make_employer()
    visitor = sign_in(user.email)
    for query in (f"?employer={stranger.public_id}", "?employer=nothing"):
        for page in PAGES:
            assert visitor.get(page + query).status_code == 404
        assert hand_in(visitor, query) == 404
    with transaction():  # the role ends while the page is open
        mine = RoleGrant.user_id == user.id, RoleGrant.organisation_id == second.id
        db.session.execute(delete(RoleGrant).where(*mine))
    assert hand_in(visitor, f"?employer={second.public_id}") == 404
    assert runs_of(second) == []
    assert "You act for" not in visitor.get(f"{PAGES[0]}?lang=en").text
