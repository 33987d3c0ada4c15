"""Screens of withdrawal: of the newest certificate, and of the revocation that waits."""

from tests.browser.declaring import Show, at
from tests.browser.visiting import ID, Visitor

_CERTIFICATE = rf"/certificates/{ID}"


def of_newest(deed: str) -> Show:
    """The page from which something is done to the newest certificate."""
    return at("/certificates/", _CERTIFICATE, f"+{deed}")


def sent_empty(deed: str) -> Show:
    """The same, sent without a reason."""

    def show(visitor: Visitor) -> None:
        of_newest(deed)(visitor)
        visitor.send("main form.form")

    return show


def undecided(visitor: Visitor) -> None:
    """A decision sent without any."""
    at("/withdrawals/", rf"/withdrawals/{ID}")(visitor)
    visitor.send("main form[action$='/decision']")
