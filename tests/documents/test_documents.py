"""Documents of an offering: who adds them, who reads them, and what is no document."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms.catalogue.models import Offering
from lms.db import transaction
from lms.documents import queries, service
from lms.documents.models import Audience, OfferingDocument
from lms.enrolment import service as enrolment_service
from lms.kernel.errors import Conflict
from lms.storage import blobs
from lms.storage.receiving import Received
from tests.conftest import signed_in
from tests.make import NOW, make_manager, make_offering, make_place, make_user

Desk = tuple[FlaskClient, Offering]


@pytest.fixture
def desk(app: Flask) -> Desk:
    """A course manager, and an offering with one seat."""
    with transaction():
        offering = make_offering(capacity=1)
        manager = make_manager(offering.course_version.course.provider)
    return signed_in(app, manager.email), offering


def address(offering: Offering) -> str:
    return f"/offerings/{offering.public_id}/documents"


def send(desk: Desk, data: bytes, name: str, audience: str = "places") -> TestResponse:
    visitor, offering = desk
    fields = {"title": "<b>Resolusi</b>", "audience": audience, "file": (io.BytesIO(data), name)}
    return visitor.post(
        address(offering) + "?lang=en", data=fields, content_type="multipart/form-data"
    )


def kept(offering: Offering, audience: Audience) -> OfferingDocument:
    data = f"Resolutions for {audience}".encode()
    file = Received(blobs().put(data), "resolusi.txt", "text/plain", len(data))
    return service.add(offering, "Resolutions", audience, file, by=None)


def test_a_file_is_added_read_and_removed(desk: Desk) -> None:
    visitor, offering = desk
    assert send(desk, b"We resolve", "../../resolusi.txt").status_code == 302
    (document,) = queries.of_offering(offering, public_only=False)
    at = f"{address(offering)}/{document.public_id}"
    page = visitor.get(address(offering) + "?lang=en").text
    assert "&lt;b&gt;Resolusi" in page
    assert "resolusi.txt" in page
    again = send(desk, b"We resolve", "other.txt")
    assert again.status_code == 422
    assert "stands among the documents already" in again.text
    file = visitor.get(at)
    assert file.data == b"We resolve"
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert visitor.post(f"{at}/remove").status_code == 302
    assert visitor.get(at).status_code == 404


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (b"", "a.txt", "empty"),
        (b"MZ\x90\x00", "a.exe", "Accepted"),
        (b"MZ\x90\x00", "a.pdf", "Accepted"),
    ],
)
def test_what_is_no_document_is_refused(desk: Desk, data: bytes, name: str, told: str) -> None:
    answer = send(desk, data, name)
    assert answer.status_code == 422
    assert told in answer.text
    assert queries.of_offering(desk[1], public_only=False) == []


def test_who_reads_what(app: Flask, desk: Desk) -> None:
    _, offering = desk
    with transaction():
        open_, closed = (kept(offering, each) for each in (Audience.EVERYBODY, Audience.PLACES))
        seated, waiting = make_place(offering), make_place(offering)
        gone = make_user()
    readers = {
        "stranger": app.test_client(),
        "seated": signed_in(app, seated.user.email),
        "waiting": signed_in(app, waiting.user.email),
        "gone": signed_in(app, gone.email),
    }
    for who, reader in readers.items():
        assert reader.get(f"{address(offering)}/{open_.public_id}").status_code == 200, who
        expected = 200 if who == "seated" else 404
        assert reader.get(f"{address(offering)}/{closed.public_id}").status_code == expected, who
    agenda = f"/offerings/{offering.public_id}/programme"
    assert readers["stranger"].get(agenda).text.count("Resolutions") == 1
    assert readers["seated"].get(f"/places/{seated.public_id}").text.count("Resolutions") == 2
    with transaction():
        enrolment_service.withdraw(seated, by=seated.user_id, now=NOW)
    assert readers["seated"].get(f"{address(offering)}/{closed.public_id}").status_code == 404


def test_a_document_of_another_offering_is_not_there(desk: Desk) -> None:
    visitor, offering = desk
    with transaction():
        document = kept(make_offering(), Audience.EVERYBODY)
    for path in ("", "/remove"):
        at = f"{address(offering)}/{document.public_id}{path}"
        answer = visitor.post(at) if path else visitor.get(at)
        assert answer.status_code == 404


def test_others_add_and_remove_nothing(app: Flask, desk: Desk) -> None:
    _, offering = desk
    with transaction():
        document = kept(offering, Audience.EVERYBODY)
        seated = make_place(offering)
    for who in (seated.user.email, "manager", "trainer1"):
        visitor = signed_in(app, who)
        assert visitor.get(address(offering)).status_code == 403
        assert visitor.post(f"{address(offering)}/{document.public_id}/remove").status_code == 403


@pytest.mark.usefixtures("app")
def test_a_file_stands_once() -> None:
    offering = make_offering()
    kept(offering, Audience.PLACES)
    with pytest.raises(Conflict, match="document-there-already"):
        kept(offering, Audience.PLACES)
