"""Sessions on the pages of others: the desk, enrolling, a place, my training, a calendar file."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from lms.catalogue import calendar
from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import Offering
from lms.enrolment import choice_queries
from lms.enrolment import queries as enrolment_queries
from lms.enrolment.models import Enrolment
from lms.enrolment.permissions import access_own
from lms.enrolment.states import ENDED
from lms.kernel import clock
from lms.kernel.errors import Invalid
from lms.kernel.permissions import Permission, allowed
from lms.people import queries as people_queries
from lms.timetable import choosing, clashing, queries
from lms.timetable.forms import staff_form
from lms.timetable.permissions import may_see_link
from lms.timetable.rules import DoubleBooked
from lms.timetable.views import bp
from lms.web import filters, i18n, panels, running
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.downloads import download

_SOONEST = 6


@bp.get("/places/<public_id>/calendar.ics")
@requires(Permission.ENROLMENT_ENROLMENT_CREATE)
def place_calendar(public_id: str) -> ResponseReturnValue:
    """The class sessions of one's own place, with rooms and, for who has the seat, links."""
    actor = current_actor()
    place = access_own(public_id, actor)
    offering = place.offering
    version, ours = offering.course_version, running.settings()
    address = ours.base_url + url_for("enrolment.place", public_id=public_id)
    naming = calendar.Naming(ours.host, i18n.local(version.titles), address)
    meetings = queries.meetings_of(offering).values()
    shown = may_see_link(actor, offering, place)
    entries = calendar.each_session(
        offering,
        choice_queries.attended(place, catalogue_queries.sessions_of(offering)),
        naming,
        now=clock.now(),
        rooms={each.class_session_id: each.room.words for each in meetings if each.room},
        links={each.class_session_id: each.link for each in meetings if each.link and shown},
    )
    file = calendar.written(entries, naming.title)
    return download(file, f"{offering.code}.ics", "text/calendar; charset=utf-8")


def _sessions(
    offering: Offering,
    *,
    shown: bool,
    may_edit: bool = False,
    own: Enrolment | None = None,
    recorded: dict[int, int] | None = None,
) -> str:
    sessions, meetings = catalogue_queries.sessions_of(offering), queries.meetings_of(offering)
    return render_template(
        "timetable/_sessions.html",
        offering=offering,
        sessions=sessions,
        meetings=meetings,
        options=choosing.options(own, sessions, meetings, now=clock.now()) if own else {},
        topics=queries.topics_of(offering),
        shown=shown,
        may_edit=may_edit,
        own=own,
        recorded=recorded,
    )


def _may_edit(offering: Offering) -> bool:
    return allowed(current_actor(), Permission.CATALOGUE_OFFERING_EDIT, offering)


def _staff_panel(offering: Offering) -> str:
    return render_template(
        "timetable/_staff_panel.html",
        offering=offering,
        staff=catalogue_queries.staff_of(offering),
        form=staff_form(offering) if _may_edit(offering) else None,
    )


def _offering_panel(offering: Offering) -> str:
    actor = current_actor()
    return _sessions(
        offering,
        shown=may_see_link(actor, offering),
        may_edit=_may_edit(offering),
        recorded=enrolment_queries.recorded_counts(offering.id)
        if allowed(actor, Permission.ENROLMENT_ATTENDANCE_RECORD, offering)
        else None,
    )


def _place_panel(enrolment: Enrolment) -> str:
    actor, offering = current_actor(), enrolment.offering
    own = enrolment.user_id == actor.user_id and enrolment.state not in ENDED
    shown = may_see_link(actor, offering, enrolment)
    return _sessions(offering, shown=shown, own=enrolment if own else None)


def _clash_panel(offering: Offering) -> str:
    user = people_queries.user_by_id(current_user_id())
    clashes = clashing.of_participant(offering, user) if user else []
    return render_template("timetable/_own_clashes.html", clashes=clashes)


def _enrol_panel(offering: Offering) -> str:
    return _sessions(offering, shown=False)


def _move_panel(refusal: Invalid | None) -> str:
    if not isinstance(refusal, DoubleBooked):
        return ""
    return render_template("timetable/_refused_move.html", clashes=refusal.clashes)


def _my_training_panel() -> str:
    found = queries.next_of_person(current_user_id(), clock.now(), _SOONEST)
    own = render_template("timetable/_my_sessions.html", found=found)
    return filters.joined((own, render_template("timetable/_feed_link.html")))


def add_panels() -> None:
    """Add to the pages below."""
    panels.add("catalogue.offering.staff", _staff_panel)
    panels.add("catalogue.offering.staff", _offering_panel)
    panels.add("catalogue.move", _move_panel)
    panels.add("enrolment.place", _place_panel)
    panels.add("enrolment.enrol.offering", _clash_panel)
    panels.add("enrolment.enrol.offering", _enrol_panel)
    panels.add("enrolment.my_training", _my_training_panel)
