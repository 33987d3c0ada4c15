"""The life of a course version: which deed leads from where to where. Pure; see the README."""

from enum import StrEnum

from lms.catalogue.kinds import VersionState
from lms.kernel.errors import Conflict


class Deed(StrEnum):
    """What somebody does to a version; the value is the past tense under which it is recorded."""

    SEND = "sent"
    TAKE_BACK = "taken_back"
    RETURN = "returned"
    PUBLISH = "published"
    RETIRE = "retired"
    SUPERSEDE = "superseded"
    BRING_BACK = "brought_back"


TABLE: dict[Deed, tuple[VersionState, VersionState]] = {
    Deed.SEND: (VersionState.DRAFT, VersionState.REVIEW),
    Deed.TAKE_BACK: (VersionState.REVIEW, VersionState.DRAFT),
    Deed.RETURN: (VersionState.REVIEW, VersionState.DRAFT),
    Deed.PUBLISH: (VersionState.REVIEW, VersionState.PUBLISHED),
    Deed.RETIRE: (VersionState.PUBLISHED, VersionState.RETIRED),
    Deed.SUPERSEDE: (VersionState.PUBLISHED, VersionState.RETIRED),
    Deed.BRING_BACK: (VersionState.RETIRED, VersionState.PUBLISHED),
}
"""For each deed: from where, and where it leads. SUPERSEDE is done by publishing a newer one."""


_REFUSALS = {
    VersionState.DRAFT: "course-version-draft",
    VersionState.REVIEW: "course-version-review",
    VersionState.PUBLISHED: "course-version-published",
    VersionState.RETIRED: "course-version-retired",
}


def after(deed: Deed, before: VersionState) -> VersionState:
    """Where a deed leads; raises Conflict when it is not for a version in this state."""
    origin, end = TABLE[deed]
    if before is not origin:
        raise Conflict(_REFUSALS[before])
    return end


def only_draft(state: VersionState) -> None:
    """Raise Conflict unless a version in this state may be changed."""
    if state is not VersionState.DRAFT:
        in_review = state is VersionState.REVIEW
        raise Conflict(_REFUSALS[state] if in_review else "course-version-frozen")
