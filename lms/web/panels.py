"""Places in a page where a higher feature may add a block, without the page knowing it."""

from collections.abc import Callable

from flask import Flask

from lms.web import filters

Render = Callable[..., str]

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


def init_app(app: Flask) -> None:
    """Let templates ask for the blocks of a place."""
    app.jinja_env.globals["panels"] = render
