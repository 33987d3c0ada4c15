"""How a mail leaves: by SMTP with TLS, or into files under the instance folder."""

import os
import secrets
import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lms.config import Settings
from lms.jobs.port import Hopeless, NotNow
from lms.mail.models import MailMessage

# To connect and be greeted, and then for each answer.
GREETING_SECONDS = 10.0
SECONDS = 30.0
PARTING_SECONDS = 1.0
# A server that was away is left alone for so long by this process: waiting for it again and again,
# mail by mail, would keep the worker from all its other jobs.
REST_SECONDS = 60.0
_GONE = 421
_left_alone_until = 0.0


def envelope(message: MailMessage, settings: Settings) -> EmailMessage:
    """The mail as it travels: plain text and HTML; ValueError for a line break in a header."""
    mail = EmailMessage()
    mail["Subject"] = message.subject
    mail["From"] = Address(settings.institute_name, addr_spec=settings.mail_from)
    mail["To"] = Address(addr_spec=message.address)
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = f"<{message.public_id}@{settings.mail_from.rpartition('@')[2]}>"
    mail["Content-Language"] = message.locale
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    if message.calendar:
        mail.add_attachment(message.calendar, subtype="calendar", filename="sijil.ics")
    return mail


def carry(mail: EmailMessage, settings: Settings) -> None:
    """Hand the mail over; raises NotNow when the server is away, Hopeless when it never will.

    A mail that was accepted while the answer got lost is sent again, with the same Message-ID.
    """
    if settings.smtp_url:
        _by_smtp(mail, settings.smtp_url)
    else:
        _into_file(mail, settings.instance / "mail")


def _by_smtp(mail: EmailMessage, url: str) -> None:
    global _left_alone_until  # noqa: PLW0603  # of this process
    if time.monotonic() < _left_alone_until:
        raise NotNow("the mail server is left alone for a moment")
    accepted = False
    try:
        with connected(url) as server:
            server.send_message(mail)
            accepted = True
            if server.sock is not None:
                server.sock.settimeout(PARTING_SECONDS)
    except OSError as error:  # SMTPException is one
        if accepted:
            return  # how they part does not matter
        code, words = _said(error)
        if code is None or code == _GONE:
            _left_alone_until = time.monotonic() + REST_SECONDS
        if _is_final(error, code):
            raise Hopeless(f"The mail server refuses it: {code} {words}") from error
        raise NotNow(f"{type(error).__name__}: {code or ''} {words}") from error


def _said(error: OSError) -> tuple[int | None, str]:
    """The code and the words of the server; without a code it did not get as far as this mail."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return code, words.decode(errors="replace")
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code, _as_text(error.smtp_error)
    return None, str(error)


def _as_text(words: bytes | str) -> str:
    return words if isinstance(words, str) else words.decode(errors="replace")


def _is_final(error: OSError, code: int | None) -> bool:
    # Of this recipient or this mail. A refused sender or sign-in is our setting, to be mended.
    mine = isinstance(error, (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError))
    return mine and code is not None and code >= 500


@contextmanager
def connected(url: str) -> Iterator[smtplib.SMTP]:
    """A signed-in connection; nothing is said before TLS is up, unless the address is smtp://."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        context = ssl.create_default_context()
        server = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=GREETING_SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=GREETING_SECONDS)
    if server.sock is not None:
        server.sock.settimeout(SECONDS)
    with server:
        if parts.scheme == "smtp+starttls":
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server


def _into_file(mail: EmailMessage, folder: Path) -> None:
    # Named by its Message-ID: a second delivery of the same mail is the same file.
    folder.mkdir(parents=True, exist_ok=True)
    name = str(mail["Message-ID"]).strip("<>").partition("@")[0]
    scratch = folder / f".{name}.{secrets.token_hex(4)}"
    with os.fdopen(os.open(scratch, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        out.write(mail.as_bytes())
        out.flush()
        os.fsync(out.fileno())
    scratch.replace(folder / f"{name}.eml")
