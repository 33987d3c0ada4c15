"""Keep the answer of a request that was done, find it again, forget it after a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select

from lms.db import db
from lms.kernel.errors import Invalid
from lms.reading import Reading, text_of
from lms.repeats.models import AnsweredRequest
from lms.writing import Writing, row_of

KEPT = timedelta(days=1)
_ROW = AnsweredRequest.__table__.c
_ANSWER = Reading(
    select(_ROW.digest, text_of(_ROW.status), _ROW.location).where(
        _ROW.user_id == bindparam("user_id"), _ROW.key == bindparam("key")
    )
)


_KEEP = Writing(
    lambda: row_of(AnsweredRequest).on_conflict_do_nothing().returning(text_of(_ROW.id))
)


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
    found = _ANSWER.one({"user_id": asked.user_id, "key": asked.key})
    if found is None:
        return None
    digest, status, location = found
    if digest != asked.digest:
        raise Invalid("request-key-used")
    return Answer(int(status), location)


def keep(asked: Asked, answer: Answer, *, now: datetime) -> bool:
    """Keep it in the transaction of the deed; False when another request with the key did so.

    On PostgreSQL a request under way with the same key is waited for.
    """
    kept = _KEEP.send(
        user_id=asked.user_id,
        key=asked.key,
        digest=asked.digest,
        status=answer.status,
        location=answer.location,
        created_at=now,
    )
    return kept is not None


def forget(*, now: datetime) -> None:
    """Remove what is older than a day: nobody asks again so late."""
    db.session.execute(delete(AnsweredRequest).where(AnsweredRequest.created_at < now - KEPT))
