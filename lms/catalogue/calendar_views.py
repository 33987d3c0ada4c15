"""The training calendar of a year, and calendars to subscribe to: an offering, or a search."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from icalendar import Event

from lms.catalogue import browsing, calendar, queries, showing
from lms.catalogue.filters import read
from lms.catalogue.forms import KIND_LABELS, LANGUAGE_LABELS, MODE_LABELS
from lms.catalogue.models import Offering
from lms.catalogue.permissions import access_course_version
from lms.catalogue.views import bp
from lms.kernel import clock
from lms.web import exports, i18n, running, shelf
from lms.web.auth_guard import current_actor, public
from lms.web.downloads import download

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
    """The offerings that the catalogue lists for the same filters, an entry each."""
    now = clock.now()
    filters = read(request.args, LANGUAGE_LABELS)
    found = queries.offerings_by_public_ids(browsing.offerings(filters, now=now))
    entries = [_over_all_days(offering, now) for offering in found]
    return download(calendar.written(entries, _("Training catalogue")), "courses.ics", _TYPE)


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
    found = browsing.year(filters, number, now=now)
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
