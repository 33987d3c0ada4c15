"""Screens of places that were promised by mail."""

import secrets

from tests.browser import entering
from tests.browser.visiting import ID, Visitor

_WITHDRAW = rf"/offerings/{ID}/promises/{ID}/withdraw"


def _list(visitor: Visitor) -> str:
    """Where the promises stand: one of them is open."""
    address = f"/offerings/{entering.offering(visitor, 'PKK204-2')}/admit"
    if "promised" not in visitor.kept:
        visitor.page.goto(address)
        visitor.fill(email=f"{secrets.token_hex(4)}@example.org", reason="Ten years abroad")
        visitor.send()
        visitor.kept["promised"] = address
    return address


def listed(visitor: Visitor) -> None:
    visitor.page.goto(_list(visitor))


def withdraw(visitor: Visitor) -> None:
    visitor.page.goto(visitor.address(_list(visitor), _WITHDRAW))


def without_reason(visitor: Visitor) -> None:
    withdraw(visitor)
    visitor.send()
