"""Keep the answer of a request that was done, find it again, forget it after a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from lms.db import db, insert_into
from lms.kernel.errors import Invalid
from lms.repeats.models import AnsweredRequest

KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """A request as far as it tells repeats from others: whose, its key, what it says."""

    user_id: int
    key: str
    digest: str


@dataclass(frozen=True)
class Answer:
    """A redirect: its status and where to."""

    status: int
    location: str


def answer_to(asked: Asked) -> Answer | None:
    """What the same request was answered before.

    Raises Invalid when the person used the key for something else.
    """
    query = select(AnsweredRequest.digest, AnsweredRequest.status, AnsweredRequest.location).where(
        AnsweredRequest.user_id == asked.user_id, AnsweredRequest.key == asked.key
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        return None
    if found.digest != asked.digest:
        raise Invalid("request-key-used")
    return Answer(found.status, found.location)


def keep(asked: Asked, answer: Answer, *, now: datetime) -> bool:
    """Keep it in the transaction of the deed; False when another request with the key did so.

    On PostgreSQL a request under way with the same key is waited for.
    """
    statement = (
        insert_into(AnsweredRequest)
        .values(
            user_id=asked.user_id,
            key=asked.key,
            digest=asked.digest,
            status=answer.status,
            location=answer.location,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(AnsweredRequest.id)
    )
    return db.session.execute(statement).one_or_none() is not None


def forget(*, now: datetime) -> None:
    """Remove what is older than a day: nobody asks again so late."""
    db.session.execute(delete(AnsweredRequest).where(AnsweredRequest.created_at < now - KEPT))
