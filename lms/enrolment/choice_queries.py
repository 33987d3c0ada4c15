"""Reads of what people chose among the sessions that are held side by side."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from lms.catalogue.models import ClassSession
from lms.db import db
from lms.enrolment import queries
from lms.enrolment.models import Enrolment, SessionChoice
from lms.enrolment.states import State


def of_place(place: Enrolment) -> list[SessionChoice]:
    """What a person chose, with the sessions, in their order."""
    query = (
        select(SessionChoice)
        .join(SessionChoice.class_session)
        .where(SessionChoice.enrolment_id == place.id)
        .options(contains_eager(SessionChoice.class_session))
        .order_by(ClassSession.starts_at, ClassSession.id)
    )
    return list(db.session.scalars(query))


def taken(offering_id: int) -> dict[int, int]:
    """How many people chose each session of an offering, by session id."""
    query = (
        select(SessionChoice.class_session_id, func.count(SessionChoice.id))
        .join(SessionChoice.class_session)
        .where(ClassSession.offering_id == offering_id)
        .group_by(SessionChoice.class_session_id)
    )
    return dict(db.session.execute(query).all())


def seats(session: ClassSession) -> set[int]:
    """The tickets of a session that are given out."""
    query = select(SessionChoice.seat).where(SessionChoice.class_session_id == session.id)
    return set(db.session.scalars(query))


def seated(place_ids: Collection[int]) -> list[Enrolment]:
    """Those of some places that have a seat, with their people."""
    query = (
        select(Enrolment)
        .where(Enrolment.id.in_(place_ids), Enrolment.state == State.CONFIRMED.value)
        .options(joinedload(Enrolment.user))
        .order_by(Enrolment.id)
    )
    return list(db.session.scalars(query))


def for_roll(session: ClassSession) -> tuple[list[Enrolment], frozenset[int]]:
    """People with a seat, those who chose this session first; and the ids of these places."""
    query = select(SessionChoice.enrolment_id).where(SessionChoice.class_session_id == session.id)
    chose = frozenset(db.session.scalars(query))
    people = queries.confirmed(session.offering_id)
    return sorted(people, key=lambda place: place.id not in chose), chose


def attended_by_choice() -> ColumnElement[bool]:
    """A condition on ClassSession joined to Enrolment: nothing else was chosen for that time."""
    other = aliased(ClassSession)
    instead = (
        select(SessionChoice.id)
        .join(other, other.id == SessionChoice.class_session_id)
        .where(
            SessionChoice.enrolment_id == Enrolment.id,
            other.id != ClassSession.id,
            other.starts_at < ClassSession.ends_at,
            ClassSession.starts_at < other.ends_at,
        )
    )
    return ~instead.correlate(Enrolment, ClassSession).exists()


def attended(place: Enrolment, sessions: Sequence[ClassSession]) -> list[ClassSession]:
    """The sessions of an offering but those instead of which the person chose another."""
    chosen = [each.class_session for each in of_place(place)]
    return [one for one in sessions if one in chosen or not any(map(one.is_beside, chosen))]
