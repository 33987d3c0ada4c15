"""A real server on a free port, with the sample institute, and a real browser before it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from lms.sample import loading

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESK = 390, 1280


@dataclass(frozen=True)
class Site:
    """A served sample institute."""

    address: str
    instance: Path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """``lms serve --sample`` as people run it, worker included, on SQLite."""
    instance = tmp_path_factory.mktemp("site")
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "LMS_INSTANCE": str(instance), "LMS_BASE_URL": address}
    environment.pop("LMS_DATABASE_URL", None)
    command = [sys.executable, "-m", "lms", "serve", "--sample", "--port", str(port)]
    with (instance / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(address + "/healthz", server)
            yield Site(address, instance)
        finally:
            server.send_signal(signal.SIGINT)
            assert server.wait(timeout=30) == 0


def _wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(240):
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310  # our own server
                return
        except OSError:
            time.sleep(0.25)
    raise TimeoutError(address)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The distribution's Chromium."""
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[OpenPage]:
    """A page of its own for each visitor: ``open_page("aisyah", width=390, lang="ms")``."""
    contexts = []

    def opened(who: str | None = None, *, width: int = DESK, lang: str = "en") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, base_url=site.address, locale=lang
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(f"/verify?lang={lang}")
        if who is not None:
            page.goto("/sign-in")
            page.fill("#email", f"{who}@sijil.example")
            page.fill("#password", loading.PASSWORD)
            page.press("#password", "Enter")
            page.wait_for_url("**/desk*")
        return page

    yield opened
    for context in contexts:
        context.close()
