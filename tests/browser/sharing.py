"""Screens of sharing: links of a certificate, and what strangers see by one."""

from tests.browser.visiting import ID, Visitor

_LINK = "main a[href*='/s/']"


def _address(visitor: Visitor) -> str:
    return visitor.address("/certificates/", rf"/certificates/{ID}") + "/links"


def links(visitor: Visitor) -> None:
    visitor.page.goto(_address(visitor))


def wordless(visitor: Visitor) -> None:
    """A link for nobody."""
    links(visitor)
    visitor.send("main form.form")


def made(visitor: Visitor) -> None:
    """A link with the full name; the second time the one that is there."""
    links(visitor)
    if not visitor.page.locator(_LINK).count():
        visitor.fill(note="Hospital Kuching")
        visitor.page.check("#full_name")
        visitor.send("main form.form")


def _link(visitor: Visitor) -> str:
    holder = visitor.others("aisyah")
    made(holder)
    return str(holder.page.locator(_LINK).first.get_attribute("href"))


def opened(visitor: Visitor) -> None:
    visitor.page.goto(_link(visitor))


def ended(visitor: Visitor) -> None:
    """The link after its holder has ended it."""
    address = _link(visitor)
    visitor.others("aisyah").send("main form[action$='/end']")
    visitor.page.goto(address)
