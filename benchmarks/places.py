"""Many people who are due a certificate of attendance, made in a moment.

Accounts and roll are written by statements, seats are given by the verb for many at once: what the
benchmarks measure comes after it.
"""

import secrets
from collections.abc import Iterator

from sqlalchemy import insert, select

from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import Offering
from lms.db import db, transaction
from lms.enrolment import bulk
from lms.enrolment.models import Attendance, Enrolment, Presence
from lms.people.models import User
from tests.make import NOW, make_course, make_offering, make_organisation, make_user

AT_ONCE = 500
NAME = "Aminah binti Yusof"


def attended(many: int) -> tuple[Offering, list[int], int]:
    """An offering, the ids of so many places whose people came each day, and who looks after it."""
    with transaction():
        offering = make_offering(make_course(make_organisation()), capacity=many)
        by, offering_id = make_user("Registrar").id, offering.id
    for start in range(0, many, AT_ONCE):
        # A transaction each: a row that one of them changes a thousand times is slow to read.
        with transaction():
            _seated(offering_id, min(AT_ONCE, many - start), by)
        db.session.expunge_all()
    of_it = select(Enrolment.id).where(Enrolment.offering_id == offering_id)
    with transaction():
        ids = list(db.session.scalars(of_it.order_by(Enrolment.id)))
        offering = db.session.get_one(Offering, offering_id)
        db.session.execute(insert(Attendance), list(_roll(offering, ids, by)))
    return db.session.get_one(Offering, offering_id), ids, by


def _seated(offering_id: int, number: int, by: int) -> None:
    offering = db.session.get_one(Offering, offering_id)
    rows = [_account(secrets.token_hex(8)) for _ in range(number)]
    users = list(db.session.scalars(insert(User).returning(User), rows))
    bulk.enrol_many(offering, offering.pools[0], users, by=by, now=NOW)


def _account(word: str) -> dict[str, object]:
    return {
        "name": NAME,
        "name_key": NAME.lower(),
        "email": f"{word}@test.example",
        "email_key": f"{word}@test.example",
        "password_hash": "none",
    }


def _roll(offering: Offering, places: list[int], by: int) -> Iterator[dict[str, object]]:
    for session in catalogue_queries.sessions_of(offering):
        for place in places:
            yield {
                "class_session_id": session.id,
                "enrolment_id": place,
                "presence": Presence.PRESENT.value,
                "recorded_by_id": by,
                "recorded_at": NOW,
            }
