"""Who is told of what happens to an application: in their language, in the same transaction."""

from collections.abc import Iterable
from datetime import datetime

from lms.admissions import events
from lms.admissions.models import Application, InterviewSlot
from lms.admissions.states import Deed
from lms.catalogue import calendar
from lms.kernel.permissions import Role
from lms.kernel.text import in_language
from lms.mail import service as mail
from lms.people import queries as people_queries
from lms.people.models import User
from lms.web import running

TOLD = frozenset({Deed.SEND, Deed.RETURN, Deed.INVITE, Deed.OFFER, Deed.REFUSE, Deed.LAPSE})
"""What the applicant did not do, or wants to have in writing."""
_STAFF_TOLD = frozenset({Deed.SEND, Deed.ACCEPT, Deed.DECLINE, Deed.LAPSE, Deed.WITHDRAW})


def _on_moved(application: Application, *, deed: Deed, reason: str) -> None:
    subject = mail.Subject(application.public_id, deed.value)
    words = {"application": application, "intake": application.intake, "reason": reason}
    if deed in TOLD:
        user = application.user
        mail.send(
            user.email,
            "admissions/applicant",
            user.locale,
            subject=subject,
            name=user.name,
            deed=deed.value,
            **words,
        )
    if deed in _STAFF_TOLD and application.sent_at is not None:
        for each in _staff(application, deed):
            mail.send(
                each.email,
                "admissions/committee",
                each.locale,
                subject=subject,
                name=each.name,
                person=application.user.name,
                deed=deed.value,
                **words,
            )


def _on_time_chosen(application: Application, *, now: datetime) -> None:
    """The time in writing, as an entry for the calendar; a later choice replaces the earlier."""
    if application.slot is not None:
        _tell_time(application, application.slot, now=now, gone=False)


def _on_time_freed(
    application: Application, *, slot: InterviewSlot, now: datetime, reason: str
) -> None:
    """That the time is off, so that the entry leaves the calendar."""
    _tell_time(application, slot, now=now, gone=True, reason=reason)


def _tell_time(  # which time, and what is said of it
    application: Application,
    slot: InterviewSlot,
    *,
    now: datetime,
    gone: bool,
    reason: str = "",
) -> None:
    user = application.user
    mail.send(
        user.email,
        "admissions/interview",
        user.locale,
        subject=mail.Subject(
            application.public_id,
            "freed" if gone else "chosen",
            _entry(application, slot, now=now, gone=gone),
        ),
        name=user.name,
        application=application,
        intake=application.intake,
        slot=slot,
        gone=gone,
        reason=reason,
    )


def _entry(application: Application, slot: InterviewSlot, *, now: datetime, gone: bool) -> str:
    ours = running.settings()
    title = in_language(application.intake.programme.titles, application.user.locale)
    address = f"{ours.base_url}/applications/{application.public_id}"
    what = calendar.Appointment(
        application.public_id,
        slot.starts_at,
        slot.ends_at,
        slot.place,
        sequence=int((now - application.created_at).total_seconds()),
    )
    naming = calendar.Naming(ours.host, title, address, gone=gone)
    entry = calendar.appointment(what, naming, now=now)
    return calendar.written([entry], title, "CANCEL" if gone else "PUBLISH").decode()


def _staff(application: Application, deed: Deed) -> Iterable[User]:
    """The committee hears what it is to read; what becomes of a place, those who plan with it."""
    intake = application.intake
    if deed is Deed.SEND:
        found = [member.user for member in intake.members]
    else:
        path = intake.programme.provider.path
        found = list(people_queries.users_with_role(Role.COURSE_MANAGER, path))
    return [each for each in found if each.id != application.user_id]


def connect() -> None:
    """Listen to moves of applications."""
    events.moved.connect(_on_moved)
    events.time_chosen.connect(_on_time_chosen)
    events.time_freed.connect(_on_time_freed)
