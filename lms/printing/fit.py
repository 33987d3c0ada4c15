"""Whether what is set fits: on the sheet, in its slot, no text over another."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from weasyprint.formatting_structure import boxes  # type: ignore[import-untyped]
from weasyprint.layout.absolute import AbsolutePlaceholder  # type: ignore[import-untyped]

from lms.printing.design_rules import Fault
from lms.printing.values import Values

_LOOSE = 1.5
"""Pixels of CSS that do not count: a line of text is a little taller than its letters."""
_LETTERS = 0.55
"""The part of a line's height that letters fill."""


@dataclass(frozen=True)
class _Text:
    """A run of text and where its letters stand, in pixels of CSS."""

    words: str
    left: float
    top: float
    right: float
    bottom: float

    def within(self, area: "_Text") -> bool:
        """Whether it lies in an area."""
        return (
            self.left >= area.left - _LOOSE
            and self.right <= area.right + _LOOSE
            and self.top >= area.top - _LOOSE
            and self.bottom <= area.bottom + _LOOSE
        )

    def meets(self, other: "_Text") -> bool:
        """Whether letters would stand on letters."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > _LOOSE and down > _LOOSE


def faults(laid_out: Any, said: Values) -> list[Fault]:  # noqa: ANN401  # of WeasyPrint, untyped
    """What does not fit on pages that ``press.lay_out`` set, each once."""
    found: dict[Fault, None] = {}
    pages = len(laid_out.pages)
    wanted = pages if said.is_transcript else 2 if said.has_annex else 1
    if pages != wanted:
        found[Fault("design-pages")] = None
    printed = ""
    for page in laid_out.pages:
        box = page._page_box  # noqa: SLF001  # no other way in
        sheet = _Text("", 0, 0, page.width, page.height)
        texts = list(_texts(box, None))
        printed += "".join(text.words for text, _ in texts)
        found.update(dict.fromkeys(_of_sheet(texts, sheet)))
    for name in ("name", "serial", "code"):
        if not _same(said.personal[name], printed):
            found[Fault("design-not-printed", name)] = None
    return list(found)


def _of_sheet(texts: list[tuple[_Text, _Text | None]], sheet: _Text) -> Iterator[Fault]:
    for text, slot in texts:
        if not text.within(sheet):
            yield Fault("design-off-sheet", text.words[:30])
        elif slot is not None and not text.within(slot):
            yield Fault("design-out-of-slot", text.words[:30])
    for (one, _), (other, _) in combinations(texts, 2):
        if one.meets(other):
            yield Fault("design-overlap", f"{one.words[:20]} / {other.words[:20]}")


def _texts(box: Any, slot: _Text | None) -> Iterator[tuple[_Text, _Text | None]]:  # noqa: ANN401  # the same
    if isinstance(box, AbsolutePlaceholder):
        box = box._box  # noqa: SLF001  # the same
    if isinstance(box, boxes.TextBox):
        if box.text.strip():
            yield _letters(box), slot
        return
    if slot is None and box.element is not None and box.element.get("data-slot"):
        left, top = box.position_x, box.position_y
        slot = _Text("", left, top, left + box.margin_width(), top + box.margin_height())
    for child in getattr(box, "children", ()):
        yield from _texts(child, slot)


def _letters(box: Any) -> _Text:  # noqa: ANN401  # the same
    middle, half = box.position_y + box.height / 2, box.height * _LETTERS / 2
    right = box.position_x + box.width
    return _Text(box.text, box.position_x, middle - half, right, middle + half)


def _same(wanted: str, printed: str) -> bool:
    """Whether a line was printed, whatever lines it was broken into."""
    return "".join(wanted.split()).casefold() in "".join(printed.split()).casefold()
