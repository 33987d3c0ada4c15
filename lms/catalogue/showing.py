"""What the filters of the catalogue are called, months to choose from, the list as a file."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from flask import get_template_attribute
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.catalogue.browsing import Choices, Listed, Year
from lms.catalogue.filters import Filters
from lms.catalogue.forms import KIND_LABELS, LANGUAGE_LABELS, MODE_LABELS
from lms.web.exports import Listing
from lms.web.filters import month
from lms.web.i18n import ZONE, local

_FEWEST_MONTHS = 12
Card = tuple[int, str]
"""The id of a version, and the public one of the offering that is shown beside it."""


def months(now: datetime, *starts: str) -> dict[str, str]:
    """The months from now to a year ahead, or to the last of ``starts`` (like 2027-03)."""
    today = now.astimezone(ZoneInfo(ZONE)).date()
    first = today.year * 12 + today.month - 1
    asked = [int(text[:4]) * 12 + int(text[5:7]) - 1 for text in starts if text]
    span = range(min([first, *asked]), max([first + _FEWEST_MONTHS, *asked]) + 1)
    days = [date(number // 12, number % 12 + 1, 1) for number in span]
    return {f"{day:%Y-%m}": month(day) for day in days}


def months_of(year: int) -> dict[str, str]:
    """The months of a year."""
    days = [date(year, number, 1) for number in range(1, 13)]
    return {f"{day:%Y-%m}": month(day) for day in days}


def chips(filters: Filters, found: Choices) -> dict[str, str]:
    """The active filters by name, in words."""
    return {name: _words(name, filters.value(name), found) for name in filters.active}


def _words(name: str, value: str, found: Choices) -> str:
    match name:
        case "kind":
            return str(KIND_LABELS[value])
        case "mode":
            return str(MODE_LABELS[value])
        case "competency":
            return _competency(value, found)
        case "place":
            return found.places.get(value, value)
        case "seats":
            return str(_("Free seats only"))
    return _sentence(name, value)


def _sentence(name: str, value: str) -> str:
    match name:
        case "language":
            return str(_("in %(language)s", language=LANGUAGE_LABELS[value]))
        case "since":
            return str(_("from %(month)s", month=_month(value)))
        case "until":
            return str(_("to %(month)s", month=_month(value)))
    return str(_("“%(words)s”", words=value))


def _month(value: str) -> str:
    return month(date(int(value[:4]), int(value[5:7]), 1))


def _competency(code: str, found: Choices) -> str:
    for domain in found.domains:
        for known, statements in [(domain.code, domain.statements), *domain.units]:
            if known == code:
                return f"{code} {local(statements)}"
    return code


def cards(rows: Iterable[Listed], kept: dict[Card, str], now: datetime) -> list[str]:
    """The courses as they stand in the list; ``kept`` has what was made before, in one language."""
    make = get_template_attribute("catalogue/_card.html", "card")
    found = []
    for each in rows:
        run = each.next_offering
        card = (each.course.id, run.public_id if run else "")
        if card not in kept:
            kept[card] = make(each.course, run, now, KIND_LABELS, MODE_LABELS)
        found.append(kept[card])
    return found


def listing(courses: Iterable[Listed]) -> Listing:
    """The list of courses as a file, each with its next offering."""
    head = [
        *(_("Code"), _("Title"), _("Kind"), _("How it is held"), _("Hours"), _("CPD points")),
        *(_("Next first day"), _("Last day"), _("Venue"), _("Free seats")),
    ]
    return Listing("courses", head, map(_row, courses))


def listing_of_year(number: int, found: Year) -> Listing:
    """The offerings of a year as a file, by their first day; it says itself what is left out."""
    head = [
        *(_("Code"), _("Title"), _("Kind"), _("First day"), _("Last day")),
        *(_("Venue"), _("Seats"), _("Free seats")),
    ]
    rows = (
        (
            *(course.code, local(course.titles), str(KIND_LABELS[course.kind])),
            *(run.starts_on, run.ends_on, run.venue, run.capacity, run.free),
        )
        for some in found.months.values()
        for course, run in some
    )
    return Listing(f"offerings-{number}", head, (*rows, *_left_out(found)))


def _left_out(found: Year) -> list[tuple[object, ...]]:
    if not found.left:
        return []
    told = ngettext(
        "%(num)s later offering is left out. Choose months or another filter to get it.",
        "%(num)s later offerings are left out. Choose months or another filter to get them.",
        found.left,
    )
    return [(told, *[None] * 7)]


def _row(listed: Listed) -> tuple[object, ...]:
    course, run = listed.course, listed.next_offering
    return (
        course.code,
        local(course.titles),
        str(KIND_LABELS[course.kind]),
        str(MODE_LABELS[course.mode]),
        (Decimal(course.minutes) / 60).quantize(Decimal("0.1"), ROUND_HALF_UP),
        course.cpd,
        *((run.starts_on, run.ends_on, run.venue, run.free) if run else (None,) * 4),
    )
