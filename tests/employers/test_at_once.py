"""Employers at the same moment: the day's count is never passed, one run is confirmed once."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from lms.certificates.models import Certificate
from lms.db import db, transaction
from lms.employers import queries, quota, service, watch_queries, watching
from lms.employers.models import CheckRun
from lms.kernel.errors import TooMany
from lms.people.models import Organisation
from tests import prepared as prepared_app
from tests.databases import database
from tests.employers import making
from tests.enrolment.at_once import at_once
from tests.make import NOW, own_app

pytestmark = pytest.mark.heavy

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


def test_a_certificate_is_watched_once_and_never_beyond_the_limit(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "MOST", 3)
    with database("employers_watch", tmp_path_factory.mktemp("watch")) as url:
        app = prepared_app.institute(tmp_path_factory.mktemp("house"), url)
        with app.app_context():
            house, known = making.make_employer(), making.certificates(5)
            ids, where, by = [one.id for one in known], house[0].id, house[1].id

        def watch(certificate_id: int) -> str:
            with transaction():
                employer = db.session.get_one(Organisation, where)
                wanted = select(Certificate.id).where(Certificate.id == certificate_id)
                return str(watching.begin(employer, wanted, by=by, now=NOW))

        found = at_once(app, [lambda one=one: watch(one) for one in (ids[0], ids[0], *ids)])  # type: ignore[misc]
        assert found.count("1") == 3
        assert set(found) <= {"0", "1", "watches-too-many"}
        with app.app_context():
            assert watch_queries.count(where) == 3
            db.session.remove()
            db.engine.dispose()


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
