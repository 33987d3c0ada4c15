"""Certificates beside all that the public log says of them, under every digest they have had."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from lms.certificates import soundness
from lms.certificates.models import Certificate, FormerSignature
from lms.certificates.states import ENTERED, ENTRIES, LOGGED, RESIGNED
from lms.db import db
from lms.transparency.models import LogEntry


@dataclass(frozen=True)
class Record:
    """``entry`` began the present digest, ``issue`` the first one; ``last`` says where it stands.

    ``former`` are the signatures before, oldest first.
    """

    certificate: Certificate
    former: Sequence[FormerSignature]
    entry: LogEntry | None
    issue: LogEntry | None
    last: str

    @property
    def method(self) -> str:
        """The key that its credential names; empty when it names none."""
        try:
            return str(self.certificate.credential["proof"][0]["verificationMethod"])
        except (KeyError, IndexError, TypeError):
            return ""

    @property
    def says_what_was_signed(self) -> bool:
        """Whether it says what was signed, then and each time since."""
        return soundness.says_what_was_signed(self.certificate) and all(
            soundness.was_signed_so(self.certificate, each) for each in self.former
        )

    @property
    def is_logged(self) -> bool:
        """Whether the log has its issue, and each signing anew as such."""
        if self.entry is None or self.issue is None:
            return False
        return self.entry.kind == (RESIGNED if self.former else ENTERED)

    @property
    def stands_as_logged(self) -> bool:
        """Whether it stands where its last entry leaves it."""
        return LOGGED.get(self.last) == self.certificate.state

    @property
    def is_sound(self) -> bool:
        """Whether all of that is so: it is the certificate that the log speaks of."""
        return self.is_logged and self.stands_as_logged and self.says_what_was_signed


def of(certificates: Sequence[Certificate]) -> list[Record]:
    """The records of some hundreds of certificates, with two statements."""
    former = _former([one.id for one in certificates])
    digests = [one.credential_digest for one in certificates]
    digests += [each.credential_digest for many in former.values() for each in many]
    entries = _entries(digests)
    return [_record(one, former.get(one.id, []), entries) for one in certificates]


def _record(
    certificate: Certificate,
    former: list[FormerSignature],
    entries: dict[str, list[LogEntry]],
) -> Record:
    present = entries.get(certificate.credential_digest, [])
    first = entries.get(former[0].credential_digest, []) if former else present
    return Record(
        certificate,
        former,
        entry=next((each for each in present if each.kind in ENTRIES), None),
        issue=next((each for each in first if each.kind == ENTERED), None),
        last=present[-1].kind if present else "",
    )


def _former(ids: list[int]) -> dict[int, list[FormerSignature]]:
    query = select(FormerSignature).where(FormerSignature.certificate_id.in_(ids))
    found: dict[int, list[FormerSignature]] = {}
    for each in db.session.scalars(query.order_by(FormerSignature.id)):
        found.setdefault(each.certificate_id, []).append(each)
    return found


def _entries(digests: list[str]) -> dict[str, list[LogEntry]]:
    query = select(LogEntry).where(LogEntry.subject.in_(digests)).order_by(LogEntry.number)
    found: dict[str, list[LogEntry]] = {}
    for each in db.session.scalars(query):
        found.setdefault(each.subject, []).append(each)
    return found
