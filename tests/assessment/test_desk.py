"""The marking desk keeps what was entered, and shows what somebody else saved meanwhile."""

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms.assessment import queries, service
from lms.assessment.desk import LONGEST_REMARK
from lms.db import transaction
from lms.kernel import clock
from lms.web.messages import sentence
from tests.assessment.test_views import (
    AUTHOR,
    FEEDBACK,
    Work,
    events,
    found,
    made_by,
    marks,
    person,
)
from tests.conftest import SignIn

REMARK = "Says which tool & why"
SHOWN = "Says which tool &amp; why"


@pytest.fixture
def work(app: Flask) -> Work:
    del app
    return made_by(AUTHOR)


def first_line(work: Work) -> str:
    return queries.criteria_of(found(work).assessment)[0].public_id


def checked(answer: TestResponse) -> list[str]:
    """The levels chosen on the page."""
    return re.findall(r'value="(\d+)" data-points="[^"]*" checked', answer.text)


def chosen(data: dict[str, str]) -> list[str]:
    return [value for name, value in data.items() if name.startswith("level-")]


def saved_part(answer: TestResponse) -> str:
    return answer.text.split('id="saved-meanwhile"')[1].split("</section>")[0]


def next_version(answer: TestResponse) -> dict[str, str]:
    match = re.search(r'name="row_version"[^>]* value="(\d+)"', answer.text)
    assert match is not None
    return {"row_version": match[1]}


def test_the_later_of_two_assessors_sees_what_the_earlier_saved(
    work: Work, sign_in: SignIn
) -> None:
    """Both opened the desk before either saved."""
    visitor, desk = sign_in("trainer1"), f"{work.desk}?lang=en"
    first = marks(work, 1) | {"feedback": "From the first", f"comment-{first_line(work)}": "One"}
    second = marks(work, 3, "release") | {f"comment-{first_line(work)}": REMARK}
    assert visitor.post(desk, data=first).status_code == 302
    answer = visitor.post(desk, data=second)
    assert answer.status_code == 409
    assert sentence("stale") in answer.text
    assert checked(answer) == chosen(second)
    assert SHOWN in answer.text
    assert FEEDBACK in answer.text
    for theirs in ("From the first", "One", person("trainer1").name):
        assert theirs in saved_part(answer)
    assert (found(work).state, found(work).feedback, events(work)) == (
        "submitted",
        "From the first",
        6,
    )
    assert visitor.post(desk, data=second | next_version(answer)).status_code == 302
    assert (found(work).state, found(work).feedback) == ("released", FEEDBACK)


def test_grades_alone_are_a_new_state(work: Work, sign_in: SignIn) -> None:
    visitor = sign_in("trainer1")
    assert visitor.post(work.desk, data=marks(work, 1)).status_code == 302
    stale = marks(work, 1)
    assert visitor.post(work.desk, data=marks(work, 2)).status_code == 302
    assert visitor.post(work.desk, data=stale).status_code == 409


def test_what_was_chosen_stays_on_a_page_with_errors(work: Work, sign_in: SignIn) -> None:
    visitor, desk = sign_in("trainer1"), f"{work.desk}?lang=en"
    data = marks(work, 2)
    del data[f"level-{first_line(work)}"]
    data[f"comment-{first_line(work)}"] = REMARK
    answer = visitor.post(desk, data=data)
    assert answer.status_code == 422
    assert sentence("remark-without-level") in answer.text
    assert checked(answer) == chosen(data)
    assert SHOWN in answer.text
    assert events(work) == 0


def test_a_long_remark_is_refused_and_not_cut(work: Work, sign_in: SignIn) -> None:
    data = marks(work, 2) | {f"comment-{first_line(work)}": "x" * (LONGEST_REMARK + 1)}
    answer = sign_in("trainer1").post(f"{work.desk}?lang=en", data=data)
    assert answer.status_code == 422
    assert sentence("remark-too-long") in answer.text
    assert events(work) == 0


def test_after_a_refused_release_the_desk_goes_on(work: Work, sign_in: SignIn) -> None:
    visitor, data = sign_in("trainer1"), marks(work, 2, "release")
    level = data.pop(f"level-{first_line(work)}")
    answer = visitor.post(work.desk, data=data)
    assert (answer.status_code, events(work)) == (422, 5)
    data |= next_version(answer) | {f"level-{first_line(work)}": level}
    assert visitor.post(work.desk, data=data).status_code == 302
    assert found(work).state == "released"


def test_what_came_too_late_for_a_release_is_shown_to_its_writer(
    work: Work, sign_in: SignIn
) -> None:
    visitor = sign_in("trainer1")
    late = marks(work, 0) | {"feedback": "Too late", f"comment-{first_line(work)}": REMARK}
    done = marks(work, 3, "release")
    assert visitor.post(work.desk, data=done).status_code == 302
    answer = visitor.post(f"{work.desk}?lang=en", data=late)
    assert answer.status_code == 422
    assert checked(answer) == chosen(done)
    part = answer.text.split('id="not-saved"')[1].split("</section>")[0]
    for typed in ("Too late", SHOWN):
        assert typed in part


def test_a_remark_is_kept_by_the_desk_and_read_by_the_author(work: Work, sign_in: SignIn) -> None:
    trainer, author = sign_in("trainer1"), sign_in(AUTHOR)
    line = queries.criteria_of(found(work).assessment)[0]
    choice = {line.id: (line.levels[2].id, REMARK)}
    with transaction():
        by = person("trainer1").id
        service.grade(found(work), choice, feedback="", by=by, now=clock.now())
    page = trainer.get(work.desk).text
    field = re.search(rf'name="comment-{line.public_id}"[^>]*>([^<]*)</textarea>', page)
    assert field is not None
    assert field[1] == SHOWN
    assert f'<label for="comment-{line.public_id}">' in page
    sent = marks(work, 2) | {f"comment-{line.public_id}": REMARK}
    assert trainer.post(work.desk, data=sent).status_code == 302
    assert events(work) == 6  # the first grade was not superseded
    assert trainer.post(work.desk, data=marks(work, 2)).status_code == 302  # without the field
    assert SHOWN not in author.get(work.page).text
    assert trainer.post(work.desk, data=marks(work, 2, "release")).status_code == 302
    assert SHOWN in author.get(work.page).text
    assert SHOWN in trainer.get(work.desk).text
