"""What the rows ask for is done by the verbs of enrolment, and taken back by them."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from lms.catalogue.models import Offering, SeatPool
from lms.db import db
from lms.enrolment import bulk, notices, promising
from lms.enrolment import service as enrolment
from lms.enrolment.models import Enrolment, Promise
from lms.enrolment.models import Way as EnrolmentWay
from lms.enrolment.states import ENDED, Deed
from lms.enrolment.states import State as PlaceState
from lms.jobs.port import enqueue, first_time
from lms.kernel.errors import Conflict
from lms.people.models import User
from lms.sheets import checking, queries, reading
from lms.sheets.models import Sheet, SheetRow
from lms.sheets.reading import Wanted
from lms.sheets.states import Done, Planned, Way

TELL_JOB = "sheets.tell"
_PLANNED = frozenset(Planned)


def do(sheet: Sheet, rows: list[SheetRow], now: datetime) -> None:
    """Check the rows anew, since time has passed, and do what they ask for."""
    checking.check(sheet, rows, now)
    together = _together(rows)
    for pool_id in sorted(together):  # always in this order, so that no two wait for each other
        _enrol_together(sheet, together[pool_id], now)
    for row in rows:
        if row.outcome in _PLANNED:
            _each(row, partial(_do, sheet, row, now))


def _together(rows: list[SheetRow]) -> dict[int, list[SheetRow]]:
    """The rows that can be enrolled at once, by the seats they ask for.

    Not where agencies have terms, and not beside a withdrawal, whose seat the next row may want.
    """
    if any(row.outcome == Planned.WITHDRAW for row in rows):
        return {}
    joining = [row for row in rows if row.outcome == Planned.ENROL and row.offering_id]
    apart = queries.offerings_with_terms({row.offering_id for row in joining if row.offering_id})
    found: dict[int, list[SheetRow]] = {}
    for row in joining:
        if row.pool_id is not None and row.offering_id not in apart:
            found.setdefault(row.pool_id, []).append(row)
    return found


def _enrol_together(sheet: Sheet, rows: list[SheetRow], now: datetime) -> None:
    pool = db.session.get_one(SeatPool, rows[0].pool_id)
    offering = db.session.get_one(Offering, rows[0].offering_id)
    users = queries.people([row.user_id or 0 for row in rows])
    try:
        with db.session.begin_nested():
            places = bulk.enrol_many(offering, pool, users, by=sheet.acting_id, now=now)
    except Conflict:
        return  # somebody was quicker: they are gone through one by one, and told so
    for row, place in zip(rows, places, strict=True):
        seated = place.state == PlaceState.CONFIRMED
        row.outcome = _changed(row, place, Done.CONFIRMED if seated else Done.WAITING).value
    first, last = rows[0].number, rows[-1].number
    enqueue(TELL_JOB, sheet_id=sheet.id, first=first, last=last, pool_id=pool.id)


def tell(sheet_id: int, first: int, last: int, pool_id: int) -> None:
    """Mail those who were enrolled together how it stands with their place, each once."""
    for row in queries.to_tell(sheet_id, first, last):
        place = row.enrolment
        if row.pool_id != pool_id or place is None or place.state in ENDED:
            continue
        if first_time(f"{TELL_JOB}:{row.id}"):
            notices.tell(place, Deed.ENROL.value)


def _each(row: SheetRow, deed: Callable[[], Done]) -> None:
    """A row whose deed is refused leaves nothing behind and does not stop the others."""
    with checking.refusing(row):
        with db.session.begin_nested():
            done = deed()
        row.outcome, row.words = done.value, {}


def _do(sheet: Sheet, row: SheetRow, now: datetime) -> Done:
    wanted = reading.wanted(sheet.header, row.cells, Way(sheet.way))
    offering = db.session.get_one(Offering, row.offering_id)
    if row.outcome == Planned.WRITE:
        return _write(sheet, row, offering, wanted, now)
    user = db.session.get_one(User, row.user_id)
    if row.outcome == Planned.WITHDRAW:
        place = queries.standing([(offering.id, user.id)]).get((offering.id, user.id))
        if place is None:
            return Done.ALREADY
        enrolment.hold(place)  # the officer may have answered since the row was checked
        checking.withdrawal(sheet, offering, place, now)
        _withdraw(sheet, place, wanted.reason, now)
        return _changed(row, place, Done.WITHDRAWN)
    return _join(sheet, row, (offering, user, wanted), now)


def _write(sheet: Sheet, row: SheetRow, offering: Offering, wanted: Wanted, now: datetime) -> Done:
    by, pool = db.session.get_one(User, sheet.acting_id), checking.pool_of(offering, wanted)
    row.promise = promising.invite(offering, wanted.person, pool=pool, by=by, now=now)
    return Done.WRITTEN


def _join(sheet: Sheet, row: SheetRow, facts: tuple[Offering, User, Wanted], now: datetime) -> Done:
    offering, user, wanted = facts
    pool, by = checking.pool_of(offering, wanted), sheet.acting_id
    if sheet.way == Way.NOMINATE:
        place = enrolment.nominate(offering, user, by=by, now=now, pool=pool)
        return _changed(row, place, Done.NOMINATED)
    way = EnrolmentWay.MANAGER
    place = enrolment.enrol(offering, user, by=by, now=now, pool=pool, way=way)
    seated = place.state == PlaceState.CONFIRMED
    return _changed(row, place, Done.CONFIRMED if seated else Done.WAITING)


def _changed(row: SheetRow, place: Enrolment, what: Done) -> Done:
    row.enrolment_id, row.after = place.id, place.state
    return what


def restore(sheet: Sheet, rows: list[SheetRow], now: datetime) -> None:
    """Take back what these rows did and nobody has changed since; the rest is left and said so."""
    for row in rows:
        if row.promise_id is not None:
            _each(row, partial(_take_word_back, sheet, row, now))
        elif row.enrolment_id is None:
            row.outcome, row.words = Done.UNTOUCHED.value, {}
        else:
            _each(row, partial(_take_back, sheet, row, now))


def _take_word_back(sheet: Sheet, row: SheetRow, now: datetime) -> Done:
    made = db.session.get_one(Promise, row.promise_id)
    taken_back = promising.take_back(made, "", by=sheet.acting_id, now=now)
    return Done.RESTORED if taken_back else Done.LEFT


def _take_back(sheet: Sheet, row: SheetRow, now: datetime) -> Done:
    place = db.session.get_one(Enrolment, row.enrolment_id)
    enrolment.hold(place)
    if place.state != row.after:
        return Done.LEFT
    if place.state in ENDED:
        return _let_in_again(sheet, row, place, now)
    _withdraw(sheet, place, "", now)
    return Done.RESTORED


def _withdraw(sheet: Sheet, place: Enrolment, reason: str, now: datetime) -> None:
    """End somebody's place, who did not do it themselves and so is told."""
    enrolment.withdraw(place, by=sheet.acting_id, now=now, reason=reason)
    notices.tell(place, Deed.WITHDRAW.value, reason=reason)


def _let_in_again(sheet: Sheet, row: SheetRow, ended: Enrolment, now: datetime) -> Done:
    """A seat that was given up may be somebody else's now: the person asks for it anew."""
    if sheet.way == Way.NOMINATE:
        raise Conflict("row-withdrawal-stays")
    pool, user, offering = ended.pool, ended.user, ended.offering
    by, way = sheet.acting_id, EnrolmentWay.MANAGER
    place = enrolment.enrol(offering, user, by=by, now=now, pool=pool, way=way)
    row.enrolment_id, row.after = place.id, place.state
    return Done.RESTORED
