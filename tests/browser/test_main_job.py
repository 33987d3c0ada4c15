"""The main job in a browser, each step by the role that does it; and the way without a mouse."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.serving import Site
from tests.browser.visiting import PHONE

pytestmark = pytest.mark.browser

WORK = "Case study: every name in it is invented. The plan gives each person one task.\n"


def _open_offering(page: Page, code: str) -> None:
    page.goto("/desk")
    row = page.locator("li", has_text=code)
    row.get_by_role("link").first.click()


def _button(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=False).first.click()


def test_from_a_framework_to_a_verified_certificate(
    open_page: OpenPage, site: Site, tmp_path: Path
) -> None:
    _build_course(open_page("manager"))
    _publish(open_page("manager2"))
    _enrol(open_page, "budi", "You have a seat.")
    _enrol(open_page, "priya", "waiting list")
    _teach(open_page, tmp_path)
    serial = _certify(open_page("registrar"))
    pdf = _download(open_page("budi", width=PHONE), serial, tmp_path)
    _verify(open_page(None, width=PHONE), pdf, tmp_path)
    _trace(open_page("auditor"), serial)
    assert "Traceback" not in (site.instance / "server.log").read_text()


def _build_course(page: Page) -> None:
    page.goto("/manage/courses/new")
    for field, value in {
        "code": "UJI100", "title_ms": "Kursus ujian", "title_en": "Browser course",
        "title_id": "Pelatihan uji", "hours": "6", "credit": "0", "cpd": "6",
        "validity_months": "24",
    }.items():  # fmt: skip
        page.fill(f"#{field}", value)
    page.select_option("#certificate", "competence")
    _button(page, "Save the draft")
    page.select_option("#item", label="SWX.RM.01 Write case notes")
    page.select_option("#role", "assessed")
    page.select_option("#level", "2")
    _button(page, "Add the competency")
    _button(page, "Send to review")
    expect(page.locator("main")).to_contain_text("no criterion that can show its level")
    page.get_by_role("link", name="Add an assessment").click()
    for field, value in {
        "code": "KK1", "title_ms": "Kajian kes", "title_en": "Case study",
        "title_id": "Studi kasus", "pass_mark": "60",
    }.items():  # fmt: skip
        page.fill(f"#{field}", value)
    _button(page, "Add the assessment")
    page.get_by_role("link", name="Add a criterion").click()
    for field, value in {
        "title_ms": "Catatan", "title_en": "Notes", "title_id": "Catatan", "weight": "100",
    }.items():  # fmt: skip
        page.fill(f"#{field}", value)
    page.select_option("#level", "2")
    _button(page, "Add the criterion")
    _button(page, "Send to review")
    expect(page.locator("main")).to_contain_text("another course manager has to publish")


def _publish(page: Page) -> None:
    """The second course manager reads what waits, and publishes it."""
    page.goto("/manage/courses")
    page.get_by_role("link", name="Browser course").click()
    _button(page, "Publish")
    expect(page.locator("main")).to_contain_text("The course is published.")
    _offer(page)


def _offer(page: Page) -> None:
    page.get_by_role("link", name="Add an offering").first.click()
    day = 24 * 3600
    dates = {
        "starts_on": time.time(), "opens_on": time.time() - 2 * day,
        "closes_on": time.time() + 2 * day,
    }  # fmt: skip
    page.fill("#code", "UJI100-1")
    for field, moment in dates.items():
        page.fill(f"#{field}", time.strftime("%Y-%m-%d", time.gmtime(moment)))
    page.fill("#days", "1")
    page.fill("#venue", "Kuala Lumpur")
    page.fill("#capacity", "1")
    page.locator("main form button").last.click()
    page.select_option("#person", label="Grace Wong Siew Lan")
    _button(page, "Name this trainer")
    # She teaches in another course today; that is meant.
    expect(page.locator("main")).to_contain_text("this would be booked twice")
    page.check("#accepted")
    _button(page, "Name this trainer")
    _button(page, "Open enrolment")
    expect(page.locator("main")).to_contain_text("The offering is open.")


def _enrol(open_page: OpenPage, who: str, answer: str) -> None:
    page = open_page(who, width=PHONE)
    page.goto("/?kind=short")
    page.get_by_role("link", name="Browser course").click()
    page.get_by_role("link", name="Enrol").or_(
        page.get_by_role("link", name="Join the waiting list")
    ).first.click()
    page.locator("main form button").click()
    expect(page.locator("main")).to_contain_text(answer)


def _teach(open_page: OpenPage, tmp_path: Path) -> None:
    trainer = open_page("trainer1")
    for number in (1, 2):
        _open_offering(trainer, "UJI100-1")
        trainer.get_by_role("link", name=f"Take the roll Session {number}", exact=True).click()
        _button(trainer, "Save the roll")
    trainee = open_page("budi", width=PHONE)
    _hand_in(trainee, tmp_path)
    _mark(trainer)
    trainee.goto("/desk")
    expect(trainee.locator("main")).to_contain_text("SWX.RM.01")


def _hand_in(trainee: Page, tmp_path: Path) -> None:
    trainee.goto("/my-training")
    trainee.get_by_role("link", name="Browser course").click()
    trainee.get_by_role("link", name="Hand in").click()
    wrong = tmp_path / "work.exe"
    wrong.write_bytes(b"MZ")
    trainee.set_input_files("#file", wrong)
    trainee.check("#own_work")
    _button(trainee, "Hand in")
    expect(trainee.get_by_role("alert")).to_be_visible()
    work = tmp_path / "case study.txt"
    work.write_text(WORK)
    trainee.set_input_files("#file", work)
    trainee.check("#own_work")
    _button(trainee, "Hand in")


def _mark(trainer: Page) -> None:
    _open_offering(trainer, "UJI100-1")
    trainer.get_by_role("link", name="Budi Santoso").last.click()
    trainer.locator(".levels label").nth(2).click()
    expect(trainer.locator("[data-total]")).to_have_text("80")
    trainer.fill("#feedback", "Clear and careful.")
    _button(trainer, "Save and release")
    expect(trainer.locator("main")).to_contain_text("The result is released.")


def _certify(page: Page) -> str:
    page.goto("/desk")
    page.locator("li", has_text="UJI100-1").get_by_role("link").click()
    _button(page, "Issue")
    expect(page.locator("main")).to_contain_text("The certificate is issued.")
    return page.locator(".eyebrow").inner_text()


def _download(page: Page, serial: str, tmp_path: Path) -> Path:
    page.goto("/certificates/")
    page.get_by_role("link", name=serial).click()
    link = page.get_by_role("link", name="Download the PDF")
    for _ in range(60):
        if link.count():
            break
        time.sleep(1)
        page.reload()
    with page.expect_download() as waiting:
        link.click()
    target = tmp_path / "certificate.pdf"
    waiting.value.save_as(target)
    return target


def _verify(page: Page, pdf: Path, tmp_path: Path) -> None:
    data = pdf.read_bytes()
    altered = tmp_path / "altered.pdf"
    place = len(data) // 3  # in a stream of the page: the file can still be read
    altered.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    for file, heading in ((pdf, "is valid"), (altered, "not the certificate that was issued")):
        page.goto("/verify")
        page.set_input_files("#file", file)
        _button(page, "Verify the file")
        expect(page.locator("h1")).to_contain_text(heading)
    page.goto("/verify")
    page.fill("#code", "0000-0000-0000")
    _button(page, "Verify the code")
    expect(page.locator("h1")).to_contain_text("do not know")


def _trace(page: Page, serial: str) -> None:
    page.goto("/certificates/")
    page.get_by_role("link", name=serial).click()
    page.get_by_role("link", name="Follow the evidence").click()
    trace = page.locator(".trace")
    for words in ("SWX.RM.01", "Sound", "Grace Wong Siew Lan", "case study.txt", "SHA-256"):
        expect(trace).to_contain_text(words)


def test_sign_in_enrol_and_certificate_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page(None)
    page.goto("/sign-in")
    _tab_to(page, "#email")
    page.keyboard.type("aisyah@sijil.example")
    page.keyboard.press("Tab")
    page.keyboard.type("sijil-contoh-2026")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk*")
    page.goto("/?kind=event")
    _tab_to(page, "main h3 a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/courses/*")
    _tab_to(page, "main a[href$='/enrol']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/enrol*")
    _tab_to(page, "main [name=pool]")
    page.keyboard.press("Space")
    _tab_to(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/places/*")
    page.goto("/certificates/")
    _tab_to(page, "main td a, main th a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/certificates/*")
    expect(page.locator(".holder")).to_have_text("Nur Aisyah binti Abdul Rahman")


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")
