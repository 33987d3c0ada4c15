"""Seats that change hands: a colleague instead, or another offering of the course."""

from datetime import timedelta

import pytest

from lms.catalogue import rescheduling
from lms.catalogue import service as catalogue_service
from lms.catalogue.models import Offering
from lms.db import transaction
from lms.enrolment import agency_queries, changing, queries, service
from lms.enrolment.models import Enrolment
from lms.kernel import clock
from lms.kernel.errors import Conflict
from tests.conftest import SignIn
from tests.enrolment.test_seat_views import mails_to, offering, place, user
from tests.make import NOW, make_offering, make_organisation, make_place, make_user, offering_facts

pytestmark = pytest.mark.usefixtures("app")


def later_run(code: str) -> Offering:
    """Another offering of the same version, open, after the first."""
    version = offering(code).course_version
    starts = offering(code).starts_on + timedelta(days=90)
    with transaction():
        other = catalogue_service.create_offering(
            version, offering_facts(starts_on=starts, capacity=1), by=None
        )
        catalogue_service.open_offering(other, by=None)
        return other


def states_in(run: Offering, *people: str) -> list[str | None]:
    found = [queries.active_enrolment(run.id, user(key).id) for key in people]
    return [one.state if one else None for one in found]


def seated() -> Enrolment:
    """The seat of an officer of the first coordinator's agency."""
    return place("siti.hajar", "PKK204-2")


def test_a_colleague_gets_the_very_seat_and_both_are_told(sign_in: SignIn) -> None:
    visitor, given = sign_in("coordinator"), seated()
    address, before = f"/places/{given.public_id}/substitute", given.offering.pools[0].taken
    assert address in visitor.get(f"/places/{given.public_id}").text
    colleague = agency_queries.colleagues(given)[0]
    key = colleague.email.partition("@")[0]
    told = len(mails_to("siti.hajar")), len(mails_to(key))
    data = {"officer": colleague.public_id, "reason": "She is on leave"}
    assert visitor.post(address, data=data).status_code == 302
    assert given.state == "substituted"
    assert place(key, "PKK204-2").state == "confirmed"
    assert offering("PKK204-2").pools[0].taken == before
    assert (len(mails_to("siti.hajar")), len(mails_to(key))) == (told[0] + 1, told[1] + 1)
    again = agency_queries.colleagues(place(key, "PKK204-2"))[0]
    assert visitor.post(address, data={**data, "officer": again.public_id}).status_code == 409


def test_a_seat_goes_to_nobody_of_another_office(sign_in: SignIn) -> None:
    address = f"/places/{seated().public_id}/substitute"
    data = {"officer": user("budi").public_id, "reason": "On leave"}
    assert sign_in("coordinator").post(address, data=data).status_code == 422
    assert sign_in("coordinator2").post(address, data=data).status_code == 404
    assert sign_in("manager").post(address, data=data).status_code == 403
    assert sign_in("siti.hajar").get(address).status_code == 403
    assert seated().state == "confirmed"


def test_a_reason_is_asked_for(sign_in: SignIn) -> None:
    address = f"/places/{seated().public_id}/substitute"
    officer = agency_queries.colleagues(seated())[0].public_id
    page = sign_in("coordinator").post(f"{address}?lang=en", data={"officer": officer})
    assert page.status_code == 422
    assert "Say why." in page.text


def test_a_person_moves_to_a_seat_then_to_the_queue_of_another_offering(sign_in: SignIn) -> None:
    manager, other = sign_in("manager"), later_run("PKK204-2")
    with transaction():
        service.enrol(offering("PKK204-2"), user("budi"), by=None, now=clock.now())
    data = {"pool": other.pools[0].public_id, "reason": "Ill that week"}
    for key, state in (("siti.hajar", "confirmed"), ("budi", "waiting")):
        told = len(mails_to(key))
        address = f"/places/{place(key, 'PKK204-2').public_id}/transfer"
        assert address in manager.get(address.removesuffix("/transfer")).text
        assert manager.post(address, data=data).status_code == 302
        assert states_in(other, key) == [state]
        assert states_in(offering("PKK204-2"), key) == [None]
        assert len(mails_to(key)) == told + 2  # that it ended, and where it is now


def test_who_was_moved_is_not_moved_again(sign_in: SignIn) -> None:
    manager, other, moved = sign_in("manager"), later_run("PKK204-2"), seated()
    data = {"pool": other.pools[0].public_id, "reason": "Ill that week"}
    address = f"/places/{moved.public_id}/transfer"
    assert manager.post(address, data=data).status_code == 302
    assert manager.post(address, data=data).status_code == 409
    assert moved.state == "transferred"


def test_nobody_is_moved_to_another_course_or_by_strangers(sign_in: SignIn) -> None:
    address = f"/places/{seated().public_id}/transfer"
    data = {"pool": offering("PKK101-1").pools[0].public_id, "reason": "Ill"}
    assert sign_in("manager").post(address, data=data).status_code == 422
    assert sign_in("coordinator").post(address, data=data).status_code == 403
    assert seated().state == "confirmed"


def test_what_is_over_or_cancelled_changes_no_more() -> None:
    office = make_organisation()
    past, other = make_offering(), make_offering()
    given = make_place(past, make_user(organisation=office))
    heir, late = make_user(organisation=office), NOW + timedelta(days=60)
    with pytest.raises(Conflict, match="offering-over"):
        changing.substitute(given, heir, by=heir.id, now=late, reason="Late")
    rescheduling.cancel(other, by=heir.id, now=NOW, reason="Too few")
    with pytest.raises(Conflict, match="offering-over"):
        changing.transfer(given, other.pools[0], by=heir.id, now=NOW, reason="Ill")
    assert given.state == "confirmed"


@pytest.mark.parametrize("belongs", [True, False])
def test_the_verb_itself_refuses_somebody_of_another_office(belongs: object) -> None:
    given = make_place(make_offering(), make_user(organisation=make_organisation()))
    stranger = make_user(organisation=make_organisation() if belongs else None)
    with pytest.raises(Conflict, match="substitute-of-another-agency"):
        changing.substitute(given, stranger, by=stranger.id, now=NOW, reason="Leave")
    assert given.state == "confirmed"
