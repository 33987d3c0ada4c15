"""Who is told of what happens to a place: in the person's language, in the same transaction."""

from collections.abc import Iterable

from lms.catalogue.kinds import Approver
from lms.enrolment import events, queries
from lms.enrolment.models import Enrolment, Way
from lms.enrolment.states import Deed, State
from lms.kernel.permissions import Role
from lms.mail import service as mail
from lms.people import queries as people_queries
from lms.people.models import User

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


def _on_moved(place: Enrolment, *, deed: Deed, reason: str) -> None:
    if place.state == State.APPLIED:
        _ask(place)
        if deed is Deed.APPROVE:
            return  # the next one is asked; the person hears when it is decided
    if deed in TOLD or (deed is Deed.ENROL and place.way == Way.MANAGER):
        _tell(place, reason)


def _ask(place: Enrolment) -> None:
    approval = queries.open_approval(place)
    if approval is None:
        return
    for each in _asked(place, Approver(approval.approver)):
        mail.send(
            each.email,
            "enrolment/approval",
            each.locale,
            name=each.name,
            person=place.user.name,
            offering=place.offering,
            approval_id=approval.public_id,
        )


def _asked(place: Enrolment, approver: Approver) -> Iterable[User]:
    if approver is Approver.PROVIDER:
        path = place.offering.course_version.course.provider.path
        return people_queries.users_with_role(Role.COURSE_MANAGER, path)
    if place.user.organisation is None:
        return ()
    path = place.user.organisation.path
    return people_queries.users_with_role(Role.AGENCY_COORDINATOR, path)


def tell_moved(place: Enrolment) -> None:
    """The days or the venue have changed."""
    _tell(place, "", kind="enrolment/moved")


def _tell(place: Enrolment, reason: str, *, kind: str = "enrolment/place") -> None:
    mail.send(
        place.user.email,
        kind,
        place.user.locale,
        name=place.user.name,
        place=place,
        offering=place.offering,
        zone=place.offering.course_version.course.provider.timezone,
        reason=reason,
    )


def connect() -> None:
    """Listen to moves of places."""
    events.moved.connect(_on_moved)
