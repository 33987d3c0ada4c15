"""Sheets for tests: uploaded, gone through as the job does, and looked at."""

from collections.abc import Iterable

from lms.catalogue.models import Offering
from lms.db import db, transaction
from lms.enrolment import queries as enrolment_queries
from lms.enrolment.models import Enrolment
from lms.people import queries as people_queries
from lms.people.models import Organisation, User
from lms.sheets import jobs, queries, service
from lms.sheets.models import Sheet
from lms.sheets.states import Way
from tests.make import make_course, make_manager, make_offering


def provider_of(offering: Offering) -> Organisation:
    return offering.course_version.course.provider


def table(*lines: str, separator: str = ",", encoding: str = "utf-8") -> bytes:
    return "\r\n".join(line.replace(",", separator) for line in lines).encode(encoding)


def taken(
    over: Organisation,
    *rows: str,
    by: User | None = None,
    way: Way = Way.ENROL,
    head: str = "",
    known: bool = True,
) -> Sheet:
    """An uploaded sheet that is checked; the provider is to know whom its rows name."""
    data = table(head or "offering,person,status", *rows)
    with transaction():
        if known and way is Way.ENROL:
            serve(over, rows)
        user = by or make_manager(over)
        sheet = service.take(way, over, "sheet.csv", data, by=user.id)
    go(sheet)
    return sheet


def serve(provider: Organisation, rows: Iterable[str]) -> None:
    """Whoever is named by address was here once."""
    offering = make_offering(make_course(provider))
    for address in {cell for row in rows for cell in row.split(",") if "@" in cell}:
        user = people_queries.user_by_email(address)
        if user and user.is_active and not enrolment_queries.is_known_at(provider, user):
            place = Enrolment(offering_id=offering.id, pool=offering.pools[0], user_id=user.id)
            place.state = "withdrawn"
            db.session.add(place)


def go(sheet: Sheet) -> None:
    """Let the job do the step that is at work."""
    assert sheet.work_id is not None
    jobs.work(sheet.id, sheet.work_id)


def done(sheet: Sheet) -> Sheet:
    with transaction():
        service.confirm(sheet, by=sheet.uploaded_by_id)
    go(sheet)
    return sheet


def restored(sheet: Sheet) -> Sheet:
    with transaction():
        service.restore(sheet, by=sheet.uploaded_by_id)
    go(sheet)
    return sheet


def outcomes(sheet: Sheet) -> list[str]:
    return [row.outcome for row in queries.page(sheet, "", 1, 1000).rows]


def places(offering: Offering) -> dict[str, str]:
    """The state of every place by the person's name."""
    rows = db.session.query(Enrolment).filter_by(offering_id=offering.id).order_by(Enrolment.id)
    return {each.user.name: each.state for each in rows}
