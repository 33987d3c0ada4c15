"""Screens of holding a certificate back."""

from tests.browser import entering
from tests.browser.visiting import ID, Visitor

_HOLD = rf"/certificates/places/{ID}/hold"
_STANDING = "a[href*='/certificates/holds/']"


def _goto(visitor: Visitor, which: str) -> None:
    due = f"/certificates/offerings/{entering.offering(visitor, 'PKK204-1')}"
    visitor.page.goto(visitor.address(due, which + _HOLD))


def page(visitor: Visitor) -> None:
    """The page of a person whose certificate nobody holds."""
    _goto(visitor, "<")


def reasonless(visitor: Visitor) -> None:
    """Sent without a reason."""
    page(visitor)
    visitor.send("main form.form")


def held(visitor: Visitor) -> None:
    """The same page once it is held back."""
    page(visitor)
    if not visitor.page.locator("a[href*='/certificates/holds/']").count():
        visitor.page.check("input[name=reason][value=appeal]")
        visitor.page.fill("input[name=reference]", "APP-2026-4")
        visitor.send("main form.form")
        _goto(visitor, "")


def release(visitor: Visitor) -> None:
    """Where it is released."""
    held(visitor)
    visitor.page.click(_STANDING)


def wordless(visitor: Visitor) -> None:
    """Released without a word."""
    release(visitor)
    visitor.send("main form.form")
