"""Places in a page where a higher feature may add a block, without the page knowing it."""

import re
from collections.abc import Callable
from html import unescape

from flask import Flask

from lms.web import filters

Render = Callable[..., str]

_HEADING = re.compile(r'<h2 id="([a-z-]+)">([^<]+)</h2>')
_PANELS: dict[str, list[Render]] = {}


def add(place: str, render: Render) -> None:
    """Let ``render(**context)`` add a block at a place; adding it twice is adding it once."""
    renders = _PANELS.setdefault(place, [])
    if render not in renders:
        renders.append(render)


def render(place: str, **context: object) -> str:
    """The blocks of a place, joined, safe for a template; empty blocks vanish."""
    made = (each(**context) for each in _PANELS.get(place, ()))
    return filters.joined(piece for piece in made if piece)


def headings(blocks: str) -> dict[str, str]:
    """What rendered blocks are about, in order, by the id of each heading: to jump there."""
    return {place: unescape(words) for place, words in _HEADING.findall(blocks)}


def init_app(app: Flask) -> None:
    """Let templates ask for the blocks of a place."""
    app.jinja_env.globals["panels"] = render
    app.jinja_env.filters["headings"] = headings
