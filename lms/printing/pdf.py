"""The printed certificate: PDF/A-3a and PDF/UA-1 in one, with the credential attached."""

import base64
import hashlib
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import segno
import weasyprint  # type: ignore[import-untyped]
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]
from weasyprint.urls import URLFetcher, URLFetcherResponse  # type: ignore[import-untyped]

from lms import paths
from lms.printing import artwork, conformance, wording
from lms.printing.content import ATTACHMENT, RECEIPT, CertificateContent, grouped, in_language
from lms.printing.lettering import Setting, setting

_FOLDER = paths.TEMPLATES / "pdf" / "certificates"
_FACES = (
    ("font_source_serif_pro", "SourceSerifPro-Semibold", "Sijil Serif", 600, "normal"),
    ("font_source_serif_pro", "SourceSerifPro-Regular", "Sijil Serif", 400, "normal"),
    ("font_source_serif_pro", "SourceSerifPro-It", "Sijil Serif", 400, "italic"),
    ("font_source_sans_pro", "SourceSansPro-Regular", "Sijil Sans", 400, "normal"),
    ("font_source_sans_pro", "SourceSansPro-Semibold", "Sijil Sans", 600, "normal"),
)

# Characters of a competency that fit one line of a column, and lines that fit the first page.
_CLAIM_LINE = 46
_LINES_NORMAL = 12
_LINES_DENSE = 18


class RefusedAddressError(ValueError):
    """The template asked for something that the certificate does not bring along."""


class _Brought(URLFetcher):  # WeasyPrint is untyped
    """Serves the images made for this certificate and the font files, nothing else."""

    def __init__(self, images: frozenset[str]) -> None:
        super().__init__(allowed_protocols=("data", "file"), allow_redirects=False)
        self._images = images

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url not in self._images and url not in _font_addresses():
            raise RefusedAddressError(url[:80])
        return super().fetch(url, headers)


@dataclass(frozen=True)
class _Drawn:
    background: str
    crest: str


def render(
    content: CertificateContent,
    credential_json: bytes,
    *,
    now: datetime,
    receipt: bytes | None = None,
) -> bytes:
    """Return the unsigned PDF with ``credential_json`` attached as credential.json.

    ``receipt`` of the public log is attached as log-receipt.json. The same arguments give the same
    bytes. ``now`` is an aware time, written as the date of creation.

    Raises:
        ValueError: ``now`` is naive.

    """
    if now.utcoffset() is None:
        raise ValueError("the time must be aware")
    moment = now.astimezone(UTC).replace(microsecond=0)
    qr = _qr(content.verify_url)
    fonts, style = _typesetting()
    fetcher = _Brought(frozenset((_drawn().background, _drawn().crest, qr)))
    page = weasyprint.HTML(string=_html(content, qr, moment), url_fetcher=fetcher)
    identity = hashlib.sha256(credential_json + moment.isoformat().encode()).digest()[:16]
    with _leak_ignored():
        pdf: bytes = page.write_pdf(
            finisher=conformance.finish,
            stylesheets=[style],
            font_config=fonts,
            pdf_variant="pdf/a-3a",
            pdf_identifier=identity.hex().encode("ascii"),
            attachments=list(_attachments(content, credential_json, receipt, moment)),
        )
    return pdf


@contextmanager
def _leak_ignored() -> Iterator[None]:
    # WeasyPrint 70 leaves the file of its colour profile to the garbage collector.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield


def _attachments(
    content: CertificateContent, credential_json: bytes, receipt: bytes | None, moment: datetime
) -> Iterator[weasyprint.Attachment]:
    brought = [(ATTACHMENT, "attachment", credential_json)]
    if receipt is not None:
        brought.append((RECEIPT, "receipt", receipt))
    for name, about, data in brought:
        yield weasyprint.Attachment(
            string=data,
            name=name,
            description=wording.phrase(about, content.language),
            relationship="Data",
            created=moment,
            modified=moment,
        )


@cache
def _font_addresses() -> dict[str, tuple[str, int, str]]:
    return {
        Path(str(files(package) / "files" / f"{name}.ttf")).as_uri(): (family, weight, style)
        for package, name, family, weight, style in _FACES
    }


@cache
def _typesetting() -> tuple[FontConfiguration, weasyprint.CSS]:
    # Reading style and fonts takes a third of the time of a page; both are the same for all.
    fonts = FontConfiguration()
    fetcher = _Brought(frozenset((_drawn().background, _drawn().crest)))
    return fonts, weasyprint.CSS(string=_style(), font_config=fonts, url_fetcher=fetcher)


@cache
def _style() -> str:
    faces = "".join(
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-style:{style};'
        f'src:url("{address}")}}\n'
        for address, (family, weight, style) in _font_addresses().items()
    )
    # As backgrounds, not images: decoration is no figure that a screen reader should announce.
    drawn = (
        f'.page{{background:url("{_drawn().background}") 0 0/100% 100% no-repeat}}\n'
        f'.crest{{background:url("{_drawn().crest}") 0 0/100% 100% no-repeat}}\n'
    )
    return faces + drawn + (_FOLDER / "certificate.css").read_text("utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(paths.TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["phrase"] = wording.phrase
    return environment


def _data_address(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"


@cache
def _drawn() -> _Drawn:
    return _Drawn(
        background=_data_address("image/svg+xml", artwork.background().encode()),
        crest=_data_address("image/svg+xml", artwork.crest().encode()),
    )


def _qr(address: str) -> str:
    png = io.BytesIO()
    code = segno.make(address, error="q", micro=False)
    # Eight pixels to a module: some viewers smooth a one-pixel module until it cannot be read.
    code.save(png, kind="png", scale=8, border=0)
    return _data_address("image/png", png.getvalue())


def _html(content: CertificateContent, qr: str, moment: datetime) -> str:
    template = _environment().get_template("pdf/certificates/certificate.html")
    language = content.language
    subtitle, subtitle_language = wording.subtitle(content.kind, language)
    split = urlsplit(content.verify_url)
    host = split.netloc.lower()
    return template.render(
        content=content,
        language=language,
        qr=qr,
        moment=moment.isoformat().replace("+00:00", "Z"),
        title=wording.title(content.kind, language),
        subtitle=subtitle,
        subtitle_language=subtitle_language,
        deed=wording.deed(content.kind, language),
        facts=wording.facts(content),
        dates=_dates(content),
        host=host,
        check_at=f"{host}/v",
        code=grouped(content.code),
        address=content.verify_url,
        claims=_claims(content),
        signatories=[
            (each.name, in_language(each.title, language)) for each in content.signatories
        ],
        **_settings(content),
    )


def _settings(content: CertificateContent) -> dict[str, Setting | str]:
    language = content.language
    award = in_language(content.award_title, language)
    return {
        "award": award,
        "name_setting": setting(content.holder_name, language="ms", largest=28, width_mm=236),
        "award_setting": setting(award, language=language, largest=15.5, width_mm=236),
        "issuer_setting": setting(content.issuer_name, language="ms", largest=12.5, width_mm=236),
    }


def _dates(content: CertificateContent) -> dict[str, str]:
    language = content.language
    issued = wording.short_day(content.issued_at.date(), language)
    if content.valid_until is None:
        return {
            "label": wording.phrase("issued", language),
            "value": f"{issued} · {wording.phrase('no_end', language)}",
        }
    labels = (wording.phrase("issued", language), wording.phrase("valid_until", language))
    until = wording.short_day(content.valid_until, language)
    return {"label": " · ".join(labels), "value": f"{issued} · {until}"}


def _claims(content: CertificateContent) -> dict[str, Any]:
    language = content.language
    rows = [
        (
            claim.code,
            in_language(claim.statement, language),
            in_language(claim.level_label, language),
        )
        for claim in content.claims
    ]
    lines = sum(
        1 + (len(code) + len(text) + len(label)) // _CLAIM_LINE for code, text, label in rows
    )
    dense = lines > _LINES_NORMAL
    return {
        "heading": wording.claims_heading(content) if rows else "",
        "rows": rows,
        "density": "dense" if dense else "normal",
        "annex": lines > _LINES_DENSE,
    }
