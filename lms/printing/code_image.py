"""The QR code of an address, drawn as one path: sharp at any size, and cheap to write."""

from typing import Any

import segno

_MASK = 3
"""Any of the eight is readable; weighing them against each other is most of the work."""


class CodeImage:
    """A QR code in the shape in which WeasyPrint draws images."""

    def __init__(self, address: str) -> None:
        code = segno.make(address, error="q", micro=False, mask=_MASK)
        self._rows = [bytes(row) for row in code.matrix]

    def get_intrinsic_size(self, _resolution: float, _font_size: float) -> tuple[float, float, int]:
        """Width, height and their ratio, in modules."""
        return len(self._rows), len(self._rows), 1

    def draw(self, stream: Any, width: float, height: float, _style: object) -> None:  # noqa: ANN401  # of WeasyPrint, untyped
        """Draw at the given size, in pixels of CSS."""
        many = len(self._rows)
        with stream.stacked():
            stream.transform(a=width / many, d=height / many)
            stream.set_color_rgb(0, 0, 0)
            # At once: some three hundred rectangles, each by itself, take longer than a line.
            stream.stream.append(self._path())
            stream.fill()

    def _path(self) -> bytes:
        return "\n".join(
            f"{x} {y} {length} 1 re" for y, row in enumerate(self._rows) for x, length in _runs(row)
        ).encode("ascii")


def of(address: str) -> tuple[str, CodeImage]:
    """The source under which a page asks for the code, and the image."""
    return f"qr:{address}", CodeImage(address)


def _runs(row: bytes) -> list[tuple[int, int]]:
    """Where dark modules stand side by side: first place and length."""
    runs, start = [], -1
    for x, dark in enumerate((*row, 0)):
        if dark and start < 0:
            start = x
        elif not dark and start >= 0:
            runs.append((start, x - start))
            start = -1
    return runs
