"""The shelf of kept pages: one makes a page for a crowd, and nobody waits for whoever is stuck."""

import threading
import time

import pytest

from lms.web import shelf
from lms.web.shelf import Shelf

SECONDS = 0.3


def test_a_page_is_made_once_for_a_crowd_and_anew_when_it_is_old() -> None:
    pages = Shelf()
    made: list[int] = []

    def make() -> str:
        made.append(len(made))
        time.sleep(0.02)
        return str(made[-1])

    def crowd() -> set[object]:
        got: list[object] = []
        threads = [
            threading.Thread(target=lambda: got.append(pages.get("/", SECONDS, make)))
            for _ in range(12)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return set(got)

    assert crowd() == {"0"}
    time.sleep(SECONDS)
    assert crowd() == {"1"}
    assert made == [0, 1]


def test_nobody_queues_up_behind_who_is_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "PATIENCE", 0.01)
    pages, done = Shelf(), threading.Event()

    def stuck() -> str:
        done.wait(10)
        return "late"

    first = threading.Thread(target=lambda: pages.get("/", 60, stuck))
    first.start()
    while "/" not in pages.pages or not pages.pages["/"].door.locked():
        time.sleep(0.001)
    assert pages.get("/", 60, lambda: "own") == "own"
    done.set()
    first.join()
    assert pages.get("/", 60, lambda: "another") == "late"


def test_the_shelf_is_bounded() -> None:
    pages = Shelf()
    for number in range(shelf.MOST + 10):
        pages.get(number, 60, lambda: "page")
    assert len(pages.pages) == shelf.MOST
    assert 9 not in pages.pages
