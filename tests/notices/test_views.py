"""The page of what was sent and why, the block on a place, and setting the reminder."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from lms.db import db, transaction
from lms.enrolment.models import Enrolment
from lms.jobs.port import Hopeless
from lms.mail import jobs, service, transport
from lms.mail.models import MailMessage
from lms.notices.queries import PAGE_SIZE
from tests.conftest import SignIn
from tests.make import make_manager, make_offering, make_place, make_user

Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def place(app: Flask) -> Enrolment:
    del app
    with transaction():
        place = make_place(make_offering())
        for cause in ("asked", "reminder"):
            kind = "enrolment/approval" if cause == "asked" else "enrolment/place"
            _mail(place, kind, cause)
    return place


def _mail(place: Enrolment, kind: str, cause: str) -> MailMessage:
    return service.send(
        "decider@test.example" if cause == "asked" else place.user.email,
        kind,
        "en",
        subject=service.Subject(place.public_id, cause),
        name="A",
        person="Somebody Else",
        approval_id="x",
        place=place,
        offering=place.offering,
        zone="Asia/Kuala_Lumpur",
        reason="",
    )


def manager_of(place: Enrolment) -> str:
    with transaction():
        return make_manager(place.offering.course_version.course.provider).email


def test_managers_read_what_was_sent_to_whom_and_why(place: Enrolment, sign_in: SignIn) -> None:
    address = f"/offerings/{place.offering.public_id}/messages?lang=en"
    page = sign_in(manager_of(place)).get(address)
    assert page.status_code == 200
    for words in (place.user.email, "decider@test.example", "The course begins soon", "On its way"):
        assert words in page.text
    assert sign_in(place.user.email).get(address).status_code == 403


def test_managers_of_another_provider_do_not(place: Enrolment, sign_in: SignIn) -> None:
    address = f"/offerings/{place.offering.public_id}/messages"
    with transaction():
        stranger = make_manager(make_offering().course_version.course.provider).email
    visitor = sign_in(stranger)
    assert visitor.get(address).status_code == 403
    assert visitor.post(address, data={"days": "9"}).status_code == 403
    assert place.offering.remind_days == 3


def test_a_person_sees_what_they_were_told_and_not_what_others_were(
    place: Enrolment, sign_in: SignIn
) -> None:
    page = sign_in(place.user.email).get(f"/places/{place.public_id}?lang=en").text
    assert "You have a seat" in page
    assert "The course begins soon" in page
    assert "Somebody Else" not in page


def test_what_is_refused_is_said_until_it_leaves(
    place: Enrolment, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = next(one for one in _mails(place) if one.cause == "reminder")

    def refuse(*_: object) -> None:
        raise Hopeless("550 no such person")

    with monkeypatch.context() as server:
        server.setattr(transport, "carry", refuse)
        with pytest.raises(Hopeless):
            jobs.deliver(mail.id)
    visitor = sign_in(manager_of(place))
    address = f"/offerings/{place.offering.public_id}/messages?lang=en"
    assert "550 no such person" in visitor.get(address).text
    jobs.deliver(mail.id)
    assert "550 no such person" not in visitor.get(address).text


def _mails(place: Enrolment) -> list[MailMessage]:
    return db.session.query(MailMessage).filter_by(about=place.public_id).all()


def test_long_lists_have_pages_and_no_more_statements(
    place: Enrolment, sign_in: SignIn, count_statements: Counting
) -> None:
    visitor = sign_in(manager_of(place))
    address = f"/offerings/{place.offering.public_id}/messages?lang=en"
    visitor.get(address)
    with count_statements() as few:
        visitor.get(address)
    with transaction():
        for _ in range(PAGE_SIZE):
            other = make_place(place.offering, make_user())
            _mail(other, "enrolment/place", "offered")
    with count_statements() as many:
        assert visitor.get(address).text.count("A seat is offered") == PAGE_SIZE
    assert len(many) == len(few)
    assert "The course begins soon" in visitor.get(address + "&page=2").text


def test_the_reminder_is_set_and_nonsense_is_said(place: Enrolment, sign_in: SignIn) -> None:
    visitor = sign_in(manager_of(place))
    address = f"/offerings/{place.offering.public_id}/messages"
    assert visitor.post(address, data={"days": "7"}).status_code == 302
    assert place.offering.remind_days == 7
    for wrong in ("", "31", "-1", "soon"):
        assert visitor.post(address, data={"days": wrong}).status_code == 422
    assert place.offering.remind_days == 7
