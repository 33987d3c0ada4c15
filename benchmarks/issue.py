"""What a certificate costs to make, beside plain WeasyPrint setting the very same page.

The yardstick is ``HTML(string).write_pdf()`` of the certificate's HTML and style: no PDF/A, no
attachment, no signature. "make_pdf" is the worker's job without filing: it reads the certificate,
renders and signs. No requests are made here; werkzeug's test client is not involved.
"""

import base64
import io
import secrets
from dataclasses import replace
from itertools import count

import segno
import weasyprint  # type: ignore[import-untyped]
from flask import Flask
from sqlalchemy import select

from benchmarks import measuring
from lms.certificates import credential, proof, service, unfiled
from lms.certificates.keyring import ring
from lms.certificates.models import Certificate
from lms.certificates.sealing import Seal
from lms.db import db
from lms.printing import artwork, pdf, press, shipped, typefaces
from lms.printing.content import CertificateContent
from lms.printing.design import fill
from lms.printing.values import document, values
from lms.web.running import settings


def main() -> None:
    """Measure and report."""
    asked = measuring.options(__doc__)
    with measuring.institute(asked.database) as app:
        rounds = asked.pick(small=10, full=200)
        figures = measuring.compare(app, stages(app), rounds=rounds, calls=1)
    measuring.report("issue", asked, figures)


def stages(app: Flask) -> dict[str, measuring.Call]:
    """The yardstick, the steps one by one, and what the worker does."""
    with app.app_context():
        query = select(Certificate).where(Certificate.kind == "competence")
        certificate = db.session.scalars(query.order_by(Certificate.id).limit(1)).one()
        certificate_id, now = certificate.id, certificate.issued_at
        frozen = CertificateContent.from_json(certificate.content)
        attached = proof.canonical_bytes(certificate.credential)
        keys = ring(settings())
    html = plain_html(frozen)
    people = count(1)
    seal = Seal(keys, now=now)
    unsigned = pdf.render(frozen, attached, now=now, finish=seal.place)

    def render() -> int:
        number = next(people)
        person = replace(
            frozen, holder_name=f"Nur Aisyah binti Rahman {number}", serial=f"X-2026-{number:05d}"
        )
        return len(pdf.render(person, attached, now=now))

    def render_alone() -> int:
        press.forget()
        return len(pdf.render(frozen, attached, now=now))

    def prove() -> int:
        document = credential.build(
            frozen,
            did=keys.did,
            status_url=f"{frozen.issuer_url}/status/revocation/1",
            status_index=1,
            credential_id=f"{frozen.issuer_url}/credentials/{frozen.serial}",
            salt=secrets.token_bytes(credential.SALT_BYTES),
        )
        return len(proof.canonical_bytes(proof.prove(document, keys, now=now)))

    def make_pdf() -> int:
        with app.app_context():
            found = unfiled.printed(certificate_id)
            return len(service.make_pdf(found, keys)) if found is not None else 0

    return {
        "plain WeasyPrint": lambda: len(weasyprint.HTML(string=html).write_pdf()),
        "credential and proof": prove,
        "render the first": render_alone,
        "render another": render,
        "sign": lambda: len(seal.close(unsigned)),
        "make_pdf": make_pdf,
    }


def plain_html(frozen: CertificateContent) -> str:
    """The certificate's page with style and pictures inside, as anybody would give it."""
    design = shipped.design(shipped.DEFAULT)
    said = values(frozen, design.room, frozen.issued_at)
    page = document(said, fill(design.page(annex=said.has_annex), said))
    style = typefaces.faces_text() + typefaces.style_text(design)
    for name, drawing in artwork.ALL.items():
        style = style.replace(artwork.address(name), _data_address("svg+xml", drawing().encode()))
    code = io.BytesIO()
    segno.make(frozen.verify_url, error="q", micro=False).save(code, kind="png", scale=8, border=0)
    source = next(iter(said.images))
    page = page.replace(source, _data_address("png", code.getvalue()))
    return page.replace("</head>", f"<style>{style}</style></head>")


def _data_address(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"


if __name__ == "__main__":
    main()
