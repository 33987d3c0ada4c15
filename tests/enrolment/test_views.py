"""Enrolment over HTTP, on the sample institute."""

import pytest
from flask.testing import FlaskClient

from lms.catalogue import queries as catalogue_queries
from tests.conftest import SignIn


def offering_id(code: str) -> str:
    offering = catalogue_queries.offering_by_code(code)
    assert offering is not None
    return offering.public_id


def test_the_last_seat_goes_to_the_first_and_the_next_person_waits(sign_in: SignIn) -> None:
    """PKK204-2 has one of three seats left."""
    address = f"/offerings/{offering_id('PKK204-2')}/enrol"
    first = sign_in("aisyah").post(address, follow_redirects=True)
    second = sign_in("budi").post(address, follow_redirects=True)
    assert "/places/" in first.request.path
    assert 'class="tag ok"' in first.text
    assert 'class="tag warn"' in second.text


@pytest.mark.usefixtures("app")
def test_enrolling_needs_an_account(client: FlaskClient) -> None:
    """A visitor is sent to sign in and back."""
    answer = client.post(f"/offerings/{offering_id('PKK204-2')}/enrol")
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")
