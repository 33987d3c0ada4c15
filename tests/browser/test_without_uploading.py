"""Checking a certificate in the browser: the file stays there, and no forgery is called genuine."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route

from lms.certificates import credential, keys, proof, quads, status_list
from lms.kernel import clock
from lms.printing.content import CertificateContent
from lms.sample.graduate import GRADUATE
from tests.browser import entering
from tests.browser.conftest import SignedIn
from tests.browser.serving import Site
from tests.browser.visiting import Visitor
from tests.certificates.test_quads import built, contents
from tests.checking import attacks, forging

pytestmark = pytest.mark.browser
STATUS = "**/status/revocation/1"


def made(make: Callable[..., bytes], *given: object, **more: object) -> bytes:
    """Sign in a thread of its own: pyHanko starts a loop, and Playwright has one in this."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(make, *given, **more).result()


@dataclass
class Checker:
    """One open page over all files, and what it asked the server for."""

    page: Page
    file: Path
    asked: list[Request]

    def check(self, data: bytes) -> tuple[str, str]:
        """The verdict on a file, and the code of its reason."""
        self.file.write_bytes(data)
        del self.asked[:]
        self.page.set_input_files("#file", self.file)
        self.page.press("[data-check] button", "Enter")
        self.page.wait_for_selector("[data-result][data-outcome]", timeout=20_000)
        found = self.page.locator("[data-result]")
        return found.get_attribute("data-outcome") or "", found.get_attribute("data-why") or ""


@pytest.fixture(scope="module")
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=site.address, locale="en")
    yield made
    made.close()


@pytest.fixture(scope="module")
def checker(context: BrowserContext, tmp_path_factory: pytest.TempPathFactory) -> Checker:
    page = context.new_page()
    asked: list[Request] = []
    context.on("request", lambda request: asked.append(request))  # noqa: PLW0108  # wants attributes
    page.goto("/verify/here?lang=en")
    page.wait_for_selector("[data-check]")
    return Checker(page, tmp_path_factory.mktemp("given") / "sijil.pdf", asked)


@pytest.fixture(scope="module")
def original(browser: Browser, site: Site, signed_in: SignedIn) -> forging.Original:
    """A certificate of the served institute, with its keys and those of a namesake."""
    context = browser.new_context(base_url=site.address, storage_state=signed_in("aisyah"))
    visitor = Visitor(context, context.new_page(), lambda _: visitor, site.instance)
    issued = entering.certificate(visitor)
    context.close()
    host = urlsplit(site.address).netloc
    folder = site.instance / "pki"
    return forging.Original.of(issued, keys.load(folder, host=host, passphrase=None), folder)


@pytest.mark.parametrize("place", [-2, -1], ids=["award", "transcript"])
def test_what_is_issued_for_a_programme_is_valid_too(
    checker: Checker, browser: Browser, site: Site, signed_in: SignedIn, place: int
) -> None:
    graduate = GRADUATE.partition("@")[0]
    holding = browser.new_context(base_url=site.address, storage_state=signed_in(graduate))
    visitor = Visitor(holding, holding.new_page(), lambda _: visitor, site.instance)
    issued = entering.certificate(visitor, place)
    holding.close()
    assert checker.check(issued) == ("valid", "valid")
    assert "Diploma Pascasiswazah Kerja Sosial" in checker.page.inner_text("[data-result]")


def listing(
    original: forging.Original, *, revoked: bool = False, at: datetime | None = None
) -> str:
    """A list as the institute would sign it."""
    entry = original.credential["credentialStatus"]
    signed = status_list.status_credential(
        original.ring,
        url=entry["statusListCredential"],
        revoked=[int(entry["statusListIndex"])] if revoked else [],
        now=at or clock.now(),
    )
    return json.dumps(signed)


def test_a_genuine_file_is_valid_and_stays_here(
    checker: Checker, original: forging.Original
) -> None:
    assert checker.check(original.pdf) == ("valid", "valid")
    assert {each.method for each in checker.asked} == {"GET"}
    paths = {urlsplit(each.url).path for each in checker.asked}
    public = {
        "/root.pem",
        "/.well-known/did.json",
        "/distrusted.json",
        "/log/key",
        "/status/revocation/1",
    }
    assert {path for path in paths if not path.startswith("/static/js/check/")} == public
    page = checker.page
    assert page.evaluate("document.activeElement.id") == "verdict"
    shown = page.inner_text("[data-result]")
    subject = original.credential["credentialSubject"]
    for words in (
        "This certificate is valid",
        subject["licenseNumber"],
        subject["achievement"]["name"],
        subject["achievement"]["alignment"][0]["targetName"],
        "Ours, on the whole file",
        "The receipt in the file holds",
    ):
        assert words in shown
    code = original.credential["evidence"][0]["id"][-27:]
    address = page.get_attribute("a[data-register]", "href") or ""
    assert address.lower() == f"/v/{code}".lower()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (f"  {entering.HOLDER.upper()} ", "is the certified name"),
        ("nur aisyah  binti abdul\u00a0rahman", "is the certified name"),
        ("Nur Aisyah", "is not the certified name"),
    ],
)
def test_a_name_is_compared_here(
    checker: Checker, original: forging.Original, typed: str, said: str
) -> None:
    checker.check(original.pdf)
    del checker.asked[:]
    checker.page.fill("#name", typed)
    checker.page.press("#name", "Enter")
    checker.page.wait_for_selector("[data-said] .tag")
    assert said in checker.page.inner_text("[data-said]")
    assert checker.asked == []


@pytest.mark.parametrize(
    "name",
    ["Straße", "ΟΔΥΣΣΕΥΣ", "ﬁne", "İstanbul", "ıI", "Ꭰꭰ ꮿ", "\u1e9e\xa0\x85x", "陈 美玲", "ǅ"],
)
def test_names_are_folded_as_the_issuer_folds_them(checker: Checker, name: str) -> None:
    salt = "0a"
    identity = {"salt": salt, "identityHash": credential.identity_hash(name, salt)}
    document = {"credentialSubject": {"identifier": [identity]}}
    matches = """async ([document, name]) =>
        (await import("/static/js/check/holder.js")).matches(document, name)"""
    for typed in (name, name.upper(), f" {name}\t"):
        hashed = credential.identity_hash(typed, salt) == identity["identityHash"]
        assert checker.page.evaluate(matches, [document, typed]) is hashed, typed


@given(contents())
@settings(max_examples=25, deadline=None)
def test_quads_are_those_of_the_issuer(checker: Checker, content: CertificateContent) -> None:
    document = built(content)
    canonical = """async document => {
        const { canonical } = await import("/static/js/check/quads.js");
        const table = await (await fetch("/static/js/check/terms.json")).json();
        return canonical(document, table).catch(error => error.constructor.name);
    }"""
    try:
        expected = quads.canonical(document)
    except quads.Alike:
        expected = "Alike"
    assert checker.page.evaluate(canonical, document) == expected


def test_a_verdict_stands_only_beside_its_file(
    checker: Checker, original: forging.Original, context: BrowserContext
) -> None:
    """Nor does a check that is still under way answer for the next file."""
    page = checker.page
    checker.file.with_name("another.pdf").write_bytes(original.pdf)
    assert checker.check(original.pdf)[0] == "valid"
    page.set_input_files("#file", checker.file.with_name("another.pdf"))
    assert page.inner_text("[data-result]") == ""
    context.route("**/root.pem", lambda _: None)
    page.press("[data-check] button", "Enter")
    page.wait_for_timeout(200)
    context.unroute("**/root.pem")  # what was held goes on
    assert checker.check(original.pdf + b"%")[0] == "tampered"
    page.wait_for_timeout(200)
    assert page.get_attribute("[data-result]", "data-outcome") == "tampered"


def test_a_dropped_file_is_checked(checker: Checker) -> None:
    dropped = checker.page.evaluate_handle("""() => {
        const given = new DataTransfer();
        given.items.add(new File(["%PDF-1.7 nothing"], "sijil.pdf"));
        return given;
    }""")
    checker.page.dispatch_event("[data-check]", "drop", {"dataTransfer": dropped})
    checker.page.wait_for_selector("[data-outcome=unknown]")
    assert checker.page.locator("#file").evaluate("field => field.files[0].name") == "sijil.pdf"


@pytest.mark.parametrize("layout", forging.LAYOUTS)
def test_every_layout_of_a_signed_file_is_read(
    checker: Checker, original: forging.Original, layout: str
) -> None:
    file = made(forging.LAYOUTS[layout], original)
    assert checker.check(file) == ("valid", "valid")
    place = len(file) // 3
    changed = file[:place] + bytes([file[place] ^ 1]) + file[place + 1 :]
    assert checker.check(changed)[0] == "tampered"


@pytest.mark.parametrize("name", attacks.ATTACKS)
def test_no_forgery_is_called_genuine(
    checker: Checker, original: forging.Original, name: str
) -> None:
    outcome, why = checker.check(made(attacks.ATTACKS[name], original))
    assert outcome in {"unknown", "tampered", "cannot_check"}, why
    assert name in attacks.HOSTILE or outcome == attacks.expected(name), why
    assert checker.page.locator("[data-facts]").count() == 0


@pytest.mark.parametrize("name", attacks.RECEIPTS)
def test_a_receipt_that_does_not_hold(
    checker: Checker, original: forging.Original, name: str
) -> None:
    found = checker.check(made(attacks.RECEIPTS[name], original))
    assert found == ("tampered", "receipt-unsound")


def test_a_receipt_of_something_else(
    checker: Checker, original: forging.Original, context: BrowserContext
) -> None:
    ours = original.credential
    context.route("**/log/key", answering(forging.LOG.text))
    for receipt, expected in (
        (forging.receipt_of(ours), ("valid", "valid")),
        (forging.receipt_of({**ours, "name": "Other"}), ("tampered", "receipt-unsound")),
        (forging.receipt_of(ours, kind="revoked"), ("tampered", "receipt-unsound")),
    ):
        assert checker.check(made(forging.holding_receipt, original, receipt)) == expected
    context.unroute("**/log/key")


def test_the_days_of_validity(checker: Checker, original: forging.Original) -> None:
    for change, expected in (
        ({"validUntil": "2026-01-01T00:00:00Z"}, "expired"),
        ({"validFrom": "2199-01-01T00:00:00Z"}, "not_yet_valid"),
        ({"validUntil": "2199-01-01T00:00:00Z"}, "valid"),
    ):
        assert checker.check(made(forging.reissued, original, **change))[0] == expected


def answering(body: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=body)


def test_what_the_list_says(
    checker: Checker, original: forging.Original, context: BrowserContext
) -> None:
    told = {
        listing(original, revoked=True): ("revoked", "withdrawn"),
        listing(original): ("valid", "valid"),
        listing(original, at=clock.now() - timedelta(days=8)): ("cannot_check", "list-too-old"),
        listing(original).replace('"revocation"', '"suspension"'): ("cannot_check", "list-unsound"),
        "{}": ("cannot_check", "list-unsound"),
        "<html>": ("cannot_check", "list-missing"),
    }
    for body, expected in told.items():
        context.route(STATUS, answering(body))
        assert checker.check(original.pdf) == expected, body[:80]
        context.unroute(STATUS)
    for path in (STATUS, "**/root.pem", "**/.well-known/did.json", "**/distrusted.json"):
        context.route(path, lambda route: route.abort())
        assert checker.check(original.pdf)[0] == "cannot_check", path
        context.unroute(path)


def test_stolen_keys_are_not_believed(
    checker: Checker, original: forging.Original, context: BrowserContext
) -> None:
    signer = f"{original.ring.signer_certificate.serial_number:x}"
    method = original.ring.verification_method
    for keys_of, signers, expected in (
        ([], [signer], ("unknown", "distrusted")),
        ([method], [], ("unknown", "distrusted")),
        ([f"{method}1"], [signer[:-1]], ("valid", "valid")),
    ):
        told = json.dumps({"keys": keys_of, "signers": signers})
        context.route("**/distrusted.json", answering(told))
        assert checker.check(original.pdf) == expected
        context.unroute("**/distrusted.json")


def test_a_receipt_of_what_was_signed_anew_holds(
    checker: Checker, original: forging.Original, context: BrowserContext
) -> None:
    context.route("**/log/key", answering(forging.LOG.text))
    receipt = forging.receipt_of(original.credential, kind="resigned")
    file = made(forging.holding_receipt, original, receipt)
    assert checker.check(file) == ("valid", "valid")
    context.unroute("**/log/key")


def test_the_list_is_the_one_that_the_credential_names(
    checker: Checker, original: forging.Original, context: BrowserContext
) -> None:
    first = original.credential["credentialStatus"]
    url = first["statusListCredential"].removesuffix("1") + "2"
    entry = {**first, "id": f"{url}#4711", "statusListIndex": "4711", "statusListCredential": url}
    file = made(forging.reissued, original, credentialStatus=entry)
    assert checker.check(file) == ("cannot_check", "list-unsound")
    form = checker.page.locator("[data-check]")
    both = "/status/revocation/1 /status/revocation/2"
    form.evaluate("(form, both) => { form.dataset.lists = both; }", both)
    for revoked, expected in (((), "valid"), ((4710,), "valid"), ((4711,), "revoked")):
        listed = status_list.status_credential(
            original.ring, url=url, revoked=revoked, now=clock.now()
        )
        context.route("**/status/revocation/2", answering(json.dumps(listed)))
        assert checker.check(file)[0] == expected
        assert checker.check(original.pdf)[0] == "valid"
        context.unroute("**/status/revocation/2")
    form.evaluate("form => { form.dataset.lists = '/status/revocation/1'; }")


def test_nodes_that_are_alike_are_left_to_the_server(
    checker: Checker, original: forging.Original
) -> None:
    document = {name: each for name, each in original.credential.items() if name != "proof"}
    subject = document["credentialSubject"]
    achievement = {**subject["achievement"]}
    achievement["alignment"] = achievement["alignment"][:1] * 2
    document["credentialSubject"] = {**subject, "achievement": achievement}
    proved = proof.prove(document, original.ring, now=clock.now())
    file = made(forging.holding_document, original, proved)
    assert checker.check(file) == ("cannot_check", "needs-upload")


def test_what_takes_too_long_is_given_up(
    browser: Browser, site: Site, original: forging.Original, tmp_path: Path
) -> None:
    context = browser.new_context(base_url=site.address, locale="en")
    page = context.new_page()
    page.clock.install()
    context.route("**/root.pem", lambda _: None)
    page.goto("/verify/here?lang=en")
    (tmp_path / "sijil.pdf").write_bytes(original.pdf)
    page.set_input_files("#file", tmp_path / "sijil.pdf")
    page.click("[data-check] button")
    page.clock.run_for(16_000)
    assert page.get_attribute("[data-result]", "data-why") == "too-slow"
    context.close()


def test_a_browser_that_cannot_says_so(browser: Browser, site: Site) -> None:
    """Without scripts, and without Ed25519: both lead to the upload."""
    refusing = """crypto.subtle.importKey = (...given) =>
        Promise.reject(new DOMException(`no ${given[2]}`, "NotSupportedError"))"""
    for scripts, words in ((False, "needs JavaScript"), (True, "cannot check the signatures")):
        context = browser.new_context(
            base_url=site.address, locale="en", java_script_enabled=scripts
        )
        context.add_init_script(refusing)
        page = context.new_page()
        page.goto("/verify/here?lang=en")
        offer = page.locator("main .panel:visible")
        offer.wait_for()
        assert offer.count() == 1
        assert words in offer.inner_text()
        assert offer.get_by_role("link", name="Upload the file").count() == 1
        context.close()
