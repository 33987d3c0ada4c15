"""Links to a certificate: made and ended by the holder, opened by whoever has one."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.certificates.models import Certificate
from lms.db import db, transaction
from lms.kernel import clock
from lms.kernel.errors import Conflict
from lms.sharing import queries, service
from lms.sharing.models import ShareLink
from tests.certificates.awards import bring, sample_certificate
from tests.conftest import SignIn

HOLDER = "Nur Aisyah binti Abdul Rahman"


@pytest.fixture
def certificate(app: Flask) -> Certificate:
    del app
    return sample_certificate()


def page(certificate: Certificate) -> str:
    return f"/certificates/{certificate.public_id}/links"


def made(holder: FlaskClient, certificate: Certificate, **more: str) -> str:
    """The path of a new link."""
    data = {"note": "Hospital Kuching", "days": "7", **more}
    assert holder.post(page(certificate), data=data).status_code == 302
    text = holder.get(page(certificate)).text
    start = text.index("/s/")
    return text[start : text.index('"', start)]


def opened(client: FlaskClient, path: str) -> tuple[int, str]:
    answer = client.get(f"{path}?lang=en")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    return answer.status_code, answer.text


def test_a_link_shows_the_full_name_only_where_the_holder_chose_so(
    certificate: Certificate, sign_in: SignIn, client: FlaskClient
) -> None:
    holder = sign_in("aisyah")
    status, text = opened(client, made(holder, certificate))
    assert (status, HOLDER in text, "N. A. b. A. R." in text) == (200, False, True)
    status, text = opened(client, made(holder, certificate, full_name="y"))
    assert (status, HOLDER in text) == (200, True)
    assert certificate.user.email not in text
    assert "This certificate is valid" in text
    with transaction():
        bring(certificate, "suspended")
    assert "This certificate is suspended" in opened(client, made(holder, certificate))[1]


def test_a_link_ends_by_time_and_by_its_holder(
    certificate: Certificate, sign_in: SignIn, client: FlaskClient
) -> None:
    holder = sign_in("aisyah")
    path = made(holder, certificate)
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1), tick=False):
        status, text = opened(client, path)
        assert (status, "leads nowhere any more" in text, HOLDER in text) == (410, True, False)
    (link,) = queries.links_of(certificate.id)
    for _ in range(2):
        assert holder.post(f"{page(certificate)}/{link.public_id}/end").status_code == 302
    assert opened(client, path)[0] == 410
    assert "Ended" in holder.get(f"{page(certificate)}?lang=en").text


def test_the_holder_sees_how_often_a_link_was_opened(
    certificate: Certificate, sign_in: SignIn, client: FlaskClient
) -> None:
    holder = sign_in("aisyah")
    path = made(holder, certificate)
    for _ in range(3):
        opened(client, path)
    assert "opened 3 times" in holder.get(f"{page(certificate)}?lang=en").text
    assert "1)" in holder.get(f"/certificates/{certificate.public_id}?lang=en").text


def test_nobody_else_makes_sees_or_ends_links(certificate: Certificate, sign_in: SignIn) -> None:
    made(sign_in("aisyah"), certificate)
    (link,) = queries.links_of(certificate.id)
    for who in ("budi", "registrar", "auditor", "manager"):
        visitor = sign_in(who)
        assert visitor.get(page(certificate)).status_code == 404
        assert visitor.post(page(certificate), data={"note": "x", "days": "7"}).status_code == 404
        assert visitor.post(f"{page(certificate)}/{link.public_id}/end").status_code == 404
    other = sample_certificate("budi")
    own = sign_in("budi").post(f"{page(other)}/{link.public_id}/end")
    assert own.status_code == 404
    assert link.is_open(clock.now())


@pytest.mark.parametrize("spoil", [str.upper, lambda token: token[:-1], lambda _token: "x-y"])
def test_a_guessed_address_leads_nowhere(
    certificate: Certificate, sign_in: SignIn, client: FlaskClient, spoil: object
) -> None:
    path = made(sign_in("aisyah"), certificate)
    token = path.rpartition("/")[2]
    wrong = spoil(token)  # type: ignore[operator]  # each is a function of text
    assert client.get(f"/s/{wrong}").status_code == 404


@pytest.mark.parametrize(
    "data", [{"note": "", "days": "7"}, {"note": "x", "days": "9999"}, {"note": "x", "days": "x"}]
)
def test_what_is_no_link_is_said_in_words(
    certificate: Certificate, sign_in: SignIn, data: dict[str, str]
) -> None:
    refused = sign_in("aisyah").post(page(certificate), data=data)
    assert refused.status_code == 422
    assert db.session.scalars(select(ShareLink)).all() == []


def test_at_most_twenty_are_open(certificate: Certificate) -> None:
    def make() -> ShareLink:
        with transaction():
            return service.make(
                certificate, "x", 7, full_name=False, by=certificate.user_id, now=clock.now()
            )

    links = [make() for _ in range(service.MOST_OPEN)]
    with pytest.raises(Conflict, match="share-too-many"):
        make()
    with transaction():
        service.end(links[0], by=certificate.user_id, now=clock.now())
    make()
