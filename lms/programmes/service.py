"""Verbs over programmes: write one, its groups and courses, and show it to everybody."""

from dataclasses import dataclass
from decimal import Decimal

from lms.audit import service as audit
from lms.catalogue.models import Course
from lms.db import db, lock, unique_or
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.people.models import Organisation
from lms.programmes import queries, rules
from lms.programmes.models import Asked, Programme, ProgrammeCourse, ProgrammeGroup, ProgrammeState

DRAFT, PUBLISHED, CLOSED = ProgrammeState.DRAFT, ProgrammeState.PUBLISHED, ProgrammeState.CLOSED
# From where each state is reached.
_FROM = {PUBLISHED: {DRAFT, CLOSED}, DRAFT: {PUBLISHED, CLOSED}, CLOSED: {PUBLISHED}}


@dataclass(frozen=True)
class ProgrammeFacts:
    """What a programme says; texts by language."""

    award: str
    titles: dict[str, str]
    summaries: dict[str, str]
    entry: dict[str, str]
    credits: Decimal
    most_months: int | None = None
    level: int | None = None


def create(
    provider: Organisation, code: str, facts: ProgrammeFacts, *, by: int | None
) -> Programme:
    """A draft of a programme; raises Conflict when the code is taken."""
    programme = Programme(provider_id=provider.id, code=code, groups=[], **vars(facts))
    with unique_or("programme-code-taken"):
        db.session.add(programme)
    audit.record(by, "programmes.created", programme, code=code)
    return programme


def edit(programme: Programme, facts: ProgrammeFacts, *, by: int | None) -> None:
    """Replace what a draft says; raises Conflict when it is none."""
    _hold_draft(programme)
    changed = [name for name, value in vars(facts).items() if getattr(programme, name) != value]
    for name in changed:
        setattr(programme, name, getattr(facts, name))
    db.session.flush()
    changes = {name: [None, None] for name in changed}  # texts: the programme itself keeps them
    audit.record(by, "programmes.edited", programme, changes=changes)


def add_group(
    programme: Programme,
    titles: dict[str, str],
    asked: Asked,
    least: Decimal | None,
    *,
    by: int | None,
) -> ProgrammeGroup:
    """A group at the end of a draft; raises Conflict, or Invalid without a number it needs."""
    _hold_draft(programme)
    if asked is not Asked.ALL and not least:
        raise Invalid(fields={"least": "programme-least-missing"})
    if asked is Asked.COURSES and least is not None and least % 1:
        raise Invalid(fields={"least": "programme-least-whole"})
    last = max((group.position for group in programme.groups), default=-1)
    group = ProgrammeGroup(
        position=last + 1,
        titles=titles,
        asked=asked.value,
        least=None if asked is Asked.ALL else least,
        courses=[],
    )
    programme.groups.append(group)
    db.session.flush()
    audit.record(by, "programmes.group.added", programme)
    return group


def remove_group(programme: Programme, group: ProgrammeGroup, *, by: int | None) -> None:
    """Take a group with its courses out of a draft."""
    _hold_draft(programme)
    programme.groups.remove(group)
    db.session.flush()
    audit.record(by, "programmes.group.removed", programme)


def add_course(
    programme: Programme, group: ProgrammeGroup, course: Course, term: int | None, *, by: int | None
) -> None:
    """A course of the same provider at the end of a group of a draft.

    Raises Conflict when it is in the programme already, NotFound for another provider's.
    """
    _hold_draft(programme)
    if course.provider_id != programme.provider_id:
        raise NotFound
    last = max((one.position for one in group.courses), default=-1)
    with unique_or("programme-course-twice"):
        group.courses.append(
            ProgrammeCourse(
                programme_id=programme.id, course_id=course.id, position=last + 1, term=term
            )
        )
    audit.record(by, "programmes.course.added", programme, code=course.code)


def remove_course(programme: Programme, code: str, *, by: int | None) -> None:
    """Take a course out of a draft; raises NotFound when it is not in it."""
    _hold_draft(programme)
    for group in programme.groups:
        for one in group.courses:
            if one.course.code == code:
                group.courses.remove(one)
                db.session.flush()
                audit.record(by, "programmes.course.removed", programme, code=code)
                return
    raise NotFound


def move(programme: Programme, state: ProgrammeState, *, by: int | None) -> None:
    """Publish, close, or take back to draft; raises Invalid when nobody could meet its groups."""
    lock(programme)
    before = ProgrammeState(programme.state)
    if before not in _FROM[state]:
        raise Conflict("programme-state")
    if state is PUBLISHED:
        found = queries.plan(programme)
        why = rules.fault(found.groups)
        if why is not None:
            raise Invalid(why)
    programme.state = state.value
    db.session.flush()
    audit.record(by, "programmes.moved", programme, changes={"state": [before.value, state.value]})


def _hold_draft(programme: Programme) -> None:
    lock(programme)
    if programme.state != DRAFT:
        raise Conflict("programme-not-draft")
