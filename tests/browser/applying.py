"""Screens of admission: an application of one's own, and those of the sample before a committee."""

from datetime import timedelta

from sqlalchemy import select

from lms.admissions import judging, queries, service
from lms.admissions.models import Application, DocumentKind, Intake
from lms.db import db
from lms.kernel import clock
from lms.people.models import User
from lms.storage import blobs
from lms.storage.receiving import Received
from tests.browser.declaring import Show, at
from tests.browser.visiting import ID, Visitor
from tests.browser.working import beside

_PROGRAMME = ("/programmes", rf"/programmes/{ID}")
_DESK = at("/desk", rf"/intakes/{ID}")
_APPLICATION = rf"/applications/{ID}"


def page_of(part: str = "") -> Show:
    """A page of the application of somebody of the sample."""
    return at("/desk", _APPLICATION, f"+{part}")


def draft(part: str = "") -> Show:
    """A page of an application that is being written."""

    def show(visitor: Visitor) -> None:
        if "application" not in visitor.kept:
            visitor.page.goto(visitor.address(*_PROGRAMME))
            visitor.send("main form[action$='/apply']")
            visitor.kept["application"] = visitor.page.url
        visitor.page.goto(visitor.kept["application"] + part)

    return show


def intake(visitor: Visitor) -> None:
    """The desk of the intake, which the manager finds on the page of the programme."""
    visitor.page.goto(_address(visitor))


def _address(visitor: Visitor) -> str:
    return visitor.address("/manage/courses", rf"/manage/programmes/{ID}", rf"/intakes/{ID}")


def member_desk(visitor: Visitor) -> None:
    """The same as a member of the committee sees it."""
    _DESK(visitor)


def no_time(visitor: Visitor) -> None:
    """A time without anything in it."""
    intake(visitor)
    visitor.send("main form[action$='/slots']")


def edit(visitor: Visitor) -> None:
    visitor.page.goto(_address(visitor) + "/edit")


def wrong_edit(visitor: Visitor) -> None:
    """Fewer places than are taken."""
    edit(visitor)
    visitor.fill(places="1", name="")
    visitor.send()


def overtaken(visitor: Visitor) -> None:
    """An edit of a state that was saved over meanwhile."""
    edit(visitor)
    visitor.fill(places="40")
    visitor.page.eval_on_selector("[name=row_version]", "field => { field.value = '0' }")
    visitor.send()


def new(visitor: Visitor) -> None:
    programme = visitor.address("/manage/courses", rf"/manage/programmes/{ID}")
    visitor.page.goto(programme + "/intakes/new")


def review(visitor: Visitor) -> None:
    """The first application of the list, which waits."""
    start = "/desk" if visitor.others("trainer1") is visitor else _address(visitor)
    links = (rf"/intakes/{ID}",) if start == "/desk" else ()
    visitor.page.goto(visitor.address(start, *links, rf"{_APPLICATION}/review"))


def nothing_recommended(visitor: Visitor) -> None:
    visitor.page.goto(visitor.address("/desk", rf"/intakes/{ID}", rf"<{_APPLICATION}/review"))
    visitor.send("main form[action$='/recommendation']")


def returned_without_words(visitor: Visitor) -> None:
    waiting = visitor.address(_address(visitor), rf"<{_APPLICATION}/review")
    visitor.page.goto(waiting)
    visitor.send("main form[action$='/decision']")


def called_off_without_words(visitor: Visitor) -> None:
    """The interview of somebody who has chosen a time for it, called off without a reason."""
    if "interview" not in visitor.kept:
        with beside(visitor.instance):
            visitor.kept["interview"] = f"/applications/{_invited().public_id}/review"
    visitor.page.goto(visitor.kept["interview"])
    visitor.page.click("main details:has(form[action$='/call-off']) summary")
    visitor.send("main form[action$='/call-off']")


def _invited() -> Application:
    """One for all test processes, neither the first nor the last of the list of its intake."""
    users = {each.email.partition("@")[0]: each for each in db.session.scalars(select(User))}
    applicant, now = users["jenifer.gimbad"], clock.now()
    of_applicant = select(Application).where(Application.user_id == applicant.id)
    found = db.session.scalar(of_applicant)
    if found is not None:
        return found
    then = now - timedelta(days=5)
    intake = db.session.scalars(select(Intake).where(Intake.closes_at > now)).one()
    made = service.begin(intake, applicant, now=then)
    service.describe(made, service.Qualification("Bachelor of Social Work", "UNUS", 6, 4))
    service.state(made, "Saya mahu menyelia pasukan di daerah saya.", "")
    for kind in (DocumentKind.TRANSCRIPT, DocumentKind.REFERENCE):
        data = f"{kind.value} of somebody invented\n".encode()
        file = Received(blobs().put(data), f"{kind.value}.txt", "text/plain", len(data))
        service.add_document(made, kind, file)
    service.send(made, now=then)
    judging.invite(made, by=users["manager"].id)
    service.choose(made, queries.free_slots(made, now)[-1], now=now)
    return made
