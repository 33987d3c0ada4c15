"""Setting pages: a batch is laid out once, then for each person only the slots.

The pages of the first certificate are kept. For the next one with the same design and the same
words, a page with nothing but the slots is laid out, and its slots take the place of those kept.
What is drawn is the same to the byte as if everything had been laid out anew.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import weasyprint  # type: ignore[import-untyped]
from weasyprint.document import Document, Page  # type: ignore[import-untyped]
from weasyprint.layout.absolute import AbsolutePlaceholder  # type: ignore[import-untyped]

from lms.printing import drawn, typefaces
from lms.printing.design import Design, fill, transcript_page
from lms.printing.values import Values, document

VARIANT = "pdf/a-3a"
KEPT = 4
"""Pages that are kept at most: a worker has a batch or two in hand."""
Write = Callable[[Any], bytes]


@dataclass
class _Kept:
    """Pages as they were laid out, and where their slots are."""

    laid_out: Any
    slots: dict[str, "_Place"]


@dataclass
class _Place:
    """A slot in a tree of boxes: what holds it, and at which place."""

    parent: Any
    index: int

    @property
    def box(self) -> Any:  # noqa: ANN401  # of WeasyPrint, untyped
        """The box of the slot."""
        return _bare(self.parent.children[self.index])

    def take(self, box: Any) -> None:  # noqa: ANN401  # the same
        """Put another box here, where this one stands."""
        old = self.box
        box.translate(old.position_x - box.position_x, old.position_y - box.position_y)
        there = self.parent.children[self.index]
        if isinstance(there, AbsolutePlaceholder):
            there.set_laid_out_box(box)
        else:
            self.parent.children[self.index] = box


_kept: OrderedDict[object, _Kept] = OrderedDict()
_lock = threading.RLock()
"""One at a time: typefaces and artwork are shared, and drawing changes both for a moment."""


def press(design: Design, said: Values, write: Write) -> bytes:
    """Set a certificate and hand its pages to ``write``, from kept pages where there are some."""
    key = (design.digest, said.language, *sorted(said.shared.items()))
    with _lock:
        if said.is_transcript:  # everybody's own from top to bottom: there is nothing to keep
            return write(lay_out(design, said))
        kept = _kept.get(key)
        if kept is None:
            laid_out = lay_out(design, said)
            _keep(key, _Kept(laid_out, dict(_places(laid_out))))
            return write(laid_out)
        _kept.move_to_end(key)
        return write(_with_slots_of(kept, lay_out(design, said, slots_only=True)))


def forget() -> None:
    """Let go of all kept pages."""
    with _lock:
        _kept.clear()


def lay_out(design: Design, said: Values, *, slots_only: bool = False) -> Any:  # noqa: ANN401  # the same
    """The pages of a certificate, or of nothing but its slots."""
    page, styles = _page(design, said, slots_only=slots_only)
    html = weasyprint.HTML(string=document(said, page), url_fetcher=typefaces.fetcher())
    with _lock:
        return html.render(
            font_config=typefaces.configuration(),
            stylesheets=styles,
            cache={**drawn.images(), **said.images},
            pdf_variant=VARIANT,
        )


def _page(design: Design, said: Values, *, slots_only: bool) -> tuple[str, Sequence[Any]]:
    if said.is_transcript:
        return fill(transcript_page(), said), typefaces.transcript_styles(design.underlay)
    part = design.slots if slots_only else design.page
    return fill(part(annex=said.has_annex), said), typefaces.styles(design)


def _keep(key: object, kept: _Kept) -> None:
    _kept[key] = kept
    while len(_kept) > KEPT:
        _kept.popitem(last=False)


def _with_slots_of(kept: _Kept, personal: Any) -> Any:  # noqa: ANN401  # the same
    for name, place in list(_places(personal)):
        kept.slots[name].take(place.box)
    pages = [Page(page._page_box) for page in kept.laid_out.pages]  # noqa: SLF001  # no other way in
    return Document(
        pages,
        personal.metadata,
        personal.url_fetcher,
        personal.font_config,
        personal.color_profiles,
        personal.output_intent,
    )


def _places(laid_out: Any) -> Iterator[tuple[str, _Place]]:  # noqa: ANN401  # the same
    for page in laid_out.pages:
        yield from _within(page._page_box)  # noqa: SLF001  # the same


def _within(box: Any) -> Iterator[tuple[str, _Place]]:  # noqa: ANN401  # the same
    children: Sequence[Any] = getattr(box, "children", ())
    for index, child in enumerate(children):
        inner = _bare(child)
        name = inner.element.get("data-slot") if inner.element is not None else None
        if name is None:
            yield from _within(inner)
        else:
            yield name, _Place(box, index)


def _bare(box: Any) -> Any:  # noqa: ANN401  # the same
    return box._box if isinstance(box, AbsolutePlaceholder) else box  # noqa: SLF001  # the same
