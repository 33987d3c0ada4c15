"""The typefaces of certificates and the styles of designs: read once, the same for all."""

from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

import weasyprint  # type: ignore[import-untyped]
from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]
from weasyprint.urls import URLFetcher, URLFetcherResponse  # type: ignore[import-untyped]

from lms import paths
from lms.printing import artwork
from lms.printing.design import Design

_FACES = (
    ("font_source_serif_pro", "SourceSerifPro-Semibold", "Sijil Serif", 600, "normal"),
    ("font_source_serif_pro", "SourceSerifPro-Regular", "Sijil Serif", 400, "normal"),
    ("font_source_serif_pro", "SourceSerifPro-It", "Sijil Serif", 400, "italic"),
    ("font_source_sans_pro", "SourceSansPro-Regular", "Sijil Sans", 400, "normal"),
    ("font_source_sans_pro", "SourceSansPro-Semibold", "Sijil Sans", 600, "normal"),
)


class RefusedAddressError(ValueError):
    """A page or style asked for something that certificates do not bring along."""


class OnlyFonts(URLFetcher):  # WeasyPrint is untyped
    """Serves the font files, nothing else: pictures are given to the page as they are."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("file",), allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url not in _addresses():
            raise RefusedAddressError(url[:80])
        return super().fetch(url, headers)


@cache
def fetcher() -> OnlyFonts:
    """The one of this process: what it is built on takes a millisecond to set up."""
    return OnlyFonts()


@cache
def configuration() -> FontConfiguration:
    """Where the typefaces are registered."""
    return FontConfiguration()


@lru_cache(maxsize=16)
def styles(design: Design) -> tuple[weasyprint.CSS, ...]:
    """The typefaces and the style of a design."""
    return (_faces(), _read(style_text(design)))


@lru_cache(maxsize=8)
def transcript_styles(underlay: str) -> tuple[weasyprint.CSS, ...]:
    """The typefaces and the style of a transcript on the artwork of a design."""
    return (_faces(), _read(transcript_text(underlay)))


def transcript_text(underlay: str) -> str:
    """All that decides how a transcript looks, but the typefaces: artwork and its colour."""
    name = artwork.UPRIGHT.get(underlay, "")
    tone = artwork.MERAH if underlay == "songket" else artwork.RIMBA
    top, right, left = (24, 24, 34) if underlay == "woven" else (25, 26, 26)
    margins = f"{top}mm {right}mm {top}mm {left}mm"
    # The background of a page begins inside its margins: it is moved out to the sheet's corner.
    behind = f'background:url("{artwork.address(name)}") -{left}mm -{top}mm/210mm 297mm no-repeat'
    return (
        f"@page{{size:210mm 297mm;margin:{margins};{behind if name else ''}}}\n"
        f"h1,h2,.award,thead th{{color:{tone}}}\n"
        f'.crest{{background:url("{artwork.address("crest")}") center/contain no-repeat}}\n'
        + (paths.DESIGNS / "base.css").read_text("utf-8")
        + (paths.DESIGNS / "transcript.css").read_text("utf-8")
    )


def style_text(design: Design) -> str:
    """All that decides how a design looks, but the typefaces."""
    size = "297mm 210mm" if design.landscape else "210mm 297mm"
    width, height = size.split()
    # As a background, not an image: decoration is no figure that a screen reader should announce.
    behind = f'background:url("{artwork.address(design.underlay)}") 0 0/100% 100% no-repeat'
    return (
        f"@page{{size:{size};margin:0}}\n"
        f".page{{position:relative;width:{width};height:{height};overflow:hidden;"
        f"{behind if design.underlay else ''}}}\n"
        f'.crest{{background:url("{artwork.address("crest")}") center/contain no-repeat}}\n'
        + (paths.DESIGNS / "base.css").read_text("utf-8")
        + design.css
    )


@cache
def _faces() -> weasyprint.CSS:
    return _read(faces_text())


def faces_text() -> str:
    """The typefaces as rules of a style."""
    return "".join(
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-style:{style};'
        f'src:url("{address}")}}\n'
        for address, (family, weight, style) in _addresses().items()
    )


def _read(text: str) -> weasyprint.CSS:
    return weasyprint.CSS(string=text, font_config=configuration(), url_fetcher=OnlyFonts())


@cache
def _addresses() -> dict[str, tuple[str, int, str]]:
    return {
        Path(str(files(package) / "files" / f"{name}.ttf")).as_uri(): (family, weight, style)
        for package, name, family, weight, style in _FACES
    }
