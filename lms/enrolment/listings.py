"""Lists of places as files: the columns of the pages, in the language of the reader."""

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _

from lms.catalogue.models import ClassSession, Offering
from lms.enrolment.models import Approval, Enrolment
from lms.enrolment.rules import Mark, Share
from lms.enrolment.wording import PRESENCE_LABELS, STATE_LABELS
from lms.web.exports import Listing
from lms.web.i18n import local


def of_agency(places: Iterable[Enrolment]) -> Listing:
    """A coordinator's officers and where they stand."""
    head = [_("Officer"), _("Office"), _("Course"), _("First day"), _("Last day"), _("Place")]
    return Listing("officers", head, ((*_who(place), *_course(place)) for place in places))


def of_approvals(approvals: Iterable[Approval]) -> Listing:
    """What waits for an answer, the oldest first."""
    head = [_("Officer"), _("Office"), _("Course"), _("First day"), _("Last day"), _("Asked on")]
    rows = (
        (*_who(one.enrolment), *_course(one.enrolment)[:3], one.created_at) for one in approvals
    )
    return Listing("approvals", head, rows)


def of_person(places: Iterable[Enrolment]) -> Listing:
    """A person's own courses."""
    head = [_("Course"), _("First day"), _("Last day"), _("My place"), _("Venue")]
    rows = ((*_course(place), place.offering.venue) for place in places)
    return Listing("my-training", head, rows)


def _who(place: Enrolment) -> tuple[object, ...]:
    office = place.user.organisation
    return place.user.name, office.name if office else ""


def _course(place: Enrolment) -> tuple[object, ...]:
    offering = place.offering
    title = local(offering.course_version.titles)
    return title, offering.starts_on, offering.ends_on, str(STATE_LABELS[place.state])


def roster(
    offering: Offering,
    places: Iterable[Enrolment],
    sessions: Sequence[ClassSession],
    marks: Mapping[tuple[int, int], Mark],
    shares: Mapping[int, Share],
) -> Listing:
    """Everybody with a place, and what the roll of each session says of them."""
    # By number, not by time: who moves a session does not mix up the columns of an earlier file.
    numbered = sorted(sessions, key=lambda session: session.position)
    numbers = [_("Session %(number)s", number=session.position) for session in numbered]
    head = [_("Name"), _("E-mail address"), _("Agency"), _("Place"), *numbers, _("Attendance in %")]
    return Listing(f"{offering.code}-roster", head, _rows(places, numbered, marks, shares))


def _rows(
    places: Iterable[Enrolment],
    sessions: Sequence[ClassSession],
    marks: Mapping[tuple[int, int], Mark],
    shares: Mapping[int, Share],
) -> Iterable[Sequence[object]]:
    for place in places:
        name, office = _who(place)
        said = (marks.get((place.id, session.id)) for session in sessions)
        words = ("" if mark is None else str(PRESENCE_LABELS[mark.presence]) for mark in said)
        share = shares[place.id].percent if place.id in shares else None
        yield name, place.user.email, office, str(STATE_LABELS[place.state]), *words, share
