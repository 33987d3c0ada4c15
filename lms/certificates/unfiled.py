"""Certificates whose PDF is not made yet: read, held and filed by the driver (``lms.driver``).

Each is read but once, for its job.
"""

import json

from sqlalchemy import bindparam, select, update

from lms.certificates.models import Certificate
from lms.reading import Reading, moment, text_of
from lms.writing import Writing

_TABLE = Certificate.__table__.c
_THIS = (_TABLE.id == bindparam("certificate"), _TABLE.pdf_digest.is_(None))
_PRINTED = Reading(
    select(
        _TABLE.serial,
        text_of(_TABLE.content),
        text_of(_TABLE.credential),
        _TABLE.credential_digest,
        text_of(_TABLE.issued_at),
        text_of(_TABLE.resigned_at),
    ).where(*_THIS)
)
_HELD = Reading(select(_TABLE.credential_digest).where(*_THIS).with_for_update())
_FILE = Writing(
    update(Certificate)
    .where(*_THIS)
    .values(pdf_digest=bindparam("digest"))
    .returning(text_of(_TABLE.id))
)


def printed(certificate_id: int) -> Certificate | None:
    """One with what is printed of it, and nothing else; the session does not know it."""
    row = _PRINTED.one({"certificate": certificate_id})
    if row is None:
        return None
    serial, content, credential, digest, issued_at, resigned_at = row
    return Certificate(
        id=certificate_id,
        serial=serial,
        content=json.loads(content),
        credential=json.loads(credential),
        credential_digest=digest,
        issued_at=moment(issued_at),
        resigned_at=None if resigned_at is None else moment(resigned_at),
    )


def held(certificate_id: int) -> str | None:
    """The digest of its credential, if it has no PDF still; held to the end of the transaction."""
    row = _HELD.one({"certificate": certificate_id})
    return None if row is None else row[0]


def file(certificate_id: int, digest: str) -> bool:
    """Write down the PDF's digest, once; whether it was not there."""
    return _FILE.send(certificate=certificate_id, digest=digest) is not None
