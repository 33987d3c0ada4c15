"""The dry run: what each row would do, or why it cannot; nothing is enrolled."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from lms.catalogue import prerequisites
from lms.catalogue import rules as catalogue_rules
from lms.catalogue.models import CourseVersion, Offering, SeatPool
from lms.db import db
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


def check(sheet: Sheet, rows: list[SheetRow], now: datetime) -> None:
    """Write into each row what it would do, or an error code with its words."""
    with db.session.no_autoflush:  # the rows are written once, not before each question as well
        cases = _cases(sheet, rows)
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


def _cases(sheet: Sheet, rows: list[SheetRow]) -> list[_Case]:
    asked: dict[int, Wanted] = {}
    for row in rows:
        row.outcome, row.words = "", {}
        row.offering_id = row.user_id = row.pool_id = None
        with refusing(row):
            asked[row.number] = reading.wanted(sheet.header, row.cells, Way(sheet.way))
    codes, people = ({getattr(w, name) for w in asked.values()} for name in ("offering", "person"))
    known = queries.named(sheet, codes, people)
    cases = []
    for row in rows:
        if row.number in asked:
            with refusing(row):
                cases.append(_case(sheet, row, asked[row.number], known))
    return cases


def _case(sheet: Sheet, row: SheetRow, wanted: Wanted, known: Named) -> _Case:
    offering = known.offerings.get(wanted.offering)
    if offering is None:
        raise Conflict("row-unknown-offering", offering=wanted.offering)
    user = _person(sheet, wanted.person, known)
    row.offering_id, row.user_id = offering.id, user.id
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


def _person(sheet: Sheet, name: str, known: Named) -> User:
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
    verdict = catalogue_rules.may_enter(offering.state, offering.opens_at, offering.closes_at, now)
    if not verdict.ok:
        raise Conflict(verdict.reasons[0])
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
