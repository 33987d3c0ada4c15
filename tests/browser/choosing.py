"""The screen on which a person chooses among sessions that are held side by side."""

from tests.browser import entering
from tests.browser.visiting import Visitor

_CHOICE = "main form[action$='/choice']"


def chosen(visitor: Visitor) -> None:
    """A place in the symposium: one session of two is chosen, the other could be instead."""
    if "choice" not in visitor.kept:
        visitor.page.goto(f"/offerings/{entering.offering(visitor, 'SIM2027-1')}/enrol")
        if "/enrol" in visitor.page.url:
            visitor.page.locator("main [name=pool]").first.check()
            visitor.send()
        place = visitor.page.url
        visitor.send(_CHOICE, last=False)
        visitor.kept["choice"] = place
    visitor.page.goto(visitor.kept["choice"])
    visitor.page.wait_for_selector(f"{_CHOICE} [value=no]")
    visitor.page.wait_for_selector(f"{_CHOICE} [value=yes]")
