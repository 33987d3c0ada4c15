"""The sample has an application for a line manager and a document, so that no screen is empty."""

import hashlib

import pytest
from flask.testing import FlaskClient

from lms.catalogue import queries as catalogue_queries
from lms.documents import queries as documents_queries
from lms.enrolment import agency_queries
from lms.people import queries as people_queries
from lms.sample import loading, office
from tests.conftest import SignIn

pytestmark = pytest.mark.usefixtures("app")


def test_the_line_manager_of_the_sample_is_asked(sign_in: SignIn) -> None:
    assert office.LINE_MANAGER in {each.email for each in loading.accounts()}
    head = people_queries.user_by_email(office.LINE_MANAGER)
    assert head is not None
    (asked,) = agency_queries.approvals_waiting((), (), head.id)
    place = asked.enrolment
    assert (place.user.email, place.offering.code) == (office.OFFICER, office.COURSE)
    assert place.state == "applied"
    assert place.user.name in sign_in(head.email).get("/approvals").text


def test_the_symposium_has_a_document_that_everybody_reads(client: FlaskClient) -> None:
    offering = catalogue_queries.offering_by_code(office.SYMPOSIUM)
    assert offering is not None
    (document,) = documents_queries.of_offering(offering, public_only=True)
    assert document.digest == hashlib.sha256(office.RESOLUTIONS.encode()).hexdigest()
    address = f"/offerings/{offering.public_id}"
    assert document.title in client.get(f"{address}/programme").text
    answer = client.get(f"{address}/documents/{document.public_id}")
    assert answer.get_data(as_text=True) == office.RESOLUTIONS
