"""The dry run: what each row would do, or why it cannot; nothing is enrolled."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from lms.catalogue import prerequisites
from lms.catalogue.models import CourseVersion, Offering, SeatPool
from lms.db import db
from lms.enrolment import promising
from lms.enrolment import service as enrolment
from lms.enrolment.models import Enrolment
from lms.enrolment.states import Deed, State, allows
from lms.kernel import text
from lms.kernel.errors import Conflict, DomainError
from lms.people.models import User
from lms.sheets import queries, reading
from lms.sheets.models import Sheet, SheetRow
from lms.sheets.queries import Named
from lms.sheets.reading import Wanted
from lms.sheets.states import Done, Planned, Way

_ADDRESS = re.compile(r"(?=.{3,254}$)[^@\s]+@[^@\s]+")
_JOINING = frozenset({Planned.ENROL, Planned.NOMINATE})
_MISSING = "prerequisites-missing"


@dataclass(frozen=True)
class _Case:
    """A row that names an offering and a person, as far as they are known."""

    row: SheetRow
    wanted: Wanted
    offering: Offering
    user: User

    @property
    def pair(self) -> tuple[int, int]:
        return self.offering.id, self.user.id


@dataclass(frozen=True)
class _Letter:
    """A row that names an address of which the provider may know nothing."""

    row: SheetRow
    wanted: Wanted
    offering: Offering

    @property
    def pair(self) -> tuple[int, str]:
        return self.offering.id, text.key(self.wanted.person)


def check(sheet: Sheet, rows: list[SheetRow], now: datetime) -> None:
    """Write into each row what it would do, or an error code with its words."""
    with db.session.no_autoflush:  # the rows are written once, not before each question as well
        cases, letters = _cases(sheet, rows)
        _check_letters(letters, now)
        pairs = {case.pair for case in cases}
        standing = queries.standing(pairs)
        first = queries.first_lines(sheet, rows[0].number, pairs)
        asking = _asking({case.offering.course_version for case in cases})
        for case in cases:
            with refusing(case.row):
                _only_once(case, first)
                case.row.outcome = _plan(sheet, case, standing.get(case.pair), now)
                if case.row.outcome in _JOINING and case.offering.course_version in asking:
                    prerequisites.check(case.offering.course_version, case.user, now)


def _asking(versions: set[CourseVersion]) -> set[CourseVersion]:
    """The versions that ask for something beforehand: most ask for nothing."""
    return {version for version in versions if prerequisites.of(version)}


def _check_letters(letters: list[_Letter], now: datetime) -> None:
    """Nothing here may depend on whether there is an account."""
    if not letters:
        return
    offerings, keys = zip(*(each.pair for each in letters), strict=True)
    promised, first = promising.open_to(offerings, keys), dict[tuple[int, str], int]()
    for each in letters:
        with refusing(each.row):
            earlier = first.setdefault(each.pair, each.row.number)
            if earlier != each.row.number:
                raise Conflict("row-twice", line=str(earlier))
            already = each.wanted.withdraw or each.pair in promised
            each.row.outcome = Done.ALREADY.value if already else _letter(each, now)


def _letter(case: _Letter, now: datetime) -> str:
    enrolment.check_window(case.offering, now)
    case.row.pool_id = pool_of(case.offering, case.wanted).id
    return Planned.WRITE.value


def _cases(sheet: Sheet, rows: list[SheetRow]) -> tuple[list[_Case], list[_Letter]]:
    asked: dict[int, Wanted] = {}
    for row in rows:
        row.outcome, row.words = "", {}
        row.offering_id = row.user_id = row.pool_id = None
        with refusing(row):
            asked[row.number] = reading.wanted(sheet.header, row.cells, Way(sheet.way))
    codes, people = ({getattr(w, name) for w in asked.values()} for name in ("offering", "person"))
    known = queries.named(sheet, codes, people)
    cases: list[_Case] = []
    letters: list[_Letter] = []
    for row in rows:
        if row.number in asked:
            with refusing(row):
                case = _case(sheet, row, asked[row.number], known)
                if isinstance(case, _Case):
                    cases.append(case)
                else:
                    letters.append(case)
    return cases, letters


def _case(sheet: Sheet, row: SheetRow, wanted: Wanted, known: Named) -> _Case | _Letter:
    offering = known.offerings.get(wanted.offering)
    if offering is None:
        raise Conflict("row-unknown-offering", offering=wanted.offering)
    user = _person(sheet, wanted.person, known)
    row.offering_id = offering.id
    if user is None:
        return _Letter(row, wanted, offering)
    row.user_id = user.id
    return _Case(row, wanted, offering, user)


def _only_once(case: _Case, first: dict[tuple[int, int], int]) -> None:
    earlier = first.setdefault(case.pair, case.row.number)
    if earlier != case.row.number:
        raise Conflict("row-twice", line=str(earlier))


@contextmanager
def refusing(row: SheetRow) -> Iterator[None]:
    """Write down in the row why not, as it was said then, instead of raising it."""
    try:
        yield
    except DomainError as why:
        row.outcome, row.words = why.code, {name: str(each) for name, each in why.params.items()}
        if why.code == _MISSING:  # its words are sentences in the language of whoever runs the job
            row.outcome, row.words = "row-prerequisites", {}


def _person(sheet: Sheet, name: str, known: Named) -> User | None:
    """Who is meant; None for an address that the provider may write to but learns nothing of."""
    found = {user.id: user for user in known.people.get(name, [])}
    found |= {user.id: user for user in known.people.get(text.key(name), [])}
    if sheet.way == Way.NOMINATE:
        # Another agency's officers are as unknown as nobody: names and addresses stay theirs.
        path = sheet.organisation.path
        found = {
            key: user
            for key, user in found.items()
            if user.organisation and user.organisation.path.startswith(path)
        }
    if not found and sheet.way == Way.ENROL and _ADDRESS.fullmatch(name):
        return None
    if not found:
        raise Conflict("row-unknown-person", person=name)
    if len(found) > 1:
        raise Conflict("row-several-people", person=name, count=str(len(found)))
    return next(iter(found.values()))


def _plan(sheet: Sheet, case: _Case, place: Enrolment | None, now: datetime) -> str:
    offering, user = case.offering, case.user
    if case.wanted.withdraw:
        return withdrawal(sheet, offering, place, now)
    if place is not None:
        return Done.ALREADY.value
    if user.id == sheet.acting_id:
        raise Conflict("row-oneself")
    enrolment.check_window(offering, now)
    case.row.pool_id = pool_of(offering, case.wanted).id
    return (Planned.ENROL if sheet.way == Way.ENROL else Planned.NOMINATE).value


def withdrawal(sheet: Sheet, offering: Offering, place: Enrolment | None, now: datetime) -> str:
    """What the row may do to a place, if there is one; raises Conflict when nothing."""
    if place is None:
        return Done.ALREADY.value
    zone = ZoneInfo(offering.course_version.course.provider.timezone)
    if now.astimezone(zone).date() > offering.ends_on:
        raise Conflict("withdrawal-too-late")
    # What an officer has answered is the officer's; the agency gives seats on by substitution.
    answered = sheet.way == Way.NOMINATE and place.state != State.NOMINATED
    if answered or not allows(Deed.WITHDRAW, State(place.state)):
        raise Conflict("row-not-to-withdraw")
    return Planned.WITHDRAW.value


def pool_of(offering: Offering, wanted: Wanted) -> SeatPool:
    """The seats a row asks for; raises Conflict where both kinds are there and none is named."""
    pools = [each for each in offering.pools if wanted.seat in {None, each.mode}]
    if len(pools) != 1:
        raise Conflict("row-seat-missing" if pools else "row-no-such-seat")
    return pools[0]
