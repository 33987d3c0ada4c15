"""A person's own calendar, to subscribe to from a phone: what they attend and what they teach."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from icalendar import Event

from lms.catalogue import calendar
from lms.db import transaction
from lms.kernel import clock, text
from lms.kernel.permissions import Permission
from lms.people.models import User
from lms.timetable import feeds, queries
from lms.timetable.queries import Met
from lms.timetable.views import bp
from lms.web import running
from lms.web.auth_guard import current_user_id, public, requires
from lms.web.downloads import download
from lms.web.forms import ActionForm

BACK = timedelta(days=90)
_USE = Permission.PEOPLE_ACCOUNT_USE


@bp.get("/my-training/calendar")
@requires(_USE)
def own_calendar() -> ResponseReturnValue:
    """The address of one's own calendar, and what to do with it."""
    feed = queries.feed_of(current_user_id())
    token = feeds.token_of(feed, running.settings().secret_key) if feed else None
    address = url_for("timetable.feed", token=token) if token else ""
    return render_template(
        "timetable/feed.html",
        address=running.settings().base_url + address if token else "",
        form=ActionForm(formdata=None),
    )


@bp.post("/my-training/calendar")
@requires(_USE)
def renew_calendar() -> ResponseReturnValue:
    """Make an address, or a new one in place of the old."""
    with transaction():
        feeds.renew(current_user_id())
    flash(_("Your calendar has a new address."), "success")
    return redirect(url_for("timetable.own_calendar"))


@bp.post("/my-training/calendar/end")
@requires(_USE)
def end_calendar() -> ResponseReturnValue:
    """Let the address lead nowhere."""
    with transaction():
        feeds.end(current_user_id())
    flash(_("The address of your calendar leads nowhere any more."), "info")
    return redirect(url_for("timetable.own_calendar"))


@bp.get("/calendars/<token>.ics")
@public
def feed(token: str) -> ResponseReturnValue:
    """The calendar itself, in the language of its person; who has the address may read it."""
    found = feeds.by_token(token, running.settings().secret_key)
    with force_locale(found.user.locale):
        file = calendar.written(_entries(found.user, clock.now()), _("My training"))
    return download(file, "sijil.ics", "text/calendar; charset=utf-8")


def _entries(user: User, now: datetime) -> Iterator[Event]:
    # All of them: a session that is left out is missed, and nobody has more than a life holds.
    yield from _of(queries.next_of_person(user.id, now - BACK), user.locale, now)
    yield from _of(queries.next_taught(user.id, now - BACK), user.locale, now)


def _of(found: Iterable[Met], locale: str, now: datetime) -> Iterator[Event]:
    ours = running.settings()
    for session, offering, meeting in found:
        version = offering.course_version
        title = text.in_language(version.titles, locale)
        address = url_for("catalogue.course", public_id=version.public_id)
        naming = calendar.Naming(ours.host, title, ours.base_url + address)
        room = {session.id: meeting.room.words} if meeting and meeting.room else {}
        link = {session.id: meeting.link} if meeting and meeting.link else {}
        yield from calendar.each_session(
            offering, [session], naming, now=now, rooms=room, links=link
        )
