"""Who reads a place; and until when it can be given up."""

from datetime import UTC, datetime

import pytest

from lms.enrolment import service
from lms.kernel.errors import Conflict
from lms.kernel.permissions import Permission, Role, allowed
from lms.people import queries
from lms.people import service as people_service
from lms.people.models import Organisation
from tests.make import make_offering, make_organisation, make_place, make_user

pytestmark = pytest.mark.usefixtures("app")

READ = Permission.ENROLMENT_ENROLMENT_READ
# The course of ``make_offering`` ends on 6 April 2027 in Kuala Lumpur, eight hours before UTC.
LAST_MOMENT = datetime(2027, 4, 6, 15, 59, 59, tzinfo=UTC)
OVER = datetime(2027, 4, 6, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(("where", "reads"), [("own", True), ("below", True), (None, False)])
def test_a_coordinator_reads_the_places_of_the_own_agency(where: str | None, reads: object) -> None:
    agency = make_organisation()
    homes: dict[str | None, Organisation | None] = {
        "own": agency,
        "below": make_organisation(parent=agency),
        None: None,  # an officer who belongs to no agency
    }
    place = make_place(make_offering(), make_user(organisation=homes[where]))
    coordinator = make_user()
    people_service.grant_role(coordinator, Role.AGENCY_COORDINATOR, agency, by=None)
    assert allowed(queries.actor_of(coordinator), READ, place) is reads
    assert allowed(queries.actor_of(place.user), READ, place)


@pytest.mark.parametrize("state", ["confirmed", "waiting"])
def test_a_place_is_given_up_until_the_last_day_has_ended(state: str) -> None:
    offering = make_offering(capacity=1)
    places = [make_place(offering) for _ in range(3)]
    place = places[0] if state == "confirmed" else places[1]
    assert place.state == state
    with pytest.raises(Conflict, match="withdrawal-too-late"):
        service.withdraw(place, by=place.user_id, now=OVER)
    assert (place.state, place.ended_at) == (state, None)
    assert (offering.taken, offering.waiting) == (1, 2)
    service.withdraw(place, by=place.user_id, now=LAST_MOMENT)
    assert place.state == "withdrawn"
