"""The training calendar of a year, and calendars to subscribe to: an offering, or a search."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from icalendar import Event

from lms.catalogue import browsing, calendar, queries, showing, stocks
from lms.catalogue.filters import Filters, Run, read
from lms.catalogue.forms import KIND_LABELS, LANGUAGE_LABELS, MODE_LABELS
from lms.catalogue.models import Offering
from lms.catalogue.permissions import access_course_version
from lms.catalogue.views import bp
from lms.kernel import clock
from lms.web import exports, i18n, running, shelf
from lms.web.auth_guard import current_actor, public
from lms.web.downloads import download
from lms.web.filters import day

_YEAR = re.compile(r"20\d\d")
_TYPE = "text/calendar; charset=utf-8"


@bp.get("/offerings/<public_id>/calendar.ics")
@public
def offering_calendar(public_id: str) -> ResponseReturnValue:
    """The class sessions of an offering."""
    offering = queries.offering_by_public_id(public_id)
    access_course_version(offering.course_version.public_id, current_actor())
    naming = _naming(offering)
    entries = calendar.each_session(
        offering, queries.sessions_of(offering), naming, now=clock.now()
    )
    return download(calendar.written(entries, naming.title), f"{offering.code}.ics", _TYPE)


@bp.get("/calendar.ics")
@public
def calendar_of_courses() -> ResponseReturnValue:
    """The offerings that the catalogue lists for the same filters, an entry each.

    Who reads the file learns from it when it does not hold them all.
    """
    now = clock.now()
    filters = read(request.args, LANGUAGE_LABELS)
    ahead = browsing.offerings(filters, now=now)
    shown = ahead[: browsing.MOST_IN_CALENDAR]
    found = queries.offerings_by_public_ids([run.public_id for run in shown])
    entries = [_over_all_days(offering, now) for offering in found]
    left = _left(ahead, filters) if len(ahead) > len(shown) else ""
    file = calendar.written(entries, _("Training catalogue"), description=left)
    return download(file, "courses.ics", _TYPE)


def _left(ahead: list[Run], filters: Filters) -> str:
    last = ahead[browsing.MOST_IN_CALENDAR - 1].starts_on
    onwards = replace(filters, since=f"{last:%Y-%m}").address()
    path = url_for("catalogue.calendar_of_courses", **dict[str, Any](onwards))
    return str(
        _(
            "This calendar holds the next %(shown)s of %(total)s offerings, until %(day)s. For"
            " later ones subscribe to this address as well: %(address)s",
            shown=browsing.MOST_IN_CALENDAR,
            total=len(ahead),
            day=day(last),
            address=running.settings().base_url + path,
        )
    )


@bp.get("/calendar")
@public
@shelf.for_strangers
def year() -> ResponseReturnValue:
    """The training calendar of a year, as searched and filtered."""
    now = clock.now()
    asked = read(request.args, LANGUAGE_LABELS)
    number = _year(request.args.get("year") or asked.since[:4], now)
    filters = asked.within(number)
    if exports.wanted():
        every = browsing.year(filters, number, now=now, most=exports.MOST)
        return exports.answer(showing.listing_of_year(number, every))
    stock = shelf.value_for_all(f"catalogue of {number}", lambda: stocks.of_year(number, now))
    found = browsing.year(filters, number, now=now, stock=stock)
    months, last_month = showing.months_of(number), f"{number}-{found.last_month:02}"
    return render_template(
        "catalogue/year.html",
        year=number,
        found=found,
        filters=filters,
        chips=showing.chips(filters, found),
        months=months,
        # Said in one line: a phone would show nothing but headings without anything below.
        free=[
            words
            for month, words in zip(found.months, months.values(), strict=True)
            if not found.months[month]
        ],
        kinds=KIND_LABELS,
        modes=MODE_LABELS,
        languages=LANGUAGE_LABELS,
        later={**filters.address(), "from": last_month},
        last_month=last_month,
        most=browsing.MOST_IN_CALENDAR,
        now=now,
    )


def _year(asked: str, now: datetime) -> int:
    if _YEAR.fullmatch(asked):
        return int(asked)
    return now.astimezone(ZoneInfo(i18n.ZONE)).year


def _over_all_days(offering: Offering, now: datetime) -> Event:
    return calendar.whole(offering, _naming(offering), now=now)


def _naming(offering: Offering) -> calendar.Naming:
    version = offering.course_version
    address = url_for("catalogue.course", public_id=version.public_id)
    ours = running.settings()
    return calendar.Naming(ours.host, i18n.local(version.titles), ours.base_url + address)
