"""A mail is wanted with the deed, sent once, and forgets its words."""

import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.db import db, transaction
from lms.jobs import queries as job_queries
from lms.jobs.port import Hopeless, NotNow
from lms.kernel.errors import NotFound
from lms.mail import jobs, service, transport
from lms.mail.models import MailMessage
from lms.web import running
from tests.drills.post_office import PostOffice

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def _server_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_left_alone_until", 0.0)


def written(locale: str = "ms", name: str = "Nur Aisyah") -> MailMessage:
    with transaction():
        return service.send("aisyah@sijil.example", "people/password_changed", locale, name=name)


def kept() -> list[EmailMessage]:
    files = sorted((running.settings().instance / "mail").glob("*.eml"))
    return [message_from_bytes(f.read_bytes(), policy=policy.default) for f in files]


@pytest.fixture(autouse=True)
def _empty_folder(app: Flask) -> None:
    for file in (app.config["LMS"].instance / "mail").glob("*.eml"):
        file.unlink()


@pytest.mark.parametrize(
    ("locale", "word"), [("ms", "Kata laluan"), ("en", "password"), ("id", "Kata sandi")]
)
def test_a_mail_speaks_the_language_of_its_reader(locale: str, word: str) -> None:
    message = written(locale)
    assert word.casefold() in message.subject.casefold()
    assert f'lang="{locale}"' in message.html


def test_it_leaves_once_and_forgets_its_words() -> None:
    message = written()
    jobs.deliver(message.id)
    jobs.deliver(message.id)
    (mail,) = kept()
    assert mail["To"] == "aisyah@sijil.example"
    assert mail["Message-ID"].startswith(f"<{message.public_id}@")
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert (message.text, message.html) == ("", "")
    assert message.sent_at is not None


def test_a_calendar_goes_along_and_is_forgotten_with_the_words() -> None:
    with transaction():
        subject = service.Subject("place", "moved", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
        message = service.send(
            "a@x.example", "people/password_changed", "en", subject=subject, name="A"
        )
    jobs.deliver(message.id)
    (mail,) = kept()
    (file,) = mail.iter_attachments()
    assert file.get_content_type() == "text/calendar"
    assert "VCALENDAR" in file.get_content()
    assert message.calendar == ""
    assert (message.about, message.cause) == ("place", "moved")


def test_a_repeat_after_a_crash_is_the_same_mail() -> None:
    message = written()
    for _ in range(2):
        transport.carry(transport.envelope(message, running.settings()), running.settings())
    assert len(kept()) == 1


def _send_and_fail() -> None:
    with transaction():
        service.send("a@x.example", "people/password_changed", "en", name="A")
        raise NotFound


def test_what_is_taken_back_sends_nothing() -> None:
    waiting = job_queries.counts().waiting
    with pytest.raises(NotFound):
        _send_and_fail()
    assert kept() == []
    assert job_queries.counts().waiting == waiting


def test_a_name_cannot_write_headers_or_html() -> None:
    message = written(name="Eve\r\nBcc: all@x.example <b>")
    assert "<b>" not in message.html
    mail = transport.envelope(message, running.settings())
    assert mail["Bcc"] is None
    message.subject = "x\r\nBcc: all@x.example"
    with pytest.raises(ValueError, match=r"linefeed|carriage"):
        transport.envelope(message, running.settings())


class _Server(socketserver.BaseRequestHandler):
    """As much of SMTP as smtplib asks for."""

    got: list[bytes]

    def handle(self) -> None:
        stream = self.request.makefile("rwb", buffering=0)
        stream.write(b"220 test\r\n")
        for line in stream:
            verb = line.split()[0].upper()
            if verb == b"DATA":
                stream.write(b"354 go\r\n")
                body = b""
                while not body.endswith(b"\r\n.\r\n"):
                    body += stream.readline()
                self.got.append(body)
            stream.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            if verb == b"QUIT":
                return


@pytest.fixture
def smtp() -> Iterator[tuple[str, list[bytes]]]:
    handler = type("Handler", (_Server,), {"got": []})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"smtp://127.0.0.1:{server.server_address[1]}", handler.got  # type: ignore[attr-defined]
        server.shutdown()


def test_it_travels_by_smtp(smtp: tuple[str, list[bytes]]) -> None:
    url, got = smtp
    settings = replace(running.settings(), smtp_url=url)
    transport.carry(transport.envelope(written("en"), settings), settings)
    assert b"To: aisyah@sijil.example" in got[0]


def test_without_tls_nothing_is_said(smtp: tuple[str, list[bytes]]) -> None:
    """The server offers no STARTTLS: the mail is not sent in the clear."""
    url, got = smtp
    settings = replace(running.settings(), smtp_url=url.replace("smtp:", "smtp+starttls:"))
    with pytest.raises(NotNow, match="STARTTLS"):
        transport.carry(transport.envelope(written(), settings), settings)
    assert got == []


def test_a_dead_server_leaves_the_mail_to_be_tried_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = replace(running.settings(), smtp_url="smtps://127.0.0.1:9")
    message = written()
    with monkeypatch.context() as patch:
        patch.setitem(app.config, "LMS", dead)
        with pytest.raises(NotNow, match="refused"):
            jobs.deliver(message.id)
    db.session.refresh(message)
    assert message.sent_at is None
    assert message.text
    jobs.deliver(message.id)
    assert len(kept()) == 1


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    monkeypatch.setattr(transport, "GREETING_SECONDS", 0.5)
    monkeypatch.setattr(transport, "SECONDS", 0.5)
    made = PostOffice()
    made.open()
    yield made
    made.close()


def _carry(office: PostOffice, address: str = "aisyah@sijil.example") -> None:
    settings = replace(running.settings(), smtp_url=f"smtp://127.0.0.1:{office.port}")
    with transaction():
        message = service.send(address, "people/password_changed", "en", name="A")
    transport.carry(transport.envelope(message, settings), settings)


@pytest.mark.parametrize("mood", ["hangs", "greets badly", "dies", "forgets"])
def test_a_server_in_trouble_is_left_alone_for_a_moment(office: PostOffice, mood: str) -> None:
    office.mood = mood
    with pytest.raises(NotNow):
        _carry(office)
    with pytest.raises(NotNow, match="left alone"):
        _carry(office)
    assert office.met == {mood: 1}


def test_a_full_box_keeps_no_other_mail_waiting(office: PostOffice) -> None:
    office.mood = "full"
    with pytest.raises(NotNow, match="452"):
        _carry(office)
    office.mood = "well"
    _carry(office)
    assert office.taken.total() == 1


def test_a_refused_recipient_is_hopeless(office: PostOffice) -> None:
    with pytest.raises(Hopeless, match=r"550 5\.1\.1 no such person"):
        _carry(office, "nobody@x.example")
    _carry(office)
    assert office.taken.total() == 1


def test_what_was_taken_is_sent_however_they_part(office: PostOffice) -> None:
    office.mood = "lingers"
    _carry(office)
    assert office.taken.total() == 1


def test_the_outbox_is_for_development_on_the_machine_itself(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs.deliver(written("en").id)
    assert "Your password was changed" in client.get("/mail").text
    elsewhere = client.get("/mail", environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert elsewhere.status_code == 404
    with monkeypatch.context() as patch:
        patch.setitem(app.config, "LMS", replace(running.settings(), production=True))
        assert client.get("/mail").status_code == 404
