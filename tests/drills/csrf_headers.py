"""What forgers send is refused on every route that may write; every answer carries its headers.

A request that would be taken is sent without its token, from a foreign origin, and by a page of
another site. Then every route is asked as a stranger and as somebody signed in, in development and
in production, with pages of errors, and the headers are compared with what they must be. Small
forges every third deed in one way by turns, and asks each route as one visitor by turns. The
control takes the protections out.
"""

import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms.web import headers, origins, running
from lms.web.auth_guard import public
from tests import addresses
from tests.conftest import signed_in
from tests.drills import deeds, ground, staging
from tests.drills.deeds import DEEDS, Deed
from tests.drills.ground import Ground

IN_GATE = ("sqlite",)

SAME: dict[str, str] = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
FORGED: dict[str, dict[str, str]] = {
    "foreign origin": {"Origin": "https://evil.example"},
    "cross-site": {"Sec-Fetch-Site": "cross-site"},
    "sandboxed frame": {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
}
OURS: dict[str, dict[str, str]] = {"our own page": SAME, "an old browser": {}}
NO_TOKEN = "no token"  # the name of a forgery
FORGERIES = (NO_TOKEN, *FORGED)
WHO = (None, "aisyah", "admin")
_FIELD = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
WANTED = {
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICIES = ("default-src 'none'", "sandbox")
REFERRERS = {"no-referrer", "same-origin"}
HSTS = "max-age=31536000; includeSubDomains"
FILES = ("fonts.font", "health.healthz", "static")
ERRORS = [("", "GET", path) for path in ("/no-such-page", "/sign-out", "/desk/%00", "/boom")]


def token_of(client: FlaskClient) -> str:
    """The token of the forms that this browser is shown."""
    page = client.get("/account").text
    if 'name="csrf_token"' not in page:
        page = client.get("/sign-in").text
    found = _FIELD.search(page)
    return found[1] if found else ""


def forge(at: Ground, deed: Deed, ways: Iterable[str]) -> Iterator[str]:
    """What came of a deed and its forgeries: ``held`` or what did not hold."""
    for name in ways:
        with_token, lines = name != NO_TOKEN, (FORGED | OURS).get(name, {})
        with at.undone():
            status = _sent(at, deed, with_token=with_token, lines=lines)
        ours = name in OURS
        held = status < 400 if ours else status == 403 or (not with_token and status == 400)
        yield "held" if held else f"{deed.title}, {name}: {status}"


def _sent(at: Ground, deed: Deed, *, with_token: bool, lines: Mapping[str, str]) -> int:
    client = deeds.visitor(at.app, deed)
    fields = deed.fields(client, at.objects)
    if with_token:
        fields |= {"csrf_token": token_of(client)}
    address, method = deeds.address_of(at.app, deed.endpoint, at.objects)
    return deeds.send(client, address, method, fields, dict(lines)).status_code


def ways_of(number: int, *, full: bool) -> list[str]:
    """How a deed is sent: all ways, or one forgery and one page of ours by turns."""
    if full:
        return [*FORGERIES, *OURS]
    turn = number // len(FORGERIES)  # so that each forgery goes beside each page of ours
    return [FORGERIES[number % len(FORGERIES)], list(OURS)[turn % len(OURS)]]


def look(at: Ground, *, one_in: int = 1) -> Iterator[str]:
    """What the headers of every answer say: ``held`` or what is missing; routes go by turns."""
    asked = list(_requests(at))
    for turn, who in enumerate(WHO):
        client = at.app.test_client() if who is None else signed_in(at.app, who)
        for endpoint, method, address in asked[turn % one_in :: one_in] + ERRORS:
            with at.undone():
                answer = client.open(address, method=method, base_url="http://localhost")
                answer.close()
            wrong = list(_wrong(answer, endpoint, signed=who is not None))
            yield ", ".join([f"{method} {address} as {who}", *wrong]) if wrong else "held"


def _requests(at: Ground) -> Iterator[tuple[str, str, str]]:
    for rule in addresses.rules_of(at.app):
        if rule.endpoint == "people.sign_out":
            continue  # it is asked among the deeds; nobody would be signed in after it
        for method in addresses.methods_of(rule):
            yield rule.endpoint, method, addresses.address_of(at.app, rule, at.objects)


def _wrong(answer: TestResponse, endpoint: str, *, signed: bool) -> Iterator[str]:
    lines = answer.headers
    yield from (name for name, value in WANTED.items() if lines.get(name) != value)
    if not lines.get("Content-Security-Policy", "").startswith(POLICIES):
        yield "Content-Security-Policy"
    if lines.get("Referrer-Policy") not in REFERRERS:
        yield "Referrer-Policy"
    if running.settings().production and lines.get("Strict-Transport-Security") != HSTS:
        yield "Strict-Transport-Security"
    private = signed and not endpoint.startswith(FILES)
    if private and "no-store" not in lines.get("Cache-Control", ""):
        yield "Cache-Control"


def unprotect(at: Ground) -> None:
    """The control: no token, no look at the origin, no headers."""
    at.app.config["WTF_CSRF_ENABLED"] = False
    at.app.before_request_funcs[None].remove(origins._refuse_foreign)
    at.app.after_request_funcs[None].remove(headers._protect)


@contextmanager
def in_production(at: Ground) -> Iterator[None]:
    """The settings say that this is production; the database and the people stay."""
    before = running.settings()
    at.app.config["LMS"] = replace(before, production=True)
    yield
    at.app.config["LMS"] = before


@public
def _boom() -> str:
    raise RuntimeError("a fault of the drill")


def main() -> int:
    """Run the drill."""
    given = staging.options("csrf_headers")
    began, forged, looked = time.monotonic(), Counter[str](), Counter[str]()
    with ground.ground(given) as at:
        at.app.config["WTF_CSRF_ENABLED"] = True
        at.app.add_url_rule("/boom", "boom", _boom)
        if given.control:
            unprotect(at)
        some = DEEDS if given.full else DEEDS[:: 24 if given.control else 3]
        for number, deed in enumerate(some):
            forged.update(forge(at, deed, ways_of(number, full=given.full)))
        looked.update(look(at, one_in=1 if given.full else 24 if given.control else len(WHO)))
        if given.full:
            with in_production(at):
                looked.update(look(at))
        exempt = len(origins.EXEMPT)
    for words in sorted((set(forged) | set(looked)) - {"held"})[:20]:
        print(words)  # noqa: T201  # drills print
    figures: dict[str, object] = {
        "forgeries": forged.total(),
        "answered_as_they_must": forged["held"],
        "exempt": exempt,
        "answers_looked_at": looked.total(),
        "with_all_headers": looked["held"],
        "seconds": round(time.monotonic() - began, 1),
    }
    holds = {
        "forgeries are refused, our own pages are not": forged["held"] == forged.total(),
        "every answer has its headers": looked["held"] == looked.total(),
    }
    return staging.report(given, figures, holds)


if __name__ == "__main__":
    sys.exit(main())
