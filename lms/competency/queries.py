"""Reads of judgements and attainments."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from lms.assessment.models import Submission
from lms.competency.models import Attainment, Judgement
from lms.db import db
from lms.standards.models import Item


def judgements_of(submission: Submission) -> list[Judgement]:
    """The judgements on a submission, in the framework's order."""
    query = (
        select(Judgement)
        .join(Judgement.item)
        .where(Judgement.submission_id == submission.id)
        .options(contains_eager(Judgement.item))
    )
    return list(db.session.scalars(query.order_by(Item.position, Judgement.id)))


def current_attainments(user_ids: list[int], item_ids: list[int], today: date) -> list[Attainment]:
    """What people have attained on these items and still hold; best and newest first."""
    if not item_ids:
        return []
    query = (
        select(Attainment)
        .where(
            Attainment.user_id.in_(user_ids),
            Attainment.item_id.in_(item_ids),
            Attainment.valid_from <= today,
            or_(Attainment.valid_to.is_(None), Attainment.valid_to >= today),
        )
        .options(joinedload(Attainment.item))
        .order_by(Attainment.level.desc(), Attainment.id.desc())
    )
    return list(db.session.scalars(query))


def levels_held(user_id: int, item_ids: Collection[int], today: date) -> dict[int, int]:
    """The highest level a person holds on that day, by item (one statement)."""
    query = (
        select(Attainment.item_id, func.max(Attainment.level))
        .where(
            Attainment.user_id == user_id,
            Attainment.item_id.in_(item_ids),
            Attainment.valid_from <= today,
            or_(Attainment.valid_to.is_(None), Attainment.valid_to >= today),
        )
        .group_by(Attainment.item_id)
    )
    return dict(db.session.execute(query).all())


def attainments_of(user_id: int) -> list[Attainment]:
    """Everything a person has attained, newest first."""
    query = (
        select(Attainment)
        .where(Attainment.user_id == user_id)
        .options(joinedload(Attainment.item))
        .order_by(Attainment.valid_from.desc(), Attainment.id.desc())
    )
    return list(db.session.scalars(query.limit(200)))


def with_basis(attainment_ids: list[int]) -> list[Attainment]:
    """Attainments with judgement, basis and assessor, for a trace."""
    query = (
        select(Attainment)
        .where(Attainment.id.in_(attainment_ids))
        .options(
            joinedload(Attainment.item),
            joinedload(Attainment.judgement).options(
                joinedload(Judgement.assessor), selectinload(Judgement.basis)
            ),
        )
    )
    return list(db.session.scalars(query))
