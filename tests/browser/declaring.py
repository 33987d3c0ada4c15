"""How a screen is declared: its route, who sees it, and how they come there."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from tests.browser import entering
from tests.browser.visiting import Visitor

Show = Callable[[Visitor], None]


@dataclass(frozen=True)
class Screen:
    """A screen: ``route`` as in the access matrix, empty when no route answers there."""

    route: str
    who: str | None
    show: Show
    status: int = 200
    note: str = ""

    @property
    def title(self) -> str:
        """A name for reports."""
        words = (self.who or "nobody", self.route or str(self.status), self.note)
        return " ".join(word for word in words if word)

    @property
    def refused(self) -> bool:
        """Whether it answers a form in which something was wrong, so that nothing was changed."""
        return self.status == HTTPStatus.UNPROCESSABLE_ENTITY and self.route.startswith("POST")


def at(start: str, *links: str) -> Show:
    """The page at the end of these links."""

    def show(visitor: Visitor) -> None:
        visitor.page.goto(visitor.address(start, *links))

    return show


def of_offering(code: str, pattern: str, *links: str) -> Show:
    """A page of the offering with this code."""

    def show(visitor: Visitor) -> None:
        start = pattern.format(entering.offering(visitor, code))
        visitor.page.goto(visitor.address(start, *links))

    return show
