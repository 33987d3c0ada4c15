"""Artwork that is drawn once: the same frame on five thousand certificates costs it one time.

The images have the shape in which WeasyPrint draws images. Artwork must do without transparency
and patterns of its own: then its content stream can be used again as it is.
"""

import zlib
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

import pydyf  # type: ignore[import-untyped]
from weasyprint.svg import SVG  # type: ignore[import-untyped]

from lms.printing import artwork


class NeedsMoreError(ValueError):
    """The artwork uses what cannot be kept: a group, a pattern, a picture."""


class DrawnOnce:
    """An SVG of ours whose content stream is kept for each size it was drawn in."""

    def __init__(self, svg: str) -> None:
        self._svg = SVG(ET.fromstring(svg), "", None, None)  # noqa: S314  # our own
        self._kept: dict[tuple[float, float], tuple[bytes, dict[str, Any]]] = {}

    def get_intrinsic_size(self, _resolution: float, font_size: float) -> tuple[Any, Any, float]:
        """Width, height and their ratio."""
        width, height = self._svg.get_intrinsic_size(font_size)
        box = self._svg.get_viewbox()
        return width, height, box[2] / box[3]

    def draw(self, stream: Any, width: float, height: float, _style: object) -> None:  # noqa: ANN401  # of WeasyPrint, untyped
        """Draw at the given size, in pixels of CSS."""
        group = stream.add_group(0, 0, width, height)
        kept = self._kept.get((width, height))
        if kept is None:
            kept = self._kept[width, height] = self._draw(group, width, height)
        content, states = kept
        group.stream, group.compress = [content], False
        group.extra["Filter"] = "/FlateDecode"
        group.extra["Resources"]["ExtGState"].update(states)
        stream.draw_x_object(group.id)

    def _draw(self, group: Any, width: float, height: float) -> tuple[bytes, dict[str, Any]]:  # noqa: ANN401
        self._svg.draw(group, width, height, "", None)
        resources = group.extra["Resources"]
        if any(resources[kind] for kind in ("XObject", "Pattern", "Shading")):
            raise NeedsMoreError
        written = pydyf.Stream(list(group.stream)).data
        plain = written.partition(b"stream\n")[2].removesuffix(b"\nendstream")
        return zlib.compress(plain, 9), dict(resources["ExtGState"])


@cache
def images() -> dict[str, DrawnOnce]:
    """All artwork by the address under which a style asks for it."""
    return {artwork.address(name): DrawnOnce(svg()) for name, svg in artwork.ALL.items()}
