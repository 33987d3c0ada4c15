"""How a mail leaves: by SMTP with TLS, or into files under the instance folder."""

import os
import secrets
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lms.config import Settings
from lms.mail.models import MailMessage

SECONDS = 20


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
    return mail


def carry(mail: EmailMessage, settings: Settings) -> None:
    """Hand the mail over; raises OSError or SMTPException when that fails, to be tried again."""
    if settings.smtp_url:
        _by_smtp(mail, settings.smtp_url)
    else:
        _into_file(mail, settings.instance / "mail")


def _by_smtp(mail: EmailMessage, url: str) -> None:
    with connected(url) as server:
        server.send_message(mail)


@contextmanager
def connected(url: str) -> Iterator[smtplib.SMTP]:
    """A signed-in connection; nothing is said before TLS is up, unless the address is smtp://."""
    parts = urlsplit(url)
    host, context = parts.hostname or "", ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=SECONDS)
    with server:
        if parts.scheme == "smtp+starttls":
            server.starttls(context=context)
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
