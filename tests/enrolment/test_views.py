"""Enrolment over HTTP, on the sample institute."""

import pytest
from flask.testing import FlaskClient

from lms.catalogue import queries as catalogue_queries
from lms.enrolment import queries
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


def test_a_roll_with_a_field_nobody_asked_for_is_shown_again_as_it_was_marked(
    sign_in: SignIn,
) -> None:
    offering = catalogue_queries.offering_by_code("PKK204-2")
    assert offering is not None
    session = catalogue_queries.sessions_of(offering)[0]
    (first, *_rest) = queries.confirmed(offering.id)
    address = f"/offerings/{offering.public_id}/sessions/{session.public_id}"
    visitor, sent = sign_in("trainer1"), {f"presence-{first.public_id}": "excused"}
    refused = visitor.post(f"{address}?lang=en", data=sent | {"recorded_by_id": "1"})
    assert refused.status_code == 422
    assert "does not ask for" in refused.text
    assert 'value="excused" checked' in refused.text
    assert queries.roll_of(session) == []
    assert visitor.post(address, data=sent).status_code == 302
    assert [row.presence for row in queries.roll_of(session)] == ["excused"]
