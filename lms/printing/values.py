"""What a certificate says, ready to be set into a design: the closed list of placeholders.

Every value is escaped here; some are whole elements, made of our own parts. What is made of
``personal`` words is different on each certificate of a batch and stands in a design's slots; all
others are the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import escape

from lms import paths
from lms.printing import artwork, code_image, raster, wording
from lms.printing.content import CertificateContent, grouped, in_language

PERSONAL = frozenset(("name", "serial", "code", "qr"))
SHARED = frozenset(
    (
        "issuer",
        "parent",
        "title",
        "subtitle",
        "subtitle_language",
        "lead",
        "lead_2",
        "deed",
        "deed_2",
        "award",
        "award_2",
        "facts",
        "claims",
        "signatories",
        "serial_label",
        "dates_label",
        "dates",
        "check_label",
        "check_at",
        "small",
    )
)
BLOCKS = frozenset(("parent", "claims", "signatories", "qr"))
"""Placeholders that become elements of their own; the others are text."""
FITTED = {"name": "ms", "issuer": "ms", "award": ""}
"""Lines that shrink to their width, with the language of their Latin letters; "" the paper's."""


@dataclass(frozen=True)
class Room:
    """How many lines of competencies a design has room for, set large and set small.

    ``across`` is how many characters of a competency fit one line.
    """

    lines: int = 12
    dense: int = 18
    across: int = 46


@dataclass(frozen=True)
class About:
    """What the file says of itself to readers and libraries."""

    title: str
    author: str
    subject: str
    moment: str


@dataclass(frozen=True)
class Values:
    """Fragments of HTML by placeholder, and what is beside the page.

    ``personal`` words and ``lines``, which are fitted, are as people write them.
    """

    language: str
    document: About
    shared: dict[str, str]
    personal: dict[str, str]
    lines: dict[str, str]
    has_annex: bool
    is_transcript: bool = False
    images: dict[str, object] = field(default_factory=dict, compare=False)

    @property
    def fragments(self) -> dict[str, str]:
        """All of them."""
        said = self.personal
        qr = str(_parts().qr(said["qr_alt"], said["qr_source"]))
        words = {name: str(escape(said[name])) for name in ("name", "serial", "code")}
        return {**self.shared, **words, "qr": qr}


def values(
    content: CertificateContent,
    room: Room,
    moment: datetime,
    pictures: Mapping[str, bytes] | None = None,
) -> Values:
    """What goes where. ``moment`` is the aware time in UTC at which the file is made.

    ``pictures`` are PNG files by digest; one that the content names and that is not there is left
    out, and the mark of the program stands for a logo.
    """
    there = pictures or {}
    language = content.language
    parts = _parts()
    claims = _claims(content, room)
    source, image = code_image.of(content.verify_url)
    award = in_language(content.award_title, language)
    title = wording.title(content)
    return Values(
        language=language,
        document=About(
            f"{title} {content.serial}",
            content.issuer_name,
            f"{title}: {award}",
            moment.isoformat().replace("+00:00", "Z"),
        ),
        shared={**{name: str(escape(text)) for name, text in _texts(content)}}
        | claims
        | {
            "parent": str(parts.parent(content.issuer_parent)) if content.issuer_parent else "",
            "signatories": str(parts.signatories(_signatories(content, there))),
            "logo": content.logo if content.logo in there else "",
            "courses": str(parts.courses(_courses(content))) if content.courses else "",
        },
        personal={
            "name": content.holder_name,
            "serial": content.serial,
            "code": grouped(content.code),
            "qr_alt": wording.phrase("qr", language, address=content.verify_url),
            "qr_source": source,
        },
        lines={"name": content.holder_name, "issuer": content.issuer_name, "award": award},
        has_annex="claims_list" in claims,
        is_transcript=bool(content.courses),
        images={source: image, **_images(content, there)},
    )


def _signatories(
    content: CertificateContent, there: Mapping[str, bytes]
) -> Iterator[tuple[str, str, str, str]]:
    """Name, office, the address of the signature's picture if any, and what it shows."""
    for one in content.signatories:
        source = raster.address(one.signature) if one.signature in there else ""
        alt = wording.phrase("signature", content.language, who=one.name)
        yield one.name, in_language(one.title, content.language), source, alt


def _images(content: CertificateContent, there: Mapping[str, bytes]) -> dict[str, object]:
    found: dict[str, object] = {
        raster.address(one.signature): raster.image(there[one.signature], one.signature)
        for one in content.signatories
        if one.signature in there
    }
    if content.logo in there:
        found[artwork.address("crest")] = raster.image(there[content.logo], content.logo)
    return found


def document(said: Values, page: str) -> str:
    """The whole document around a filled design."""
    return f"{_parts().head(said)}{page}</body></html>"


@cache
def _parts() -> Any:  # noqa: ANN401  # a template's macros
    environment = Environment(
        loader=FileSystemLoader(paths.DESIGNS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("parts.html").module


def _texts(content: CertificateContent) -> Iterator[tuple[str, str]]:
    language = content.language
    subtitle, other = wording.subtitle(content)
    host = urlsplit(content.verify_url).netloc.lower()
    small = wording.phrase("small", language, issuer=content.issuer_name, host=host)
    if content.replaces:
        small += " " + wording.phrase("replaces", language, serial=content.replaces)
    yield "issuer", content.issuer_name
    yield "title", wording.title(content)
    yield "subtitle", subtitle
    yield "subtitle_language", other
    for place, spoken in (("", language), ("_2", other)):
        yield f"lead{place}", wording.phrase("lead", spoken)
        yield f"deed{place}", wording.deed(content.kind, spoken)
        yield f"award{place}", in_language(content.award_title, spoken)
    yield "facts", " · ".join(wording.facts(content))
    yield "serial_label", wording.phrase("serial", language)
    yield "check_label", wording.phrase("check_at", language)
    yield "check_at", f"{host}/v"
    yield "small", small
    yield from _dates(content)


def _dates(content: CertificateContent) -> Iterator[tuple[str, str]]:
    language = content.language
    issued = wording.short_day(content.issued_at.date(), language)
    label = wording.phrase("issued", language)
    if content.valid_until is None:
        yield "dates_label", label
        yield "dates", f"{issued} · {wording.phrase('no_end', language)}"
        return
    yield "dates_label", f"{label} · {wording.phrase('valid_until', language)}"
    yield "dates", f"{issued} · {wording.short_day(content.valid_until, language)}"


def _courses(content: CertificateContent) -> dict[str, object]:
    """The table of a transcript: headings, rows and sums in words."""
    language = content.language
    names = ("code", "title", "credits", "hours", "day", "result")
    rows = [
        (
            one.code,
            in_language(one.title, language),
            wording.amount(one.credits, language),
            wording.hours(one.minutes, language),
            wording.short_day(one.completed_on, language),
            wording.result(one, language),
        )
        for one in content.courses
    ]
    return {
        "caption": wording.phrase("courses", language),
        "headings": [wording.phrase(f"course_{name}", language) for name in names],
        "rows": rows,
        "sum": wording.phrase("sum", language),
        "credits": wording.amount(content.earned, language),
        "hours": wording.hours(content.minutes, language),
    }


def _claims(content: CertificateContent, room: Room) -> dict[str, str]:
    """The competencies on the page, and for the annex when they need a page of their own."""
    if not content.claims:
        return {"claims": ""}
    language, parts = content.language, _parts()
    rows = [
        (
            claim.code,
            in_language(claim.statement, language),
            in_language(claim.level_label, language),
        )
        for claim in content.claims
    ]
    lines = sum(1 + sum(map(len, row)) // room.across for row in rows)
    heading = wording.claims_heading(content)
    if lines <= room.dense:
        density = "dense" if lines > room.lines else "normal"
        return {"claims": str(parts.claims(heading, rows, density))}
    sentence = wording.phrase("annex", language, count=len(rows))
    return {
        "claims": str(parts.claims_elsewhere(heading, sentence)),
        "claims_heading": str(escape(heading)),
        "claims_list": str(parts.list(rows)),
    }
