"""Two people change one record at the same moment: nothing is half of each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from lms.catalogue import service
from lms.catalogue.forms import course_data
from lms.catalogue.models import CourseKind, CourseVersion
from lms.db import db, transaction
from lms.people import queries as people_queries
from lms.web.messages import sentence
from tests.conftest import SignIn
from tests.make import course_facts, fresh


@pytest.fixture
def draft(app: Flask) -> CourseVersion:
    """A draft of the sample institute."""
    del app
    provider = people_queries.organisation_by_code("ILKS")
    assert provider is not None
    with transaction():
        return service.create_course(
            provider, fresh("C"), CourseKind.SHORT, course_facts(), by=None
        )


@contextmanager
def another_is_quicker(deed: Callable[[Session], object]) -> Iterator[None]:
    """Between reading and writing of the next flush somebody else's change is committed."""
    to_do = [deed]

    def meanwhile(session: Session, *_rest: object) -> None:
        while to_do:
            to_do.pop()(session)

    event.listen(Session, "before_flush", meanwhile)
    try:
        yield
    finally:
        event.remove(Session, "before_flush", meanwhile)
    assert to_do == []


def typed(draft: CourseVersion, title: str) -> dict[str, str]:
    """The course form of the draft with another title."""
    fields = {name: str(value) for name, value in course_data(draft).items() if value is not None}
    return fields | {f"title_{language}": title for language in ("ms", "en", "id")}


def test_an_edit_that_was_overtaken_is_refused_as_a_conflict(
    draft: CourseVersion, sign_in: SignIn
) -> None:
    visitor, number = sign_in("manager"), draft.id

    def change(session: Session) -> None:
        query = update(CourseVersion).where(CourseVersion.id == number)
        session.connection().execute(query.values(row_version=CourseVersion.row_version + 1))

    address = f"/manage/courses/{draft.public_id}/edit?lang=en"
    mine = typed(draft, "Mine")
    with another_is_quicker(change):
        answer = visitor.post(address, data=mine)
    assert answer.status_code == 409
    assert sentence("stale") in answer.text
    assert draft.titles == course_facts().titles
    assert visitor.post(address, data=mine).status_code == 302
    db.session.expire_all()
    assert draft.titles["en"] == "Mine"
