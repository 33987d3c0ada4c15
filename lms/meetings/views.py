"""Fill in the roll of a class session from the file of a meeting tool."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace as replaced
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.catalogue.models import ClassSession, Offering
from lms.catalogue.permissions import access_offering
from lms.enrolment import choice_queries, queries, roll_file
from lms.enrolment.models import Enrolment
from lms.enrolment.roll_file import RollFile
from lms.enrolment.rules import Mark
from lms.enrolment.wording import PRESENCE_LABELS
from lms.kernel.errors import Invalid
from lms.kernel.permissions import Permission
from lms.meetings import matching, reading, rules
from lms.meetings.forms import MeetingFileForm
from lms.meetings.rules import Seen, Stay
from lms.web import filters, limits, panels
from lms.web.auth_guard import current_actor, current_user_id, requires
from lms.web.forms import INVALID_ANSWER, ActionForm, takes
from lms.web.running import settings

bp = Blueprint("meetings", __name__)
_NEED = Permission.ENROLMENT_ATTENDANCE_RECORD
_LONGEST_NAME = 150


@bp.route("/offerings/<public_id>/sessions/<session_id>/online", methods=["GET", "POST"])
@requires(_NEED)
@limits.uploads
@takes(MeetingFileForm)
def online(public_id: str, session_id: str) -> ResponseReturnValue:
    """Take the file, and show the roll filled in from it; saving that is the roll's own deed."""
    offering = access_offering(public_id, current_actor(), _NEED)
    session = queries.session_of(offering, session_id)
    form = MeetingFileForm()
    if form.validate_on_submit():
        try:
            data = form.file.data.read(reading.LARGEST + 1)
            stays = _stays(data, offering, session)
            named = (form.file.data.filename or "")[:_LONGEST_NAME]
            file = RollFile(named, hashlib.sha256(data).hexdigest(), len(stays), 0)
            return _review(offering, session, stays, file, replace=form.replace.data)
        except Invalid as refusal:
            form.apply(refusal)
    return render_template("meetings/upload.html", offering=offering, session=session, form=form), (
        INVALID_ANSWER if form.is_submitted() else 200
    )


def _stays(data: bytes, offering: Offering, session: ClassSession) -> list[Stay]:
    zone = ZoneInfo(offering.course_version.course.provider.timezone)
    stays = reading.read(data, session.starts_at.astimezone(zone).date(), zone)
    if not rules.seen(stays, session.starts_at, session.ends_at).minutes:
        raise Invalid(fields={"file": "meeting-file-other-time"})
    return stays


def _review(
    offering: Offering, session: ClassSession, stays: list[Stay], file: RollFile, *, replace: bool
) -> ResponseReturnValue:
    places, chose = choice_queries.for_roll(session)
    ours, others = matching.matched(stays, places)
    found = {one: _seen(session, ours[one]) for one in ours}
    saved = {} if replace else _saved(session, places)
    marks = matching.suggestions(places, found, session.starts_at, session.ends_at) | saved
    return render_template(
        "meetings/review.html",
        offering=offering,
        session=session,
        people=places,
        chose=chose,
        marks={one: mark.presence for one, mark in marks.items()},
        minutes={one: str(mark.minutes) for one, mark in marks.items() if mark.minutes},
        labels=PRESENCE_LABELS,
        form=ActionForm(formdata=None),
        source=_source(session, replaced(file, found=len(found))),
        notes=_notes(offering, session, found, saved),
        unmarked="",
        others=[(name, _seen(session, some).minutes) for name, some in sorted(others.items())],
        found=len(found),
        kept=len(saved),
    )


def _source(session: ClassSession, file: RollFile) -> str:
    by, key = current_user_id(), settings().secret_key
    return roll_file.sealed(file, session.public_id, by=by, key=key)


def _seen(session: ClassSession, stays: Iterable[Stay]) -> Seen:
    return rules.seen(stays, session.starts_at, session.ends_at)


def _saved(session: ClassSession, places: Sequence[Enrolment]) -> dict[str, Mark]:
    rows = {row.enrolment_id: Mark(row.presence, row.minutes) for row in queries.roll_of(session)}
    return {place.public_id: rows[place.id] for place in places if place.id in rows}


def _notes(
    offering: Offering, session: ClassSession, found: Mapping[str, Seen], saved: Mapping[str, Mark]
) -> dict[str, str]:
    zone = offering.course_version.course.provider.timezone
    notes = {one: _words(seen, session, zone) for one, seen in found.items()}
    for one in saved:
        told = _("The roll says so already.")
        notes[one] = f"{told} {notes[one]}" if one in notes else told
    return notes


def _words(seen: Seen, session: ClassSession, zone: str) -> str:
    if seen.first is None:
        return str(_("In the file, but not during this session."))
    return str(
        _(
            "Online from %(first)s: %(minutes)s of %(held)s minutes.",
            first=filters.clock_time(seen.first, zone),
            minutes=seen.minutes,
            held=session.minutes,
        )
    )


def _panel(offering: Offering, session: ClassSession) -> str:
    return render_template("meetings/_roll_panel.html", offering=offering, session=session)


def add_panels() -> None:
    """Add to the page of the roll."""
    panels.add("enrolment.roll", _panel)
