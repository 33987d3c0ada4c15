"""The printed certificate: PDF/A-3a and PDF/UA-1 in one, with the credential attached."""

import hashlib
import io
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import weasyprint  # type: ignore[import-untyped]

from lms.printing import conformance, packing, press, shipped, typefaces, wording
from lms.printing.content import ATTACHMENT, RECEIPT, CertificateContent
from lms.printing.design import Design
from lms.printing.values import values

Finish = Callable[[Any], None]


@dataclass(frozen=True)
class Sheet:
    """What a certificate is printed in: a design, and the pictures it names, PNG by digest."""

    design: Design | None = None
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def render(
    content: CertificateContent,
    credential_json: bytes,
    *,
    now: datetime,
    receipt: bytes | None = None,
    sheet: Sheet | None = None,
    finish: Finish | None = None,
) -> bytes:
    """Return the unsigned PDF with ``credential_json`` attached as credential.json.

    ``receipt`` of the public log is attached as log-receipt.json. The same arguments give the same
    bytes. ``now`` is an aware time, written as the date of creation. ``finish`` may add objects
    before the file is written.

    Raises:
        ValueError: ``now`` is naive.

    """
    if now.utcoffset() is None:
        raise ValueError("the time must be aware")
    given = sheet or Sheet()
    chosen = given.design or shipped.design(shipped.DEFAULT)
    moment = now.astimezone(UTC).replace(microsecond=0)
    said = values(content, chosen.room, moment, given.pictures)
    attached = list(_attachments(content.language, credential_json, receipt, moment))
    identity = hashlib.sha256(credential_json + moment.isoformat().encode()).digest()[:16]

    def finished(document: Any, pdf: Any) -> None:  # noqa: ANN401  # of WeasyPrint and pydyf, untyped
        conformance.finish(document, pdf)
        if finish is not None:
            finish(pdf)
        packing.pack(pdf)

    def write(laid_out: Any) -> bytes:  # noqa: ANN401  # the same
        output = io.BytesIO()
        with _leak_ignored():  # here, where the press is held: filters are of all threads
            laid_out.write_pdf(
                output,
                finisher=finished,
                pdf_variant=press.VARIANT,
                pdf_identifier=identity.hex().encode("ascii"),
                attachments=attached,
            )
        return output.getvalue()

    return press.press(chosen, said, write)


@contextmanager
def _leak_ignored() -> Iterator[None]:
    # WeasyPrint 70 leaves the file of its colour profile to the garbage collector.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield


def _attachments(
    language: str, credential_json: bytes, receipt: bytes | None, moment: datetime
) -> Iterator[weasyprint.Attachment]:
    brought = [(ATTACHMENT, "attachment", credential_json)]
    if receipt is not None:
        brought.append((RECEIPT, "receipt", receipt))
    for name, about, data in brought:
        yield weasyprint.Attachment(
            string=data,
            name=name,
            description=wording.phrase(about, language),
            relationship="Data",
            url_fetcher=typefaces.fetcher(),
            created=moment,
            modified=moment,
        )
