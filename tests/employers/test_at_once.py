"""Employers at the same moment: the day's count is never passed, one run is confirmed once."""

from collections.abc import Iterator

import pytest
from flask import Flask

from lms.db import db, transaction
from lms.employers import queries, quota, service
from lms.employers.models import CheckRun
from lms.kernel.errors import TooMany
from lms.people.models import Organisation
from tests.employers import making
from tests.enrolment.at_once import at_once
from tests.make import NOW, own_app

MOST = 100


@pytest.fixture
def committed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with own_app("employers_race", tmp_path_factory.mktemp("race")) as app:
        yield app


def prepared(number: int, rows: int) -> tuple[int, list[int]]:
    """An employer, and so many tables that wait."""
    employer, user = making.make_employer()
    with transaction():
        runs = [
            service.prepare(
                employer, [making.reading_line(n) for n in range(1, rows + 1)], "a.csv", by=user.id
            )
            for _ in range(number)
        ]
        return employer.id, [run.id for run in runs]


def confirm(run_id: int) -> str:
    try:
        with transaction():
            run = db.session.get_one(CheckRun, run_id)
            service.confirm(run, MOST, by=run.made_by_id, now=NOW)
    except TooMany as refused:
        return refused.code
    return "done"


def test_tables_at_the_same_moment_never_pass_the_count_of_the_day(committed: Flask) -> None:
    with committed.app_context():
        employer_id, runs = prepared(8, 30)
    found = at_once(committed, [lambda run=run: confirm(run) for run in runs])  # type: ignore[misc]
    assert sorted(found) == ["checks-quota"] * 5 + ["done"] * 3
    with committed.app_context():
        employer = db.session.get_one(Organisation, employer_id)
        assert quota.left(employer, MOST, now=NOW) == 10
        answered = [queries.answered(run) for run in runs]
        assert sorted(answered) == [0] * 5 + [30] * 3


def test_a_table_that_is_confirmed_twice_at_once_is_counted_once(committed: Flask) -> None:
    with committed.app_context():
        employer_id, (run,) = prepared(1, 30)
    found = at_once(committed, [lambda: confirm(run)] * 4)
    assert sorted(found) == ["done", *["run-moved-on"] * 3]
    with committed.app_context():
        employer = db.session.get_one(Organisation, employer_id)
        assert quota.left(employer, MOST, now=NOW) == 70


@pytest.mark.slow
def test_ten_thousand_rows_get_one_answer_each(committed: Flask) -> None:
    with committed.app_context():
        employer_id, (run_id,) = prepared(1, 10_000)
        with transaction():
            run = db.session.get_one(CheckRun, run_id)
            service.confirm(run, 10_000, by=run.made_by_id, now=NOW)
        pieces = 0
        more = True
        while more:
            with transaction():
                more = service.go_on(run_id, now=NOW)
            pieces += 1
        assert pieces == 10_000 // service.AT_ONCE + 1
        assert queries.counts(run_id) == {"unknown": 10_000}
        employer = db.session.get_one(Organisation, employer_id)
        assert quota.left(employer, 10_000, now=NOW) == 0
