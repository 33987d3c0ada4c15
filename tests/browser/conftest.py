"""A real server on a free port, with the sample institute, and a real browser before it."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from lms.sample import loading
from tests.browser.serving import Site, shared_site
from tests.browser.visiting import DESK

# The shell without windows is lighter by a quarter, where the distribution has it.
CHROMIUM = shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page lives for a second here: making its scripts fast takes longer than they run.
    "--js-flags=--no-opt --no-maglev --max-lazy --single-threaded --no-flush-bytecode",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The main job first: it takes longest, and at the end one process would wait for it."""
    items.sort(key=lambda item: item.path.name != "test_main_job.py")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample institute, shared by the processes of a run."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with shared_site(folder) as served:
        yield served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The distribution's Chromium."""
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


SignedIn = Callable[[str], StorageState]


@pytest.fixture(scope="session")
def signed_in(browser: Browser, site: Site) -> SignedIn:
    """The cookies of a person who signed in; each signs in once."""
    kept: dict[str, StorageState] = {}

    def cookies_of(who: str) -> StorageState:
        if who not in kept:
            context = browser.new_context(base_url=site.address)
            page = context.new_page()
            page.goto("/sign-in")
            page.fill("#email", f"{who}@sijil.example")
            page.fill("#password", loading.PASSWORD)
            page.press("#password", "Enter")
            page.wait_for_url("**/desk*")
            kept[who] = context.storage_state()
            context.close()
        return kept[who]

    return cookies_of


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, site: Site, signed_in: SignedIn) -> Iterator[OpenPage]:
    """A page of its own for each visitor: ``open_page("aisyah", width=390, lang="ms")``."""
    contexts = []

    def opened(who: str | None = None, *, width: int = DESK, lang: str = "en") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            base_url=site.address,
            locale=lang,
            storage_state=signed_in(who) if who is not None else None,
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(f"/verify?lang={lang}")
        return page

    yield opened
    for context in contexts:
        context.close()
