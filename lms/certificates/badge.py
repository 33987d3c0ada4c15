"""The certificate as a picture to show: a PNG with the signed credential inside (Open Badges 3.0).

The picture names the award and the number, never the person. The same certificate gives the same
bytes.
"""

import io
import math
from functools import cache
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from lms.certificates import proof
from lms.certificates.models import Certificate
from lms.printing import wording
from lms.printing.artwork import KUNYIT, PAPER, RIMBA
from lms.printing.content import CertificateContent, in_language

SIDE = 512
KEYWORD = "openbadgecredential"
_FINE = 3  # drawn so much larger and then reduced: lines have no steps
_MIDDLE = SIDE * _FINE // 2
_LIGHT = "#e3b95a"
_PALE = "#e9e4d6"
_LINES, _WIDTH = 3, 300
_TITLE_SIZES = (38, 34, 30, 26, 22, 19)


def bake(certificate: Certificate) -> bytes:
    """The badge of a certificate as PNG, 512 pixels square, with its credential in it."""
    facts = CertificateContent.from_json(certificate.content)
    picture = _artwork().copy()
    _letter(ImageDraw.Draw(picture), facts)
    carried = PngInfo()
    carried.add_itxt(KEYWORD, proof.canonical_bytes(certificate.credential).decode())
    out = io.BytesIO()
    picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(out, "PNG", pnginfo=carried)
    return out.getvalue()


@cache
def _artwork() -> Image.Image:
    """A medal: a ring of triangles as on a sarong round paper with a pale rosette, and our mark."""
    picture = Image.new("RGBA", (2 * _MIDDLE, 2 * _MIDDLE), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    for radius, colour in ((254, KUNYIT), (251, RIMBA), (207, KUNYIT), (204, PAPER)):
        draw.circle((_MIDDLE, _MIDDLE), radius * _FINE, fill=colour)
    _triangles(draw)
    for turn in range(4):
        draw.line([_rosette(step, turn) for step in range(1441)], fill=_PALE, width=_FINE)
    draw.circle((_MIDDLE, _MIDDLE), 196 * _FINE, outline=RIMBA, width=_FINE)
    _crest(draw)
    return picture


def _at(radius: float, angle: float) -> tuple[float, float]:
    """A point by its distance from the middle in pixels of the badge, and its angle."""
    reach = radius * _FINE
    return _MIDDLE + reach * math.cos(angle), _MIDDLE + reach * math.sin(angle)


def _triangles(draw: ImageDraw.ImageDraw, count: int = 36) -> None:
    pitch = 2 * math.pi / count
    for place in range(count):
        angle = place * pitch
        for half, foot, top in ((0.48, 211, 247), (0.24, 211, 229)):
            points = [
                _at(foot, angle - half * pitch),
                _at(top, angle),
                _at(foot, angle + half * pitch),
            ]
            if half < 0.3:
                draw.polygon(points, fill=_LIGHT)
            else:
                draw.line([*points, points[0]], fill=_LIGHT, width=2 * _FINE, joint="curve")


def _rosette(step: int, turn: int) -> tuple[float, float]:
    angle = math.radians(step / 4)
    wave = math.sin(18 * angle + turn * math.pi / 2)
    return _at(186 * (0.72 + 0.16 * wave + 0.10 * turn / 3), angle)


def _crest(draw: ImageDraw.ImageDraw) -> None:
    """The mark of Sijil, as ``artwork.crest`` draws it, over the title."""

    def spots(*pairs: tuple[float, float]) -> list[tuple[float, float]]:
        left, top, scale = _MIDDLE - 36 * _FINE, 92 * _FINE, 72 * _FINE / 44
        return [(left + x * scale, top + y * scale) for x, y in pairs]

    corner, opposite = spots((0, 0), (44, 44))
    draw.rounded_rectangle((*corner, *opposite), radius=8 * _FINE, fill=RIMBA)
    for roof in (((8, 35), (22, 8), (36, 35)), ((14.5, 35), (22, 20.5), (29.5, 35))):
        draw.line(spots(*roof), fill="#ffffff", width=4 * _FINE, joint="curve")
    draw.polygon(spots((19.2, 35), (22, 29.5), (24.8, 35)), fill=_LIGHT)
    draw.line(spots((6, 35.9), (38, 35.9)), fill=_LIGHT, width=3 * _FINE)


def _letter(draw: ImageDraw.ImageDraw, facts: CertificateContent) -> None:
    title = in_language(facts.award_title, facts.language)
    if _has_letters(title):
        face, lines = _fitted(draw, title)
        text = "\n".join(lines)
        draw.multiline_text((_MIDDLE, 252 * _FINE), text, RIMBA, face, "mm", 4 * _FINE, "center")
    kind = wording.title(facts)
    _line(draw, 342, kind, _fitting(draw, "sans", kind, 19, 270), "#4a4a44")
    draw.line([(_MIDDLE - 60 * _FINE, 364 * _FINE), (_MIDDLE + 60 * _FINE, 364 * _FINE)], KUNYIT, 4)
    _line(draw, 384, facts.serial, _fitting(draw, "sans", facts.serial, 19, 230), RIMBA)


def _line(
    draw: ImageDraw.ImageDraw, y: int, text: str, face: ImageFont.FreeTypeFont, colour: str
) -> None:
    draw.text((_MIDDLE, y * _FINE), text, fill=colour, font=face, anchor="mm")


def _fitting(
    draw: ImageDraw.ImageDraw, name: str, text: str, size: int, width: int
) -> ImageFont.FreeTypeFont:
    drawn = draw.textlength(text, _face(name, size))
    return _face(name, min(size, max(8, int(size * width * _FINE / max(drawn, 1)))))


def _fitted(draw: ImageDraw.ImageDraw, title: str) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """The largest letters in which a title fits; what fits in none ends in dots."""
    for size in _TITLE_SIZES:
        face = _face("serif", size)
        lines = _wrapped(draw, title, face)
        if len(lines) <= _LINES and all(_fits(draw, line, face) for line in lines):
            return face, lines
    face = _face("serif", _TITLE_SIZES[-1])
    lines = _wrapped(draw, title, face)
    dots = "…" if len(lines) > _LINES else ""
    shown = [*lines[:_LINES][:-1], lines[:_LINES][-1] + dots]
    return face, [_cut(draw, line, face) for line in shown]


def _wrapped(draw: ImageDraw.ImageDraw, title: str, face: ImageFont.FreeTypeFont) -> list[str]:
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if _fits(draw, longer, face) or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _fits(draw: ImageDraw.ImageDraw, line: str, face: ImageFont.FreeTypeFont) -> bool:
    return draw.textlength(line, face) <= _WIDTH * _FINE


def _cut(draw: ImageDraw.ImageDraw, line: str, face: ImageFont.FreeTypeFont) -> str:
    while not _fits(draw, line, face):
        line = line.removesuffix("…")[:-1] + "…"
    return line


@cache
def _face(name: str, size: int) -> ImageFont.FreeTypeFont:
    package, file = {
        "serif": ("font_source_serif_pro", "SourceSerifPro-Semibold"),
        "sans": ("font_source_sans_pro", "SourceSansPro-Semibold"),
    }[name]
    # The simple layout is in Pillow itself; the other depends on what the machine has.
    return ImageFont.truetype(
        str(files(package) / "files" / f"{file}.ttf"),
        size * _FINE,
        layout_engine=ImageFont.Layout.BASIC,
    )


@cache
def _drawable() -> frozenset[int]:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    with TTFont(_face("serif", _TITLE_SIZES[0]).path) as font:
        return frozenset(font.getBestCmap())


def _has_letters(title: str) -> bool:
    """Whether the typeface of the badge has every letter; another script is left to the PDF."""
    return all(ord(one) in _drawable() for one in title)
