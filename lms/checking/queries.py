"""Reads of checkers: a certificate with what the public log says of it, in one statement."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, or_, select

from lms.certificates.keys import CREDENTIAL
from lms.certificates.models import (
    Certificate,
    FormerSignature,
    KeyTheft,
    KeyTheftItem,
    Resigning,
)
from lms.db import db
from lms.driver import Texts
from lms.reading import Reading, text_of
from lms.transparency.models import LogEntry


@dataclass(frozen=True)
class Record:
    """What a checker needs of a certificate's row; content and credential as the JSON they are."""

    id: int
    public_id: str
    code: str
    state: str
    content: str
    credential: str
    credential_digest: str
    timezone: str
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True)
class Known:
    """A certificate, and what the public log says last of it; None when it knows nothing.

    ``undecided``: a stolen key signed it, and nobody has said yet that it is believed.
    """

    certificate: Record
    logged: str | None
    undecided: bool


_YES = "yes"
_TABLE = Certificate.__table__.c
_COLUMNS = [
    text_of(_TABLE.id),
    _TABLE.public_id,
    _TABLE.code,
    _TABLE.state,
    text_of(_TABLE.content),
    text_of(_TABLE.credential),
    _TABLE.credential_digest,
    _TABLE.timezone,
    text_of(_TABLE.valid_from),
    text_of(_TABLE.valid_until),
]


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
    return select(*_COLUMNS, last, case((undecided, _YES))).where(condition)


def _logged(condition: ColumnElement[bool]) -> Reading:
    return Reading(_with_log(condition).limit(1))


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
    found = (_of_row(tuple(row)) for row in rows)
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


def _known(query: Reading, asked: dict[str, str]) -> Known | None:
    row = query.one(asked)
    return None if row is None else _of_row(row)


def _of_row(row: Texts) -> Known:
    row_id, *record, begins, ends, logged, undecided = row
    days = [date.fromisoformat(day) if day else None for day in (begins, ends)]
    return Known(Record(int(row_id), *record, *days), logged, undecided == _YES)
