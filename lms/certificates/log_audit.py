"""Certificates against the public log: deleted, changed, back-dated and unlogged rows."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from lms.certificates.models import Certificate
from lms.certificates.soundness import is_bound, is_signed_one
from lms.certificates.states import ENTERED, LOGGED
from lms.db import db
from lms.printing.content import CertificateContent
from lms.transparency.auditing import ALLOWANCE, Report
from lms.transparency.models import LogEntry

WORDS = {
    "row-unlogged": "The certificate is in no entry of the log: it was not issued by the program.",
    "row-gone": "The log says that a certificate was issued here, and it is gone.",
    "row-changed": "The certificate does not say what was signed when it was issued.",
    "row-dated": "The certificate says it was issued at another time than the log.",
    "row-state": "The certificate stands otherwise than the log says.",
}
_PIECE = 500


def against(report: Report) -> int:
    """Add what is wrong with the certificates to a report; returns how many were read."""
    many = 0
    for row in _rows():
        many += 1
        for code in _faults(*row):
            report.add(code, row[0].serial)
    for number in _gone():
        report.add("row-gone", number)
    return many


def _rows() -> Iterator[Any]:
    """Each certificate with its entry of issue and the kind of its last entry."""
    issue, last = aliased(LogEntry), aliased(LogEntry)
    latest = (
        select(func.max(LogEntry.number))
        .where(LogEntry.subject == Certificate.credential_digest)
        .scalar_subquery()
    )
    query = (
        select(Certificate, issue, last.kind)
        .outerjoin(
            issue, (issue.subject == Certificate.credential_digest) & (issue.kind == ENTERED)
        )
        .outerjoin(last, last.number == latest)
        .order_by(Certificate.id)
        .limit(_PIECE)
    )
    after = 0
    while piece := db.session.execute(query.where(Certificate.id > after)).all():
        yield from piece
        after = piece[-1][0].id
        db.session.expunge_all()


def _faults(certificate: Certificate, issue: LogEntry | None, last: str | None) -> Iterator[str]:
    if not _says_what_was_signed(certificate):
        yield "row-changed"
    if issue is None:
        yield "row-unlogged"
        return
    if abs(certificate.issued_at - issue.at) > ALLOWANCE:
        yield "row-dated"
    if LOGGED.get(last or "") != certificate.state:
        yield "row-state"


def _says_what_was_signed(certificate: Certificate) -> bool:
    try:
        facts = CertificateContent.from_json(certificate.content)
        says = (facts.serial, facts.code, facts.valid_from, facts.valid_until)
    except (KeyError, TypeError, ValueError):
        return False
    row = (
        certificate.serial,
        certificate.code,
        certificate.valid_from,
        certificate.valid_until,
    )
    return says == row and is_signed_one(certificate) and is_bound(facts, certificate.credential)


def _gone() -> Iterator[str]:
    query = (
        select(LogEntry.number)
        .outerjoin(Certificate, Certificate.credential_digest == LogEntry.subject)
        .where(Certificate.id.is_(None), LogEntry.kind == ENTERED)
        .order_by(LogEntry.number)
        .limit(100)
    )
    for number in db.session.scalars(query):
        yield f"entry {number}"
