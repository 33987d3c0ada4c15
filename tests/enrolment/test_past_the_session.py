"""What is read and written past the session: it knows of it, and errors are the usual ones."""

import pytest
from flask import Flask
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from lms import resting
from lms.audit import service as audit
from lms.audit.models import AuditEntry
from lms.catalogue.models import Offering, SeatPool
from lms.db import constraint_of, db, transaction
from lms.enrolment import changing, door, recording, service
from lms.enrolment.models import Enrolment
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.objects import known
from lms.people.models import OrganisationKind, User
from lms.people.who import by_secret
from lms.transparency.models import LogEntry
from lms.writing import Writing, row_of
from tests.databases import ENGINE, break_connections
from tests.make import NOW, make_offering, make_organisation, make_place, make_user

SERVED = pytest.mark.skipif(ENGINE == "sqlite", reason="of a server and its connections")


def ask(offering: Offering, user: User) -> Enrolment:
    return service.enrol(offering, user, by=user.id, now=NOW)


def counted(pool: SeatPool) -> tuple[int, int, int]:
    db.session.refresh(pool)
    return pool.ticket, pool.taken, pool.waiting


@pytest.mark.usefixtures("app")
def test_who_asks_twice_draws_no_ticket() -> None:
    offering, user = make_offering(capacity=1), make_user()
    other = make_place(offering).user
    place = ask(offering, user)
    assert (place.state, counted(offering.pools[0])) == ("waiting", (2, 1, 1))
    for again in (user, other):
        with pytest.raises(Conflict, match="already-enrolled"):
            ask(offering, again)
        assert counted(offering.pools[0]) == (2, 1, 1)


@pytest.mark.usefixtures("app")
def test_who_asks_twice_takes_no_seat_of_the_agency() -> None:
    offering = make_offering(capacity=5)
    agency = make_organisation(kind=OrganisationKind.EMPLOYER)
    terms = changing.set_terms(offering, agency, rank=10, quota=2, by=None)
    user = make_user(organisation=agency)
    ask(offering, user)
    with pytest.raises(Conflict, match="already-enrolled"):
        ask(offering, user)
    db.session.refresh(terms)
    assert (terms.taken, counted(offering.pools[0])) == (1, (1, 1, 0))


@pytest.mark.usefixtures("app")
def test_a_place_is_known_as_if_the_session_had_written_it() -> None:
    offering, user = make_offering(), make_user()
    place = ask(offering, user)
    assert place in db.session
    assert (place.user, place.offering, place.approvals) == (user, offering, [])
    kept = place.id
    db.session.expunge_all()
    read = db.session.get_one(Enrolment, kept)
    assert (read.user_id, read.rank, read.admitted_because) == (user.id, 100, "")


@pytest.mark.usefixtures("app")
def test_an_object_the_session_has_is_the_one() -> None:
    user = make_user()
    assert known(User, user.id, name="Somebody else") is user
    assert user.name != "Somebody else"
    kept = user.id
    db.session.expunge_all()
    read = known(User, kept, is_active=True)
    assert (read.name, read.email) == (user.name, user.email)  # read when they are asked for


@pytest.mark.usefixtures("app")
def test_the_door_says_what_the_rows_say() -> None:
    offering, agency = make_offering(), make_organisation(kind=OrganisationKind.EMPLOYER)
    user = make_user(organisation=agency)
    offering.approvals, offering.offer_hours = ["agency"], 24
    db.session.flush()
    wanted = (offering.state, offering.opens_at, offering.closes_at, agency.path)
    named, user_id, pools = offering.public_id, user.id, [pool.id for pool in offering.pools]
    db.session.expunge_all()
    met, person = door.met(named, user_id)
    assert person.organisation is not None
    assert (met.state, met.opens_at, met.closes_at, person.organisation.path) == wanted
    assert (met.approvals, met.copies, met.offer_hours, met.asks) == (["agency"], [], 24, False)
    assert ([pool.id for pool in met.pools], person.reports_to) == (pools, None)
    assert met.course_version.state == "published"  # what was not read is read now


@pytest.mark.usefixtures("app")
def test_nobody_is_met_where_nothing_is_or_with_a_closed_account() -> None:
    offering, user = make_offering(), make_user()
    user.is_active = False
    db.session.flush()
    with pytest.raises(NotFound):
        door.met("nothing-is-here", user.id)
    with pytest.raises(NotFound):
        door.one_kind("nothing-is-here")
    with pytest.raises(Invalid):
        door.met(offering.public_id, user.id)


@pytest.mark.usefixtures("app")
def test_a_broken_constraint_is_told_by_its_name() -> None:
    first = make_place(make_offering())
    facts = {name: getattr(first, name) for name in recording.FACTS}
    other = Enrolment(**facts | {"user_id": make_user().id, "public_id": "another"})
    with pytest.raises(IntegrityError) as broken, db.session.begin_nested():
        recording.add(other)  # the same ticket
    assert constraint_of(broken.value) == "uq_enrolment_pool_id_ticket"


def record_while_it_breaks(user: User) -> None:
    with transaction():
        audit.record(None, "test.broken", user)
        break_connections(db.engine)
        audit.record(None, "test.broken", user)


@SERVED
def test_a_connection_that_breaks_in_a_transaction_is_a_database_that_rests(
    institute: Flask,
) -> None:
    with institute.app_context():
        user = db.session.scalars(select(User).limit(1)).one()
        with pytest.raises(DBAPIError) as broken:
            record_while_it_breaks(user)
        assert broken.value.connection_invalidated
        assert resting.is_resting(broken.value)
        written = select(AuditEntry).where(AuditEntry.action == "test.broken")
        assert db.session.scalars(written).all() == []


@SERVED
def test_what_is_prepared_outlives_the_end_of_a_transaction(institute: Flask) -> None:
    lost: list[object] = []
    with institute.app_context():
        event.listen(db.engine.pool, "invalidate", lambda *args: lost.append(args))
        for _ in range(10):  # more often than after which the driver prepares by itself
            assert by_secret("of nobody", now=clock.now()) is None
            db.session.scalars(select(User).limit(1)).one()
            db.session.begin_nested().rollback()
            db.session.remove()
        ours, the_drivers = db.session.execute(
            text(
                "SELECT count(*) FILTER (WHERE name LIKE 'driver%'),"
                " count(*) FILTER (WHERE name LIKE '\\_pg3%') FROM pg_prepared_statements"
            )
        ).one()
    assert lost == []
    assert ours > 0
    assert the_drivers > 0


@pytest.mark.usefixtures("app")
def test_what_goes_past_the_session_in_a_savepoint_is_undone_with_it() -> None:
    user = make_user()
    with transaction():
        audit.record(None, "test.kept", user)
        nested = db.session.begin_nested()
        audit.record(None, "test.undone", user)
        nested.rollback()
        audit.record(None, "test.kept", user)
    written = select(AuditEntry.action).where(AuditEntry.action.startswith("test."))
    assert sorted(db.session.scalars(written)) == ["test.kept", "test.kept"]


@pytest.mark.usefixtures("app")
def test_an_object_read_past_the_session_reads_the_rest_when_asked() -> None:
    user = make_user()
    name, email = user.name, user.email
    db.session.expunge(user)
    kept = known(User, user.id, name=name)
    assert (kept.name, kept.email) == (name, email)
    assert kept not in db.session.dirty
    assert known(User, user.id, name="somebody else") is kept
    assert kept.name == name


@pytest.mark.usefixtures("app")
def test_bytes_are_refused_before_they_are_written_as_text() -> None:
    row = {"number": 0, "kind": "issue", "at": NOW, "subject": "0" * 64, "leaf": b"a digest"}
    with pytest.raises(TypeError, match="leaf"):
        Writing(lambda: row_of(LogEntry)).send(**row)
