"""Setting pages: a batch is laid out once, then for each person only the slots.

The pages of the first certificate are kept. For the next one with the same design and the same
words, a page with nothing but the slots is laid out, and its slots take the place of those kept.
That page is parsed and styled once too, for all whose names are set in one size and language. What
is drawn is the same to the byte as if everything had been laid out anew.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import weasyprint  # type: ignore[import-untyped]
from weasyprint.document import Document, Page  # type: ignore[import-untyped]
from weasyprint.layout.absolute import AbsolutePlaceholder  # type: ignore[import-untyped]

from lms.printing import drawn, slots, standing, typefaces
from lms.printing.design import Design, fill, transcript_page
from lms.printing.slots import Slots
from lms.printing.values import About, Values, document

VARIANT = "pdf/a-3a"
KEPT = 4
"""Pages that are kept at most: a worker has a batch or two in hand."""
SIZES = 16
"""Pages of slots kept with each: names that are long or in other scripts need their own."""
Write = Callable[[Any], bytes]
Key = TypeVar("Key")
One = TypeVar("One")


@dataclass
class _Kept:
    """Pages as they were laid out, where their slots are, and what sets those anew."""

    laid_out: Any
    places: dict[str, "_Place"]
    slots: OrderedDict[str, Slots] = field(default_factory=OrderedDict)


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
        kept = _recent(_kept, key)
        if kept is None:
            laid_out = lay_out(design, said)
            _keep(_kept, key, _Kept(laid_out, dict(_places(laid_out))), KEPT)
            for page in laid_out.pages:
                standing.keep_text(page._page_box)  # noqa: SLF001  # no other way in
            return write(laid_out)
        return write(_with_slots_of(kept, _slots(kept, design, said)))


def forget() -> None:
    """Let go of all kept pages."""
    with _lock:
        _kept.clear()
        standing.forget()


def lay_out(design: Design, said: Values) -> Any:  # noqa: ANN401  # the same
    """The pages of a certificate."""
    if said.is_transcript:
        page, styles = transcript_page(), typefaces.transcript_styles(design.underlay)
    else:
        page, styles = design.page(annex=said.has_annex), typefaces.styles(design)
    text = document(said, fill(page, said))
    html = weasyprint.HTML(string=text, url_fetcher=typefaces.fetcher())
    with _lock:
        return html.render(
            font_config=typefaces.configuration(),
            stylesheets=styles,
            cache=_images(said),
            pdf_variant=VARIANT,
        )


def _slots(kept: _Kept, design: Design, said: Values) -> Any:  # noqa: ANN401  # the same
    """The page of nothing but slots, with the words of one person."""
    marked = _marked(said)
    text = document(marked, fill(design.slots(annex=said.has_annex), marked))
    found = _recent(kept.slots, text)
    if found is None:
        found = Slots(text, typefaces.styles(design), VARIANT)
        _keep(kept.slots, text, found, SIZES)
    return found.set({**said.personal, **vars(said.document)}, _images(said))


def _marked(said: Values) -> Values:
    """The same with marks instead of what is different for each person."""
    about = About(**{name: slots.mark(name) for name in vars(said.document)})
    return replace(
        said, personal={name: slots.mark(name) for name in said.personal}, document=about
    )


def _images(said: Values) -> dict[str, object]:
    return {**drawn.images(), **said.images}


def _recent(kept: OrderedDict[Key, One], key: Key) -> One | None:
    if key in kept:
        kept.move_to_end(key)
    return kept.get(key)


def _keep(kept: OrderedDict[Key, One], key: Key, one: One, most: int) -> None:
    kept[key] = one
    while len(kept) > most:
        kept.popitem(last=False)


def _with_slots_of(kept: _Kept, personal: Any) -> Any:  # noqa: ANN401  # the same
    for name, place in list(_places(personal)):
        kept.places[name].take(place.box)
    pages = [Page(page._page_box) for page in kept.laid_out.pages]  # noqa: SLF001  # no other way in
    document = Document(
        pages,
        personal.metadata,
        personal.url_fetcher,
        personal.font_config,
        personal.color_profiles,
        personal.output_intent,
    )
    document.fonts = standing.Fonts()
    return document


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
