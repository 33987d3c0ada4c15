"""A page of slots that is parsed and styled once: for each person only its words change.

Parsing it and reckoning what each element looks like take longer than setting the few words.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from xml.etree import ElementTree as ET

import weasyprint  # type: ignore[import-untyped]
from weasyprint.css import StyleFor  # type: ignore[import-untyped]
from weasyprint.css.targets import TargetCollector  # type: ignore[import-untyped]
from weasyprint.document import Document  # type: ignore[import-untyped]
from weasyprint.images import get_image_from_uri  # type: ignore[import-untyped]
from weasyprint.layout import LayoutContext  # type: ignore[import-untyped]

from lms.printing import typefaces

# Characters for private use: no name has them, and HTML leaves them as they are.
_MARK = re.compile("\ue000([a-z_]+)\ue001")


def mark(name: str) -> str:
    """What stands on a page in place of a word that is different for each person."""
    return f"\ue000{name}\ue001"


class Slots:
    """A page with marks, set as often as wanted. One at a time: the page itself is changed."""

    def __init__(self, marked: str, styles: Sequence[Any], variant: str) -> None:
        self._html = _Page(string=marked, url_fetcher=typefaces.fetcher())
        self._words = list(_marked(self._html.etree_element))
        self._options = {
            **weasyprint.DEFAULT_OPTIONS,
            "stylesheets": styles,
            "pdf_variant": variant,
        }

    def set(self, words: Mapping[str, str], images: Mapping[str, object]) -> Any:  # noqa: ANN401  # of WeasyPrint, untyped
        """The page laid out with these words and pictures.

        Raises KeyError for a mark that there is no word for.
        """
        for each in self._words:
            each.say(words)
        options = {**self._options, "cache": dict(images)}
        return _Styled._render(self._html, typefaces.configuration(), None, {}, options)  # noqa: SLF001  # no other way in


@dataclass(frozen=True)
class _Word:
    """Where a mark stands: in the text of an element, behind the element, or in an attribute."""

    element: ET.Element
    place: str
    marked: str

    def say(self, words: Mapping[str, str]) -> None:
        """Put the word there."""
        said = _MARK.sub(lambda found: words[found[1]], self.marked)
        if self.place == "text":
            self.element.text = said
        elif self.place == "tail":
            self.element.tail = said
        else:
            self.element.set(self.place, said)


def _marked(root: ET.Element) -> Iterator[_Word]:
    for element in root.iter():
        standing = {"text": element.text, "tail": element.tail, **element.attrib}
        for place, words in standing.items():
            if words and _MARK.search(words):
                yield _Word(element, place, words)


class _Page(weasyprint.HTML):  # WeasyPrint is untyped
    """A parsed page that keeps its styles and counters."""

    styles: Any = None
    counters: Any = None


class _Styles(StyleFor):  # WeasyPrint is untyped
    """What elements look like, reckoned once: a page of a kind known looks as the one before."""

    def __init__(self, reckoned: StyleFor) -> None:
        self.__dict__.update(vars(reckoned))

    def set_computed_styles(self, element: Any, *args: Any, **of: Any) -> None:  # noqa: ANN401  # the same
        if (element, of.get("pseudo_type")) not in self.get_computed_styles():
            super().set_computed_styles(element, *args, **of)


class _Styled(Document):  # WeasyPrint is untyped
    """A document that takes the styles of the one before."""

    @classmethod
    def _build_layout_context(
        cls,
        html: _Page,
        font_config: object,
        counter_style: object,
        color_profiles: object,
        options: Mapping[str, Any],
    ) -> LayoutContext:
        if html.styles is None:
            first = super()._build_layout_context(
                html, font_config, counter_style, color_profiles, options
            )
            html.styles, html.counters = _Styles(first.style_for), counter_style
        image = partial(
            get_image_from_uri,
            cache=options["cache"],
            url_fetcher=html.url_fetcher,
            options=options,
        )
        return LayoutContext(html.styles, image, font_config, html.counters, TargetCollector())
