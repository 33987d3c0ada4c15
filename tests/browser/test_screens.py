"""Every screen: no accessibility violation, no overflow, no console message, in all languages."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

from tests.browser.conftest import DESK, PHONE, OpenPage

pytestmark = pytest.mark.browser


def _follow(*links: str) -> Callable[[Page], None]:
    """Go from page to page by the first link whose address matches each pattern."""

    def walk(page: Page) -> None:
        for link in links:
            addresses = page.eval_on_selector_all(
                "main a[href]", "all => all.map(a => a.getAttribute('href'))"
            )
            found = next((a for a in addresses if re.fullmatch(link, a)), None)
            assert found is not None, (link, page.url)
            page.goto(found)

    return walk


ID = r"[0-9a-z]{12}"
COURSE = rf"/courses/{ID}"
OFFERING = rf"/offerings/{ID}"

# who, where to begin, and the links to follow from there
SCREENS: list[tuple[str | None, str, tuple[str, ...]]] = [
    (None, "/", ()),
    (None, "/?kind=event", ()),
    (None, "/", (COURSE,)),
    (None, "/programmes", ()),
    (None, "/standards/", ()),
    (None, "/standards/", (rf"/standards/{ID}",)),
    (None, "/verify", ()),
    (None, "/v/UNKNOWN", ()),
    (None, "/sign-in", ()),
    (None, "/nowhere", ()),
    ("aisyah", "/desk", ()),
    ("aisyah", "/my-training", ()),
    ("aisyah", "/my-training", (rf"/places/{ID}",)),
    ("aisyah", "/my-training", (rf"/places/{ID}", rf"/submissions/{ID}")),
    ("aisyah", "/my-training", (rf"/places/{ID}", rf"/places/{ID}/assessments/{ID}")),
    ("aisyah", "/certificates/", ()),
    ("aisyah", "/certificates/", (rf"/certificates/{ID}",)),
    ("priya", "/", (COURSE, rf"{OFFERING}/enrol")),
    ("trainer1", "/desk", ()),
    ("trainer1", "/desk", (OFFERING,)),
    ("trainer1", "/desk", (OFFERING, rf"{OFFERING}/sessions/{ID}")),
    ("manager", "/desk", ()),
    ("manager", "/manage/courses", ()),
    ("manager", "/manage/courses/new", ()),
    ("manager", "/manage/courses", (OFFERING,)),
    ("manager", "/standards/import", ()),
    ("registrar", "/desk", (rf"/certificates/offerings/{ID}",)),
    ("auditor", "/certificates/", ()),
    ("auditor", "/certificates/", (rf"/certificates/{ID}", rf"/certificates/{ID}/trace")),
    ("coordinator", "/agency", ()),
]


@pytest.mark.parametrize("lang", ["ms", "en", "id"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_every_screen_is_clean(open_page: OpenPage, lang: str, width: int) -> None:
    axe = Axe()
    troubles: list[str] = []
    pages: dict[str | None, Page] = {}

    def listen(message: ConsoleMessage) -> None:
        if "404" not in message.text:  # two screens are answers to what does not exist
            troubles.append(message.text)

    for who, start, links in SCREENS:
        if who not in pages:
            pages[who] = open_page(who, width=width, lang=lang)
            pages[who].on("console", listen)
        page = pages[who]
        page.goto(start)
        _follow(*links)(page)
        where = f"{who} {page.url}"
        found = axe.run(page)
        troubles += [
            f"{where}: {v['id']} {v['nodes'][0]['target']}" for v in found.response["violations"]
        ]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            troubles.append(f"{where}: overflows")
        if page.get_attribute("html", "lang") != lang:
            troubles.append(f"{where}: not in {lang}")
    assert troubles == []
