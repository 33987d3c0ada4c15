"""The same courses in the same order on both databases: the expected ones are stated once."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import select, text

from lms import migrations, setting_up
from lms.catalogue import finding
from lms.catalogue.models import Course, CourseVersion
from lms.db import db, transaction
from lms.search import queries
from lms.search import service as search
from lms.search.models import SearchEntry
from lms.search.rules import Field
from tests import make
from tests.make import make_course, own_app
from tests.search.conftest import FOLDER

pytestmark = pytest.mark.heavy

QUERIES = json.loads((FOLDER / "queries.json").read_text("utf-8"))


def codes(words: str, languages: tuple[str, ...] = ("ms", "en", "id")) -> list[str]:
    hits = queries.find(finding.KIND, words, languages) or []
    query = select(CourseVersion.id, Course.code).join(CourseVersion.course)
    by_id = {row[0]: row[1] for row in db.session.execute(query)}
    return [by_id[hit.id] for hit in hits]


@pytest.mark.usefixtures("courses")
@pytest.mark.parametrize("stated", QUERIES, ids=lambda each: each["query"])
def test_the_nearest_courses_come_first(stated: dict[str, Any]) -> None:
    found = codes(stated["query"], (stated["language"],))
    assert found[: len(stated["top"])] == stated["top"]
    assert bool(found) == bool(stated["top"])


def test_there_are_forty_queries_in_three_languages() -> None:
    assert len(QUERIES) >= 40
    assert {each["language"] for each in QUERIES} == {"ms", "en", "id"}


@pytest.mark.usefixtures("courses")
def test_ranks_are_the_same_numbers_on_both_databases() -> None:
    """A title counts 10 and a summary 4, three times when the word is as written."""
    hits = queries.find(finding.KIND, "keluarga") or []
    assert [hit.rank for hit in hits][:3] == [42, 30, 12]


@pytest.mark.usefixtures("app")
def test_every_word_must_be_there_and_the_last_may_be_unfinished() -> None:
    search.index("thing", 1, [Field(5, {"en": "Green apples"})])
    search.index("thing", 2, [Field(5, {"en": "Green pears"})])
    search.index("other", 3, [Field(5, {"en": "Green apples"})])

    def ids(words: str) -> list[int]:
        return [hit.id for hit in queries.find("thing", words) or []]

    assert ids("green") == [1, 2]
    assert ids("the green apple") == [1]
    assert ids("green pe") == [2]
    assert ids("green pe ") == []
    assert ids("pe green") == []
    assert ids("green apples pears") == []


@pytest.mark.usefixtures("app")
def test_what_is_indexed_again_or_forgotten_is_not_found_as_before() -> None:
    search.index("thing", 1, [Field(5, {"en": "Bridge"})])
    search.index("thing", 1, [Field(5, {"en": "Tunnel"})])
    assert queries.find("thing", "bridge") == []
    assert [hit.id for hit in queries.find("thing", "tunnel") or []] == [1]
    search.forget("thing", [1])
    assert queries.find("thing", "tunnel") == []
    kept = "select count(*) from search_text where "
    column = "rowid" if db.engine.dialect.name == "sqlite" else "entry_id"
    alone = text(f"{kept} {column} not in (select id from search_entry)")  # noqa: S608  # ours
    assert db.session.scalar(alone) == 0


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    "words",
    [
        '"',
        "'",
        "a' | 'b",
        'x" OR "y',
        "NEAR(a b)",
        "* * *",
        "a:*",
        "\\",
        "-x",
        "\0",
        "ab\0cd",
        "𝔘",
        "é" * 300,
    ],
)
def test_no_query_breaks_the_engine(words: str) -> None:
    search.index("thing", 1, [Field(1, {"en": "something else"})])
    assert queries.find("thing", words) in (None, [])


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("language", "written", "asked"),
    [("ms", "தமிழ் மொழி", "தமிழ்"), ("ms", "كرجا سوسيال", "سوسيال"), ("en", "Ｆull width", "full")],
)
def test_other_scripts_are_found(language: str, written: str, asked: str) -> None:
    search.index("thing", 1, [Field(1, {language: written})])
    assert [hit.id for hit in queries.find("thing", asked) or []] == [1]


@pytest.mark.usefixtures("app")
def test_a_course_is_found_when_it_is_published_and_not_before() -> None:
    draft = make_course(published=False)
    draft.titles = {"en": "Xylophones"}
    db.session.flush()
    assert queries.find(finding.KIND, "xylophone") == []
    make.publish(draft)
    assert [hit.id for hit in queries.find(finding.KIND, "xylophone") or []] == [draft.id]


def test_a_publication_that_is_undone_leaves_nothing_to_find(app: Flask) -> None:
    del app
    draft = make_course(published=False)
    draft.titles = {"en": "Xylophones"}
    db.session.flush()
    savepoint = db.session.begin_nested()
    make.publish(draft)
    assert queries.find(finding.KIND, "xylophone") != []
    savepoint.rollback()
    assert queries.find(finding.KIND, "xylophone") == []


def test_a_rebuild_makes_the_same_entries_and_drops_what_is_gone(app: Flask) -> None:
    before = codes("kes")
    db.session.execute(text("delete from search_text"))
    stray = SearchEntry(kind=finding.KIND, subject_id=10**9, weights={})
    db.session.add(stray)
    db.session.flush()
    assert codes("kes") == []
    answer = app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith("course: ")
    assert codes("kes") == before != []
    assert db.session.scalar(select(SearchEntry.id).where(SearchEntry.subject_id == 10**9)) is None


def test_after_a_migration_everything_is_found_again(tmp_path: Path) -> None:
    with own_app("found-again", tmp_path) as app, app.app_context():
        with transaction():
            version_id = make_course().id
        with transaction():
            search.forget(finding.KIND, [version_id])
        downgrade()
        lines = list(setting_up.prepare(sample=False))
        assert lines == [f"Database at revision {migrations.head()}."]
        assert version_id in [hit.id for hit in queries.find(finding.KIND, "course") or []]
