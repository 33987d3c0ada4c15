"""Reading the mails of a development server, which sends none: only there, and only from there."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.parser import BytesParser
from ipaddress import ip_address
from pathlib import Path

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from lms.web import running
from lms.web.auth_guard import public

bp = Blueprint("mail", __name__)
SHOWN = 50


@dataclass(frozen=True)
class Kept:
    """A mail in the folder."""

    name: str
    written_at: datetime
    to: str
    subject: str
    text: str


@bp.get("/mail")
@public
def outbox() -> ResponseReturnValue:
    """The latest mails that would have been sent."""
    folder = _folder()
    files = sorted(folder.glob("*.eml"), key=lambda f: (f.stat().st_mtime_ns, f.name), reverse=True)
    return render_template("mail/outbox.html", mails=[_read(file) for file in files[:SHOWN]])


def _folder() -> Path:
    settings = running.settings()
    here = request.remote_addr is not None and ip_address(request.remote_addr).is_loopback
    if settings.production or settings.smtp_url or not here:
        abort(404)
    return settings.instance / "mail"


def _read(file: Path) -> Kept:
    mail = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
    body = mail.get_body(("plain",))
    return Kept(
        file.stem,
        datetime.fromtimestamp(file.stat().st_mtime, UTC),
        str(mail["To"]),
        str(mail["Subject"]),
        body.get_content() if body is not None else "",
    )
