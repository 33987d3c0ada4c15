"""Passkeys with a device that Chromium plays, and the question who it is before grave deeds."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from lms.sample import loading
from tests.browser import turns
from tests.browser.serving import Site, own_site
from tests.browser.visiting import DESK, Visitor

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def careful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that asks each time."""
    with own_site(tmp_path_factory.mktemp("careful") / "site", LMS_CONFIRM_MINUTES="0") as site:
        yield site


@pytest.fixture
def visitor(browser: Browser, careful: Site) -> Iterator[Visitor]:
    """Somebody with a device that keeps passkeys."""
    context = browser.new_context(
        base_url=careful.address, viewport={"width": DESK, "height": 900}, reduced_motion="reduce"
    )
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield Visitor(context, page, alone, careful.instance)
    context.close()


def alone(who: str | None) -> Visitor:
    raise AssertionError(who)


def enter(page: Page, who: str) -> None:
    page.goto("/sign-in?lang=en")
    page.fill("#email", f"{who}@sijil.example")
    page.fill("#password", loading.PASSWORD)
    page.press("#password", "Enter")


def make(page: Page) -> None:
    """A passkey, after the password, because this weakens or strengthens the account."""
    page.goto("/account/passkeys/new")
    page.fill("#name", "office computer")
    page.get_by_role("button", name="Make a passkey").click()
    page.get_by_role("heading", name="Confirm that it is you").wait_for()
    page.fill("#confirmation", loading.PASSWORD)
    page.get_by_role("button", name="Confirm and go on").click()
    page.get_by_role("heading", name="The second factor is on").wait_for()
    assert page.locator("ol.recovery li").count() == 10


def sign_out_and_in(page: Page) -> None:
    """The password, then the device."""
    page.goto("/account")
    page.get_by_text("office computer").first.wait_for()
    page.locator("details.account summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_text("You are signed out.").wait_for()
    enter(page, "admin")
    page.wait_for_url("**/sign-in/code*")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/desk*")


def give_a_role(page: Page) -> None:
    """Asks who it is; what was chosen arrives all the same."""
    page.goto("/people?q=trainer1")
    page.get_by_role("link", name="Grace Wong").click()
    page.select_option("#role", "course_manager")
    page.select_option("#organisation", label="Institut Latihan Kerja Sosial")
    page.locator("main form[method=post] button").last.click()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_text("The role is given.").wait_for()


def test_a_passkey_is_made_signs_in_confirms_and_is_removed(visitor: Visitor) -> None:
    page = visitor.page
    enter(page, "admin")
    page.wait_for_url("**/desk*")
    make(page)
    sign_out_and_in(page)
    give_a_role(page)
    page.goto("/account")
    page.get_by_role("button", name="Remove office computer").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_text("The passkey is removed.").wait_for()
    assert [m for m in visitor.messages if "status of 401" not in m] == []


def test_the_question_is_clean(visitor: Visitor, careful: Site) -> None:
    enter(visitor.page, "admin2")
    visitor.page.wait_for_url("**/desk*")
    troubles: list[str] = []
    for place, (typed, status) in enumerate(((None, 401), ("not the password", 422))):
        for lang in turns.languages(place):
            visitor.speak(lang, careful.address)
            visitor.page.goto(visitor.address("/people?q=trainer2", r"/people/[0-9a-z]{12}"))
            visitor.page.select_option("#role", "trainer")
            visitor.begin()
            visitor.send("main form[method=post]")
            if typed is not None:
                visitor.begin()
                visitor.page.fill("#confirmation", typed)
                visitor.send()
            assert visitor.answers[-1].status == status
            troubles += visitor.troubles(lang, status)
    assert troubles == []
