"""Certificates against the public log: deleted, changed, back-dated, unlogged and forged rows."""

from collections.abc import Iterator

from sqlalchemy import select

from lms.certificates import records
from lms.certificates.keys import CREDENTIAL
from lms.certificates.models import Certificate, FormerSignature, KeyTheft
from lms.certificates.records import Record
from lms.certificates.states import ENTRIES, IN_USE, State
from lms.db import db
from lms.transparency.auditing import ALLOWANCE, Report
from lms.transparency.models import LogEntry

WORDS = {
    "row-unlogged": "The certificate is in no entry of the log: it was not issued by the program.",
    "row-gone": "The log says that a certificate was issued here, and it is gone.",
    "row-changed": "The certificate does not say what was signed when it was issued.",
    "row-dated": "The certificate says it was issued at another time than the log.",
    "row-state": "The certificate stands otherwise than the log says.",
    "row-stolen": "The certificate is signed by a stolen key, and was entered after the theft.",
}
_PIECE = 500


def against(report: Report) -> int:
    """Add what is wrong with the certificates to a report; returns how many were read."""
    many, thefts = 0, _thefts()
    for piece in _pieces():
        for record in records.of(piece):
            many += 1
            for code in _faults(record, thefts):
                report.add(code, record.certificate.serial)
        db.session.expunge_all()
    for number in _gone():
        report.add("row-gone", number)
    return many


def _thefts() -> dict[str, int]:
    """Stolen keys for credentials, and how many entries are older than the theft."""
    query = select(KeyTheft.key, KeyTheft.before).where(KeyTheft.kind == CREDENTIAL)
    return dict(db.session.execute(query).all())


def _pieces() -> Iterator[list[Certificate]]:
    query = select(Certificate).order_by(Certificate.id).limit(_PIECE)
    after = 0
    while piece := list(db.session.scalars(query.where(Certificate.id > after))):
        after = piece[-1].id
        yield piece


def _faults(record: Record, thefts: dict[str, int]) -> Iterator[str]:
    certificate, issue = record.certificate, record.issue
    if not record.says_what_was_signed:
        yield "row-changed"
    if issue is None or not record.is_logged:
        yield "row-unlogged"
        return
    if abs(certificate.issued_at - issue.at) > ALLOWANCE:
        yield "row-dated"
    if not record.stands_as_logged:
        yield "row-state"
    if issue.number >= thefts.get(record.method, issue.number + 1) and _counts(certificate):
        yield "row-stolen"


def _counts(certificate: Certificate) -> bool:
    return State(certificate.state) in IN_USE


def _gone() -> Iterator[str]:
    query = (
        select(LogEntry.number)
        .outerjoin(Certificate, Certificate.credential_digest == LogEntry.subject)
        .outerjoin(FormerSignature, FormerSignature.credential_digest == LogEntry.subject)
        .where(Certificate.id.is_(None), FormerSignature.id.is_(None), LogEntry.kind.in_(ENTRIES))
        .order_by(LogEntry.number)
        .limit(100)
    )
    for number in db.session.scalars(query):
        yield f"entry {number}"
