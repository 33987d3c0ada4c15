"""Long work: its page moves by itself, and says the same without scripts."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from lms.jobs import progress
from tests.browser import turns, working
from tests.browser.conftest import OpenPage, SignedIn
from tests.browser.serving import Site
from tests.browser.visiting import PHONE, Visitor

pytestmark = pytest.mark.browser


def test_it_moves_by_itself_and_says_when_it_is_over(open_page: OpenPage, site: Site) -> None:
    number, address = working.begun(site.instance)
    page = open_page("admin")
    page.goto(address)
    status, bar = page.get_by_role("status"), page.get_by_role("progressbar")
    expect(status).to_have_text("1500 of 4000 done")
    with working.beside(site.instance):
        progress.report(number, 2500)
    expect(status).to_have_text("2500 of 4000 done", timeout=15_000)
    expect(bar).to_have_js_property("value", 2500)
    with working.beside(site.instance):
        progress.end(number)
    expect(status).to_have_text("The work is done.", timeout=15_000)
    expect(page.get_by_text("Ended on")).to_be_visible(timeout=15_000)
    assert page.locator("[data-progress]").count() == 0


@pytest.fixture
def without_scripts(browser: Browser, site: Site, signed_in: SignedIn) -> Iterator[Page]:
    """A page of an administrator whose browser runs no scripts, on a telephone."""
    context = browser.new_context(
        viewport={"width": PHONE, "height": 900},
        base_url=site.address,
        java_script_enabled=False,
        storage_state=signed_in("admin"),
    )
    yield context.new_page()
    context.close()


_SCRIPT = re.compile(r"<script.*?</script>", re.DOTALL)


def _as_without_scripts(route: Route) -> None:
    # axe is a script itself: the page is served as a browser without scripts would build it.
    answer = route.fetch()
    bare = _SCRIPT.sub("", answer.text()).replace("noscript>", "div>")
    route.fulfill(response=answer, body=bare)


@pytest.mark.parametrize("state", working.STATES)
def test_without_scripts_it_is_clean(open_page: OpenPage, site: Site, state: str) -> None:
    page = open_page("admin")
    _, address = working.begun(site.instance, state)
    page.route(f"**{address}", _as_without_scripts)
    visitor = Visitor(page.context, page, lambda _: visitor, site.instance)
    troubles: list[str] = []
    for lang in turns.languages(working.STATES.index(state)):
        visitor.speak(lang, site.address)
        page.goto(address)
        reads_on = state in {"waiting", "running"}
        assert page.locator(f"main a[href='{address}']").count() == reads_on
        troubles += visitor.troubles(lang, 200)
    assert troubles == []


def test_without_scripts_a_link_reads_on(without_scripts: Page, site: Site) -> None:
    number, address = working.begun(site.instance)
    page = without_scripts
    page.goto(address + "?lang=en")
    expect(page.get_by_role("status")).to_have_text("1500 of 4000 done")
    with working.beside(site.instance):
        progress.report(number, 3000)
    page.get_by_role("link", name="See how far it is now").click()
    expect(page.get_by_role("status")).to_have_text("3000 of 4000 done")
    with working.beside(site.instance):
        progress.end(number, failed=True)
    page.get_by_role("link", name="See how far it is now").click()
    expect(page.get_by_role("status")).to_have_text("The work has failed.")
    assert page.get_by_role("link", name="See how far it is now").count() == 0
