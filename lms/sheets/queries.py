"""Reads of sheets and of what their rows name; a bounded number of statements for many rows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload

from lms.catalogue.models import Course, CourseVersion, Offering, SeatPool, SeatTerms
from lms.db import db
from lms.enrolment import queries as enrolment_queries
from lms.enrolment.models import Enrolment
from lms.enrolment.states import ENDED
from lms.kernel import text
from lms.kernel.errors import NotFound
from lms.kernel.paging import Page
from lms.people.models import Organisation, User
from lms.people.queries import under
from lms.sheets.models import Sheet, SheetRow
from lms.sheets.states import Done, Planned, Way

PAGE_SIZE = 50
_MOST_LISTED = 100


@dataclass(frozen=True)
class Named:
    """What some rows may name: offerings by code, people by each way to name them."""

    offerings: dict[str, Offering]
    people: dict[str, list[User]]


@dataclass(frozen=True)
class Demand:
    """How many rows of a sheet want seats of one kind in one offering, and how many are free."""

    pool: SeatPool
    offering: Offering
    rows: int

    @property
    def free(self) -> int:
        """Seats nobody has; none while others wait for them."""
        return 0 if self.pool.waiting else max(0, self.pool.capacity - self.pool.taken)

    @property
    def too_many(self) -> int:
        """Full by so many: they will wait."""
        return max(0, self.rows - self.free)


def by_public_id(public_id: str) -> Sheet:
    """A sheet with organisation, uploader and work; raises NotFound."""
    query = select(Sheet).where(Sheet.public_id == public_id)
    found = db.session.scalar(_whole(query))
    if found is None:
        raise NotFound
    return found


def _whole(query: Select[Sheet]) -> Select[Sheet]:
    return query.options(
        joinedload(Sheet.organisation), joinedload(Sheet.uploaded_by), joinedload(Sheet.work)
    )


def listed(way: Way, paths: tuple[str, ...]) -> list[Sheet]:
    """The sheets of these organisations, newest first, a hundred at most."""
    query = (
        select(Sheet)
        .join(Sheet.organisation)
        .where(Sheet.way == way.value, under(paths))
        .order_by(Sheet.id.desc())
        .limit(_MOST_LISTED)
    )
    return list(db.session.scalars(_whole(query)))


def next_rows(sheet: Sheet, most: int) -> list[SheetRow]:
    """The rows after the one that is reached, in order."""
    query = (
        select(SheetRow)
        .where(SheetRow.sheet_id == sheet.id, SheetRow.number > sheet.reached)
        .order_by(SheetRow.number)
        .limit(most)
    )
    return list(db.session.scalars(query))


def named(sheet: Sheet, codes: Collection[str], people: Collection[str]) -> Named:
    """What the rows may name: two statements."""
    return Named(
        {each.code: each for each in _offerings(sheet, codes)}, _people(sheet, set(people))
    )


def _offerings(sheet: Sheet, codes: Collection[str]) -> list[Offering]:
    query = (
        select(Offering)
        .join(Offering.course_version)
        .join(CourseVersion.course)
        .join(Course.provider)
        .where(Offering.code.in_(codes))
        .options(
            contains_eager(Offering.course_version)
            .contains_eager(CourseVersion.course)
            .contains_eager(Course.provider)
        )
    )
    if sheet.way == Way.ENROL:
        query = query.where(under((sheet.organisation.path,)))
    return list(db.session.scalars(query).unique())


def _people(sheet: Sheet, wanted: set[str]) -> dict[str, list[User]]:
    keys = {text.key(each): each for each in wanted}
    by_name = User.name_key.in_(keys) & _within_reach(sheet)
    by_address = User.email_key.in_(keys) & _known(sheet)
    query = (
        select(User)
        .outerjoin(User.organisation)
        .where(User.is_active, or_(by_address, User.public_id.in_(wanted), by_name))
        .options(contains_eager(User.organisation))
        .order_by(User.id)
    )
    found: dict[str, list[User]] = {}
    for user in db.session.scalars(query):
        for name in {user.email_key, user.public_id, user.name_key}:
            found.setdefault(name, []).append(user)
    return found


def _within_reach(sheet: Sheet) -> ColumnElement[bool]:
    """Whom a name alone may find: the agency's own officers, or who was here before."""
    inside = under((sheet.organisation.path,))
    if sheet.way == Way.NOMINATE:
        return inside
    return enrolment_queries.has_place_with(Organisation.path == sheet.organisation.path)


def _known(sheet: Sheet) -> ColumnElement[bool]:
    """Of whose account an address may tell: anybody else is written to, account or not."""
    if sheet.way == Way.NOMINATE:
        return true()  # only the agency's own are looked at
    return enrolment_queries.known_at(sheet.organisation.path)


def standing(pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Enrolment]:
    """The places that have not ended, by offering and person (one statement)."""
    wanted = set(pairs)
    query = (
        select(Enrolment)
        .where(
            Enrolment.offering_id.in_({offering for offering, _ in wanted}),
            Enrolment.user_id.in_({user for _, user in wanted}),
            Enrolment.state.not_in([state.value for state in ENDED]),
        )
        .options(joinedload(Enrolment.pool))
    )
    found = {(each.offering_id, each.user_id): each for each in db.session.scalars(query)}
    return {pair: found[pair] for pair in wanted if pair in found}


def first_lines(
    sheet: Sheet, before: int, pairs: Collection[tuple[int, int]]
) -> dict[tuple[int, int], int]:
    """The first row that names each of these offerings and people, of those before a row."""
    query = (
        select(SheetRow.offering_id, SheetRow.user_id, func.min(SheetRow.number))
        .where(
            SheetRow.sheet_id == sheet.id,
            SheetRow.number < before,
            SheetRow.offering_id.in_({offering for offering, _ in pairs}),
            SheetRow.user_id.in_({user for _, user in pairs}),
        )
        .group_by(SheetRow.offering_id, SheetRow.user_id)
    )
    return {
        (offering, user): number
        for offering, user, number in db.session.execute(query)
        if offering is not None and user is not None
    }


def outcomes(sheet: Sheet) -> dict[str, int]:
    """How many rows came to what, the most frequent first."""
    count = func.count(SheetRow.id)
    query = (
        select(SheetRow.outcome, count)
        .where(SheetRow.sheet_id == sheet.id, SheetRow.outcome != "")
        .group_by(SheetRow.outcome)
        .order_by(count.desc(), SheetRow.outcome)
    )
    return dict(db.session.execute(query).all())


def demand(sheet: Sheet) -> list[Demand]:
    """What the rows that will be enrolled want of each kind of seats, by offering."""
    wanted = (
        select(SheetRow.pool_id, func.count(SheetRow.id).label("rows"))
        .where(SheetRow.sheet_id == sheet.id, SheetRow.outcome == Planned.ENROL.value)
        .group_by(SheetRow.pool_id)
        .subquery()
    )
    query = (
        select(SeatPool, Offering, wanted.c.rows)
        .join(wanted, wanted.c.pool_id == SeatPool.id)
        .join(Offering, Offering.id == SeatPool.offering_id)
        .order_by(Offering.code, SeatPool.id)
        .limit(_MOST_LISTED)
    )
    return [Demand(pool, offering, rows) for pool, offering, rows in db.session.execute(query)]


def page(sheet: Sheet, outcome: str, number: int, size: int = PAGE_SIZE) -> Page[SheetRow]:
    """A page of the rows, in the order of the file; of one outcome, or of all (two statements)."""
    condition = [SheetRow.sheet_id == sheet.id]
    if outcome:
        condition.append(SheetRow.outcome == outcome)
    total = db.session.scalar(select(func.count(SheetRow.id)).where(*condition)) or 0
    query = (
        select(SheetRow)
        .where(*condition)
        .options(joinedload(SheetRow.enrolment))
        .order_by(SheetRow.number)
        .limit(size)
        .offset((number - 1) * size)
    )
    return Page(list(db.session.scalars(query)), total, number, size)


def count_up_to(sheet: Sheet, number: int) -> int:
    """How many rows there are up to a line of the file."""
    query = select(func.count(SheetRow.id)).where(
        SheetRow.sheet_id == sheet.id, SheetRow.number <= number
    )
    return db.session.scalar(query) or 0


def offerings_with_terms(ids: Collection[int]) -> set[int]:
    """Those of the offerings that keep seats or ranks for agencies (one statement)."""
    query = select(SeatTerms.offering_id).where(SeatTerms.offering_id.in_(ids)).distinct()
    return set(db.session.scalars(query))


def to_tell(sheet_id: int, first: int, last: int) -> list[SheetRow]:
    """The rows of a stretch that brought somebody a place, with place, person and offering."""
    query = (
        select(SheetRow)
        .join(SheetRow.enrolment)
        .where(
            SheetRow.sheet_id == sheet_id,
            SheetRow.number.between(first, last),
            SheetRow.outcome.in_((Done.CONFIRMED.value, Done.WAITING.value)),
        )
        .options(
            contains_eager(SheetRow.enrolment).options(
                joinedload(Enrolment.user),
                joinedload(Enrolment.offering)
                .joinedload(Offering.course_version)
                .joinedload(CourseVersion.course)
                .joinedload(Course.provider),
            )
        )
        .order_by(SheetRow.number)
    )
    return list(db.session.scalars(query))


def people(ids: list[int]) -> list[User]:
    """People by their ids, in this order (one statement)."""
    found = {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(ids)))}
    return [found[key] for key in ids]
