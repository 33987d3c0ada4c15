"""What a course is found by: its code, its words, and the competencies it works on."""

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from lms.catalogue.kinds import VersionState
from lms.catalogue.models import CourseItemMap, CourseVersion
from lms.db import db
from lms.kernel.text import LANGUAGES
from lms.search import service as search
from lms.search.rules import Field

KIND = "course"
# A word in the title says more about a course than one in a statement it is mapped to.
CODE, TITLE, SUMMARY, OUTCOME, STATEMENT = 20, 10, 4, 2, 1


def index(version: CourseVersion) -> None:
    """Let a published version be found, in the transaction that publishes it."""
    search.index(KIND, version.id, _fields(version))


def forget(version: CourseVersion) -> None:
    """Let a version be found no more."""
    search.forget(KIND, [version.id])


def everything() -> Iterator[tuple[int, list[Field]]]:
    """All published versions with what they are found by, for a rebuild."""
    query = (
        select(CourseVersion)
        .where(CourseVersion.state == VersionState.PUBLISHED.value)
        .options(
            joinedload(CourseVersion.course),
            selectinload(CourseVersion.mappings).joinedload(CourseItemMap.item),
        )
    )
    for version in db.session.scalars(query):
        yield version.id, _fields(version)


def _fields(version: CourseVersion) -> list[Field]:
    items = [mapping.item for mapping in version.mappings]
    return [
        Field(CODE, version.course.code),
        Field(TITLE, version.titles),
        Field(SUMMARY, version.summaries),
        Field(OUTCOME, _together(version.outcomes)),
        Field(STATEMENT, _together(item.statements for item in items)),
        *(Field(STATEMENT, item.code) for item in items),
    ]


def _together(texts: Iterable[dict[str, str]]) -> dict[str, str]:
    listed = list(texts)
    return {
        language: "\n".join(text.get(language) or "" for text in listed) for language in LANGUAGES
    }
