"""Specimens set in a design: as a picture, and as a file to print."""

from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.people.models import Organisation
from lms.printing import pdf, pictures, specimens
from lms.printing.design import Design
from lms.web.running import settings

_SAYS_SO = b'{"specimen": true}'
"""Stands where a certificate has its credential; a specimen is signed by nobody."""


def sheet(design: Design, name: str, language: str, provider: Organisation | None) -> bytes:
    """The certificate of a specimen as PDF; raises NotFound for one that there is not."""
    if name not in specimens.NAMES or language not in {"ms", "en", "id"}:
        raise NotFound
    person = specimens.specimen(
        name,
        language=language,
        issuer=provider.name if provider else "Sijil",
        host=settings().host,
    )
    return pdf.render(person, _SAYS_SO, now=clock.now(), design=design)


def picture(design: Design, name: str, language: str, provider: Organisation | None) -> bytes:
    """The same as PNG."""
    return pictures.first_page(sheet(design, name, language, provider))
