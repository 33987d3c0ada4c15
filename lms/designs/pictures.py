"""Specimens set in a design: as a picture, and as a file to print."""

from dataclasses import replace

from lms.designs import queries
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.people.models import Organisation
from lms.printing import specimens
from lms.printing.content import CertificateContent, Signatory
from lms.printing.design import Design
from lms.storage import blobs
from lms.web.running import settings

_SAYS_SO = b'{"specimen": true}'
"""Stands where a certificate has its credential; a specimen is signed by nobody."""


def sheet(design: Design, name: str, language: str, provider: Organisation) -> bytes:
    """The certificate of a specimen as PDF; raises NotFound for one that there is not."""
    # Loaded with the first one: what sets pages is a third of the program's start.
    from lms.printing import pdf

    if name not in specimens.NAMES or language not in {"ms", "en", "id"}:
        raise NotFound
    person = specimens.specimen(name, language=language, issuer=provider.name, host=settings().host)
    shown = _with_marks(person, provider)
    kept = {digest: blobs().get(digest) for digest in shown.pictures}
    return pdf.render(shown, _SAYS_SO, now=clock.now(), sheet=pdf.Sheet(design, kept))


def _with_marks(person: CertificateContent, provider: Organisation) -> CertificateContent:
    """With the logo of the institute and those who sign for it, where it has named any."""
    marks = queries.marks_of(provider.id)
    signing = tuple(
        Signatory(one["name"], one["title"], marks.signatures.get(one["name"], ""))
        for one in provider.signatories
    )
    return replace(person, logo=marks.logo, signatories=signing or person.signatories)


def picture(design: Design, name: str, language: str, provider: Organisation) -> bytes:
    """The same as PNG."""
    from lms.printing import pictures

    return pictures.first_page(sheet(design, name, language, provider))
