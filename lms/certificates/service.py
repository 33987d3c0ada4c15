"""Verbs over certificates: issue (frozen and signed), replace, and file the PDF."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy.orm.attributes import set_committed_value

from lms.audit import service as audit
from lms.certificates import (
    entering,
    freezing,
    holds,
    proof,
    queries,
    recording,
    rules,
    states,
    unfiled,
)
from lms.certificates.basis import Basis, Office, of_certificate, of_place
from lms.certificates.entering import Draft
from lms.certificates.keys import KeyRing
from lms.certificates.models import Certificate
from lms.certificates.states import Deed, State
from lms.db import db, lock
from lms.designs import queries as designs_queries
from lms.enrolment.models import Enrolment
from lms.kernel.errors import Conflict, Invalid
from lms.mail import service as mail
from lms.printing.content import CertificateContent
from lms.storage import BlobStore, blobs
from lms.transparency import service as transparency

if TYPE_CHECKING:
    from lms.certificates.stamping import Stamping


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

    ``standing`` is what it has to show, where the caller has looked; whether it is held is asked
    anew. The PDF is made by a job from what is frozen here. Raises NotDue,
    Conflict('issued-already').
    """
    if standing is None:
        holds.take_turns(enrolment.offering_id, [enrolment.user_id])
        standing = queries.standing_of(enrolment, _today(enrolment, office))
    made = _issue([enrolment], office, {enrolment.id: standing})[enrolment.id]
    if isinstance(made, Conflict):
        raise made
    return made


def issue_each(
    places: Sequence[Enrolment], office: Office, standings: Mapping[int, rules.Standing]
) -> dict[int, Certificate | Conflict]:
    """Issue those of several places in an offering: by place, what was made, or why nothing was.

    The caller has taken turns over them all, and looked at them together.
    """
    try:
        with db.session.begin_nested():  # what is refused must not use up a number
            return _issue(places, office, standings)
    except Conflict:  # one breaks what the database guards: it shows which, and the rest goes on
        return {place.id: _alone(place, office, standings[place.id]) for place in places}


def _alone(place: Enrolment, office: Office, standing: rules.Standing) -> Certificate | Conflict:
    try:
        with db.session.begin_nested():
            return issue(place, office, standing)
    except Conflict as refused:
        return refused


def _issue(
    places: Sequence[Enrolment], office: Office, standings: Mapping[int, rules.Standing]
) -> dict[int, Certificate | Conflict]:
    """By place, what was issued, or why nothing was; with as many statements as for one."""
    offering, people = places[0].offering, [place.user_id for place in places]
    held = holds.held(offering.id, people)
    issued = queries.certified(offering.id, people)
    attained = queries.attainments_of(offering, people, _today(places[0], office))
    found: dict[int, Certificate | Conflict] = {}
    drafts: dict[int, Draft] = {}
    for place in places:
        refused = _refused(place, standings[place.id], held, issued)
        if refused is not None:
            found[place.id] = refused
            continue
        rests_on = attained.get(place.user_id, [])
        write = partial(freezing.freeze, place, rests_on, office=office)
        drafts[place.id] = Draft(of_place(place), write, [one.id for one in rests_on])
    made = entering.enter_each(list(drafts.values()), office)
    return found | dict(zip(drafts, made, strict=True))


def _today(place: Enrolment, office: Office) -> date:
    provider = place.offering.course_version.course.provider
    return office.now.astimezone(ZoneInfo(provider.timezone)).date()


def _refused(
    place: Enrolment, standing: rules.Standing, held: Collection[int], issued: Collection[int]
) -> Conflict | None:
    """Why a place gets none, given whose are held and who has one already."""
    due = rules.is_due(standing)
    if not due.ok:
        return NotDue(due.reasons)
    if place.user_id in held:
        return NotDue(("certificate-held",))
    return Conflict("issued-already") if place.user_id in issued else None


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

    rests_on = [one.attainment_id for one in queries.claims_of(certificate)]
    draft = Draft(of_certificate(certificate), write, rests_on)
    return entering.enter_each([draft], office, make_way=make_way)[0]


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
    return entering.enter_each([Draft(basis, write)], office, make_way=make_way)[0]


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
    digest = store.put(data)
    if not unfiled.file(certificate.id, digest):
        return False
    set_committed_value(certificate, "pdf_digest", digest)
    # Sealed by the worker's next sweep: what is filed bears a signature of its own.
    audit.record(None, "certificates.pdf_filed", certificate, digest=digest)
    if certificate.resigned_at is not None:
        _tell_of_new_file(db.session.get_one(Certificate, certificate.id))
    return True


def _tell_of_new_file(certificate: Certificate) -> None:
    if State(certificate.state) not in states.IN_USE:
        return
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
