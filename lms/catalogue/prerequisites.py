"""What a version asks for beforehand: written in the draft, checked for a person."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.audit import service as audit
from lms.catalogue import requirements, standing
from lms.catalogue.models import CourseVersion, Offering
from lms.catalogue.prerequisite_models import Prerequisite
from lms.catalogue.service import hold_draft
from lms.catalogue.wording import Missing
from lms.db import db, unique_or
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.permissions import Role
from lms.people.models import User
from lms.standards.models import Item

SERVICE = "service"
NEW_GROUP = 0
"""Its number is given when the line is added: two people at once open two groups."""


@dataclass(frozen=True)
class Asked:
    """One line as it is entered: ``key`` is ``course:ID``, ``item:ID``, ``role:NAME``, service."""

    key: str
    group: int
    least: int | None = None


@dataclass(frozen=True)
class Checked:
    """A group of lines, each with whether it is met; None where nobody was asked about."""

    lines: list[tuple[Prerequisite, bool | None]]

    @property
    def met(self) -> bool:
        """Whether one line is enough to meet it."""
        return any(met for _, met in self.lines)


def of(version: CourseVersion) -> list[Prerequisite]:
    """The lines of a version, by group (one statement)."""
    query = (
        select(Prerequisite)
        .where(Prerequisite.course_version_id == version.id)
        .options(joinedload(Prerequisite.course), joinedload(Prerequisite.item))
        .order_by(Prerequisite.group_number, Prerequisite.id)
    )
    return list(db.session.scalars(query))


def add(version: CourseVersion, asked: Asked, *, by: int | None) -> Prerequisite:
    """Ask for one thing more; in a group that is there, as another way to meet it.

    Raises Conflict when it is no draft or the group has the line, Invalid when it makes no sense.
    """
    hold_draft(version, by=by)
    line = _line(version, asked)
    with unique_or("prerequisite-already"):
        db.session.add(line)
    audit.record(by, "catalogue.prerequisite.added", version, code=asked.key)
    return line


def _line(version: CourseVersion, asked: Asked) -> Prerequisite:
    kind, _, what = asked.key.partition(":")
    if kind == "course" and int(what) == version.course_id:
        raise Invalid(fields={"key": "prerequisite-itself"})
    if kind in {"item", SERVICE} and not asked.least:
        raise Invalid(fields={"least": "prerequisite-number"})
    return Prerequisite(
        course_version_id=version.id,
        group_number=asked.group or _next_group(version),
        kind="competency" if kind == "item" else kind,
        key=asked.key,
        course_id=int(what) if kind == "course" else None,
        item_id=db.session.get_one(Item, int(what)).id if kind == "item" else None,
        role=Role(what).value if kind == "role" else None,
        least=asked.least if kind in {"item", SERVICE} else None,
    )


def _next_group(version: CourseVersion) -> int:
    return max((line.group_number for line in of(version)), default=0) + 1


def remove(version: CourseVersion, public_id: str, *, by: int | None) -> None:
    """Ask for it no more; raises NotFound for a line of another version."""
    hold_draft(version, by=by)
    line = next((one for one in of(version) if one.public_id == public_id), None)
    if line is None:
        raise NotFound
    db.session.delete(line)
    db.session.flush()
    audit.record(by, "catalogue.prerequisite.removed", version, code=line.key)


def copy(draft: CourseVersion, *, source: CourseVersion, by: int | None) -> None:
    """A new version begins by asking for the same; the deed of beginning it is recorded."""
    del by
    db.session.add_all(
        Prerequisite(
            course_version_id=draft.id,
            **{
                name: getattr(line, name)
                for name in ("group_number", "kind", "key", "course_id", "item_id", "role", "least")
            },
        )
        for line in of(source)
    )
    db.session.flush()


def for_page(version: CourseVersion, user: User | None, now: datetime) -> list[Checked]:
    """The groups of a version, and for somebody signed in whether each line is met."""
    lines = of(version)
    known = standing.known(user, lines, _today(version, now)) if user and lines else None
    return [
        Checked([(one, requirements.met(one, known) if known else None) for one in group])
        for group in requirements.grouped(lines)
    ]


def check(version: CourseVersion, user: User, now: datetime) -> None:
    """Raise Conflict that names what is missing, unless the person has what is asked for."""
    missing = lacking(version, user, now)
    if missing:
        raise Conflict("prerequisites-missing", missing=Missing(missing))


def check_for(offering: Offering, user: User, now: datetime) -> None:
    """The same, of the version of an offering; without a look where it asks for nothing."""
    if offering.asks:
        check(offering.course_version, user, now)


def lacking(version: CourseVersion, user: User, now: datetime) -> list[list[Prerequisite]]:
    """The groups that the person does not meet."""
    lines = of(version)
    if not lines:
        return []
    return requirements.missing(lines, standing.known(user, lines, _today(version, now)))


def _today(version: CourseVersion, now: datetime) -> date:
    return now.astimezone(ZoneInfo(version.course.provider.timezone)).date()
