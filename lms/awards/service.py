"""Verbs of awards: issue one, or many in one request."""

from collections.abc import Sequence

from lms.awards import freezing, queries, rules
from lms.awards.queries import Record
from lms.certificates import holds, recording
from lms.certificates import service as certificates
from lms.certificates.basis import Basis, Office
from lms.certificates.freezing import frame_of
from lms.certificates.models import Certificate
from lms.certificates.states import Deed
from lms.db import db, lock
from lms.kernel.errors import Conflict, Invalid
from lms.people.models import User
from lms.printing.content import OF_PROGRAMMES, CertificateContent
from lms.programmes.models import Programme
from lms.programmes.queries import Plan, plan

RENEWED = "A later transcript"
"""Why a transcript is superseded by the next."""


def issue(programme: Programme, user: User, kind: str, office: Office) -> Certificate:
    """Issue an award or a transcript of a programme, of which a later one supersedes the first.

    Raises NotDue with all that is missing, Conflict('issued-already') also for a transcript that
    would say what the last one says, Invalid for a kind that is none of these.
    """
    return _issue(plan(programme), user, kind, office)


def issue_many(
    programme: Programme, users: Sequence[User], kind: str, office: Office
) -> tuple[int, int]:
    """Issue to each who is due it; how many were issued, and how many were not.

    Whoever is not due stops nobody else. Raises Invalid without people, or for too many.
    """
    if not users:
        raise Invalid("award-nobody")
    if len(users) > queries.AT_ONCE:
        raise Invalid("award-too-many")
    found, issued = plan(programme), 0
    for user in sorted(users, key=lambda one: one.id):  # in one order: nobody waits in a circle
        try:
            with db.session.begin_nested():  # what is refused must not use up a number
                _issue(found, user, kind, office)
        except Conflict:
            continue
        issued += 1
    return issued, len(users) - issued


def _issue(found: Plan, user: User, kind: str, office: Office) -> Certificate:
    programme = found.programme
    if kind not in OF_PROGRAMMES:
        raise Invalid("award-unknown-kind")
    if user.id == office.by:
        raise Conflict("award-own")
    holds.take_turns_in_courses(queries.courses_of(found), user.id)
    record = queries.records(found, [user.id])[user.id]
    due = rules.is_due(record.standing(programme, kind))
    if not due.ok:
        raise certificates.NotDue(due.reasons)
    before = _replaced(programme, record, user, kind)

    def write(serial: str) -> CertificateContent:
        frame = frame_of(programme.provider, user, kind, serial, office)
        return freezing.freeze(programme, record, frame, before.serial if before else "")

    def make_way() -> None:
        if before is not None:
            recording.move(before, Deed.SUPERSEDE, by=office.by, reason=RENEWED, now=office.now)

    basis = Basis(programme.provider, user.id, programme_id=programme.id)
    return certificates.enter(basis, write, office, make_way=make_way)


def _replaced(programme: Programme, record: Record, user: User, kind: str) -> Certificate | None:
    """The transcript that says less and gives way to the next, locked; None where there is none."""
    before = queries.in_use(programme.id, user.id, kind)
    if before is None:
        return None
    said = CertificateContent.from_json(before.content)
    same = (said.courses, said.interim) == freezing.listing(programme, record)
    if kind != "transcript" or same:
        raise Conflict("issued-already")
    lock(before)
    return before
