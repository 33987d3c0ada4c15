"""Places: who gets a seat, who waits, who moves up, and who was there."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from lms.audit.models import AuditEntry
from lms.catalogue import queries as catalogue_queries
from lms.catalogue import service as catalogue_service
from lms.catalogue.models import Offering, SeatPool
from lms.db import constraint_of, db, transaction
from lms.enrolment import changing, events, queries, service
from lms.enrolment import roll as taking
from lms.enrolment.models import Attendance, Enrolment, Presence
from lms.enrolment.rules import Mark
from lms.kernel.errors import Conflict, NotFound
from tests.make import NOW, make_offering, make_place, make_user

pytestmark = pytest.mark.usefixtures("app")

SECOND = timedelta(seconds=1)


def states(offering: Offering) -> list[tuple[int | None, str]]:
    query = select(Enrolment).where(Enrolment.offering_id == offering.id)
    return [(e.ticket, e.state) for e in db.session.scalars(query.order_by(Enrolment.ticket))]


def counters(offering: Offering) -> tuple[int, int, int]:
    db.session.expire(offering)
    return offering.taken, offering.waiting, offering.pools[0].ticket


def test_seats_go_by_ticket_and_the_rest_wait_in_order() -> None:
    offering = make_offering(capacity=2)
    places = [make_place(offering) for _ in range(5)]
    assert [place.state for place in places] == ["confirmed"] * 2 + ["waiting"] * 3
    assert [place.ticket for place in places] == [1, 2, 3, 4, 5]
    assert [queries.place_of(place).queue_number for place in places] == [None, None, 1, 2, 3]
    assert counters(offering) == (2, 3, 5)
    assert offering.free == 0


def test_a_freed_seat_goes_to_the_first_in_the_queue() -> None:
    offering = make_offering(capacity=2)
    places = [make_place(offering) for _ in range(4)]
    promoted = service.withdraw(places[0], by=places[0].user_id, now=NOW)
    assert promoted is places[2]
    assert states(offering) == [
        (1, "withdrawn"),
        (2, "confirmed"),
        (3, "confirmed"),
        (4, "waiting"),
    ]
    assert places[0].ended_at == NOW
    assert counters(offering) == (2, 1, 4)
    assert queries.place_of(places[3]).queue_number == 1


def test_leaving_the_queue_moves_nobody_into_a_seat() -> None:
    offering = make_offering(capacity=1)
    places = [make_place(offering) for _ in range(3)]
    assert service.withdraw(places[1], by=None, now=NOW) is None
    assert counters(offering) == (1, 1, 3)
    assert places[2].state == "waiting"
    assert queries.place_of(places[2]).queue_number == 1


def test_the_last_to_leave_frees_a_seat_for_the_next_to_come() -> None:
    offering = make_offering(capacity=1)
    service.withdraw(make_place(offering), by=None, now=NOW)
    assert counters(offering) == (0, 0, 1)
    assert offering.free == 1
    assert make_place(offering).state == "confirmed"


def test_who_comes_back_stands_at_the_end() -> None:
    offering = make_offering(capacity=1)
    user = make_user()
    first, second, third = (make_place(offering, u) for u in (user, make_user(), make_user()))
    service.withdraw(first, by=user.id, now=NOW)
    again = make_place(offering, user)
    assert (second.state, third.state, again.state) == ("confirmed", "waiting", "waiting")
    assert again.ticket == 4
    assert queries.place_of(again).queue_number == 2
    assert again.id != first.id


def test_more_seats_go_to_those_who_wait_before_anybody_else() -> None:
    offering = make_offering(capacity=1)
    places = [make_place(offering) for _ in range(4)]
    moved = changing.change_capacity(offering.pools[0], 3, over=False, by=None, now=NOW)
    assert moved == places[1:3]
    assert counters(offering) == (3, 1, 4)
    assert make_place(offering).state == "waiting"


def test_fewer_seats_than_people_have_must_be_meant() -> None:
    offering = make_offering(capacity=3)
    places = [make_place(offering) for _ in range(4)]
    (pool,) = offering.pools
    with pytest.raises(Conflict, match="capacity-below-taken"):
        changing.change_capacity(pool, 2, over=False, by=None, now=NOW)
    assert changing.change_capacity(pool, 1, over=True, by=None, now=NOW) == []
    assert (pool.taken, pool.capacity, pool.over_capacity) == (3, 1, True)
    for place in places[:2]:  # nobody moves up before there are fewer than seats
        assert service.withdraw(place, by=None, now=NOW) is None
    assert (pool.taken, pool.over_capacity) == (1, False)
    assert service.withdraw(places[2], by=None, now=NOW) is places[3]


def test_giving_up_twice_is_refused_and_counts_once() -> None:
    offering = make_offering(capacity=1)
    place = make_place(offering)
    waiting = make_place(offering)
    service.withdraw(place, by=None, now=NOW)
    with pytest.raises(Conflict, match="withdrawn-already"):
        service.withdraw(place, by=None, now=NOW)
    assert waiting.state == "confirmed"
    assert counters(offering) == (1, 0, 2)


@pytest.mark.parametrize("capacity", [1, 5])
def test_enrolling_twice_is_refused_and_draws_no_ticket(capacity: int) -> None:
    offering = make_offering(capacity=capacity)
    make_place(offering)
    user = make_user()
    make_place(offering, user)
    with pytest.raises(Conflict, match="already-enrolled"):
        make_place(offering, user)
    assert counters(offering)[2] == 2


def test_the_database_refuses_a_second_active_place() -> None:
    place = make_place(make_offering())
    twin = Enrolment(
        offering_id=place.offering_id,
        pool_id=place.pool_id,
        user_id=place.user_id,
        state="waiting",
        ticket=99,
    )
    with pytest.raises(IntegrityError) as caught, db.session.begin_nested():
        db.session.add(twin)
    assert constraint_of(caught.value) == "uq_enrolment_active"


@pytest.mark.parametrize(
    "values",
    [{"taken": 4}, {"taken": -1}, {"waiting": -1}, {"capacity": 0, "taken": 1}],
)
def test_the_database_refuses_overselling(values: dict[str, int]) -> None:
    (pool,) = make_offering(capacity=3).pools
    with pytest.raises(IntegrityError) as caught, db.session.begin_nested():
        db.session.execute(update(SeatPool).where(SeatPool.id == pool.id).values(**values))
    assert constraint_of(caught.value) in {"ck_seat_pool_taken", "ck_seat_pool_waiting"}


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (NOW - timedelta(days=1) - SECOND, "offering-not-yet-open"),
        (NOW - timedelta(days=1), None),
        (NOW + timedelta(days=1), None),
        (NOW + timedelta(days=1) + SECOND, "offering-closed"),
    ],
)
def test_the_window_is_kept_to_the_second(moment: datetime, code: str | None) -> None:
    offering, user = make_offering(), make_user()
    if code is None:
        assert service.enrol(offering, user, by=user.id, now=moment).state == "confirmed"
        return
    with pytest.raises(Conflict, match=code):
        service.enrol(offering, user, by=user.id, now=moment)
    assert counters(offering) == (0, 0, 0)


def test_planned_and_closed_offerings_take_nobody() -> None:
    planned = make_offering(opened=False)
    closed = make_offering()
    catalogue_service.close_offering(closed, by=None)
    for offering in (planned, closed):
        with pytest.raises(Conflict, match="offering-not-open"):
            make_place(offering)


def test_an_offering_closed_between_the_look_and_the_seat_takes_nobody() -> None:
    offering, user = make_offering(), make_user()
    (pool,) = offering.pools
    somebody_elses = update(SeatPool).where(SeatPool.id == pool.id).values(accepting=False)
    db.session.execute(somebody_elses.execution_options(synchronize_session=False))
    assert offering.state == "open"
    with pytest.raises(Conflict, match="offering-not-open"):
        service.enrol(offering, user, by=user.id, now=NOW)
    db.session.expire_all()
    assert counters(offering) == (0, 0, 0)


def test_joining_and_leaving_are_audited_with_who_did_it() -> None:
    offering = make_offering(capacity=1)
    place, waiting = make_place(offering), make_place(offering)
    service.withdraw(place, by=place.user_id, now=NOW)
    query = select(AuditEntry.action, AuditEntry.object_id, AuditEntry.actor_id).where(
        AuditEntry.object_type == "enrolment",
        AuditEntry.object_id.in_([place.id, waiting.id]),
    )
    assert [tuple(row) for row in db.session.execute(query.order_by(AuditEntry.id))] == [
        ("enrolment.enrolled", place.id, place.user_id),
        ("enrolment.enrolled", waiting.id, waiting.user_id),
        ("enrolment.withdrawn", place.id, place.user_id),
        ("enrolment.promoted", waiting.id, place.user_id),
    ]


def test_a_listener_that_fails_undoes_the_enrolment() -> None:
    with transaction():
        offering = make_offering()
        user = make_user()

    def fail(_sender: object, **_more: object) -> None:
        raise RuntimeError("handler")

    with (
        events.enrolled.connected_to(fail),
        pytest.raises(RuntimeError, match="handler"),
        transaction(),
    ):
        service.enrol(offering, user, by=user.id, now=NOW)
    assert states(offering) == []
    assert counters(offering) == (0, 0, 0)


def roll(offering: Offering, number: int, marks: dict[str, Presence], by: int) -> int:
    session = catalogue_queries.sessions_of(offering)[number]
    noted = {place_id: Mark(presence) for place_id, presence in marks.items()}
    return taking.take_roll(session, noted, by=by, now=NOW)


def test_the_roll_replaces_what_changed_and_remembers_it() -> None:
    offering, trainer = make_offering(), make_user()
    place = make_place(offering)
    assert roll(offering, 0, {place.public_id: Presence.ABSENT}, trainer.id) == 1
    assert roll(offering, 0, {place.public_id: Presence.ABSENT}, trainer.id) == 0
    assert roll(offering, 0, {place.public_id: Presence.LATE}, trainer.id) == 1
    rows = list(db.session.scalars(select(Attendance).where(Attendance.enrolment_id == place.id)))
    assert [(row.presence, row.recorded_by_id) for row in rows] == [("late", trainer.id)]
    query = select(AuditEntry).where(AuditEntry.action == "enrolment.attendance.recorded")
    newest = db.session.scalars(query.order_by(AuditEntry.id.desc()).limit(1)).one()
    assert newest.details == {"before": "absent", "after": "late"}


def test_the_roll_knows_nobody_from_another_offering() -> None:
    offering, trainer = make_offering(), make_user()
    place, stranger = make_place(offering), make_place(make_offering())
    marks = {place.public_id: Presence.PRESENT, stranger.public_id: Presence.PRESENT}
    with pytest.raises(NotFound):
        roll(offering, 0, marks, trainer.id)
    assert db.session.scalar(
        select(func.count(Attendance.id)).where(
            Attendance.enrolment_id.in_([place.id, stranger.id])
        )
    ) == 0  # fmt: skip


@pytest.mark.parametrize("state", ["waiting", "withdrawn"])
def test_the_roll_knows_only_people_with_a_seat(state: str) -> None:
    offering, trainer = make_offering(capacity=1), make_user()
    seated = make_place(offering)
    other = make_place(offering)
    if state == "withdrawn":
        service.withdraw(other, by=None, now=NOW)
    assert other.state == state
    with pytest.raises(NotFound):
        roll(offering, 0, {other.public_id: Presence.PRESENT}, trainer.id)
    assert roll(offering, 0, {seated.public_id: Presence.PRESENT}, trainer.id) == 1


def test_a_session_of_another_offering_is_not_there() -> None:
    offering, other = make_offering(), make_offering()
    session = catalogue_queries.sessions_of(other)[0]
    assert queries.session_of(other, session.public_id) is session
    with pytest.raises(NotFound):
        queries.session_of(offering, session.public_id)


def test_one_minute_short_of_forty_hours_is_short() -> None:
    """39 h 59 min of 40 h is less than all of it."""
    offering, trainer = make_offering(days=7), make_user()
    sessions = catalogue_queries.sessions_of(offering)
    for session in sessions:
        session.ends_at = session.starts_at + timedelta(minutes=171)
    sessions[-1].ends_at += timedelta(minutes=2400 - 171 * len(sessions))
    place = make_place(offering)
    for number in range(len(sessions)):
        roll(offering, number, {place.public_id: Presence.PRESENT}, trainer.id)
    share = queries.shares(offering.id)[place.id]
    assert (share.attended, share.held) == (2400, 2400)
    assert share.reaches(100)
    sessions[0].ends_at = sessions[0].starts_at + timedelta(minutes=1)
    sessions[-1].ends_at += timedelta(minutes=170)
    db.session.flush()
    roll(offering, 0, {place.public_id: Presence.EXCUSED}, trainer.id)
    share = queries.shares(offering.id)[place.id]
    assert (share.attended, share.held) == (2399, 2400)
    assert not share.reaches(100)
    assert share.reaches(99)


def test_sessions_without_a_roll_count_as_held() -> None:
    offering, trainer = make_offering(days=1), make_user()
    place, idle = make_place(offering), make_place(offering)
    roll(offering, 0, {place.public_id: Presence.PRESENT}, trainer.id)
    shares = queries.shares(offering.id)
    assert (shares[place.id].attended, shares[place.id].held) == (180, 360)
    assert (shares[idle.id].attended, shares[idle.id].held) == (0, 360)
    assert queries.shares(offering.id, [idle.id]) == {idle.id: shares[idle.id]}
    assert queries.shares(make_offering().id, [idle.id]) == {}


def test_the_agency_sees_its_own_people_and_those_below(  # the paths /1/2/ and /1/22/ differ
) -> None:
    from tests.make import make_organisation

    top = make_organisation()
    below = make_organisation(parent=top)
    other = make_organisation()
    offering = make_offering(capacity=9)
    people = [make_user(organisation=where) for where in (top, below, other, None)]
    places = [make_place(offering, user) for user in people]
    assert {e.id for e in queries.of_agency((top.path,))} == {places[0].id, places[1].id}
    assert [e.id for e in queries.of_agency((below.path,))] == [places[1].id]
    assert queries.of_agency(()) == []


def test_times_are_kept_in_utc() -> None:
    """The morning session at nine in Kuala Lumpur begins at one in UTC."""
    session = catalogue_queries.sessions_of(make_offering())[0]
    db.session.expire_all()
    assert session.starts_at == datetime(2027, 4, 5, 1, 0, tzinfo=UTC)
    assert session.minutes == 180
