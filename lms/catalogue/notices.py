"""Who is told by mail of what happens to a version: possible reviewers, and who sent it."""

from collections.abc import Iterable

from lms.catalogue import events, reviewing
from lms.catalogue.models import CourseVersion
from lms.catalogue.states import Deed
from lms.mail import service as mail
from lms.people.models import User


def _on_moved(version: CourseVersion, *, deed: Deed, by: int | None, reason: str) -> None:
    for each in _told(version, deed, by):
        mail.send(
            each.email,
            "catalogue/review",
            each.locale,
            name=each.name,
            version=version,
            deed=deed.value,
            reason=reason,
        )


def _told(version: CourseVersion, deed: Deed, by: int | None) -> Iterable[User]:
    if deed is Deed.SEND:
        return reviewing.reviewers(version)
    author = version.sent_by
    if deed in {Deed.RETURN, Deed.PUBLISH} and author is not None and author.id != by:
        return [author]
    return []


def connect() -> None:
    """Listen to the life of versions."""
    events.version_moved.connect(_on_moved)
