"""The drawn parts of a certificate as SVG, made by formula: no picture files, sharp at any size."""

import math
from collections.abc import Callable
from functools import cache

WIDTH_MM = 297.0
HEIGHT_MM = 210.0

RIMBA = "#0b4f4a"
KUNYIT = "#b98a2e"
MERAH = "#651a2b"
_GOLD = "#d9b56a"
_WOVEN = ("#15655e", "#0f5c55", "#1d7068")
PAPER = "#fffdf8"
_PALE = "#e7ebe7"
"""A tenth of the green on the paper, as one colour: transparency costs readers and writers."""

_INSET = 9.2
_BAND = 7.0
_TRIANGLES = 40
_FLOWER = 8.75
"""Between two flowers at about: so many millimetres that a whole number fits."""


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
def background(width: float = WIDTH_MM, height: float = HEIGHT_MM) -> str:
    """Return the sheet: paper, double frame, a tumpal band above and below, pale guilloche."""
    count = round(_TRIANGLES * (width - 2 * _INSET) / (WIDTH_MM - 2 * _INSET))
    band = tumpal(count, width - 2 * _INSET, _BAND)
    x, y = width / 2, height * 112 / HEIGHT_MM
    middle = guilloche(x, y, 62, petals=24) + guilloche(x, y, 44, petals=18)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}mm" height="{height}mm">'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>'
        f"{_frame(width, height, 7, RIMBA, 1.1)}{_frame(width, height, _INSET, KUNYIT, 0.35)}"
        f'<g stroke="{KUNYIT}" transform="translate({_INSET} {_INSET}) scale(1 -1) '
        f'translate(0 -{_BAND})">{band}</g>'
        f'<g stroke="{KUNYIT}" transform="translate({_INSET} {height - _INSET - _BAND:.2f})">'
        f"{band}</g>"
        f'<g stroke="{_PALE}" stroke-width=".14">{middle}</g></svg>'
    )


def _frame(width: float, height: float, inset: float, colour: str, stroke: float) -> str:
    return (
        f'<rect x="{inset}" y="{inset}" width="{width - 2 * inset:.2f}" '
        f'height="{height - 2 * inset:.2f}" fill="none" stroke="{colour}" '
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


def woven() -> str:
    """Return an upright sheet with a woven band at its left, as on a mat of pandanus."""
    width, height, band = HEIGHT_MM, WIDTH_MM, 17.0
    cell = 4.25
    strips = []
    for row in range(math.ceil(height / cell)):
        for column in range(4):
            x, y = column * cell, row * cell
            upright = (row + column) % 2 == 0
            long, broad = (0.62 * cell, 0.94 * cell) if upright else (0.94 * cell, 0.62 * cell)
            tone = _WOVEN[(row + 2 * column) % 3]
            left, top = x + (cell - long) / 2, y + (cell - broad) / 2
            strips.append(
                f'<rect x="{left:.2f}" y="{top:.2f}" width="{long:.2f}" height="{broad:.2f}" '
                f'rx=".5" fill="{tone}"/>'
            )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}mm" height="{height}mm">'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>'
        f'<rect width="{band}" height="{height}" fill="{RIMBA}"/>{"".join(strips)}'
        f'<rect x="{band}" width=".9" height="{height}" fill="{KUNYIT}"/>'
        f'<rect x="{band + 1.6}" width=".25" height="{height}" fill="{KUNYIT}"/></svg>'
    )


def songket(width: float = WIDTH_MM, height: float = HEIGHT_MM) -> str:
    """Return the sheet with a frame of eight-pointed flowers, as on cloth woven with gold."""
    inset = 11.0
    across, down = (round((length - 2 * inset) / _FLOWER) for length in (width, height))
    pitch, step_down = (width - 2 * inset) / across, (height - 2 * inset) / down
    places = {(inset + n * pitch, y) for n in range(across + 1) for y in (inset, height - inset)}
    places |= {(x, inset + n * step_down) for n in range(down + 1) for x in (inset, width - inset)}
    flowers = "".join(_flower(x, y, 2.9) for x, y in sorted(places))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}mm" height="{height}mm">'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>'
        f'<path fill="{MERAH}" fill-rule="evenodd" d="M6 6H{width - 6}V{height - 6}H6Z '
        f'M16 16V{height - 16}H{width - 16}V16Z"/>{flowers}'
        f"{_frame(width, height, 5, KUNYIT, 0.4)}{_frame(width, height, 17.2, KUNYIT, 0.4)}</svg>"
    )


def _flower(x: float, y: float, radius: float) -> str:
    points = []
    for turn in range(16):
        angle, reach = math.pi * turn / 8, radius if turn % 2 == 0 else radius * 0.62
        points.append(f"{x + reach * math.cos(angle):.2f} {y + reach * math.sin(angle):.2f}")
    heart = f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius * 0.3:.2f}" fill="{MERAH}"/>'
    return f'<path d="M{"L".join(points)}Z" fill="{_GOLD}"/>{heart}'


SHEETS: dict[str, Callable[[], str]] = {"tumpal": background, "woven": woven, "songket": songket}
"""Artwork behind a whole page, by name."""
UPRIGHT: dict[str, str] = {
    "tumpal": "tumpal-upright",
    "woven": "woven",
    "songket": "songket-upright",
}
"""The same for a sheet that stands upright, as transcripts do, whatever the design does."""
ALL: dict[str, Callable[[], str]] = {
    **SHEETS,
    "tumpal-upright": lambda: background(HEIGHT_MM, WIDTH_MM),
    "songket-upright": lambda: songket(HEIGHT_MM, WIDTH_MM),
    "crest": crest,
}
"""Every piece of artwork by its name."""


def address(name: str) -> str:
    """The address of a piece of artwork."""
    return f"artwork:{name}"
