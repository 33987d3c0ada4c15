"""Forms of rooms, class sessions, and trainers of an offering."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from lms.catalogue import queries as catalogue_queries
from lms.catalogue.models import ClassSession, Offering
from lms.kernel.permissions import Role
from lms.kernel.text import LANGUAGES
from lms.people import queries as people_queries
from lms.timetable import queries
from lms.timetable.agenda import TopicFacts
from lms.timetable.copying import CopyFacts
from lms.timetable.models import Meeting, Room
from lms.timetable.rules import LONGEST_LINK
from lms.timetable.service import RoomFacts, SessionFacts
from lms.web.forms import BaseForm, EditForm, choices

_REQUIRED = _l("Fill in this field.")
_TITLE = [Optional(), Length(max=200)]
_ABSTRACT = [Optional(), Length(max=4000)]


class RoomForm(BaseForm):
    """A room: what it is called, where it is, how many people it holds."""

    name = StringField(_l("Name of the room"), [InputRequired(_REQUIRED), Length(max=120)])
    venue = StringField(_l("Venue"), [InputRequired(_REQUIRED), Length(max=200)])
    capacity = IntegerField(
        _l("People it holds"), [InputRequired(_REQUIRED), NumberRange(min=1, max=5000)]
    )

    def facts(self, *, active: bool = True) -> RoomFacts:
        """The form as the service wants it."""
        return RoomFacts(
            name=(self.name.data or "").strip(),
            venue=(self.venue.data or "").strip(),
            capacity=self.capacity.data or 1,
            active=active,
        )


class RoomEditForm(RoomForm):
    """A room that may be taken out of use."""

    active = BooleanField(_l("In use"))


class AcceptForm(BaseForm):
    """A deed that may book something twice; the box is shown once it would."""

    accepted = BooleanField(_l("I know, and it is meant"))


class SessionForm(AcceptForm, EditForm):
    """A class session: when it is and where it meets; choices are set by ``session_form``."""

    day = DateField(_l("Day"), [InputRequired(_REQUIRED)])
    begins = TimeField(_l("Begins at"), [InputRequired(_REQUIRED)])
    ends = TimeField(_l("Ends at"), [InputRequired(_REQUIRED)])
    room = SelectField(_l("Room"), validate_choice=True)
    link = StringField(_l("Online link"), [Optional(), Length(max=LONGEST_LINK)])
    tell = BooleanField(_l("Tell everybody with a place"))

    def facts(self, zone: str, rooms: list[Room]) -> SessionFacts:
        """The form as the service wants it, by the clock of the provider."""
        begins = datetime.combine(self.day.data, self.begins.data, tzinfo=ZoneInfo(zone))
        ends = datetime.combine(self.day.data, self.ends.data, tzinfo=ZoneInfo(zone))
        return SessionFacts(
            starts_at=begins.astimezone(UTC),
            ends_at=ends.astimezone(UTC),
            room=next((each for each in rooms if each.public_id == self.room.data), None),
            link=(self.link.data or "").strip(),
            tell=bool(self.tell.data),
        )


class TopicForm(EditForm):
    """What a session is about; everything may stay empty."""

    title_ms = StringField(_l("Title in Malay"), _TITLE)
    title_en = StringField(_l("Title in English"), _TITLE)
    title_id = StringField(_l("Title in Indonesian"), _TITLE)
    abstract_ms = TextAreaField(_l("Abstract in Malay"), _ABSTRACT)
    abstract_en = TextAreaField(_l("Abstract in English"), _ABSTRACT)
    abstract_id = TextAreaField(_l("Abstract in Indonesian"), _ABSTRACT)
    track = StringField(_l("Track"), [Optional(), Length(max=80)])
    speakers = TextAreaField(_l("Speakers"), [Optional(), Length(max=2000)])

    def facts(self) -> TopicFacts:
        """The form as the service wants it."""
        lines = (line.strip() for line in (self.speakers.data or "").splitlines())
        return TopicFacts(
            titles=self._said("title"),
            abstracts=self._said("abstract"),
            track=(self.track.data or "").strip(),
            speakers=[line for line in lines if line],
        )

    def _said(self, what: str) -> dict[str, str]:
        said = {each: (self[f"{what}_{each}"].data or "").strip() for each in LANGUAGES}
        return {each: text for each, text in said.items() if text}


class ChoiceForm(BaseForm):
    """Yes or no to one of the sessions side by side, by two buttons."""

    decision = SelectField(
        _l("Answer"), [InputRequired(_REQUIRED)], choices=choices({"yes": "yes", "no": "no"})
    )

    @property
    def chosen(self) -> bool:
        """Whether it was yes."""
        return bool(self.decision.data == "yes")


class CopyForm(AcceptForm):
    """What is new in a copy of an offering."""

    code = StringField(
        _l("Offering code"),
        [
            InputRequired(_REQUIRED),
            Length(max=48),
            Regexp(r"^[A-Za-z0-9-]+$", message=_l("Use letters, digits and hyphens.")),
        ],
    )
    starts_on = DateField(_l("First day"), [InputRequired(_REQUIRED)])
    same_weekday = BooleanField(_l("Keep the days of the week"))
    opens_on = DateField(_l("Enrolment opens on"), [InputRequired(_REQUIRED)])
    closes_on = DateField(_l("Enrolment closes at the end of"), [InputRequired(_REQUIRED)])

    def facts(self, zone: str) -> CopyFacts:
        """The form as the service wants it; days begin and end in the provider's zone."""
        opens = datetime.combine(self.opens_on.data, time(0), tzinfo=ZoneInfo(zone))
        closes = datetime.combine(self.closes_on.data, time(23, 59, 59), tzinfo=ZoneInfo(zone))
        return CopyFacts(
            code=self.code.data or "",
            starts_on=self.starts_on.data,
            same_weekday=bool(self.same_weekday.data),
            opens_at=opens.astimezone(UTC),
            closes_at=closes.astimezone(UTC),
        )


class StaffForm(AcceptForm):
    """A trainer to name for an offering; choices are set by ``staff_form``."""

    person = SelectField(_l("Trainer"), coerce=int)


def session_form(
    offering: Offering, session: ClassSession | None, meeting: Meeting | None, rooms: list[Room]
) -> SessionForm:
    """The form with what is saved, and the rooms of the provider to choose from."""
    form = SessionForm(data=_data(offering, session, meeting))
    form.room.choices = _room_choices(rooms)
    return form


def saved_form(
    offering: Offering, session: ClassSession, meeting: Meeting | None, rooms: list[Room]
) -> SessionForm:
    """The form as it would be without what was typed."""
    form = SessionForm(formdata=None, data=_data(offering, session, meeting))
    form.room.choices = _room_choices(rooms)
    return form


def _data(
    offering: Offering, session: ClassSession | None, meeting: Meeting | None
) -> dict[str, object]:
    zone = ZoneInfo(offering.course_version.course.provider.timezone)
    return _saved(session, meeting, zone) if session else {"day": offering.starts_on}


def _room_choices(rooms: list[Room]) -> list[SelectChoice]:
    return choices({"": _("No room"), **{one.public_id: _named(one) for one in rooms}})


def _named(room: Room) -> str:
    return str(_("%(room)s (holds %(number)s)", room=room.words, number=room.capacity))


def _saved(session: ClassSession, meeting: Meeting | None, zone: ZoneInfo) -> dict[str, object]:
    begins, ends = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    return {
        "day": begins.date(),
        "begins": begins.time(),
        "ends": ends.time(),
        "room": meeting.room.public_id if meeting and meeting.room else "",
        "link": meeting.link if meeting else "",
        "row_version": session.row_version,
    }


def rooms_for(offering: Offering, meeting: Meeting | None) -> list[Room]:
    """The rooms that a session may be put in: those in use, and the one it has."""
    found = queries.rooms_of(offering.course_version.course.provider_id)
    standing = meeting.room if meeting else None
    return found if standing is None or standing in found else [*found, standing]


def staff_form(offering: Offering) -> StaffForm:
    """The form with the provider's trainers who are not named yet."""
    form = StaffForm()
    named = {one.user_id for one in catalogue_queries.staff_of(offering)}
    path = offering.course_version.course.provider.path
    trainers = people_queries.users_with_role(Role.TRAINER, path)
    form.person.choices = choices({u.id: u.name for u in trainers if u.id not in named})
    return form
