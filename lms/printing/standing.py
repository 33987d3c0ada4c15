"""What WeasyPrint would do again for each file though it comes to the same.

The words of kept pages are shaped once, and a typeface that is left with the same letters is cut
down to them once. What is written is the same to the byte.
"""

from collections import OrderedDict
from typing import Any

from weasyprint.formatting_structure import boxes  # type: ignore[import-untyped]
from weasyprint.layout.absolute import AbsolutePlaceholder  # type: ignore[import-untyped]
from weasyprint.pdf.fonts import Font  # type: ignore[import-untyped]
from weasyprint.text.line_break import Layout  # type: ignore[import-untyped]

CUTS = 64
"""Typefaces kept as they were cut down, some ten thousand bytes each."""
_cuts: OrderedDict[object, bytes] = OrderedDict()


class _Standing(Layout):  # WeasyPrint is untyped
    """A line of text that stays shaped from the first time it is drawn."""

    def __init__(self, laid_out: Layout) -> None:
        self.__dict__.update(vars(laid_out))

    def reactivate(self, style: object) -> None:
        """Shape it, the first time."""
        if "layout" not in vars(self):
            super().reactivate(style)

    def deactivate(self) -> None:
        """Let it stand."""


def keep_text(box: Any) -> None:  # noqa: ANN401  # of WeasyPrint, untyped
    """Let the words of a box stand, and of all within it; those of a slot are others each time."""
    inner = box._box if isinstance(box, AbsolutePlaceholder) else box  # noqa: SLF001  # no other way in
    if inner.element is not None and inner.element.get("data-slot"):
        return
    if isinstance(inner, boxes.TextBox):
        inner.pango_layout = _Standing(inner.pango_layout)
    for child in getattr(inner, "children", ()):
        keep_text(child)


def kept() -> int:
    """How many typefaces are kept as they were cut down."""
    return len(_cuts)


def forget() -> None:
    """Let go of them."""
    _cuts.clear()


class Fonts(dict[object, Any]):
    """The typefaces of a file, as WeasyPrint enters them."""

    def __setitem__(self, key: object, font: Any) -> None:  # noqa: ANN401  # the same
        font.__class__ = _CutOnce
        super().__setitem__(key, font)


class _CutOnce(Font):  # WeasyPrint is untyped
    """A typeface that is cut down to some letters once. One at a time: the press sees to it."""

    file_content: bytes

    def subset(self, to_unicode: dict[int, str], hinting: object) -> None:
        """Leave these letters."""
        glyphs, whole = frozenset(to_unicode), len(self.file_content)
        key = (self.name, self.index, whole, glyphs, bool(self.missing), hinting)
        if key not in _cuts:
            super().subset(to_unicode, hinting)
            _cuts[key] = self.file_content
            if len(_cuts) > CUTS:
                _cuts.popitem(last=False)
        _cuts.move_to_end(key)
        self.file_content = _cuts[key]
