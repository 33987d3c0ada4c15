"""The designs that come with the program."""

from functools import cache

from lms import paths
from lms.printing.design import Design
from lms.printing.values import Room

DEFAULT = "tumpal"
_OF_KIND = {"transcript": "anyaman"}
"""What a kind is printed in where nothing was chosen, if not the default: an upright one."""
_ABOUT = {
    "tumpal": Design("", "", underlay="tumpal"),
    "anyaman": Design("", "", underlay="woven", landscape=False, room=Room(9, 15, 74)),
    "songket": Design("", "", underlay="songket", room=Room(9, 17)),
}
NAMES = tuple(_ABOUT)


def default_of(kind: str) -> str:
    """The name of the design that certificates of a kind are printed in where none was chosen."""
    return _OF_KIND.get(kind, DEFAULT)


@cache
def design(name: str) -> Design:
    """A shipped design. Raises KeyError for a name that none has."""
    about, folder = _ABOUT[name], paths.DESIGNS / name
    return Design(
        html=(folder / "page.html").read_text("utf-8"),
        css=(folder / "style.css").read_text("utf-8"),
        underlay=about.underlay,
        landscape=about.landscape,
        room=about.room,
    )
