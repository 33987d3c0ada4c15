"""Who is told of what happens to a place: in the person's language, in the same transaction."""

from collections.abc import Iterable

from lms.catalogue import calendar
from lms.catalogue import queries as catalogue_queries
from lms.catalogue.kinds import Approver, CopiedTo
from lms.catalogue.models import ClassSession
from lms.enrolment import choice_queries, events, queries
from lms.enrolment.models import Approval, Enrolment, Way
from lms.enrolment.states import Deed, State
from lms.enrolment.wording import STATE_LABELS
from lms.kernel import clock
from lms.kernel.permissions import Role
from lms.kernel.text import in_language
from lms.mail import service as mail
from lms.people import queries as people_queries
from lms.people.models import User
from lms.web import running

TOLD = frozenset(
    {
        Deed.ADMIT,
        Deed.NOMINATE,
        Deed.APPLY,
        Deed.APPROVE,
        Deed.REJECT,
        Deed.PROMOTE,
        Deed.OFFER,
        Deed.LAPSE,
        Deed.CANCEL,
        Deed.TRANSFER,
        Deed.SUBSTITUTE,
    }
)
"""What the person did not do with the page before their eyes, or wants to have in writing."""
GONE = frozenset({State.CANCELLED, State.TRANSFERRED, State.SUBSTITUTED, State.WITHDRAWN})
MOVED, REMINDER = "moved", "reminder"
UNCOPIED = frozenset({REMINDER})
"""What changes nothing about a place is for its person alone."""


def _on_moved(place: Enrolment, *, deed: Deed, reason: str, quiet: bool) -> None:
    if quiet:
        return
    if place.state == State.APPLIED:
        _ask(place)
        if deed is Deed.APPROVE:
            return  # the next one is asked; the person hears when it is decided
    if deed in TOLD or (deed is Deed.ENROL and place.way == Way.MANAGER):
        tell(place, deed.value, reason=reason)
    else:
        _copy(place, deed.value)  # the person did it with the page before their eyes


def _ask(place: Enrolment) -> None:
    approval = queries.open_approval(place)
    if approval is not None:
        ask(approval, "asked")


def ask(approval: Approval, cause: str) -> None:
    """Ask everybody who may decide; ``cause`` says whether for the first time."""
    place = approval.enrolment
    for each in _asked(place, Approver(approval.approver)):
        mail.send(
            each.email,
            "enrolment/approval",
            each.locale,
            subject=mail.Subject(place.public_id, cause),
            name=each.name,
            person=place.user.name,
            offering=place.offering,
            approval_id=approval.public_id,
        )


def _asked(place: Enrolment, approver: Approver) -> Iterable[User]:
    if approver is Approver.PROVIDER:
        path = place.offering.course_version.course.provider.path
        return people_queries.users_with_role(Role.COURSE_MANAGER, path)
    manager = place.user.reports_to
    if approver is Approver.LINE_MANAGER and manager is not None:
        return (manager,)
    return _coordinators(place.user)


def _coordinators(user: User) -> Iterable[User]:
    if user.organisation is None:
        return ()
    return people_queries.users_with_role(Role.AGENCY_COORDINATOR, user.organisation.path)


def tell_moved(place: Enrolment, *, told: bool = False) -> None:
    """The days or the venue have changed; the person may have been ``told`` by another mail."""
    if told:
        _copy(place, MOVED)
    else:
        tell(place, MOVED, kind="enrolment/moved")


def tell(place: Enrolment, cause: str, *, reason: str = "", kind: str = "enrolment/place") -> None:
    """Tell the person how it stands; ``cause`` says what made us write."""
    user = place.user
    mail.send(
        user.email,
        kind,
        user.locale,
        subject=mail.Subject(place.public_id, cause, calendar_of(place, user.locale)),
        name=user.name,
        place=place,
        offering=place.offering,
        zone=place.offering.course_version.course.provider.timezone,
        reason=reason,
    )
    if cause not in UNCOPIED:
        _copy(place, cause)


def _copy(place: Enrolment, cause: str) -> None:
    for each in _copied(place):
        mail.send(
            each.email,
            "enrolment/copy",
            each.locale,
            subject=mail.Subject(place.public_id, cause),
            name=each.name,
            person=place.user.name,
            offering=place.offering,
            state=STATE_LABELS[place.state],
            moved=cause == MOVED,
        )


def _copied(place: Enrolment) -> list[User]:
    """Who beside the person is told, as the offering says; nobody twice, and not the person."""
    copies = place.offering.copies
    found: list[User] = []
    if CopiedTo.LINE_MANAGER in copies and place.user.reports_to is not None:
        found.append(place.user.reports_to)
    if CopiedTo.AGENCY in copies:
        found += _coordinators(place.user)
    return [each for each in dict.fromkeys(found) if each.id != place.user_id]


def calendar_of(place: Enrolment, locale: str, *, off: ClassSession | None = None) -> str:
    """The class sessions for whoever has the seat, or that they are off; else nothing.

    With ``off`` it says only that this one is off. Links and rooms are told behind the sign-in
    only: a mail is handed on.
    """
    state, offering, ours = State(place.state), place.offering, running.settings()
    if state not in GONE | {State.CONFIRMED}:
        return ""
    title = in_language(offering.course_version.titles, locale)
    address = f"{ours.base_url}/offerings/{offering.public_id}/enrol"  # leads to one's place
    gone = off is not None or state in GONE - {State.CANCELLED}
    naming = calendar.Naming(ours.host, title, address, gone=gone)
    if off is not None:
        sessions = [off]
    else:
        sessions = choice_queries.attended(place, catalogue_queries.sessions_of(offering))
    entries = calendar.each_session(offering, sessions, naming, now=clock.now())
    method = "CANCEL" if gone or state in GONE else "PUBLISH"
    return calendar.written(entries, title, method).decode()


def connect() -> None:
    """Listen to moves of places."""
    events.moved.connect(_on_moved)
