"""Places in the public status lists: of the newest one, by chance; a full one gets a successor.

And which of them are set. A list counts as full long before every bit is taken, so that chance
finds a free one soon.
"""

import secrets
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, func, literal_column, select, true, update

from lms.certificates.models import Certificate, StatusList
from lms.certificates.states import WITHDRAWN
from lms.certificates.status_list import SIZE
from lms.db import db
from lms.jobs.rows import insert_new

MOST = SIZE * 3 // 4
"""Certificates to a list: at least every fourth draw finds a free bit then."""
_DRAWS = 2000
_NEWEST = select(func.max(StatusList.number)).scalar_subquery()
# Built once: for each certificate of a batch that would take as long as running them.
_COUNT = (
    update(StatusList)
    .where(StatusList.number == _NEWEST, StatusList.used + bindparam("count") <= bindparam("most"))
    .values(used=StatusList.used + bindparam("count"))
    .returning(StatusList.number)
    .execution_options(synchronize_session=False)
)
_THERE = select(Certificate.status_index).where(
    Certificate.status_list == bindparam("number"),
    Certificate.status_index.in_(bindparam("indexes", expanding=True)),
)


class NoPlace(LookupError):
    """A list that is not full gave no place: its count is wrong, or chance is no chance."""


@dataclass(frozen=True)
class Place:
    """A bit of a status list."""

    number: int
    index: int


def take(count: int) -> list[Place]:
    """So many free places, in the caller's transaction; the newest list is held to its end.

    Ask before the public log is added to, which everybody takes after this: then nobody waits in a
    circle.
    """
    lists = Counter(_lists(count))
    return [Place(number, index) for number in lists for index in _free(number, lists[number])]


def _lists(count: int) -> list[int]:
    """The list of each place: the newest one, as long as it is not full."""
    if (number := _counted(count)) is not None:
        return [number] * count
    if count > 1:  # not all go into it
        return [number for _ in range(count) for number in _lists(1)]
    while (number := _counted(1)) is None:
        last = select(StatusList.number, StatusList.used).order_by(StatusList.number.desc())
        newest, used = db.session.execute(last.limit(1)).one_or_none() or (0, MOST)
        if used >= MOST:  # else somebody has opened one in between
            # If another transaction opens the next one first, its row is waited for and used.
            insert_new(StatusList, number=newest + 1, used=0)
    return [number]


def _counted(count: int) -> int | None:
    """More places of the newest list are taken; None when it has not as many, or there is none."""
    return db.session.scalar(_COUNT, {"most": MOST, "count": count})


def _free(number: int, count: int) -> list[int]:
    # Random and in the order drawn, so that the list tells nobody how many certificates there are.
    found: dict[int, None] = {}
    for _ in range(_DRAWS):
        drawn = dict.fromkeys(secrets.randbelow(SIZE) for _ in range(count - len(found)))
        there = set(db.session.scalars(_THERE, {"number": number, "indexes": list(drawn)}))
        found.update((index, None) for index in drawn if index not in there)
        if len(found) == count:
            return list(found)
    raise NoPlace(f"status list {number}")


def numbers() -> list[int]:
    """The status lists there are; the first one always, for it may be asked for."""
    return list(db.session.scalars(select(StatusList.number).order_by(StatusList.number))) or [1]


def revoked(number: int) -> list[int]:
    """The bits that are set in one status list."""
    return _indexes(Certificate.status_list == number).get(number, [])


def revoked_everywhere() -> dict[int, list[int]]:
    """The same of all lists, in one statement."""
    return _indexes(true())


def _indexes(which: ColumnElement[bool]) -> dict[int, list[int]]:
    # Written into the statement, so that the databases see that a partial index fits.
    withdrawn: list[ColumnElement[str]] = [
        literal_column(f"'{state.value}'") for state in sorted(WITHDRAWN)
    ]
    query = select(Certificate.status_list, Certificate.status_index)
    found: dict[int, list[int]] = {}
    for number, index in db.session.execute(query.where(Certificate.state.in_(withdrawn), which)):
        found.setdefault(number, []).append(index)
    return found
