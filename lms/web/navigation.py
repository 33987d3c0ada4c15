"""The main navigation: features add their entry, the page shows those the visitor may use."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, has_request_context, request, url_for


@dataclass(frozen=True)
class Entry:
    """An entry as a feature declares it; ``label`` is a lazy text."""

    label: object
    endpoint: str
    order: int
    visible: Callable[[], bool]


@dataclass(frozen=True)
class Item:
    """An entry as a page shows it."""

    label: str
    url: str
    current: bool
    aside: bool = False
    """Of the administration: shown in the account's menu, where there is room for it."""


# From this order on entries are of the administration.
ADMINISTRATION = 80
_ENTRIES: dict[str, Entry] = {}
_BELONGS: dict[str, str] = {}


def add(label_lazy: object, endpoint: str, *, order: int, visible: Callable[[], bool]) -> None:
    """Add an entry; adding an endpoint again replaces its entry."""
    _ENTRIES[endpoint] = Entry(label_lazy, endpoint, order, visible)


def belongs(endpoint: str, *, to: str) -> None:
    """A page that is read as part of another one, whatever its own blueprint has as an entry."""
    _BELONGS[endpoint] = to


def items() -> list[Item]:
    """The entries for this visitor, in order."""
    shown = sorted((e for e in _ENTRIES.values() if e.visible()), key=lambda e: e.order)
    current = _current([e.endpoint for e in shown])
    return [
        Item(str(e.label), url_for(e.endpoint), e.endpoint == current, e.order >= ADMINISTRATION)
        for e in shown
    ]


def _current(endpoints: list[str]) -> str | None:
    """The entry being read: its own page, else the first of the same blueprint."""
    if not has_request_context() or request.endpoint is None:
        return None
    here = _BELONGS.get(request.endpoint, request.endpoint)
    if here in endpoints:
        return here
    kin = (e for e in endpoints if e.rpartition(".")[0] == here.rpartition(".")[0])
    return next(kin, None)


def init_app(app: Flask) -> None:
    """Let templates show the navigation."""
    app.jinja_env.globals["navigation"] = items
