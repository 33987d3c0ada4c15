"""The course form takes everything a public course page shows, in three languages."""

import re

import pytest
from flask import Flask

from lms.catalogue import queries
from lms.catalogue.course_form import course_data
from lms.catalogue.models import CourseVersion
from lms.db import db, transaction
from lms.people import queries as people_queries
from tests import make
from tests.conftest import SignIn
from tests.make import fresh, make_course

FIELDS: dict[str, object] = {
    "kind": "short",
    "title_ms": "Kursus",
    "title_en": "Course",
    "title_id": "Pelatihan",
    "hours": "8",
    "credit": "0",
    "cpd": "8",
    "mode": "online",
    "certificate": "attendance",
    "attendance_percent": "75",
    "survey_needed": "y",
    "languages": ["en", "id"],
    "outcomes_ms": "Menilai risiko\r\n\r\nMenulis catatan\r\n",
    "outcomes_en": "Judge risk\r\nWrite a note",
    "contents_en": "Kinds of harm\r\nCase notes",
    "contents_minutes": "240\r\n0",
}
OUTCOMES = [
    {"ms": "Menilai risiko", "en": "Judge risk"},
    {"ms": "Menulis catatan", "en": "Write a note"},
]
CONTENTS = [{"title": {"en": "Kinds of harm"}, "minutes": 240}, {"title": {"en": "Case notes"}}]


def text_area(page: str, name: str) -> str:
    found = re.search(rf'<textarea[^>]* name="{name}"[^>]*>\s*([^<]*)</textarea>', page)
    assert found is not None
    return found[1]


def test_outcomes_contents_and_languages_are_entered_and_shown(app: Flask, sign_in: SignIn) -> None:
    del app
    manager, code = sign_in("manager"), fresh("C")
    answer = manager.post("/manage/courses/new?lang=en", data=FIELDS | {"code": code})
    assert answer.status_code == 302
    version = queries.course_version(answer.location.rsplit("/", 1)[1])
    assert (version.outcomes, version.contents) == (OUTCOMES, CONTENTS)
    assert version.languages == ["en", "id"]
    assert (version.attendance_percent, version.survey_needed) == (75, True)
    page = manager.get(f"/manage/courses/{version.public_id}?lang=en").text
    for shown in ("Judge risk", "Case notes", "English, Indonesian"):
        assert shown in page
    with transaction():
        make.publish(queries.course_version(version.public_id))
    page = manager.get(f"/courses/{version.public_id}?lang=ms").text
    for shown in ("Menilai risiko", "Kinds of harm", "Bahasa Inggeris, Bahasa Indonesia"):
        assert shown in page


def test_a_course_goes_through_its_form_unchanged(app: Flask, sign_in: SignIn) -> None:
    """The richest course of the sample, written into a draft and saved as it was opened."""
    del app
    rich = queries.version_of_course("PKK204")
    provider = people_queries.organisation_by_code("ILKS")
    assert rich is not None
    names = ("outcomes", "contents", "languages")
    wanted = {name: getattr(rich, name) for name in names}
    with transaction():
        draft = make_course(provider, published=False)
        for name, value in wanted.items():
            setattr(draft, name, value)
    data = {name: value for name, value in course_data(draft).items() if value is not None}
    data |= {"title_ms": "T", "title_en": "T", "title_id": "T"}
    address = f"/manage/courses/{draft.public_id}/edit"
    assert sign_in("manager").post(address, data=data).status_code == 302
    saved = db.session.get_one(CourseVersion, draft.id)
    assert {name: getattr(saved, name) for name in names} == wanted


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"outcomes_en": "Only one"}, "as many lines as in the other languages"),
        ({"contents_id": "Satu"}, "as many lines as in the other languages"),
        ({"contents_minutes": "240"}, "one whole number for each part"),
        ({"contents_minutes": "240\nlong"}, "one whole number for each part"),
        ({"languages": []}, "Choose at least one language"),
        ({"languages": ["fr"]}, "fr"),
    ],
)
def test_what_does_not_fit_is_told_and_everything_typed_is_kept(
    app: Flask, sign_in: SignIn, wrong: dict[str, object], said: str
) -> None:
    del app
    data = FIELDS | {"code": fresh("C")} | wrong
    answer = sign_in("manager").post("/manage/courses/new?lang=en", data=data)
    assert answer.status_code == 422
    assert said in answer.text
    for name in ("outcomes_ms", "outcomes_en", "contents_en", "contents_minutes"):
        assert text_area(answer.text, name).split() == str(data[name]).split()
    boxes = re.findall(r'<input checked[^>]* name="languages"[^>]* value="(\w+)"', answer.text)
    assert boxes == [code for code in ("en", "id") if code in str(data["languages"])]
