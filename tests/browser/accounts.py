"""Screens of accounts: signing out, sessions that ended, and passwords."""

import base64
import re
import time

from lms.kernel import clock
from lms.people import second_factor
from lms.sample import loading
from tests.browser.entering import person
from tests.browser.visiting import Visitor, number

_LINK = re.compile(r"/reset/[\w-]+")
# Each test process has people of its own, since passwords are tried and sessions end.
_PEOPLE = ["hazwani", "yeomm", "masidah", "florina.kumin"]


def _email() -> str:
    return f"{_PEOPLE[number() % len(_PEOPLE)]}@sijil.example"


def _enter(visitor: Visitor) -> None:
    visitor.page.goto("/sign-in")
    visitor.fill(email=_email(), password=loading.PASSWORD)
    visitor.send()


def signed_out(visitor: Visitor) -> None:
    """Signs in, and out by the menu."""
    _enter(visitor)
    visitor.page.click("details.account summary")
    visitor.send(".account form")


def ended(visitor: Visitor) -> None:
    """A form sent after the session was ended elsewhere."""
    _enter(visitor)
    visitor.page.goto("/desk")
    cookies = visitor.context.cookies()
    other = visitor.context.new_page()
    other.goto("/desk")
    other.click("details.account summary")
    other.click(".account form button")
    other.wait_for_url("**/")
    other.close()
    visitor.context.add_cookies([
        {"name": c["name"], "value": c["value"], "url": visitor.page.url}
        for c in cookies if c["name"] == "lms"
    ])  # fmt: skip
    visitor.begin()
    visitor.send("main section form")
    visitor.context.clear_cookies(name="lms")


def link_sent(visitor: Visitor) -> None:
    """Asks for a link, at an address that nobody has."""
    visitor.page.goto("/forgotten")
    visitor.fill(email=f"nobody{time.monotonic_ns()}@sijil.example")
    visitor.send()


def link_opened(visitor: Visitor) -> None:
    """Asks for a link once, and opens it as it stands in the mail."""
    if "link" not in visitor.kept:
        visitor.page.goto("/forgotten")
        visitor.fill(email=_email())
        visitor.send()
        visitor.kept["link"] = _mailed(visitor)
    visitor.page.goto(visitor.kept["link"])


def _mailed(visitor: Visitor) -> str:
    for _ in range(100):
        found = _LINK.search(visitor.read("/mail")[1])
        if found is not None:
            return found[0]
        time.sleep(0.2)
    raise AssertionError("no mail came")


def codes_shown(visitor: Visitor) -> None:
    """Sets up a second factor, as an app would."""
    visitor.page.goto("/account/second-factor")
    text = visitor.page.inner_text("main .mono").replace(" ", "")
    secret = base64.b32decode(text + "=" * (-len(text) % 8))
    visitor.fill(code=second_factor.code_at(secret, clock.now()))
    visitor.send()
    visitor.kept["factor"] = "on"


def code_asked(visitor: Visitor) -> None:
    """Knows the password of somebody who has a second factor."""
    if "factor" not in visitor.others("coded").kept:
        codes_shown(visitor.others("coded"))
    visitor.page.goto("/sign-in")
    visitor.fill(email=f"{person('coded')}@sijil.example", password=loading.PASSWORD)
    visitor.send()


def wrong_code(visitor: Visitor) -> None:
    """And guesses the code."""
    code_asked(visitor)
    visitor.fill(code="000")
    visitor.send()


def no_passkey(visitor: Visitor) -> None:
    """Sends the form without a name, so that the server says what is missing."""
    visitor.page.goto("/account/passkeys/new")
    visitor.send()
