"""Interest in offerings without dates: once a person, once an agency, and told once."""

import pytest
from sqlalchemy import select

from lms.catalogue import service as catalogue_service
from lms.db import db
from lms.demand import queries, service
from lms.demand.models import UndatedOffering
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.mail.models import MailMessage
from tests.make import NOW, make_course, make_offering, make_organisation, make_user

pytestmark = pytest.mark.usefixtures("app")


def announced() -> tuple[UndatedOffering, object]:
    version = make_course()
    return service.announce(version, "Early 2028", "Kuching", by=None), version


def mails(kind: str) -> list[MailMessage]:
    return list(db.session.scalars(select(MailMessage).where(MailMessage.kind == kind)))


def counted(undated: UndatedOffering) -> int:
    ((_, people),) = queries.collecting_of(undated.course_id)
    return people


def test_somebody_is_counted_once_and_may_withdraw() -> None:
    undated, _ = announced()
    user = make_user()
    assert counted(undated) == 0
    service.express(undated, user, by=user.id)
    service.express(undated, user, by=user.id)
    assert counted(undated) == 1
    service.withdraw(undated, user.id, by=user.id)
    assert counted(undated) == 0
    with pytest.raises(NotFound):
        service.withdraw(undated, user.id, by=user.id)


def test_an_agency_says_a_number_once_and_may_change_it() -> None:
    undated, _ = announced()
    agency = make_organisation()
    one, other = make_user(organisation=agency), make_user(organisation=agency)
    service.express(undated, one, agency=agency, people=12, by=None)
    service.express(undated, one, agency=agency, people=9, by=None)
    with pytest.raises(Conflict, match="interest-of-agency"):
        service.express(undated, other, agency=agency, people=3, by=None)
    service.express(undated, other, agency=agency, by=None)  # for themselves
    assert counted(undated) == 10
    for agency_of, people in [(None, 2), (agency, 0), (agency, 501)]:
        with pytest.raises(Invalid) as refused:
            service.express(undated, one, agency=agency_of, people=people, by=None)
        assert refused.value.fields == {"people": "interest-people"}


def test_when_the_dates_are_set_everybody_is_told_once_with_the_way_to_enrol() -> None:
    version = make_course()
    undated = service.announce(version, "Early 2028", "", by=None)
    people = [make_user() for _ in range(3)]
    people[0].locale = "ms"
    for each in people:
        service.express(undated, each, by=None)
    service.withdraw(undated, people[2].id, by=None)
    planned = make_offering(version, opened=False)
    with pytest.raises(Conflict, match="offering-not-open"):
        service.settle(undated, planned, by=None, now=NOW)
    with pytest.raises(NotFound):
        service.settle(undated, make_offering(), by=None, now=NOW)
    assert mails("demand/dates") == []
    catalogue_service.open_offering(planned, by=None)
    assert service.settle(undated, planned, by=None, now=NOW) == 2
    told = mails("demand/dates")
    assert sorted(each.address for each in told) == sorted(each.email for each in people[:2])
    assert all(f"/offerings/{planned.public_id}/enrol" in each.text for each in told)
    for again in (
        lambda: service.settle(undated, planned, by=None, now=NOW),
        lambda: service.drop(undated, "Too late", by=None, now=NOW),
        lambda: service.express(undated, people[2], by=None),
    ):
        with pytest.raises(Conflict, match="undated-over"):
            again()
    assert len(mails("demand/dates")) == 2
    other = service.announce(version, "2029", "", by=None)
    with pytest.raises(Conflict, match="undated-offering-taken"):
        service.settle(other, planned, by=None, now=NOW)


def test_what_is_given_up_is_told_once_with_the_reason() -> None:
    undated, _ = announced()
    user = make_user()
    service.express(undated, user, by=None)
    with pytest.raises(Invalid):
        service.drop(undated, " ", by=None, now=NOW)
    assert service.drop(undated, "No money", by=None, now=NOW) == 1
    (told,) = mails("demand/dropped")
    assert (told.address, "No money" in told.text) == (user.email, True)
    assert queries.collecting_of(undated.course_id) == []


def test_only_a_published_course_is_announced() -> None:
    with pytest.raises(Conflict, match="course-not-published"):
        service.announce(make_course(published=False), "2028", "", by=None)
