"""Places in the public status lists: of the newest one, by chance; a full one gets a successor.

A list counts as full long before every bit is taken, so that chance finds a free one soon.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import func, select, update

from lms.certificates.models import Certificate, StatusList
from lms.certificates.status_list import SIZE
from lms.db import db
from lms.jobs.rows import insert_new

MOST = SIZE * 3 // 4
"""Certificates to a list: at least every fourth draw finds a free bit then."""
_DRAWS = 2000


class NoPlace(LookupError):
    """A list that is not full gave no place: its count is wrong, or chance is no chance."""


@dataclass(frozen=True)
class Place:
    """A bit of a status list."""

    number: int
    index: int


def take() -> Place:
    """A free place, in the caller's transaction; the newest list is held to its end.

    Ask before the public log is added to, which everybody takes after this: then nobody waits in a
    circle.
    """
    while True:
        newest = db.session.scalar(select(func.max(StatusList.number))) or 0
        if _counted(newest):
            return Place(newest, _free_index(newest))
        # If another transaction opens the next one first, its row is waited for and used.
        insert_new(StatusList, number=newest + 1, used=0)


def _counted(number: int) -> bool:
    """One more place of a list is taken; False when it is full, or not there."""
    grown = (
        update(StatusList)
        .where(StatusList.number == number, StatusList.used < MOST)
        .values(used=StatusList.used + 1)
        .returning(StatusList.number)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalar(grown) is not None


def _free_index(number: int) -> int:
    # Random, so that the list tells nobody how many certificates there are.
    for _ in range(_DRAWS):
        index = secrets.randbelow(SIZE)
        query = select(Certificate.id).where(
            Certificate.status_list == number, Certificate.status_index == index
        )
        if db.session.scalar(query) is None:
            return index
    raise NoPlace(f"status list {number}")
