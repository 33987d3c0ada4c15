"""What a design may be made of: few elements, placeholders of a closed list, plain styles.

A design says where things stand, never what is said: it has no words of its own, so that no
certificate of attendance can speak of competence, and each is right in every language. Pure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import tinycss2  # type: ignore[import-untyped]

from lms.printing.design import PLACEHOLDER, is_slot, parsed
from lms.printing.values import BLOCKS, FITTED, PERSONAL, SHARED

LONGEST = 20_000
"""Characters of HTML, and of CSS."""
_WORDS_OF = ("p", "span", "h1", "h2", "h3", "b", "i", "em", "strong", "br")
_BOXES_OF = ("div", "section", "dl", "dt", "dd", "ul", "li", "table", "tbody", "tr", "td", "th")
DEEPEST = 24
"""Elements in elements, and brackets in brackets."""
ELEMENTS = frozenset((*_WORDS_OF, *_BOXES_OF))
_NEEDED = ("issuer", "title", "name", "award", "dates", "serial", "code", "qr", "check_at")
_FIT = re.compile(r"[1-9]\d?(\.\d)? [1-9]\d{1,2}")
_ALLOWED = {
    "class": re.compile(r"[a-z0-9 -]{0,80}"),
    "lang": re.compile(r"\{\{ ?subtitle_language ?\}\}"),
}
_MARKS = re.compile(r"[\s.,:;·–()/|-]*")
_PROPERTY = re.compile(
    r"(font|margin|padding|border|text|flex|column|align|justify|list-style|background)(-[a-z-]+)?"
    r"|color|(min-|max-)?(width|height)|left|right|top|bottom|position|display|line-height"
    r"|letter-spacing|word-spacing|white-space|overflow-wrap|vertical-align|gap|row-gap|columns"
    r"|break-inside|box-sizing|clear|order|hyphens|orphans|widows"
)
_WORDS = {"none": ("display",), "fixed": ("position", "background", "background-attachment")}
_FUNCTIONS = frozenset(("rgb", "rgba", "hsl", "hsla", "calc", "min", "max", "clamp"))


@dataclass(frozen=True)
class Fault:
    """What a design may not be: a message code, and the word that it concerns."""

    code: str
    what: str = ""


def faults(html: str, css: str) -> list[Fault]:
    """All that keeps a design from being used, each once; empty when it may be."""
    if max(len(html), len(css)) > LONGEST:
        return [Fault("design-too-long")]
    root = parsed(html)
    if max(_depth(root), _brackets(css)) > DEEPEST:
        return [Fault("design-too-deep")]
    found = dict.fromkeys([*_of_page(html, root), *_of_style(css)])
    return list(found)


def _of_page(html: str, root: ET.Element) -> Iterator[Fault]:
    if re.search(r"<[!?]", html):
        yield Fault("design-comment")
    sheets = [child for child in root if "page" in child.get("class", "").split()]
    if len(sheets) != 1 or len(root) != 1:
        yield Fault("design-one-page")
    seen: list[str] = []
    for element in root:
        yield from _of_element(element, seen, in_slot=False)
    for name in _NEEDED:
        if seen.count(name) == 0:
            yield Fault("design-placeholder-missing", name)
    for name in {one for one in seen if seen.count(one) > 1} & (BLOCKS | {"title", "name"}):
        yield Fault("design-placeholder-twice", name)
    if [one.tag for one in root.iter() if one.tag == "h1"] != ["h1"]:
        yield Fault("design-one-heading")


def _depth(root: ET.Element) -> int:
    """How deep elements stand in each other; without recursion, which a stranger could exhaust."""
    depth, row = 0, [root]
    while row:
        depth += 1
        row = [child for element in row for child in element]
    return depth


def _brackets(css: str) -> int:
    """How deep brackets stand in each other."""
    depth = deepest = 0
    for character in css:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    return deepest


def _of_element(element: ET.Element, seen: list[str], *, in_slot: bool) -> Iterator[Fault]:
    inside = in_slot or is_slot(element)
    if in_slot and is_slot(element):
        yield Fault("design-slot-in-slot")
    if element.tag not in ELEMENTS:
        yield Fault("design-element", str(element.tag))
        return
    yield from _of_attributes(element)
    for text in (element.text, *(child.tail for child in element)):
        yield from _of_text(text or "", seen, in_slot=inside)
    for child in element:
        yield from _of_element(child, seen, in_slot=inside)


def _of_attributes(element: ET.Element) -> Iterator[Fault]:
    for name, value in element.attrib.items():
        if name == "data-fit":
            only = PLACEHOLDER.fullmatch((element.text or "").strip())
            if not _FIT.fullmatch(value) or only is None or only[1] not in FITTED:
                yield Fault("design-fit", value)
        elif name not in _ALLOWED or not _ALLOWED[name].fullmatch(value):
            yield Fault("design-attribute", name)


def _of_text(text: str, seen: list[str], *, in_slot: bool) -> Iterator[Fault]:
    for name in PLACEHOLDER.findall(text):
        seen.append(name)
        if name not in PERSONAL | SHARED:
            yield Fault("design-placeholder-unknown", name)
        elif name in PERSONAL and not in_slot:
            yield Fault("design-not-in-slot", name)
    rest = PLACEHOLDER.sub("", text)
    if not _MARKS.fullmatch(rest):
        yield Fault("design-words", " ".join(rest.split())[:40])


def _of_style(css: str) -> Iterator[Fault]:
    if "<" in css:
        yield Fault("design-style-unreadable", "<")
    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if rule.type == "at-rule":
            yield Fault("design-style-rule", f"@{rule.at_keyword}")
        elif rule.type == "error":
            yield Fault("design-style-unreadable", rule.message[:40])
        else:
            yield from _of_selector(tinycss2.serialize(rule.prelude))
            yield from _of_declarations(rule.content)


def _of_selector(selector: str) -> Iterator[Fault]:
    # What counts siblings or adds text would be another page without its neighbours.
    if re.search(r":(?!lang\()|[+~\[]", selector):
        yield Fault("design-style-selector", selector.strip()[:40])


def _of_declarations(content: list[object]) -> Iterator[Fault]:
    for each in tinycss2.parse_declaration_list(content, skip_comments=True, skip_whitespace=True):
        if each.type != "declaration":
            yield Fault("design-style-unreadable", getattr(each, "message", "")[:40])
        elif not _PROPERTY.fullmatch(each.lower_name):
            yield Fault("design-style-property", each.name[:40])
        else:
            yield from _of_value(each.lower_name, each.value)


def _of_value(name: str, tokens: list[object]) -> Iterator[Fault]:
    for token in tokens:
        kind = getattr(token, "type", "")
        if kind == "url":
            yield Fault("design-style-address", name)
        elif kind == "function":
            if getattr(token, "lower_name", "") not in _FUNCTIONS:
                yield Fault("design-style-value", getattr(token, "name", ""))
            yield from _of_value(name, getattr(token, "arguments", []))
        elif kind == "ident" and name in _WORDS.get(getattr(token, "lower_value", ""), ()):
            yield Fault("design-style-value", getattr(token, "value", ""))
