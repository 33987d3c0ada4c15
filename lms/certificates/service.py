"""Verbs over certificates: issue (frozen and signed), replace, and file the PDF."""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from lms.audit import service as audit
from lms.certificates import (
    credential,
    freezing,
    holds,
    numbers,
    proof,
    queries,
    recording,
    rules,
    states,
    status_list,
    status_places,
)
from lms.certificates.basis import Basis, Office, of_certificate, of_place
from lms.certificates.keys import KeyRing
from lms.certificates.models import Certificate, Claim
from lms.certificates.states import Deed, State
from lms.db import db, lock, unique_or
from lms.designs import queries as designs_queries
from lms.enrolment.models import Enrolment
from lms.jobs.port import enqueue
from lms.kernel.errors import Conflict, Invalid
from lms.mail import service as mail
from lms.printing.content import CertificateContent
from lms.storage import BlobStore, blobs
from lms.transparency import service as transparency

if TYPE_CHECKING:
    from lms.certificates.stamping import Stamping

RENDER_JOB = "certificates.render"
_CLAIM = insert(Claim)


class NotDue(Conflict):
    """The person is not due a certificate; ``reasons`` are message codes."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__(reasons[0])
        self.reasons = reasons

    @property
    def codes(self) -> tuple[str, ...]:
        """All that is missing."""
        return self.reasons


def issue(
    enrolment: Enrolment, office: Office, standing: rules.Standing | None = None
) -> Certificate:
    """Issue the certificate of a place: number, code, frozen content, signed credential.

    ``standing`` is what it has to show, where the caller has taken turns over many places and
    looked at them together; whether it is held is asked anew.
    The PDF is made by a job from what is frozen here. Raises NotDue, Conflict('issued-already').
    """
    provider = enrolment.offering.course_version.course.provider
    today = office.now.astimezone(ZoneInfo(provider.timezone)).date()
    if standing is None:
        holds.take_turns(enrolment.offering_id, [enrolment.user_id])
        standing = queries.standing_of(enrolment, today)
    due = rules.is_due(standing)
    if not due.ok:
        raise NotDue(due.reasons)
    held, issued = queries.in_the_way(enrolment.offering_id, enrolment.user_id)
    if held:
        raise NotDue(("certificate-held",))
    if issued:
        raise Conflict("issued-already")
    attained = queries.attainments_for(enrolment, today)

    def write(serial: str) -> CertificateContent:
        return freezing.freeze(enrolment, attained, serial, office)

    certificate = enter(of_place(enrolment), write, office)
    if certificate.content["claims"]:
        _claim(certificate, [one.id for one in attained])
    return certificate


class NotLogged(LookupError):
    """The public log knows nothing of this certificate: no paper of ours is made of it."""


@dataclass(frozen=True)
class Correction:
    """What a certificate says wrongly, as it should be said, and why we know."""

    holder_name: str
    reason: str


def replace(certificate: Certificate, correction: Correction, office: Office) -> Certificate:
    """Issue a certificate anew with the holder's right name; the old one is superseded by it.

    All else is as it was certified then: award, competencies, days of validity. The new one says
    which number it replaces. Raises Conflict when the old one is withdrawn for good or the place
    is held, Invalid when the name is no other.
    """
    holds.turn_of(certificate)
    lock(certificate)
    states.after(Deed.SUPERSEDE, State(certificate.state))
    if holds.holds_back(certificate):
        raise NotDue(("certificate-held",))
    name = " ".join(correction.holder_name.split())
    before = CertificateContent.from_json(certificate.content)
    if not name or name == before.holder_name:
        raise Invalid(fields={"name": "name-unchanged"})
    if not freezing.is_printable(name):
        raise Invalid(fields={"name": "name-unprintable"})

    def write(serial: str) -> CertificateContent:
        return freezing.corrected(before, name, serial, office)

    def make_way() -> None:
        recording.move(
            certificate, Deed.SUPERSEDE, by=office.by, reason=correction.reason, now=office.now
        )

    made = enter(of_certificate(certificate), write, office, make_way=make_way)
    _claim(made, [one.attainment_id for one in queries.claims_of(certificate)])
    return made


def enter(
    basis: Basis,
    write: Callable[[str], CertificateContent],
    office: Office,
    *,
    make_way: Callable[[], None] | None = None,
) -> Certificate:
    """Give out the issuer's next number, and sign, record and log what is written under it.

    ``make_way`` withdraws the one in whose place it stands. Whether it is due was decided before.
    Raises Conflict('issued-already').
    """
    year = office.now.astimezone(ZoneInfo(basis.issuer.timezone)).year
    frozen = write(numbers.next_serial(basis.issuer, year))
    certificate = _sign(basis, frozen, office)
    if make_way is not None:
        # Here, since everybody takes a place in a status list before they write to the log.
        make_way()
    with unique_or("issued-already"):
        db.session.add(certificate)
    replaces = certificate.content.get("replaces")
    replaced = {"replaces": replaces} if replaces else {}
    audit.record(
        office.by,
        "certificates.issued",
        certificate,
        sealed=True,
        serial=certificate.serial,
        credential=certificate.credential_digest,
        **replaced,
    )
    enqueue(RENDER_JOB, dedupe=f"{RENDER_JOB}:{certificate.id}", certificate_id=certificate.id)
    transparency.append(states.ENTERED, certificate.credential_digest, at=office.now)
    return certificate


def _claim(certificate: Certificate, attainment_ids: Iterable[int]) -> None:
    rows = [
        {"certificate_id": certificate.id, "attainment_id": one, "position": position}
        for position, one in enumerate(attainment_ids)
    ]
    if rows:
        db.session.execute(_CLAIM, rows)


def _sign(basis: Basis, frozen: CertificateContent, office: Office) -> Certificate:
    settings, ring = office.settings, office.ring
    place = status_places.take()
    document = credential.build(
        frozen,
        did=ring.did,
        status_url=status_list.address(settings.host, place.number),
        status_index=place.index,
        credential_id=f"https://{settings.host}/credentials/{frozen.serial}",
        salt=secrets.token_bytes(16),
    )
    signed = proof.prove(document, ring, now=office.now)
    return Certificate(
        serial=frozen.serial,
        code=frozen.code,
        issuer_id=basis.issuer.id,
        enrolment_id=basis.enrolment_id,
        programme_id=basis.programme_id,
        version=queries.versions(basis, frozen.kind) + 1,
        user_id=basis.user_id,
        kind=frozen.kind,
        content=frozen.to_json(),
        credential=signed,
        credential_digest=hashlib.sha256(proof.canonical_bytes(signed)).hexdigest(),
        status_list=place.number,
        status_index=place.index,
        issued_at=office.now,
        issued_by_id=office.by,
        valid_from=frozen.valid_from,
        valid_until=frozen.valid_until,
        timezone=basis.issuer.timezone,
    )


def make_pdf(certificate: Certificate, ring: KeyRing, stamping: "Stamping | None" = None) -> bytes:
    """Render and sign the PDF from frozen content, stored credential and its receipt of the log.

    With ``stamping`` the signature carries a time stamp; raises what ``signing.sign`` does.
    Raises NotLogged for a row that was not issued by this program.
    """
    # Loaded with the first one: setting and signing PDFs is a third of the program's start.
    from lms.certificates import signing
    from lms.certificates.sealing import Seal
    from lms.printing import pdf

    frozen = CertificateContent.from_json(certificate.content)
    receipt = transparency.receipt(certificate.credential_digest, states.ENTRIES)
    if receipt is None:
        raise NotLogged(certificate.serial)
    now = certificate.resigned_at or certificate.issued_at
    pictures = {digest: blobs().get(digest) for digest in frozen.pictures}
    seal = None if stamping else Seal(ring, now=now)
    data = pdf.render(
        frozen,
        proof.canonical_bytes(certificate.credential),
        now=now,
        receipt=receipt.to_json(),
        sheet=pdf.Sheet(designs_queries.load(frozen.design), pictures),
        finish=seal.place if seal else None,
    )
    # What a time stamp needs is known only after the first signature: the library puts it in.
    return seal.close(data) if seal else signing.sign(data, ring, now=now, stamping=stamping)


def file_pdf(certificate: Certificate, data: bytes, store: BlobStore) -> bool:
    """Keep the PDF's digest, once; a second run of the job changes nothing."""
    if certificate.pdf_digest is not None:
        return False
    certificate.pdf_digest = store.put(data)
    db.session.flush()
    # Sealed by the worker's next sweep: what is filed bears a signature of its own.
    audit.record(None, "certificates.pdf_filed", certificate, digest=certificate.pdf_digest)
    if certificate.resigned_at is not None and State(certificate.state) in states.IN_USE:
        _tell_of_new_file(certificate)
    return True


def _tell_of_new_file(certificate: Certificate) -> None:
    holder = certificate.user
    mail.send(
        holder.email,
        "certificates/anew",
        holder.locale,
        subject=mail.Subject(certificate.public_id, f"anew-{certificate.resigned_at:%Y%m%d%H%M%S}"),
        name=holder.name,
        certificate=certificate,
        titles=certificate.content["award_title"],
    )
