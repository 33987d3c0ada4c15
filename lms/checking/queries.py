"""Reads of checkers: a certificate with what the public log says of it, in one statement."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, bindparam, or_, select

from lms.certificates.models import Certificate
from lms.db import db
from lms.transparency.models import LogEntry


@dataclass(frozen=True)
class Known:
    """A certificate, and what the public log says last of it; None when it knows nothing."""

    certificate: Certificate
    logged: str | None


def _with_log(condition: ColumnElement[bool]) -> Select[Certificate, str | None]:
    last = (
        select(LogEntry.kind)
        .where(LogEntry.subject == Certificate.credential_digest)
        .order_by(LogEntry.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(Certificate, last).where(condition)


def _logged(condition: ColumnElement[bool]) -> Select[Certificate, str | None]:
    return _with_log(condition).limit(1)


# Made once: putting a statement together takes as long as asking it.
_BY_CODE = _logged(Certificate.code == bindparam("code"))
_BY_CODES = _with_log(Certificate.code.in_(bindparam("codes", expanding=True)))
_BY_PDF = _logged(Certificate.pdf_digest == bindparam("digest"))
_BY_EITHER = _logged(
    or_(Certificate.serial == bindparam("serial"), Certificate.code == bindparam("code"))
)


def by_code(code: str) -> Known | None:
    """A certificate by its normalised verification code."""
    return _known(_BY_CODE, {"code": code})


def by_codes(codes: Collection[str]) -> dict[str, Known]:
    """Certificates by normalised verification codes, some hundreds of them: one statement."""
    rows = db.session.execute(_BY_CODES, {"codes": list(codes)})
    return {row[0].code: Known(*row) for row in rows}


def by_pdf_digest(digest: str) -> Known | None:
    """The certificate whose stored PDF has this SHA-256."""
    return _known(_BY_PDF, {"digest": digest})


def by_serial_or_code(serial: str | None, code: str | None) -> Known | None:
    """The certificate a file speaks of."""
    return _known(_BY_EITHER, {"serial": serial or "", "code": code or ""})


def _known(query: Select[Certificate, str | None], asked: dict[str, str]) -> Known | None:
    row = db.session.execute(query, asked).one_or_none()
    return None if row is None else Known(*row)
