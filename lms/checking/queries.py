"""Reads of checkers: a certificate with what the public log says of it, in one statement."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, or_, select

from lms.certificates.keys import CREDENTIAL
from lms.certificates.models import (
    Certificate,
    FormerSignature,
    KeyTheft,
    KeyTheftItem,
    Resigning,
)
from lms.db import db
from lms.transparency.models import LogEntry


@dataclass(frozen=True)
class Record:
    """What a checker needs of a certificate's row; a row of the mapper would cost twice as much."""

    id: int
    public_id: str
    code: str
    state: str
    content: dict[str, Any]
    credential: dict[str, Any]
    credential_digest: str
    valid_from: date
    valid_until: date | None
    timezone: str


@dataclass(frozen=True)
class Known:
    """A certificate, and what the public log says last of it; None when it knows nothing.

    ``undecided``: a stolen key signed it, and nobody has said yet that it is believed.
    """

    certificate: Record
    logged: str | None
    undecided: bool


_COLUMNS = [Certificate.__table__.c[name] for name in Record.__dataclass_fields__]


def _with_log(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    last = (
        select(LogEntry.kind)
        .where(LogEntry.subject == Certificate.credential_digest)
        .order_by(LogEntry.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    undecided = (
        select(KeyTheftItem.id)
        .join(KeyTheft, KeyTheft.id == KeyTheftItem.theft_id)
        .where(
            KeyTheftItem.certificate_id == Certificate.id,
            KeyTheftItem.outcome != Resigning.SIGNED.value,
            KeyTheft.kind == CREDENTIAL,
        )
        .exists()
    )
    return select(*_COLUMNS, last, undecided).where(condition)


def _logged(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return _with_log(condition).limit(1)


# Made once: putting a statement together takes as long as asking it.
_BY_CODE = _logged(Certificate.code == bindparam("code"))
_BY_CODES = _with_log(Certificate.code.in_(bindparam("codes", expanding=True)))
_BY_PDF = _logged(Certificate.pdf_digest == bindparam("digest"))
_BY_FORMER_PDF = _logged(
    select(FormerSignature.id)
    .where(
        FormerSignature.certificate_id == Certificate.id,
        FormerSignature.pdf_digest == bindparam("digest"),
    )
    .exists()
)
_BY_EITHER = _logged(
    or_(Certificate.serial == bindparam("serial"), Certificate.code == bindparam("code"))
)


def by_code(code: str) -> Known | None:
    """A certificate by its normalised verification code."""
    return _known(_BY_CODE, {"code": code})


def by_codes(codes: Collection[str]) -> dict[str, Known]:
    """Certificates by normalised verification codes, some hundreds of them: one statement."""
    rows = db.session.execute(_BY_CODES, {"codes": list(codes)})
    found = map(_of_row, rows)
    return {known.certificate.code: known for known in found}


def by_pdf_digest(digest: str) -> Known | None:
    """The certificate whose stored PDF has this SHA-256."""
    return _known(_BY_PDF, {"digest": digest})


def by_former_pdf_digest(digest: str) -> Known | None:
    """The certificate whose PDF had this SHA-256 before it was signed anew."""
    return _known(_BY_FORMER_PDF, {"digest": digest})


def by_serial_or_code(serial: str | None, code: str | None) -> Known | None:
    """The certificate a file speaks of."""
    return _known(_BY_EITHER, {"serial": serial or "", "code": code or ""})


def _known(query: Select[*tuple[Any, ...]], asked: dict[str, str]) -> Known | None:
    row = _one(query, asked)
    return None if row is None else _of_row(row)


def _one(query: Select[*tuple[Any, ...]], asked: dict[str, str]) -> Row[*tuple[Any, ...]] | None:
    # It is all that a check asks for: without a transaction around it PostgreSQL is asked once
    # instead of three times. Within one it is asked there, and sees what that has written.
    session = db.session()
    if session.in_transaction() or isinstance(session.get_bind(), Connection):
        return session.execute(query, asked).one_or_none()
    with db.engine.connect() as connection:
        alone = connection.execution_options(isolation_level="AUTOCOMMIT")
        return alone.execute(query, asked).one_or_none()


def _of_row(row: Row[*tuple[Any, ...]]) -> Known:
    *record, logged, undecided = row
    return Known(Record(*record), logged, undecided)
