"""Enrolment over HTTP, on the sample institute."""

import pytest
from flask.testing import FlaskClient

from lms.catalogue import queries as catalogue_queries
from lms.db import transaction
from lms.enrolment import queries, roll
from lms.enrolment.rules import Mark
from tests.conftest import SignIn
from tests.make import NOW, make_offering, make_place


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


def test_three_of_five_days_say_what_is_missing(sign_in: SignIn) -> None:
    with transaction():
        place = make_place(make_offering(days=5))
        sessions = catalogue_queries.sessions_of(place.offering)
        for number, session in enumerate(sessions[:8]):
            mark = Mark("present" if number < 6 else "absent")
            roll.take_roll(session, {place.public_id: mark}, by=place.user_id, now=NOW)
    address = f"/places/{place.public_id}?lang=en"
    visitor = sign_in(place.user.email)
    page = visitor.get(address).text
    assert "3 of 5 days in full, 18 hours of 30 hours, 60 %. 80 % are needed" in page
    assert "6 hours more are needed; 6 hours are not recorded yet." in page
    with transaction():
        for session in sessions[8:]:
            mark = Mark("present")
            roll.take_roll(session, {place.public_id: mark}, by=place.user_id, now=NOW)
    page = visitor.get(address).text
    assert "4 of 5 days in full, 24 hours of 30 hours, 80 %." in page
    assert "Attended enough" in page
