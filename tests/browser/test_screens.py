"""Every screen: no accessibility violation, no overflow, no console message, in all languages."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, FilePayload, Page

from tests.browser.conftest import DESK, PHONE, OpenPage

pytestmark = pytest.mark.browser


def _follow(*links: str) -> Callable[[Page], None]:
    """Go from page to page by the first link whose address matches each pattern."""

    def walk(page: Page) -> None:
        for link in links:
            if link.startswith("+"):
                page.goto(page.url.split("?")[0] + link[1:])
                continue
            addresses = page.eval_on_selector_all(
                "main a[href]", "all => all.map(a => a.getAttribute('href'))"
            )
            if link.startswith("<"):  # the last one instead of the first
                link, addresses = link[1:], addresses[::-1]  # noqa: PLW2901
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
    ("manager", "/", (COURSE, rf"/manage/courses/{ID}/offerings/new")),
    ("aisyah", "/my-training", (rf"/places/{ID}", "+/withdraw")),
    ("aisyah", "/certificates/", (rf"/certificates/{ID}", r"/[vV]/\w+")),
    ("trainer1", "/desk", (f"<{OFFERING}", rf"/submissions/{ID}", "+/marking")),
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
        troubles += _look(page, axe, lang)
    for _ in _manager_at_work(pages["manager"], f"LAYAR-{lang}-{width}"):
        troubles += _look(pages["manager"], axe, lang)
    assert [trouble for trouble in troubles if "422" not in trouble] == []


def _look(page: Page, axe: Axe, lang: str) -> list[str]:
    found = axe.run(page).response["violations"]
    troubles = [f"{page.url}: {v['id']} {v['nodes'][0]['target']}" for v in found]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        troubles.append(f"{page.url}: overflows")
    if page.get_attribute("html", "lang") != lang:
        troubles.append(f"{page.url}: not in {lang}")
    return troubles


def _manager_at_work(page: Page, code: str) -> Iterator[None]:
    """Screens that exist only after something was entered, wrong first and then right."""
    page.goto("/manage/courses/new")
    page.locator("main form button").last.click()
    yield
    for field in ("title_ms", "title_en", "title_id"):
        page.fill(f"#{field}", code)
    page.fill("#code", code)
    for field in ("hours", "credit", "cpd"):
        page.fill(f"#{field}", "6")
    page.locator("main form button").last.click()
    page.wait_for_url(re.compile(rf"/manage/courses/{ID}$"))
    yield
    draft = page.url
    for more in ("/edit", "/assessments/new"):
        page.goto(draft + more)
        yield
    page.goto("/standards/import")
    wrong: FilePayload = {
        "name": "wrong.csv",
        "mimeType": "text/csv",
        "buffer": b"type,code\nUnit,A\n",
    }
    page.set_input_files("#file", files=wrong)
    page.locator("main form button").last.click()
    page.wait_for_url(re.compile(rf"/standards/import/{ID}$"))
    yield
