"""Verbs over the life of a version: a new one, review by a second person, publishing, retiring."""

from datetime import datetime

from lms.audit import service as audit
from lms.catalogue import events, finding, queries, reviewing, rules, states
from lms.catalogue.kinds import ItemRole, VersionState
from lms.catalogue.models import Course, CourseItemMap, CourseVersion
from lms.catalogue.service import CourseFacts
from lms.catalogue.states import Deed
from lms.db import db, lock
from lms.kernel.errors import Conflict, Invalid

ACTION = "catalogue.course."


def begin(source: CourseVersion, *, by: int | None) -> CourseVersion:
    """A draft that says what a version says; offerings of that version keep it.

    Raises Conflict when the course has a draft already, or the version never was published.
    """
    lock(db.session.get_one(Course, source.course_id))
    if source.state not in {VersionState.PUBLISHED, VersionState.RETIRED}:
        raise Conflict("course-not-published")
    if queries.open_of(source.course_id) is not None:
        raise Conflict("course-has-draft")
    draft = CourseVersion(
        course_id=source.course_id,
        number=queries.last_number(source.course_id) + 1,
        edited_by_id=by,
        mappings=[
            CourseItemMap(item_id=m.item_id, role=m.role, level=m.level, position=m.position)
            for m in source.mappings
        ],
        **{name: getattr(source, name) for name in CourseFacts.__dataclass_fields__},
    )
    db.session.add(draft)
    db.session.flush()
    events.version_begun.send(draft, source=source, by=by)
    audit.record(by, "catalogue.course.begun", draft, number=draft.number)
    return draft


def send(version: CourseVersion, note: str, *, by: int | None, now: datetime) -> None:
    """Give a draft to a second person; raises Invalid with the first reason when it is unfit."""
    _hold(version, Deed.SEND)
    _only_fit(version)
    version.sent_by_id, version.note, version.remarks = by, note.strip(), ""
    _move(version, Deed.SEND, by=by, now=now, reason=version.note)


def take_back(version: CourseVersion, *, by: int, now: datetime) -> None:
    """Who sent or wrote it goes on writing; raises Conflict for anybody else."""
    _hold(version, Deed.TAKE_BACK)
    if reviewing.may_decide(version, by).ok:
        raise Conflict("review-not-yours")
    _move(version, Deed.TAKE_BACK, by=by, now=now)


def give_back(version: CourseVersion, remarks: str, *, by: int, now: datetime) -> None:
    """The second person wants it changed; the remarks stand on the draft."""
    if not remarks.strip():
        raise Invalid(fields={"remarks": "remarks-missing"})
    _hold(version, Deed.RETURN)
    _only_second_person(version, by)
    version.remarks = remarks.strip()
    _move(version, Deed.RETURN, by=by, now=now, reason=version.remarks)


def publish(version: CourseVersion, *, by: int | None, now: datetime) -> None:
    """Put a reviewed version into the catalogue, in place of the one before.

    Raises Conflict when it is not in review, or ``by`` sent or wrote it.
    """
    _hold(version, Deed.PUBLISH)
    _only_second_person(version, by)
    _only_fit(version)
    older = queries.published_of(version.course_id)
    if older is not None:
        _hold(older, Deed.SUPERSEDE)
        _move(older, Deed.SUPERSEDE, by=by, now=now)
        finding.forget(older)
    version.published_at, version.published_by_id = now, by
    _move(version, Deed.PUBLISH, by=by, now=now)
    finding.index(version)


def retire(version: CourseVersion, reason: str, *, by: int | None, now: datetime) -> None:
    """Offer it no more, for a reason; what runs goes on."""
    if not reason.strip():
        raise Invalid(fields={"reason": "reason-missing"})
    _hold(version, Deed.RETIRE)
    version.retired_because = reason.strip()
    _move(version, Deed.RETIRE, by=by, now=now, reason=version.retired_because)
    finding.forget(version)


def bring_back(version: CourseVersion, *, by: int | None, now: datetime) -> None:
    """Offer a retired version again; raises Conflict while another one is published."""
    _hold(version, Deed.BRING_BACK)
    if queries.published_of(version.course_id) is not None:
        raise Conflict("course-has-newer-version")
    version.retired_because = ""
    _move(version, Deed.BRING_BACK, by=by, now=now)
    finding.index(version)


def _only_second_person(version: CourseVersion, by: int | None) -> None:
    verdict = reviewing.may_decide(version, by)
    if not verdict.ok:
        raise Conflict(verdict.reasons[0])


def _only_fit(version: CourseVersion) -> None:
    verdict = rules.may_publish(
        has_title=any(version.titles.values()),
        minutes=version.minutes,
        certificate=version.certificate,
        assessed=sum(m.role == ItemRole.ASSESSED for m in version.mappings),
    )
    if not verdict.ok:
        raise Invalid(verdict.reasons[0])
    events.course_publishing.send(version)


def _hold(version: CourseVersion, deed: Deed) -> None:
    # The course first: deeds on its versions take turns, also where one replaces another.
    lock(db.session.get_one(Course, version.course_id))
    lock(version)
    states.after(deed, VersionState(version.state))


def _move(
    version: CourseVersion, deed: Deed, *, by: int | None, now: datetime, reason: str = ""
) -> None:
    before = VersionState(version.state)
    version.state, version.moved_at = states.after(deed, before).value, now
    db.session.flush()
    audit.record(
        by,
        f"{ACTION}{deed.value}",
        version,
        sealed=False,
        number=version.number,
        changes={"state": [before.value, version.state]},
        **({"reason": reason} if reason else {}),
    )
    events.version_moved.send(version, deed=deed, by=by, reason=reason)
