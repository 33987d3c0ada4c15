"""``lms doctor``: everything that can be wrong with an installation, in words, with what to do."""

import shutil
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, text

from lms import migrations, setting_up
from lms.audit.models import AuditEntry
from lms.certificates import keyring, thefts
from lms.certificates.document_keys import KeyAway, check_fits
from lms.config import Misconfigured
from lms.db import db
from lms.jobs import queries
from lms.kernel import clock
from lms.mail import transport
from lms.people import resealing, sealing
from lms.web.running import settings

LITTLE_SPACE = 1_000_000_000
CLOCK_SLACK = timedelta(seconds=30)


@dataclass(frozen=True)
class Finding:
    """What was looked at, and what is wrong with it and what to do; empty when all is well."""

    topic: str
    trouble: str = ""


def configuration() -> str:
    """Production with what only development should have."""
    ours = settings()
    if not ours.production:
        return ""
    if ours.database_url.startswith("sqlite") and ours.limits_storage != "memory://":
        return "SQLite serves one web process; LMS_LIMITS_STORAGE=memory:// is enough for it."
    if ours.second_factor == "never":
        return "LMS_SECOND_FACTOR=never lets people with a role in by password alone."
    return ""


def database() -> str:
    """Whether it answers and has the newest schema."""
    try:
        standing = migrations.seen()
    except Exception as error:  # noqa: BLE001  # whatever the driver says, the answer is the same
        return f"It does not answer ({type(error).__name__}). Check LMS_DATABASE_URL."
    if standing is not None and standing not in migrations.known():
        return f"Revision {standing} is of a newer release. Install that release."
    return "" if standing == migrations.head() else "Not at the newest revision. Run: lms init"


def keys() -> str:
    """Whether the signing keys can be read, and documents signed: also by a token."""
    try:
        ring = keyring.ring(settings())
        check_fits(ring.document_key, ring.signer_certificate)
    except (Misconfigured, KeyAway, ValueError) as wrong:
        return str(wrong)
    return ""


def stolen_keys() -> str:
    """Whether certificates wait for a decision after a signing key was stolen."""
    number = thefts.waiting()
    if not number:
        return ""
    waits = "1 certificate waits" if number == 1 else f"{number} certificates wait"
    return (
        f"{waits} for a decision, entered after a key was stolen. List: lms keys resigning. "
        "Believe one: lms keys resign NUMBER --reason ...; else revoke it on its page."
    )


def time_stamps() -> str:
    """Whether the time-stamp service gives stamps that we may use."""
    # What makes PDFs is loaded only where one is made, or looked after.
    from lms.certificates.stamping import StampAway, stamping

    ours = settings()
    try:
        found = stamping(ours, keyring.ring(ours), now=clock.now())
        if found is not None:
            found.stamper.check()
    except (StampAway, Misconfigured) as wrong:
        return str(wrong)
    return ""


def clock_() -> str:
    """Whether time has gone back: beside the database's clock, and beside what it recorded."""
    now = clock.now()
    newest = db.session.scalar(select(func.max(AuditEntry.at)))
    if newest is not None and newest > now + CLOCK_SLACK:
        return f"It is behind the audit trail, which was written at {newest:%F %T} UTC. Set it."
    if db.engine.dialect.name == "postgresql":
        theirs = db.session.scalar(text("select clock_timestamp()"))
        if theirs is not None and abs(theirs - now) > CLOCK_SLACK:
            return f"It differs from the database's, {theirs:%F %T} UTC. Set both by NTP."
    return ""


def disk() -> str:
    """Whether there is room where files are stored."""
    free = shutil.disk_usage(settings().instance).free
    if free < LITTLE_SPACE:
        return f"Only {free // 1_000_000} MB are free at {settings().instance}. Make room."
    return ""


def fonts() -> str:
    """Whether certificates can be set in every script."""
    return " ".join(setting_up.missing_libraries())


def mail() -> str:
    """Whether the mail server answers, over TLS."""
    ours = settings()
    if not ours.smtp_url:
        return "No LMS_SMTP_URL: mails become files in the instance folder." * ours.production
    try:
        with transport.connected(ours.smtp_url):
            return ""
    except (OSError, smtplib.SMTPException) as error:
        return f"The mail server does not answer ({type(error).__name__}). Check LMS_SMTP_URL."


def worker() -> str:
    """Whether somebody does the jobs."""
    if queries.somebody_works():
        return ""
    return "No worker has been seen for a minute. Start one: lms worker (lms serve has its own)"


def sealed() -> str:
    """Whether what is sealed in the database can be opened, and lies under the present key."""
    ours = settings().data_keys
    found = resealing.standing(ours)
    if found.unopened:
        return (
            f"{found.unopened} sealed values cannot be opened. If LMS_DATA_KEY was changed, give "
            "the one before as LMS_DATA_KEY_OLD; else these people set up their second factor anew."
        )
    old = found.by_key.total() - found.by_key[sealing.key_id(ours[0])]
    return f"{old} sealed values lie under an older key. Run: lms keys reseal" if old else ""


LOOKS: dict[str, Callable[[], str]] = {
    "configuration": configuration,
    "database": database,
    "keys": keys,
    "stolen keys": stolen_keys,
    "time stamps": time_stamps,
    "sealed": sealed,
    "clock": clock_,
    "disk": disk,
    "fonts": fonts,
    "mail": mail,
    "worker": worker,
}


def findings() -> list[Finding]:
    """Look at everything; what cannot be looked at is a finding too."""
    found = []
    for topic, look in LOOKS.items():
        try:
            found.append(Finding(topic, look()))
        except Exception as error:  # noqa: BLE001  # the next look may still be of use
            found.append(Finding(topic, f"Could not be looked at ({type(error).__name__})."))
            db.session.rollback()
    return found
