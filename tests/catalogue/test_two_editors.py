"""Two people change one record at the same moment: nothing is half of each."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from lms.catalogue import service
from lms.catalogue.course_form import course_data
from lms.catalogue.kinds import CourseKind
from lms.catalogue.models import CourseVersion
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


def typed(draft: CourseVersion, title: str) -> dict[str, object]:
    """The course form of the draft with another title."""
    data = course_data(draft)
    fields = {name: value for name, value in data.items() if value is not None}
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
    assert 'value="Mine"' in answer.text
    assert draft.titles == course_facts().titles
    assert visitor.post(address, data=mine).status_code == 302
    db.session.expire_all()
    assert draft.titles["en"] == "Mine"


def shown_version(page: str) -> str:
    found = re.search(r'name="row_version"[^>]* value="(\d*)"', page)
    assert found is not None
    return found[1]


def test_the_later_of_two_edits_sees_what_the_earlier_saved(
    draft: CourseVersion, sign_in: SignIn
) -> None:
    """Both opened the form before either saved it."""
    visitor = sign_in("manager")
    address = f"/manage/courses/{draft.public_id}/edit?lang=en"
    seen = {"row_version": shown_version(visitor.get(address).text)}
    first, second = typed(draft, "First") | seen, typed(draft, "Second") | seen
    assert visitor.post(address, data=first | {"mode": "online"}).status_code == 302
    answer = visitor.post(address, data=second)
    assert answer.status_code == 409
    assert sentence("stale") in answer.text
    assert 'value="Second"' in answer.text
    told = answer.text.split('id="saved-meanwhile"')[1].split("</section>")[0]
    assert "First" in told
    assert "Online" in told
    assert "Training hours" not in told
    db.session.expire_all()
    assert (draft.titles["en"], draft.mode) == ("First", "online")
    compared = second | {"row_version": shown_version(answer.text)}
    assert visitor.post(address, data=compared).status_code == 302
    db.session.expire_all()
    assert draft.titles["en"] == "Second"


@pytest.mark.parametrize("version", ["", "0", "999"])
def test_an_edit_of_a_state_nobody_saw_is_refused(
    draft: CourseVersion, sign_in: SignIn, version: str
) -> None:
    address = f"/manage/courses/{draft.public_id}/edit?lang=en"
    data = typed(draft, "Blind") | {"row_version": version}
    assert sign_in("manager").post(address, data=data).status_code == 409
    assert draft.titles == course_facts().titles
