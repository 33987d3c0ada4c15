"""Moves of places: the state machine is asked, the audit trail is told. Nothing else moves them."""

from datetime import datetime

from lms.audit import service as audit
from lms.db import db
from lms.enrolment import events, states
from lms.enrolment.models import ACTIVE, Enrolment
from lms.enrolment.states import ENDED, Deed, State
from lms.objects import written
from lms.reading import text_of
from lms.writing import Writing, row_of

FACTS = [column.name for column in Enrolment.__table__.columns if column.name != "id"]
_ADD = Writing(
    lambda: (
        row_of(Enrolment)
        .on_conflict_do_nothing(index_elements=["offering_id", "user_id"], index_where=ACTIVE)
        .returning(text_of(Enrolment.__table__.c.id))
    )
)


def add(place: Enrolment) -> bool:
    """Write a new place, all of whose facts are given; False when the person has an active one.

    A request under way for the same person is waited for.
    """
    db.session.flush()
    made = _ADD.send(**{name: getattr(place, name) for name in FACTS})
    if made is None:
        return False
    place.id = int(made[0])
    written(place)
    return True


def move(
    place: Enrolment,
    deed: Deed,
    after: State,
    *,
    by: int | None,
    now: datetime,
    reason: str = "",
) -> None:
    """Bring a place into its next state; raises Conflict when the deed is not for it now."""
    before = State(place.state)
    states.check(deed, before, after)
    place.state = after.value
    if after in ENDED:
        place.ended_at = now
    if after != State.OFFERED:
        place.offer_expires_at = None
    db.session.flush()
    note(place, deed, before, by=by, reason=reason)


def note(
    place: Enrolment,
    deed: Deed,
    before: State | None,
    *,
    by: int | None,
    reason: str = "",
    quiet: bool = False,
) -> None:
    """Write what happened to the place into the audit trail, with who, from what and why.

    ``quiet`` says that whoever does it tells the person themselves.
    """
    details: dict[str, object] = {"changes": {"state": [before, place.state]}}
    if place.ticket is not None:
        details["ticket"] = place.ticket
    if reason:
        details["reason"] = reason
    audit.record(by, f"enrolment.{deed.value}", place, sealed=False, **details)
    events.moved.send(place, deed=deed, reason=reason, quiet=quiet)
