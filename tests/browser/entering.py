"""Screens that exist only after something was entered; each is made anew for every language."""

import io
import re
import sqlite3
import time
from collections.abc import Callable
from datetime import timedelta

import pikepdf

from lms.kernel import clock
from tests.browser.serving import UPLOAD_LIMIT
from tests.browser.visiting import ID, Visitor, number

HOLDER = "Nur Aisyah binti Abdul Rahman"
# People of the sample without a place: each test process has its own, since they act at once. No
# other test signs in as them: who has a second factor is asked for it from then on.
_ALONE = {
    "coded": ["syed.idrus", "thilagavathi", "jose.fernandez", "ungku.zulkifli"],
    "learner": ["azman.sulaiman", "noraini.yusof", "ongcs", "letchumi"],
    "alone": ["maruli.sitanggang", "sinta.nababan", "empiang", "luhayu"],
    "numbered": ["magdalena.bungan", "goh.sp", "paijo", "sangeetha"],
    "invited": ["budi", "togar.simbolon", "rukmini", "suwarti"],
    "first": ["jenifer.gimbad", "rozita.apandi", "linah.sumping", "dayang.salmah"],
    "second": ["francis.mojikon", "chonght", "doris.lumbis", "abdul.jamal"],
}


def person(who: str) -> str:
    """The account of somebody who is named by what this test process needs them for."""
    own = _ALONE.get(who, [who])
    return own[number() % len(own)]


def offering(visitor: Visitor, code: str) -> str:
    """The public id of the offering with this code."""
    manager = visitor.others("manager")
    if code not in manager.kept:
        found = re.findall(
            rf'href="/offerings/({ID})">([^<]+)<', manager.read("/manage/courses")[1]
        )
        manager.kept |= {each: public_id for public_id, each in found}
    return manager.kept[code]


def empty(start: str, *links: str) -> Callable[[Visitor], None]:
    """A form sent as it came."""

    def show(visitor: Visitor) -> None:
        visitor.page.goto(visitor.address(start, *links))
        visitor.send()

    return show


def wrong_password(visitor: Visitor) -> None:
    visitor.page.goto("/sign-in")
    visitor.fill(email="nobody@sijil.example", password="wrong")
    visitor.send()


def without_token(visitor: Visitor) -> None:
    visitor.page.goto("/sign-in")
    visitor.page.eval_on_selector_all(
        "[name=csrf_token]", "all => all.forEach(each => each.remove())"
    )
    visitor.send()


def no_code(visitor: Visitor) -> None:
    visitor.page.goto("/verify")
    visitor.send(_BY_CODE)


def wrong_code(visitor: Visitor) -> None:
    visitor.page.goto("/verify")
    visitor.fill(code="0000-0000-0000")
    visitor.send(_BY_CODE)


_BY_CODE = "main form[action='/verify']"
_BY_FILE = "main form[action='/verify/file']"


def checked_at(visitor: Visitor) -> str:
    """Where anybody checks the visitor's certificate by its code."""
    found = visitor.address("/certificates/", rf"/certificates/{ID}", r".*/[vV]/\S+")
    return found.replace("/V/", "/v/")


def checked(visitor: Visitor) -> None:
    visitor.page.goto(checked_at(visitor))


def name_compared(name: str) -> Callable[[Visitor], None]:
    """The answer to somebody who read the name from the paper."""

    def show(visitor: Visitor) -> None:
        checked(visitor)
        visitor.fill(name=name)
        visitor.send("main form[method=get]")

    return show


def certificate(visitor: Visitor, place: int = 0) -> bytes:
    """The PDF of the visitor's own certificate, the first of the list unless another is meant."""
    page = visitor.read("/certificates/")[1]
    address = re.findall(rf'href="(/certificates/{ID})"', page)[place]
    for _ in range(120):  # the worker makes it in its own time
        answer = visitor.context.request.get(address + "/file")
        if answer.ok:
            return answer.body()
        time.sleep(0.5)
    raise TimeoutError(address)


def _check(visitor: Visitor, data: bytes | None) -> None:
    visitor.page.goto("/verify")
    if data is not None:
        visitor.give("sijil.pdf", data)
    visitor.send(_BY_FILE)


def here(visitor: Visitor) -> None:
    """The page on which the browser itself checks."""
    visitor.page.goto("/verify/here")
    visitor.page.wait_for_selector("[data-check]")


def genuine_here(visitor: Visitor) -> None:
    here(visitor)
    visitor.give("sijil.pdf", certificate(visitor))
    visitor.page.click("[data-check] button")
    visitor.page.wait_for_selector("[data-facts]")
    visitor.fill(name=HOLDER)
    visitor.page.press("#name", "Enter")
    visitor.page.wait_for_selector("[data-said] .tag")


def tampered_here(visitor: Visitor) -> None:
    here(visitor)
    visitor.give("sijil.pdf", certificate(visitor) + b"%")
    visitor.page.click("[data-check] button")
    visitor.page.wait_for_selector("[data-outcome=tampered]")


def genuine(visitor: Visitor) -> None:
    _check(visitor, certificate(visitor))


def tampered(visitor: Visitor) -> None:
    data = certificate(visitor)
    place = len(data) // 3  # in a stream of the page: the file can still be read
    _check(visitor, data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])


def unknown_pdf(visitor: Visitor) -> None:
    made = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(made)
    _check(visitor, made.getvalue())


def no_pdf(visitor: Visitor) -> None:
    _check(visitor, b"Not a PDF at all.\n")


def large_pdf(visitor: Visitor) -> None:
    _check(visitor, b"%PDF-1.7\n" + b"%" * (UPLOAD_LIMIT - 500_000))


def no_file(visitor: Visitor) -> None:
    _check(visitor, None)


def too_much(visitor: Visitor) -> None:
    _check(visitor, b"%PDF-1.7\n" + b"%" * (UPLOAD_LIMIT + 1_500_000))


def _enrol(visitor: Visitor, code: str) -> str:
    """The address of the person's place, taken now if there is none yet."""
    key = ("place", code)
    if key not in visitor.kept:
        visitor.page.goto(f"/offerings/{offering(visitor, code)}/enrol")
        if "/enrol" in visitor.page.url:
            visitor.send()
        visitor.kept[key] = visitor.page.url
    return visitor.kept[key]


def _fill_up(visitor: Visitor) -> str:
    # One seat is left: when two have enrolled, here or in the other process, the later one waits.
    places = [_enrol(visitor.others(who), "PKK204-2") for who in ("first", "second")]
    return places[-1]


def waiting(visitor: Visitor) -> None:
    visitor.page.goto(_fill_up(visitor))


def full(visitor: Visitor) -> None:
    _fill_up(visitor)
    visitor.page.goto(f"/offerings/{offering(visitor, 'PKK204-2')}/enrol")


def too_late(visitor: Visitor) -> None:
    visitor.page.goto(f"/offerings/{offering(visitor, 'PKK204-1')}/enrol")
    visitor.send()


def seated(visitor: Visitor) -> None:
    visitor.page.goto(_enrol(visitor, "KES110-1"))


def no_work(visitor: Visitor) -> None:
    links = (rf"</places/{ID}", rf"/places/{ID}/assessments/{ID}")
    empty("/my-training", *links)(visitor)


def _place_with_work(visitor: Visitor) -> str:
    place = _enrol(visitor, "PKK204-3")
    if "work" not in visitor.kept:
        visitor.page.goto(visitor.address(place, rf"/places/{ID}/assessments/{ID}"))
        visitor.give("kajian kes.txt", b"Every name in it is invented.\n")
        visitor.page.check("#own_work")
        visitor.send()
        visitor.kept["work"] = visitor.address(place, rf"/submissions/{ID}")
    return place


def handed_in(visitor: Visitor) -> None:
    visitor.page.goto(_place_with_work(visitor))


def not_marked(visitor: Visitor) -> None:
    _place_with_work(visitor)
    visitor.page.goto(visitor.kept["work"])


def to_mark(visitor: Visitor) -> None:
    learner = visitor.others("learner")
    _place_with_work(learner)
    visitor.page.goto(learner.kept["work"] + "/marking")


def released_too_early(visitor: Visitor) -> None:
    to_mark(visitor)
    visitor.send()


def marked_over(visitor: Visitor) -> None:
    """Marks over a state that was saved over meanwhile."""
    to_mark(visitor)
    visitor.fill(feedback="Kemas dan jelas.")
    visitor.page.eval_on_selector("[name=row_version]", "field => { field.value = '0' }")
    visitor.send()


def _roll(visitor: Visitor) -> None:
    start = f"/offerings/{offering(visitor, 'PKK204-1')}"
    visitor.page.goto(visitor.address(start, rf"/offerings/{ID}/sessions/{ID}"))


def roll_saved(visitor: Visitor) -> None:
    _roll(visitor)
    visitor.send()


def wrong_roll(visitor: Visitor) -> None:
    _roll(visitor)
    visitor.page.eval_on_selector(".segments input:checked", "input => { input.value = 'asleep' }")
    visitor.send()


def documents(visitor: Visitor) -> None:
    visitor.page.goto(f"/offerings/{offering(visitor, 'PKK204-1')}/documents")
    if "documents" not in visitor.kept:
        visitor.fill(title="Slaid")
        visitor.give("slaid.txt", b"What was shown.\n")
        visitor.send()
        visitor.kept["documents"] = "added"


def own_calendar(visitor: Visitor) -> None:
    visitor.page.goto("/my-training/calendar")
    if "calendar" not in visitor.kept:
        visitor.send()
        visitor.kept["calendar"] = "made"


def _meeting(visitor: Visitor, *lines: str) -> None:
    _roll(visitor)
    visitor.page.goto(visitor.page.url + "/online")
    visitor.give("participants.csv", "\n".join(("name,email,joined,left", *lines)).encode())
    visitor.send()


def roll_filled_in(visitor: Visitor) -> None:
    _meeting(
        visitor,
        "iPhone,aisyah@sijil.example,09:20,11:10",
        "Somebody Else,,09:00,12:00",
    )


def no_meeting(visitor: Visitor) -> None:
    _meeting(visitor, "Somebody Else,,soon,later")


def change_of_place(start: str, code: str, change: str) -> Callable[[Visitor], None]:
    """The form of the first place on a page whose own page offers the change."""

    def show(visitor: Visitor) -> None:
        if change not in visitor.kept:
            page = start.format(offering(visitor, code))
            links = re.findall(rf'href="(/places/{ID})"', visitor.read(page)[1])
            forms = (f"{link}/{change}" for link in links)
            visitor.kept[change] = next(
                form for form in forms if form in visitor.read(form.removesuffix(f"/{change}"))[1]
            )
        visitor.page.goto(visitor.kept[change])

    return show


def nothing_said(show: Callable[[Visitor], None]) -> Callable[[Visitor], None]:
    """The form that this shows, sent as it is."""

    def sent(visitor: Visitor) -> None:
        show(visitor)
        visitor.send()

    return sent


def place_in(course: str) -> Callable[[Visitor], None]:
    """The page of one's place in the only course that has the code in its crumbs."""

    def show(visitor: Visitor) -> None:
        if course not in visitor.kept:
            links = re.findall(rf'href="(/places/{ID})"', visitor.read("/my-training")[1])
            visitor.kept[course] = next(one for one in links if course in visitor.read(one)[1])
        visitor.page.goto(visitor.kept[course])

    return show


def no_seat_chosen(visitor: Visitor) -> None:
    visitor.page.goto(f"/offerings/{offering(visitor, 'SIM2027-1')}/enrol")
    visitor.send()


def nobody_chosen(visitor: Visitor) -> None:
    visitor.page.goto(f"/offerings/{offering(visitor, 'KES320-1')}/nominate")
    visitor.send("main form[method=post]")


def refused_without_reason(visitor: Visitor) -> None:
    visitor.page.goto(visitor.address("/desk", rf"/approvals/{ID}"))
    visitor.send()


def nominated_by_sheet(visitor: Visitor) -> None:
    """A sheet of which no row can be done: the page of what became of it, and nobody is asked."""
    page = visitor.page
    if "sheet" not in visitor.kept:
        page.goto("/sheets/nominate")
        visitor.give("calon.csv", b"offering,person\nNO-SUCH,nobody@test.example\n")
        visitor.send()
        button = page.locator("form[action$=confirm] button")
        while button.count() == 0:  # the worker checks it
            page.wait_for_timeout(200)
            page.reload()
        button.click()
        while page.locator("form[action$=restore]").count() == 0:
            page.wait_for_timeout(200)
            page.reload()
        visitor.kept["sheet"] = page.url
    page.goto(visitor.kept["sheet"])


def reminded_too_early(visitor: Visitor) -> None:
    visitor.page.goto(f"/offerings/{offering(visitor, 'SIM2027-1')}/messages")
    visitor.fill(days="99")
    visitor.send()


def too_few_seats(visitor: Visitor) -> None:
    visitor.page.goto(f"/offerings/{offering(visitor, 'PKK204-2')}/seats/in_person")
    visitor.fill(capacity="0")
    visitor.send()


def terms_twice(visitor: Visitor) -> None:
    for _ in range(2):
        visitor.page.goto(f"/offerings/{offering(visitor, 'PKK101-1')}/terms")
        visitor.page.select_option("#organisation", label="Jabatan Kebajikan Masyarakat")
        visitor.send()


def _today(visitor: Visitor) -> str:
    """A class session of PKK204-2 that is on now, whatever its timetable said."""
    trainer = visitor.others("trainer1")
    desk = f"/offerings/{offering(visitor, 'PKK204-2')}"
    session = trainer.address(desk, rf"/offerings/{ID}/sessions/{ID}").rpartition("/")[2]
    now = clock.now()
    with sqlite3.connect(visitor.instance / "sijil.sqlite3", timeout=30) as database:
        moments = [f"{now + timedelta(hours=hours):%Y-%m-%d %H:%M:%S.%f}" for hours in (-1, 2)]
        database.execute(
            "update class_session set starts_at = ?, ends_at = ? where public_id = ?",
            (*moments, session),
        )
    return f"{desk}/sessions/{session}"


def board(visitor: Visitor) -> None:
    visitor.page.goto(_today(visitor) + "/check-in")


def asked_for_the_code(visitor: Visitor) -> None:
    visitor.page.goto("/check-in/" + _today(visitor).rpartition("/")[2])


def another_code(visitor: Visitor) -> None:
    asked_for_the_code(visitor)
    visitor.fill(code="AAA AAA")
    visitor.send()


def not_moved(visitor: Visitor) -> None:
    visitor.page.goto(f"/offerings/{offering(visitor, 'KES110-2')}/move")
    visitor.send()


def dropped_without_reason(visitor: Visitor) -> None:
    visitor.page.goto(visitor.address("/manage/courses", rf"/undated/{ID}"))
    visitor.send("main form[action$='/drop']")


def booked_twice(visitor: Visitor) -> None:
    """A session of the symposium, whose trainer teaches elsewhere that day."""
    start = f"/offerings/{offering(visitor, 'SIM2027-1')}"
    visitor.page.goto(visitor.address(start, rf"{start}/timetable/{ID}"))
    visitor.send("main form.form")


def session_overtaken(visitor: Visitor) -> None:
    """A class session over a state that was saved over meanwhile."""
    start = f"/offerings/{offering(visitor, 'SIM2027-1')}"
    visitor.page.goto(visitor.address(start, rf"{start}/timetable/{ID}"))
    visitor.page.eval_on_selector("[name=row_version]", "field => { field.value = '0' }")
    visitor.send("main form.form")


def topic_overtaken(visitor: Visitor) -> None:
    """What a session is about, over words that somebody else wrote meanwhile."""
    start = f"/offerings/{offering(visitor, 'SIM2027-1')}"
    visitor.page.goto(visitor.address(start, rf"{start}/timetable/{ID}/topic"))
    visitor.page.eval_on_selector("[name=row_version]", "field => { field.value = '0' }")
    visitor.fill(track="B")
    visitor.send("main form.form")


def copied_onto_itself(visitor: Visitor) -> None:
    """A copy on the days of the original: rooms and trainers would be booked twice."""
    start = f"/offerings/{offering(visitor, 'SIM2027-1')}"
    visitor.page.goto(f"{start}/move")
    same = visitor.page.input_value("#starts_on")
    visitor.page.goto(f"{start}/copy")
    visitor.fill(code="SIM-COPY", starts_on=same, opens_on="2026-01-01", closes_on=same)
    visitor.send()


def trainer_booked_twice(visitor: Visitor) -> None:
    """The first trainer who can be named for a course during the symposium teaches there."""
    visitor.page.goto(f"/offerings/{offering(visitor, 'PGD501-1')}")
    visitor.send("main form[action$='/staff']")


def no_reason_to_cancel(visitor: Visitor) -> None:
    visitor.page.goto(f"/offerings/{offering(visitor, 'KES110-2')}/cancel")
    visitor.send()
