"""The designs that come with the program."""

from functools import cache

from lms import paths
from lms.printing.design import Design
from lms.printing.values import Room

DEFAULT = "tumpal"
_FOLDER = paths.DESIGNS
_OF = {"tumpal": {"underlay": "tumpal"}}


@cache
def design(name: str) -> Design:
    """A shipped design. Raises KeyError for a name that none has."""
    about = _OF[name]
    folder = _FOLDER / name
    return Design(
        html=(folder / "page.html").read_text("utf-8"),
        css=(folder / "style.css").read_text("utf-8"),
        underlay=str(about["underlay"]),
        room=Room(),
    )
