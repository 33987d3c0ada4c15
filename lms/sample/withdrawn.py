"""Two certificates of the past course of the sample: one suspended, one about to be revoked."""

from datetime import datetime, timedelta

from lms.certificates import queries
from lms.certificates.models import Certificate
from lms.people.models import User
from lms.withdrawals import service

SUSPENDED, DOUBTED = 24, 35
"""Numbers of trainees."""


def run(trainees: list[str], people: dict[str, User], now: datetime) -> None:
    """Suspend one, and ask for the other to be revoked; a second registrar has yet to decide."""
    by = people["registrar"].id
    service.suspend(
        _of(people[trainees[SUSPENDED]]),
        "Agensi meminta semakan semula senarai kehadiran hari ketiga.",
        by=by,
        now=now - timedelta(days=2),
    )
    service.ask_revocation(
        _of(people[trainees[DOUBTED]]),
        "Kajian kes yang dihantar didapati ditulis oleh orang lain.",
        by=by,
        now=now - timedelta(hours=20),
    )


def _of(user: User) -> Certificate:
    certificate = queries.of_person(user.id)[0]
    return queries.by_public_id(certificate.public_id)
