"""What a certificate costs to make, beside plain WeasyPrint setting the very same page.

The yardstick is ``HTML(string).write_pdf()`` of the certificate's HTML and style: no PDF/A, no
attachment, no signature. "make_pdf" is the worker's job without filing: it reads the certificate,
renders and signs. No requests are made here; werkzeug's test client is not involved.
"""

import secrets

import weasyprint  # type: ignore[import-untyped]
from flask import Flask
from sqlalchemy import select

from benchmarks import measuring
from lms.certificates import credential, proof, queries, service, signing
from lms.certificates.keyring import ring
from lms.certificates.models import Certificate
from lms.db import db
from lms.printing import pdf
from lms.printing.content import CertificateContent
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
    unsigned = pdf.render(frozen, attached, now=now)

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
            found = queries.by_id(certificate_id)
            return len(service.make_pdf(found, keys)) if found is not None else 0

    return {
        "plain WeasyPrint": lambda: len(weasyprint.HTML(string=html).write_pdf()),
        "credential and proof": prove,
        "render": lambda: len(pdf.render(frozen, attached, now=now)),
        "sign": lambda: len(signing.sign(unsigned, keys, now=now)),
        "make_pdf": make_pdf,
    }


def plain_html(frozen: CertificateContent) -> str:
    """The certificate's page with its style inside, as the renderer lays it out."""
    code = pdf._qr(frozen.verify_url)  # noqa: SLF001  # the very same page is wanted
    page = pdf._html(frozen, code, frozen.issued_at)  # noqa: SLF001
    return page.replace("</head>", f"<style>{pdf._style()}</style></head>")  # noqa: SLF001


if __name__ == "__main__":
    main()
