"""Many people at once come to the same seats and queue as one by one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.catalogue import service as catalogue_service
from lms.catalogue.models import Offering
from lms.db import db
from lms.enrolment import bulk, service
from lms.enrolment.models import Enrolment, Way
from lms.enrolment.states import State
from lms.kernel.errors import Conflict
from lms.mail.models import MailMessage
from lms.people.models import User
from tests.make import NOW, make_offering, make_user

pytestmark = [pytest.mark.heavy, pytest.mark.usefixtures("app")]


def many(offering: Offering, users: list[User]) -> list[Enrolment]:
    return bulk.enrol_many(offering, offering.pools[0], users, by=users[0].id, now=NOW)


def one_by_one(offering: Offering, users: list[User]) -> list[Enrolment]:
    return [
        service.enrol(offering, user, by=users[0].id, now=NOW, way=Way.MANAGER) for user in users
    ]


def standing(places: list[Enrolment]) -> list[tuple[object, ...]]:
    return [(place.ticket, place.state, place.rank, place.way) for place in places]


def counters(offering: Offering) -> tuple[int, ...]:
    (pool,) = offering.pools
    db.session.refresh(pool)
    return pool.ticket, pool.taken, pool.waiting


def trail(places: list[Enrolment]) -> list[tuple[str, object]]:
    query = (
        select(AuditEntry.action, AuditEntry.details)
        .where(
            AuditEntry.object_type == "enrolment",
            AuditEntry.object_id.in_([place.id for place in places]),
        )
        .order_by(AuditEntry.object_id)
    )
    return [(action, details) for action, details in db.session.execute(query)]


@settings(max_examples=12)
@given(capacity=st.integers(1, 6), before=st.integers(0, 4), comers=st.integers(1, 6))
def test_it_is_as_if_they_came_one_by_one(capacity: int, before: int, comers: int) -> None:
    users = [make_user() for _ in range(before + comers)]
    told = []
    for way in (many, one_by_one):
        offering = make_offering(capacity=capacity)
        if before:
            one_by_one(offering, users[:before])
        places = way(offering, users[before:])
        db.session.flush()
        told.append((standing(places), counters(offering), trail(places)))
    assert told[0] == told[1]


def test_nobody_is_told_by_it() -> None:
    users = [make_user() for _ in range(3)]
    many(make_offering(), users)
    query = select(MailMessage).where(MailMessage.address.in_([user.email for user in users]))
    assert not db.session.scalars(query).all()


def test_one_who_has_a_place_stops_all_and_leaves_nothing() -> None:
    offering, users = make_offering(), [make_user() for _ in range(3)]
    one_by_one(offering, users[1:2])
    with pytest.raises(Conflict, match="already-enrolled"), db.session.begin_nested():
        many(offering, users)
    assert counters(offering) == (1, 1, 0)


def test_a_pool_that_takes_nobody_any_more_takes_nobody() -> None:
    offering, users = make_offering(), [make_user()]
    catalogue_service.close_offering(offering, by=None)
    with pytest.raises(Conflict, match="offering-not-open"):
        many(offering, users)


def test_who_comes_later_stands_behind_them() -> None:
    offering = make_offering(capacity=1)
    many(offering, [make_user(), make_user()])
    (later,) = one_by_one(offering, [make_user()])
    assert (later.ticket, later.state) == (3, State.WAITING)
