"""Certificates entered: numbered, signed, recorded, logged; several as cheaply as one.

Whether they are due was decided before.
"""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from lms.audit import service as audit
from lms.certificates import (
    credential,
    numbers,
    proof,
    queries,
    states,
    status_list,
    status_places,
)
from lms.certificates.basis import Basis, Office
from lms.certificates.models import Certificate, Claim
from lms.certificates.status_places import Place
from lms.db import db, unique_or
from lms.jobs.port import enqueue_each
from lms.printing.content import CertificateContent
from lms.transparency import service as transparency

RENDER_JOB = "certificates.render"
_CLAIM = insert(Claim)


@dataclass(frozen=True)
class Draft:
    """What is to be entered: for what, what it will say under its number, what its claims rest on.

    ``attainments`` are ids, in the order of the claims; they are not kept where none is made.
    """

    basis: Basis
    write: Callable[[str], CertificateContent]
    attainments: Sequence[int] = ()


def enter_each(
    drafts: Sequence[Draft], office: Office, *, make_way: Callable[[], None] | None = None
) -> list[Certificate]:
    """Give out an issuer's next numbers in this order, and sign, record and log what is written.

    All are of one issuer and kind. ``make_way`` withdraws one in whose place one of them stands.
    Raises Conflict('issued-already') when one is: then none of them is entered.
    """
    if not drafts:
        return []
    made = _signed(drafts, office)
    if make_way is not None:
        # Here, since everybody takes a place in a status list before they write to the log.
        make_way()
    with unique_or("issued-already"):
        db.session.add_all(made)
    _claim(made, drafts)
    for certificate in made:
        _record(certificate, office)
    wishes = {f"{RENDER_JOB}:{one.id}": {"certificate_id": one.id} for one in made}
    enqueue_each(RENDER_JOB, wishes)
    transparency.append(states.ENTERED, *(one.credential_digest for one in made), at=office.now)
    return made


def _signed(drafts: Sequence[Draft], office: Office) -> list[Certificate]:
    issuer = drafts[0].basis.issuer
    year = office.now.astimezone(ZoneInfo(issuer.timezone)).year
    serials = numbers.next_serials(issuer, year, len(drafts))
    frozen = [draft.write(serial) for draft, serial in zip(drafts, serials, strict=True)]
    bases = [draft.basis for draft in drafts]
    versions = queries.versions(bases, frozen[0].kind)
    places = status_places.take(len(drafts))
    each = zip(bases, frozen, versions, places, strict=True)
    return [_sign(basis, said, before + 1, place, office) for basis, said, before, place in each]


def _sign(
    basis: Basis, frozen: CertificateContent, version: int, place: Place, office: Office
) -> Certificate:
    settings, ring = office.settings, office.ring
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
        version=version,
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


def _claim(made: Sequence[Certificate], drafts: Sequence[Draft]) -> None:
    rows = [
        {"certificate_id": certificate.id, "attainment_id": one, "position": position}
        for certificate, draft in zip(made, drafts, strict=True)
        if certificate.content["claims"]
        for position, one in enumerate(draft.attainments)
    ]
    if rows:
        db.session.execute(_CLAIM, rows)


def _record(certificate: Certificate, office: Office) -> None:
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
