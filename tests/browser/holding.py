"""Screens of holding a certificate back."""

import re

from tests.browser import entering
from tests.browser.visiting import ID, Visitor

_HOLD = re.compile(rf'href="(/certificates/places/{ID}/hold)"')
_STANDING = "a[href*='/certificates/holds/']"


def _pages(visitor: Visitor) -> list[str]:
    """The pages of the people of the past course, in an order that stays."""
    due = f"/certificates/offerings/{entering.offering(visitor, 'PKK204-1')}"
    return sorted(_HOLD.findall(visitor.read(due)[1]))


def page(visitor: Visitor) -> None:
    """The page of a person whose certificate nobody holds."""
    visitor.page.goto(_pages(visitor)[-1])


def reasonless(visitor: Visitor) -> None:
    """Sent without a reason."""
    page(visitor)
    visitor.send("main form.form")


def held(visitor: Visitor) -> None:
    """The page of another, whose is held back."""
    address = _pages(visitor)[0]
    visitor.page.goto(address)
    if not visitor.page.locator(_STANDING).count():
        visitor.page.check("input[name=reason][value=appeal]")
        visitor.page.fill("input[name=reference]", "APP-2026-4")
        visitor.send("main form.form")
        visitor.page.goto(address)


def release(visitor: Visitor) -> None:
    """Where it is released."""
    held(visitor)
    visitor.page.click(_STANDING)


def wordless(visitor: Visitor) -> None:
    """Released without a word."""
    release(visitor)
    visitor.send("main form.form")
