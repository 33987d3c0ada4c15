"""A design: where on the paper everything stands. HTML with a closed list of placeholders, and CSS.

A placeholder is ``{{ name }}``. What is personal stands in an element of class ``slot`` that has a
size of its own, so that nothing else moves with it: then a batch is laid out once, and for each
person only the slots. ``data-fit="28 236"`` on an element with one line's placeholder shrinks it
from 28 points to what fits 236 millimetres.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from xml.etree import ElementTree as ET

import tinyhtml5  # type: ignore[import-untyped]

from lms import paths
from lms.printing.lettering import setting
from lms.printing.values import FITTED, Room, Values

PLACEHOLDER = re.compile(r"\{\{ ?([a-z_0-9]+) ?\}\}")
_FITTING = re.compile(r"\{\{ (size|lang|dir) ([a-z]+) ([\d.]+) ([\d.]+) \}\}")


@dataclass(frozen=True)
class Design:
    """A published design. ``underlay`` names the artwork behind the page ("" for none)."""

    html: str
    css: str
    underlay: str = ""
    landscape: bool = True
    room: Room = field(default_factory=Room)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that decides how a page looks."""
        parts = (self.html, self.css, self.underlay, str(self.landscape), repr(self.room))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def page(self, *, annex: bool) -> str:
        """The page with its slots numbered, ready to be filled; and the annex after it."""
        return self._page + (_annex() if annex else "")

    def slots(self, *, annex: bool) -> str:
        """The same with nothing but the slots and what they stand in."""
        return self._slots + (only_slots(_annex()) if annex else "")

    @cached_property
    def _page(self) -> str:
        return numbered(self.html, "page")

    @cached_property
    def _slots(self) -> str:
        return only_slots(self._page)


@cache
def _annex() -> str:
    return numbered((paths.DESIGNS / "annex.html").read_text("utf-8"), "annex")


@cache
def transcript_page() -> str:
    """The sheet of a transcript: the program's own in every design, since it runs on."""
    return numbered((paths.DESIGNS / "transcript.html").read_text("utf-8"), "transcript")


def parsed(html: str) -> ET.Element:
    """The body of a fragment of HTML."""
    tree = tinyhtml5.parse(html, namespace_html_elements=False)
    body: ET.Element = tree.find("body")
    return body


def numbered(html: str, part: str) -> str:
    """A page with its lines fitted and its slots numbered."""
    root = parsed(html)
    slots = 0
    for element in root.iter():
        _fit(element)
        if is_slot(element):
            element.set("data-slot", f"{part}-{slots}")
            slots += 1
    return _written(root)


@cache
def only_slots(page: str) -> str:
    """A page without what stands outside the slots."""
    root = parsed(page)
    _prune(root)
    return _written(root)


def fill(page: str, said: Values) -> str:
    """A page with the values in it.

    Raises KeyError for a placeholder that there is none of.
    """
    fragments: Mapping[str, str] = said.fragments
    sized = _FITTING.sub(lambda found: _fitted(said, *found.groups()), page)
    return PLACEHOLDER.sub(lambda found: fragments[found[1]], sized)


def is_slot(element: ET.Element) -> bool:
    """Whether an element has a place of its own."""
    return "slot" in element.get("class", "").split()


def _fit(element: ET.Element) -> None:
    asked = element.attrib.pop("data-fit", None)
    if asked is None:
        return
    found = PLACEHOLDER.fullmatch((element.text or "").strip())
    largest, width = asked.split()
    named = f"{found[1] if found else ''} {largest} {width}"
    element.set("style", f"font-size: {{{{ size {named} }}}}pt")
    if found and found[1] == "name":
        element.set("lang", f"{{{{ lang {named} }}}}")
        element.set("dir", f"{{{{ dir {named} }}}}")


def _fitted(said: Values, what: str, name: str, largest: str, width: str) -> str:
    line = setting(
        said.lines[name],
        language=FITTED[name] or said.language,
        largest=float(largest),
        width_mm=float(width),
    )
    return {"size": str(line.size), "lang": line.language, "dir": line.direction}[what]


def _prune(element: ET.Element) -> bool:
    """Leave what holds a slot; whether that is so."""
    if is_slot(element):
        return True
    kept = [child for child in element if _prune(child)]
    for child in kept:
        child.tail = None
    element.text = None
    element[:] = kept
    return bool(kept)


def _written(body: ET.Element) -> str:
    return "".join(ET.tostring(child, encoding="unicode", method="html") for child in body)
