"""Every screen: no accessibility violation, no overflow, no console message.

Each is looked at in one language in its turn, and in all of them when ``LMS_TEST_SIZE`` is full.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from lms import create_app
from tests.browser import turns
from tests.browser.conftest import SignedIn
from tests.browser.declaring import Screen
from tests.browser.entering import person
from tests.browser.screens import NO_SCREENS, SCREENS
from tests.browser.serving import Site
from tests.browser.visiting import DESK, Visitor
from tests.prepared import settings

pytestmark = pytest.mark.browser

MATRIX = Path(__file__).parent.parent / "house" / "access_matrix.txt"
Visitors = Callable[[str | None], Visitor]


@pytest.fixture(scope="session")
def visitors(browser: Browser, site: Site, signed_in: SignedIn) -> Iterator[Visitors]:
    """One page a person for the whole session."""
    kept: dict[str | None, Visitor] = {}

    def visitor(who: str | None) -> Visitor:
        if who not in kept:
            context = browser.new_context(
                viewport={"width": DESK, "height": 900},
                base_url=site.address,
                reduced_motion="reduce",  # a colour halfway to another is nobody's contrast
                storage_state=signed_in(person(who)) if who is not None else None,
            )
            kept[who] = Visitor(context, context.new_page(), visitor, site.instance)
        return kept[who]

    yield visitor
    for each in kept.values():
        each.context.close()


@pytest.fixture(scope="session")
def routes(tmp_path_factory: pytest.TempPathFactory) -> MapAdapter:
    """The routes of the program."""
    folder = tmp_path_factory.mktemp("routes")
    app = create_app(settings(folder, f"sqlite:///{folder}/none.sqlite3"))
    return app.url_map.bind("localhost")


@pytest.mark.parametrize(
    ("screen", "languages"),
    [(screen, turns.languages(place)) for place, screen in enumerate(SCREENS)],
    ids=[screen.title for screen in SCREENS],
)
def test_a_screen_is_clean(
    screen: Screen, languages: tuple[str, ...], visitors: Visitors, site: Site, routes: MapAdapter
) -> None:
    troubles: list[str] = []
    for lang in languages:
        visitor = visitors(screen.who)
        visitor.speak(lang, site.address)
        visitor.begin()
        # What was refused is refused once more when it is sent again: it is not filled in anew.
        if screen.refused and lang != languages[0]:
            visitor.page.reload()
        else:
            screen.show(visitor)
        shown = visitor.answers[-1]
        assert (_route(shown, routes), shown.status) == (screen.route, screen.status), shown.url
        # Colours do not depend on words: their contrast is looked at in one language.
        found = visitor.troubles(lang, screen.status, contrast=lang == languages[0])
        troubles += [f"{lang} {shown.url} {each}" for each in found]
    assert troubles == []


def _route(shown: Response, routes: MapAdapter) -> str:
    method = shown.request.method
    try:
        path = urlsplit(shown.url).path
        rule, _ = routes.match(path, method=method, return_rule=True)
    except HTTPException:
        return ""
    return f"{method} {rule.rule}"


def test_no_screen_is_forgotten() -> None:
    lines = MATRIX.read_text("utf-8").splitlines()[1:]
    routes = {" ".join(line.split()[:2]) for line in lines if line.startswith("GET")}
    seen = {screen.route for screen in SCREENS if screen.status == 200}
    assert routes - seen == NO_SCREENS
