"""The two typefaces of the pages: subset once at set-up, under our own name.

Source Sans and Source Serif are free to change and to pass on, but a changed copy may not carry
the reserved name "Source"; so the subsets call themselves Sijil Sans and Sijil Serif.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import font_source_sans_pro  # type: ignore[import-untyped]
import font_source_serif_pro  # type: ignore[import-untyped]
from flask import Blueprint, abort, send_file
from flask.typing import ResponseReturnValue

from lms.web import running
from lms.web.auth_guard import public

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]


@dataclass(frozen=True)
class Face:
    """One file to make: from which source, and what it shall be called."""

    source: Path
    family: str
    style: str


_SANS = Path(font_source_sans_pro.__file__).parent / "files"
_SERIF = Path(font_source_serif_pro.__file__).parent / "files"
FACES = {
    "sans-400": Face(_SANS / "SourceSansPro-Regular.ttf", "Sijil Sans", "Regular"),
    "sans-600": Face(_SANS / "SourceSansPro-Semibold.ttf", "Sijil Sans", "Semibold"),
    "serif-600": Face(_SERIF / "SourceSerifPro-Semibold.ttf", "Sijil Serif", "Semibold"),
}
# Basic Latin, Latin-1, Latin Extended-A, the letters of Malay and Indonesian scholarship with dots
# and breves, punctuation, the euro, arrows, minus, comparison and tick.
_RANGES = (
    (0x20, 0x7E),
    (0xA0, 0x17F),
    (0x1E24, 0x1E25),
    (0x1E62, 0x1E63),
    (0x2010, 0x2026),
    (0x2030, 0x203A),
)
_SINGLE = (0x20AC, 0x2122, 0x2190, 0x2192, 0x2212, 0x2260, 0x2264, 0x2265, 0x2713, 0x21A9)
# Names that carry the reserved name, a trade mark or another version's identity.
_FREE_NAMES = {0, 13, 14}


def build(folder: Path) -> None:
    """Write the font files that are missing; each appears whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, face in FACES.items():
        target = folder / f"{name}.woff2"
        if not target.is_file():
            _write(face, target)


def _write(face: Face, target: Path) -> None:
    from fontTools import subset  # type: ignore[import-untyped]  # once, at set-up

    part = target.with_name(f".{target.name}.{os.getpid()}.{secrets.token_hex(4)}")
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["kern", "liga", "mark", "mkmk", "ccmp", "locl", "lnum", "tnum"]
    options.name_IDs = sorted(_FREE_NAMES)
    options.notdef_outline = True
    options.hinting = False
    font = subset.load_font(str(face.source), options)
    try:
        cutter = subset.Subsetter(options)
        wide = [code for first, last in _RANGES for code in range(first, last + 1)]
        cutter.populate(unicodes=[*wide, *_SINGLE])
        cutter.subset(font)
        _rename(font, face)
        subset.save_font(font, str(part), options)
        part.replace(target)
    finally:
        font.close()
        part.unlink(missing_ok=True)


def _rename(font: "TTFont", face: Face) -> None:
    table = font["name"]
    table.names = [record for record in table.names if record.nameID in _FREE_NAMES]
    whole = f"{face.family} {face.style}"
    words = {
        1: face.family if face.style == "Regular" else whole,
        2: "Regular",
        3: f"{whole} subset",
        4: whole,
        5: "Version 1.000",
        6: whole.replace(" ", "") if face.style == "Regular" else whole.replace(" ", "-"),
        16: face.family,
        17: face.style,
    }
    for number, text in words.items():
        table.setName(text, number, 3, 1, 0x409)


blueprint = Blueprint("fonts", __name__)


@blueprint.get("/fonts/<name>.woff2")
@public
def font(name: str) -> ResponseReturnValue:
    """One of the three files."""
    file = running.settings().instance / "fonts" / f"{name}.woff2"
    if name not in FACES or not file.is_file():
        abort(404)
    answer = send_file(file, mimetype="font/woff2", conditional=True)
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
