"""Checks in bulk over HTTP: an employer's day, what is never told, who sees what, the quota."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from lms.audit.models import AuditEntry
from lms.certificates.models import Certificate
from lms.checking import verification
from lms.db import db, transaction
from lms.employers import jobs, queries, quota, service
from lms.employers.models import CheckRow, CheckRun, State
from lms.jobs.models import Work
from lms.jobs.running import drain
from lms.kernel import clock
from lms.kernel.errors import Conflict, TooMany
from lms.kernel.permissions import Role
from lms.people import service as people_service
from tests.certificates.awards import bring, sample_certificate
from tests.conftest import SignIn
from tests.employers import making
from tests.employers.making import FORM, hand_in, outcomes, rows_of, table
from tests.jobs.dying import kill
from tests.make import make_organisation, make_user

pytestmark = pytest.mark.usefixtures("app")
RUNS = "/employers/checks/"


def confirmed(visitor: FlaskClient, data: bytes, name: str = "graduates.csv") -> CheckRun:
    run = hand_in(visitor, data, name)
    assert visitor.post(f"{RUNS}{run.public_id}/confirm").status_code == 302
    return queries.by_public_id(run.public_id)


@pytest.fixture
def employer(sign_in: SignIn) -> FlaskClient:
    return sign_in("employer")


def test_each_row_gets_the_answer_that_the_page_gives(employer: FlaskClient) -> None:
    known = making.certificates(6)
    with transaction():
        for one, state in zip(known[1:4], ("suspended", "revoked", "superseded"), strict=True):
            bring(one, state)
    names = [one.content["holder_name"] for one in known]
    lines = ["code,name,reference", *(f"{c.code},,R{i}" for i, c in enumerate(known[:4]))]
    lines += [f"{known[4].code},{names[4].upper()},", f"{known[5].code},Somebody Else,"]
    lines += [f"{making.unknown_code()},{names[0]},", "no code at all,,", ",Nobody,"]
    run = confirmed(employer, table(*lines))
    assert (run.state, run.total, run.counted) == (State.DONE, 9, 8)
    rows = rows_of(run)
    assert [row.outcome for row in rows] == [
        *("valid", "suspended", "revoked", "superseded", "valid", "valid"),
        *("unknown", "unknown", "blank"),
    ]
    assert [row.name_matches for row in rows] == [*[None] * 4, True, False, *[None] * 3]
    now = clock.now()
    for row in rows[:8]:
        assert verification.by_code(row.code, now=now).outcome == row.outcome


def test_a_file_comes_back_without_names_of_ours_and_without_formulas(
    employer: FlaskClient,
) -> None:
    known = sample_certificate()
    with transaction():
        bring(known, "revoked")
    run = confirmed(employer, table("code,name,reference", f"{known.code},=cmd,@R", ",Ali,"))
    page, path = f"{RUNS}{run.public_id}", f"{RUNS}{run.public_id}?lang=en"
    text = employer.get(path).text
    assert known.serial in text
    told = employer.get(f"{page}?as=csv&lang=en").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(told)))
    assert (rows[0]["Name"], rows[0]["Reference"]) == ("'=cmd", "'@R")
    assert (rows[0]["Result"], rows[0]["Name compared"]) == ("Revoked", "Another name")
    assert rows[0]["Number"] == known.serial
    assert (rows[1]["Result"], rows[1]["Number"]) == ("No code given", "")
    book = zipfile.ZipFile(io.BytesIO(employer.get(f"{page}?as=xlsx").data))
    everything = [text, told, *(book.read(name).decode() for name in book.namelist())]
    for secret in (known.content["holder_name"], known.user.email, "A test"):
        assert not any(secret in each for each in everything)


def test_flaws_are_shown_by_row_before_anything_is_counted(employer: FlaskClient) -> None:
    code = sample_certificate().code
    run = hand_in(employer, table("code,name", f"{code},A", ",B", f"{code},C", "12345,D"))
    before = quota.left(run.organisation, 100, now=clock.now())
    page = employer.get(f"{RUNS}{run.public_id}?lang=en").text
    for words in ("No code given (1)", "Stands there twice (1)", "Typing error in the code (1)"):
        assert words in page
    assert "As in row 2" in page
    only = employer.get(f"{RUNS}{run.public_id}?show=duplicate&lang=en").text
    assert ("Row 4" in only, "Row 3" in only) == (True, False)
    assert quota.left(run.organisation, 100, now=clock.now()) == before
    assert outcomes(run) == ["", "blank", "", ""]


def test_lines_are_pasted(employer: FlaskClient) -> None:
    known = sample_certificate()
    lines = f"{known.code}, {known.content['holder_name']}\nnonsense"
    answer = employer.post(RUNS, data={"lines": lines, "file": (io.BytesIO(), "")})
    assert answer.status_code == 302
    employer.post(f"{answer.location}/confirm")
    run = queries.by_public_id(answer.location.rpartition("/")[2])
    assert [(row.outcome, row.name_matches) for row in rows_of(run)] == [
        ("valid", True),
        ("unknown", None),
    ]


def test_nothing_both_or_something_else_is_said_on_the_page(employer: FlaskClient) -> None:
    for data in (
        {},
        {"lines": " \n"},
        {"lines": "A", "file": (io.BytesIO(b"code\nA"), "c.csv")},
        {"file": (io.BytesIO(b"a,b\nA,B"), "c.csv")},
        {"lines": "A", "more": "x"},
    ):
        assert employer.post(RUNS, data=data, content_type=FORM).status_code == 422


def test_the_template_is_a_table_that_can_be_filled_in(employer: FlaskClient) -> None:
    head = employer.get(f"{RUNS}template.csv").data
    assert head == b'\xef\xbb\xbf"code","name","reference"\r\n'
    run = confirmed(employer, head + b"X,Y,Z\r\n")
    assert outcomes(run) == ["unknown"]


def test_a_run_is_confirmed_once_and_counted_once(employer: FlaskClient) -> None:
    run = hand_in(employer, b"code\nA\nB\n")
    before = quota.left(run.organisation, 100, now=clock.now())
    for _ in range(2):
        assert employer.post(f"{RUNS}{run.public_id}/confirm").status_code == 302
        assert quota.left(run.organisation, 100, now=clock.now()) == before - 2
    with pytest.raises(Conflict, match="run-moved-on"), transaction():
        service.confirm(run, 100, by=run.made_by_id, now=clock.now())


def test_a_day_has_so_many_checks_and_the_next_day_as_many_again() -> None:
    employer, user = making.make_employer()
    lines = [making.reading_line(number) for number in range(2, 8)]
    late = clock.now().replace(hour=15, minute=59, second=0)  # a minute to midnight there
    with time_machine.travel(late, tick=False):
        with transaction():
            first, second = (
                service.prepare(employer, lines, "a.csv", by=user.id) for _ in range(2)
            )
            service.confirm(first, 10, by=user.id, now=clock.now())
        with pytest.raises(TooMany) as refused, transaction():
            service.confirm(second, 10, by=user.id, now=clock.now())
        assert refused.value.params["left"] == 4
        assert 60 <= refused.value.seconds <= 62
        assert queries.by_public_id(second.public_id).state == State.READY
    with time_machine.travel(late + timedelta(minutes=2), tick=False), transaction():
        service.confirm(second, 10, by=user.id, now=clock.now())
    assert outcomes(second) == ["unknown"] * 6


def test_a_refusal_keeps_the_rows_and_says_when_to_come_again(
    employer: FlaskClient, app: Flask
) -> None:
    run = hand_in(employer, b"code\nA\nB\n")
    with transaction():
        left = quota.left(run.organisation, 20_000, now=clock.now())
        quota.take(run.organisation, left - 1, 20_000, now=clock.now())
    answer = employer.post(f"{RUNS}{run.public_id}/confirm?lang=en")
    assert answer.status_code == 302
    page = employer.get(f"{RUNS}{run.public_id}?lang=en").text
    assert "checks left today: 1." in page
    assert "There are more codes than are left today" in page
    assert outcomes(run) == ["", ""]
    del app


def test_many_rows_are_checked_in_the_background_and_told_how_far(employer: FlaskClient) -> None:
    known = making.certificates(40)
    lines = ["code,name"] + [f"{known[n % len(known)].code},x" for n in range(1_300)]
    run = confirmed(employer, table(*lines))
    assert (run.state, run.work_id is not None) == (State.RUNNING, True)
    assert "0 of 1300 done" in employer.get(f"{RUNS}{run.public_id}?lang=en").text
    public_id = run.public_id
    drain()
    run = queries.by_public_id(public_id)
    assert run.state == State.DONE
    assert outcomes(run) == ["valid"] * 1_300
    work = db.session.get_one(Work, run.work_id)
    assert (work.state, work.done) == ("done", 1_300)
    assert 'aria-current="page"' in employer.get(f"{RUNS}{run.public_id}?page=26").text


def _killed(run_id: int) -> None:
    with transaction():
        assert service.go_on(run_id, now=clock.now())
        raise RuntimeError("killed before the piece was kept")


def test_a_run_that_is_killed_goes_on_and_answers_each_row_once(
    employer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = confirmed(employer, table("code", *[making.unknown_code() for _ in range(700)]))
    monkeypatch.setattr(service, "AT_ONCE", 200)
    with transaction():
        assert service.go_on(run.id, now=clock.now())
    with pytest.raises(RuntimeError, match="killed"):
        _killed(run.id)
    run = queries.by_public_id(run.public_id)
    assert queries.answered(run.id) == 200
    jobs.work(run.id)
    jobs.work(run.id)  # twice does no harm
    run = queries.by_public_id(run.public_id)
    assert (run.state, queries.counts(run.id)) == (State.DONE, {"unknown": 700})
    query = select(AuditEntry).where(
        AuditEntry.action == "employers.run.done", AuditEntry.object_id == run.id
    )
    done = db.session.scalars(query)
    assert [entry.details["counts"] for entry in done] == [{"unknown": 700}]


def test_a_piece_costs_as_many_statements_at_any_number(
    employer: FlaskClient, count_statements: Callable[[], Any]
) -> None:
    known = making.certificates(40)
    costs = []
    for number in (10, 190):
        lines = ["code,name"] + [f"{known[n % len(known)].code},x" for n in range(number)]
        run = hand_in(employer, table(*lines))
        with count_statements() as seen, transaction():
            service.confirm(run, 20_000, by=run.made_by_id, now=clock.now())
        costs.append(len(seen))
    assert costs[0] == costs[1] < 25


def test_a_page_costs_as_many_statements_at_any_number(
    employer: FlaskClient, count_statements: Callable[[], Any]
) -> None:
    known = making.certificates(40)
    costs = []
    for number in (2, 40):
        run = confirmed(employer, table("code", *[one.code for one in known[:number]]))
        with count_statements() as seen:
            employer.get(f"{RUNS}{run.public_id}")
        costs.append(len(seen))
    assert costs[0] == costs[1] < 20


def test_runs_of_others_are_not_there(employer: FlaskClient, sign_in: SignIn) -> None:
    run = confirmed(employer, b"code\nA\n")
    _, stranger = making.make_employer()
    path = f"{RUNS}{run.public_id}"
    other = sign_in(stranger.email)
    for answer in (
        other.get(path),
        other.get(f"{path}?as=csv"),
        other.post(f"{path}/confirm"),
        other.post(f"{path}/delete"),
    ):
        assert answer.status_code == 404
    for who in ("aisyah", "registrar", "auditor", "coordinator", "admin"):
        assert sign_in(who).get(path).status_code == 403
    assert run.public_id not in other.get(RUNS).text


def test_the_role_over_another_kind_of_organisation_gives_nothing(sign_in: SignIn) -> None:
    with transaction():
        provider = make_organisation()
        user = make_user("Checker", organisation=provider)
        people_service.grant_role(user, Role.EMPLOYER_CHECKER, provider, by=None)
    visitor = sign_in(user.email)
    for path in (RUNS, "/employers/tokens/", "/employers/watches/"):
        assert visitor.get(path).status_code == 403


def test_a_colleague_sees_a_run_and_only_who_made_it_deletes_it(
    employer: FlaskClient, sign_in: SignIn
) -> None:
    run = confirmed(employer, b"code\nA\nB\n")
    with transaction():
        colleague = making.colleague(run.organisation).email
    path, other, kept = f"{RUNS}{run.public_id}", sign_in(colleague), run.id
    assert other.get(path).status_code == 200
    assert other.post(f"{path}/delete").status_code == 403
    assert employer.post(f"{path}/delete").status_code == 302
    assert employer.get(path).status_code == 404
    assert db.session.scalars(select(CheckRow).where(CheckRow.run_id == kept)).all() == []


def test_a_run_at_work_is_not_deleted(employer: FlaskClient) -> None:
    run = confirmed(employer, table("code", *["A"] * 300))
    assert employer.post(f"{RUNS}{run.public_id}/delete").status_code == 409
    assert len(rows_of(run)) == 300


def test_what_was_typed_is_forgotten_after_a_month_and_the_verdicts_stay(
    employer: FlaskClient,
) -> None:
    known = sample_certificate()
    run = confirmed(employer, table("code,name,reference", f"{known.code},Ali,R1"))
    waiting = hand_in(employer, b"code,name\nA,Abu\n")
    with time_machine.travel(clock.now() + timedelta(days=29), tick=False):
        jobs.forget()
    assert rows_of(run)[0].name == "Ali"
    assert db.session.get(CheckRun, waiting.id) is None  # nobody confirmed it for a day
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        jobs.forget()
        jobs.forget()
    row = rows_of(run)[0]
    assert (row.code, row.name, row.reference) == ("", "", "")
    assert (row.outcome, row.name_matches, row.certificate_id) == ("valid", False, known.id)
    assert len(row.digest) == 64
    page = employer.get(f"{RUNS}{run.public_id}?lang=en").text
    assert "The verdicts stay" in page
    assert known.serial in page


def test_the_trail_has_counts_and_neither_names_nor_codes(employer: FlaskClient) -> None:
    known = sample_certificate()
    run = confirmed(employer, table("code,name", f"{known.code},Ali bin Abu", "X,"))
    entries = list(
        db.session.scalars(
            select(AuditEntry).where(
                AuditEntry.object_type == "check_run", AuditEntry.object_id == run.id
            )
        )
    )
    assert {entry.action: entry.details for entry in entries} == {
        "employers.run.prepared": {"rows": 2},
        "employers.run.begun": {"rows": 2},
        "employers.run.done": {"counts": {"valid": 1, "unknown": 1}},
    }


def test_many_codes_are_answered_as_each_by_itself(count_statements: Callable[[], Any]) -> None:
    known = making.certificates(20)
    assert len(known) >= 5
    with transaction():
        bring(known[0], "revoked")
        db.session.execute(
            update(Certificate)
            .where(Certificate.id == known[1].id)
            .values(valid_from=known[1].valid_from - timedelta(days=1))
        )
    db.session.expire_all()
    now = clock.now()
    asked = [*(one.code for one in known), known[0].code.lower(), making.unknown_code(), "x", ""]
    with count_statements() as seen:
        together = verification.by_codes(asked, now=now)
    assert len([each for each in seen if "SELECT" in each]) == 1
    for code, check in zip(asked, together, strict=True):
        alone = verification.by_code(code, now=now)
        assert (check.outcome, check.reason, check.axes, check.facts) == (
            alone.outcome,
            alone.reason,
            alone.axes,
            alone.facts,
        )
    assert together[0].outcome == together[len(known)].outcome == "revoked"


def test_a_run_whose_job_died_stops_with_what_was_answered_and_goes_on(
    employer: FlaskClient,
) -> None:
    lines = (f"{making.unknown_code()},A" for _ in range(210))
    run = confirmed(employer, table("code,name", *lines))
    kill(service.WORK_JOB)
    first = run.work
    assert first is not None
    assert (run.state, first.state) == (State.RUNNING, "failed")
    path = f"{RUNS}{run.public_id}"
    assert "Checking has stopped" in employer.get(f"{path}?lang=en").text
    before = quota.left(run.organisation, 1000, now=clock.now())
    assert employer.post(f"{path}/resume").status_code == 302
    assert employer.post(f"{path}/resume").status_code == 409  # it goes on already
    assert "Checking has stopped" not in employer.get(f"{path}?lang=en").text
    jobs.work(run.id)
    db.session.expire_all()
    assert (run.state, run.work is first) == (State.DONE, False)
    assert set(outcomes(run)) == {"unknown"}
    assert quota.left(run.organisation, 1000, now=clock.now()) == before  # counted once


def test_only_the_own_employer_lets_a_run_go_on(employer: FlaskClient, sign_in: SignIn) -> None:
    run = hand_in(employer, table("code,name", f"{making.unknown_code()},A"))
    path = f"{RUNS}{run.public_id}/resume"
    assert employer.post(path).status_code == 409  # nothing has stopped
    _, stranger = making.make_employer()
    assert sign_in(stranger.email).post(path).status_code == 404
