"""Reads of batches."""

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from lms.batches.models import Batch, BatchItem, Outcome, State
from lms.catalogue.models import Course, CourseVersion, Offering
from lms.db import db
from lms.enrolment.models import Enrolment
from lms.kernel.errors import NotFound
from lms.people.models import User


def by_public_id(public_id: str) -> Batch:
    """A batch with its offering and who wanted it; raises NotFound."""
    query = (
        select(Batch)
        .where(Batch.public_id == public_id)
        .options(
            joinedload(Batch.offering)
            .joinedload(Offering.course_version)
            .joinedload(CourseVersion.course)
            .joinedload(Course.provider),
            joinedload(Batch.wanted_by),
            joinedload(Batch.work),
        )
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def at_work(offering_id: int) -> Batch | None:
    """The batch of an offering that is not over."""
    query = select(Batch).where(
        Batch.offering_id == offering_id, Batch.state.in_([State.RUNNING, State.PAUSED])
    )
    return db.session.scalar(query)


def of_offering(offering_id: int) -> list[Batch]:
    """The batches of an offering, the latest first, at most twenty."""
    query = select(Batch).where(Batch.offering_id == offering_id)
    return list(db.session.scalars(query.order_by(Batch.id.desc()).limit(20)))


def counts(batch_id: int) -> dict[str, int]:
    """How many places have come to what."""
    query = select(BatchItem.outcome, func.count()).where(BatchItem.batch_id == batch_id)
    rows = db.session.execute(query.group_by(BatchItem.outcome)).all()
    found = {outcome: count for outcome, count in rows}  # noqa: C416  # rows are no pairs to mypy
    return {outcome.value: found.get(outcome.value, 0) for outcome in Outcome}


def items(batch_id: int) -> list[BatchItem]:
    """The places with person and certificate, those that need a look first, at most a thousand."""
    query = (
        select(BatchItem)
        .where(BatchItem.batch_id == batch_id)
        .join(BatchItem.enrolment)
        .join(Enrolment.user)
        .options(
            joinedload(BatchItem.enrolment).joinedload(Enrolment.user),
            joinedload(BatchItem.certificate),
        )
        .order_by(BatchItem.outcome == Outcome.ISSUED.value, User.name, BatchItem.id)
    )
    return list(db.session.scalars(query.limit(1000)))


def next_items(batch_id: int, count: int) -> list[BatchItem]:
    """The next places whose turn has not come."""
    query = (
        select(BatchItem)
        .where(BatchItem.batch_id == batch_id, BatchItem.outcome == Outcome.WAITING.value)
        .options(
            joinedload(BatchItem.enrolment)
            .joinedload(Enrolment.offering)
            .joinedload(Offering.course_version)
            .joinedload(CourseVersion.course)
            .joinedload(Course.provider),
            joinedload(BatchItem.enrolment).joinedload(Enrolment.user),
        )
        .order_by(BatchItem.id)
    )
    return list(db.session.scalars(query.limit(count)))
