"""The drawn parts of a certificate as SVG, made by formula: no picture files, sharp at any size."""

import math
from functools import cache

WIDTH_MM = 297.0
HEIGHT_MM = 210.0

RIMBA = "#0b4f4a"
KUNYIT = "#b98a2e"
PAPER = "#fffdf8"
_PALE = "#e7ebe7"
"""A tenth of the green on the paper, as one colour: transparency costs readers and writers."""

_INSET = 9.2
_BAND = 7.0
_TRIANGLES = 40


def tumpal(count: int, width: float, height: float) -> str:
    """Return a row of triangles pointing up, as on the border of a sarong; lengths in mm."""
    pitch = width / count
    paths = []
    for place in range(count):
        left = place * pitch
        for echo, stroke in enumerate((0.32, 0.28, 0.0)):
            margin, top = pitch * 0.17 * echo, height * (0.06 + 0.30 * echo)
            points = (
                f"M{left + margin:.2f} {height:.2f} L{left + pitch / 2:.2f} {top:.2f} "
                f"L{left + pitch - margin:.2f} {height:.2f}"
            )
            style = f'fill="none" stroke-width="{stroke}"' if stroke else _solid()
            paths.append(f'<path d="{points}{"" if stroke else " Z"}" {style}/>')
    return "".join(paths)


def _solid() -> str:
    return f'fill="{KUNYIT}" stroke="none"'


def guilloche(x: float, y: float, radius: float, *, petals: int) -> str:
    """Return four interlaced rosettes around a centre; lengths in mm."""
    return "".join(_rosette(x, y, radius, petals, turn) for turn in range(4))


def _rosette(x: float, y: float, radius: float, petals: int, turn: int) -> str:
    points = []
    for degree in range(361):
        angle = math.radians(degree)
        wave = math.sin(petals * angle + turn * math.pi / 2)
        reach = radius * (0.62 + 0.16 * wave + 0.10 * turn / 3)
        points.append(f"{x + reach * math.cos(angle):.2f} {y + reach * math.sin(angle):.2f}")
    return f'<path d="M{"L".join(points)}Z" fill="none"/>'


@cache
def background() -> str:
    """Return the sheet: paper, double frame, a tumpal band above and below, pale guilloche."""
    width, height = WIDTH_MM, HEIGHT_MM
    band = tumpal(_TRIANGLES, width - 2 * _INSET, _BAND)
    middle = guilloche(width / 2, 112, 62, petals=24) + guilloche(width / 2, 112, 44, petals=18)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}mm" height="{height}mm">'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>'
        f"{_frame(7, RIMBA, 1.1)}{_frame(_INSET, KUNYIT, 0.35)}"
        f'<g stroke="{KUNYIT}" transform="translate({_INSET} {_INSET}) scale(1 -1) '
        f'translate(0 -{_BAND})">{band}</g>'
        f'<g stroke="{KUNYIT}" transform="translate({_INSET} {height - _INSET - _BAND:.2f})">'
        f"{band}</g>"
        f'<g stroke="{_PALE}" stroke-width=".14">{middle}</g></svg>'
    )


def _frame(inset: float, colour: str, stroke: float) -> str:
    return (
        f'<rect x="{inset}" y="{inset}" width="{WIDTH_MM - 2 * inset:.2f}" '
        f'height="{HEIGHT_MM - 2 * inset:.2f}" fill="none" stroke="{colour}" '
        f'stroke-width="{stroke}"/>'
    )


@cache
def crest() -> str:
    """Return the mark of Sijil: a roof of two tumpal over a line of gold."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 44 44">'
        f'<rect width="44" height="44" rx="5" fill="{RIMBA}"/>'
        '<g fill="none" stroke="#fff" stroke-width="2.2" stroke-linejoin="round">'
        '<path d="M8 35 22 8l14 27"/><path d="M14.5 35 22 20.5 29.5 35"/></g>'
        '<path d="M19.2 35 22 29.5l2.8 5.5z" fill="#e3b95a"/>'
        '<path d="M6 35.9h32" stroke="#e3b95a" stroke-width="2"/></svg>'
    )


ALL = {"tumpal": background, "crest": crest}
"""Every piece of artwork by its name."""
