"""Two people who book one room for the same time at the same moment: the second is warned."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import Offering, OfferingStaff
from lms.db import db, transaction
from lms.people.models import User
from lms.timetable import service
from lms.timetable.models import Meeting, Room
from lms.timetable.rules import DoubleBooked
from lms.timetable.service import RoomFacts, SessionFacts
from tests.enrolment.at_once import at_once
from tests.make import make_course, make_offering, make_user, own_app

pytestmark = pytest.mark.heavy


def book(offering_id: int, room_id: int) -> None:
    offering = db.session.get_one(Offering, offering_id)
    session = catalogue_queries.sessions_of(offering)[0]
    room = db.session.get_one(Room, room_id)
    facts = SessionFacts(session.starts_at, session.ends_at, room, "")
    service.save_session(offering, session, facts, accepted=False, by=None)


def test_a_room_is_not_booked_twice_by_two_who_save_at_once(tmp_path: Path) -> None:
    with own_app("timetable_race", tmp_path) as app:
        with app.app_context(), transaction():
            one = make_offering()
            provider = one.course_version.course.provider
            both = [one.id, make_offering(make_course(provider)).id]
            room_id = service.add_room(provider, RoomFacts("Bilik 1", "Kuching", 30), by=None).id
        booked, looked = threading.Event(), threading.Event()

        def slowly() -> str:
            with transaction():
                book(both[0], room_id)
                booked.set()
                looked.wait(0.3)  # whoever does not wait for the room has looked by then
            return "saved"

        def meanwhile() -> str:
            assert booked.wait(20)
            try:
                with transaction():
                    book(both[1], room_id)
            except DoubleBooked:
                return "warned"
            finally:
                looked.set()
            return "saved"

        assert sorted(at_once(app, [slowly, meanwhile])) == ["saved", "warned"]
        with app.app_context():
            assert db.session.scalar(select(func.count(Meeting.id))) == 1


def name(offering_id: int, trainer_id: int) -> str:
    """What the manager sees: that it is saved, or both bookings by name."""
    try:
        with transaction():
            offering = db.session.get_one(Offering, offering_id)
            trainer = db.session.get_one(User, trainer_id)
            service.name_trainer(offering, trainer, accepted=False, by=None)
    except DoubleBooked as refused:
        clash = refused.clashes[0]
        codes = " ".join(sorted((clash.wanted.code, clash.standing.code)))
        return f"{clash.standing.who}: {codes}"
    return "saved"


def test_a_trainer_is_not_named_twice_by_two_who_save_at_once(tmp_path: Path) -> None:
    with own_app("trainer_race", tmp_path) as app:
        with app.app_context(), transaction():
            one = make_offering()
            two = make_offering(make_course(one.course_version.course.provider))
            both, codes = [one.id, two.id], sorted((one.code, two.code))
            trainer_id = make_user("Trainer").id
        named, looked = threading.Event(), threading.Event()

        def slowly() -> str:
            with transaction():
                offering = db.session.get_one(Offering, both[0])
                trainer = db.session.get_one(User, trainer_id)
                service.name_trainer(offering, trainer, accepted=False, by=None)
                named.set()
                looked.wait(0.3)  # whoever does not wait for the trainer has looked by then
            return "saved"

        def meanwhile() -> str:
            assert named.wait(20)
            answer = name(both[1], trainer_id)
            looked.set()
            return answer

        assert sorted(at_once(app, [slowly, meanwhile])) == sorted(
            ["saved", f"Trainer: {' '.join(codes)}"]
        )
        with app.app_context():
            assert db.session.scalar(select(func.count(OfferingStaff.id))) == 1
