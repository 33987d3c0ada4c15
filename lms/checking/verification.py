"""Checks of certificates by strangers: by code, and by the PDF itself."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from lms.certificates import proof, rules
from lms.certificates.rules import Axes, File, Outcome
from lms.certificates.soundness import is_bound, is_signed_one
from lms.certificates.states import IN_USE, LOGGED, State
from lms.checking import apart, queries
from lms.kernel import codes
from lms.kernel.text import key
from lms.printing.content import CertificateContent

LIMIT = apart.PDF_LIMIT
MOST_KEPT = 256
"""Certificates whose facts are kept as read, some ten kilobytes each."""


@dataclass(frozen=True)
class Check:
    """The verdict, a message code that explains it, and the certified facts when they are shown.

    ``facts`` come from the register, never from the file.
    """

    outcome: Outcome
    reason: str
    checked_at: datetime
    certificate: queries.Record | None = None
    facts: CertificateContent | None = None
    file: File = File.NOT_GIVEN

    @property
    def name_shown(self) -> bool:
        """Whether the caller brought the genuine file, which has the name on it."""
        return self.file in {File.ISSUED, File.GENUINE, File.FORMER}

    @property
    def notice(self) -> str:
        """A message code of what to know besides the verdict; empty when there is nothing."""
        return "check-signed-anew" if self.file == File.FORMER else ""

    @property
    def axes(self) -> Axes:
        """What was looked at, and what was found: each by itself."""
        found = self.certificate
        if found is None:
            return rules.axes(self.file)
        today = self.checked_at.astimezone(ZoneInfo(found.timezone)).date()
        return rules.axes(
            self.file, found.state, rules.period(found.valid_from, found.valid_until, today)
        )


def by_code(text: str, *, now: datetime) -> Check:
    """Look a code up; malformed and unknown codes get the same answer."""
    code = codes.read_verification_code(text)
    return _of_code(queries.by_code(code) if code is not None else None, now)


def by_codes(texts: Sequence[str], *, now: datetime) -> list[Check]:
    """The same for some hundreds of codes in their order, with one statement for all of them."""
    read = [codes.read_verification_code(text) for text in texts]
    found = queries.by_codes({code for code in read if code is not None})
    checks = {code: _of_code(found.get(code), now) for code in found}
    nothing = _of_code(None, now)
    return [checks.get(code, nothing) if code is not None else nothing for code in read]


def _of_code(found: queries.Known | None, now: datetime) -> Check:
    if found is None:
        return Check(Outcome.UNKNOWN, "check-unknown-code", now)
    return _genuine(found, now, File.NOT_GIVEN)


def by_file(
    data: bytes, roots: list[Path], *, now: datetime, refused: Collection[str] = ()
) -> Check:
    """Check an uploaded PDF: the very file we filed, or else what an inspection finds in it.

    ``refused`` are the serial numbers of signers that are not believed any more.
    """
    digest = hashlib.sha256(data).hexdigest()
    found = queries.by_pdf_digest(digest)
    if found is not None:
        return _genuine(found, now, File.ISSUED)
    former = queries.by_former_pdf_digest(digest)
    if former is not None:
        return _genuine(former, now, File.FORMER)
    return _inspected(apart.inspect_apart(data, roots, refused=refused), now)


def _inspected(seen: apart.Inspection, now: datetime) -> Check:
    # Not the file we filed. Ours all the same only if our signature covers every byte and the
    # credential inside is the stored one; a genuine credential in another file proves nothing.
    if seen.problem in {"too-large", "not-a-pdf", "encrypted"}:
        return Check(Outcome.UNKNOWN, f"check-{seen.problem}", now, file=File.FOREIGN)
    if seen.problem == "too-slow":
        return Check(Outcome.CANNOT_CHECK, "check-cannot_check", now)
    spoken_of = queries.by_serial_or_code(seen.serial, seen.code)
    if seen.problem == apart.DISTRUSTED:
        outcome = Outcome.TAMPERED if spoken_of else Outcome.UNKNOWN
        return Check(outcome, "check-distrusted", now, file=File.FOREIGN)
    if spoken_of is None:
        known = seen.signature in {"bad", "ok"}
        outcome = Outcome.TAMPERED if known else Outcome.UNKNOWN
        reason = "check-altered" if known else "check-unknown-file"
        return Check(outcome, reason, now, file=File.ALTERED if known else File.FOREIGN)
    if seen.signature != "ok" or not _same_credential(spoken_of.certificate, seen):
        return Check(Outcome.TAMPERED, f"check-altered-{seen.signature}", now, file=File.ALTERED)
    return _genuine(spoken_of, now, File.GENUINE)


def _same_credential(certificate: queries.Record, seen: apart.Inspection) -> bool:
    if seen.credential is None:
        return False
    digest = hashlib.sha256(proof.canonical_bytes(seen.credential)).hexdigest()
    return digest == certificate.credential_digest


def _genuine(known: queries.Known, now: datetime, file: File) -> Check:
    certificate = known.certificate
    today = now.astimezone(ZoneInfo(certificate.timezone)).date()
    facts = _facts(certificate.content, certificate.credential, certificate.credential_digest)
    doubt = _doubt(known, facts)
    if doubt is not None:
        return Check(Outcome.CANNOT_CHECK, doubt, now)
    outcome = rules.verdict(
        certificate.state, certificate.valid_from, certificate.valid_until, today
    )
    return Check(outcome, f"check-{outcome.value}", now, certificate, facts, file)


@lru_cache(maxsize=MOST_KEPT)
def _facts(content: str, credential: str, digest: str) -> CertificateContent | None:
    """The facts in a row, or None when they are not what was signed.

    Kept by all that is in it, not by which certificate it is: a row that was changed is another.
    """
    try:
        facts, signed = CertificateContent.from_json(json.loads(content)), json.loads(credential)
    except (KeyError, TypeError, ValueError):
        return None
    return facts if is_signed_one(signed, digest) and is_bound(facts, signed) else None


def forget() -> None:
    """Keep nothing that was read before: for measurements."""
    _facts.cache_clear()


def _doubt(known: queries.Known, facts: CertificateContent | None) -> str | None:
    """Why a row of ours is not believed: changed past the program, or never issued by it."""
    certificate = known.certificate
    if known.logged is None:
        return "check-not-logged"
    if facts is None or LOGGED.get(known.logged) != certificate.state:
        return "check-record-differs"
    is_open = known.undecided and State(certificate.state) in IN_USE
    return "check-signed-after-theft" if is_open else None


def initials(name: str) -> str:
    """What of a name is shown to those who know only the code: first letters of each word."""
    return " ".join(f"{word[0]}." for word in name.split() if word)


def name_matches(facts: CertificateContent, typed: str) -> bool:
    """Whether a typed name is the certified one, in any case and spacing."""
    return key(typed) == key(facts.holder_name)
