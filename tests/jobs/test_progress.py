"""How far long work has come."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.db import db
from lms.jobs import progress, views
from lms.jobs.models import Work
from lms.kernel.permissions import Role
from lms.people import service as people_service
from lms.people.models import User
from tests.conftest import SignIn
from tests.make import make_organisation, make_user


@pytest.fixture(autouse=True)
def known() -> None:
    progress.announce("test.work", "Work of a test", partly="Some could not be done.")
    progress.announce("test.other", "Other work")


def begin(who: str = "aisyah", total: int = 4) -> Work:
    email = f"{who}@sijil.example"
    owner = db.session.query(User).filter_by(email_key=email).one()
    work = progress.begin("test.work", total=total, owner=owner.id)
    db.session.commit()
    return work


@pytest.mark.usefixtures("app")
def test_only_work_that_has_a_name_can_begin() -> None:
    with pytest.raises(LookupError, match="no work is called"):
        progress.begin("test.nameless", total=1, owner=None)


@pytest.mark.usefixtures("app")
def test_it_never_goes_back_nor_over_its_total_and_ends_once() -> None:
    work = begin()
    seen = []
    for done in (1, 3, 2, 9):
        progress.report(work.id, done)
        db.session.refresh(work)
        seen.append((work.state, work.done))
    assert seen == [("running", 1), ("running", 3), ("running", 3), ("running", 4)]
    progress.end(work.id, failed=True, message="partly")
    progress.end(work.id)
    progress.report(work.id, 1)
    db.session.refresh(work)
    assert (work.state, work.done, progress.message(work)) == (
        "failed",
        4,
        "Some could not be done.",
    )
    assert work.finished_at is not None


@pytest.mark.usefixtures("app")
@given(st.lists(st.integers(0, 30), max_size=8), st.integers(0, 20))
def test_what_is_shown_is_the_most_that_was_reported(reports: list[int], total: int) -> None:
    work = progress.begin("test.work", total=total, owner=None)
    for done in reports:
        progress.report(work.id, done)
    db.session.refresh(work)
    assert work.done == min(max(reports, default=0), total)


def test_its_page_is_for_who_asked_and_for_administrators(sign_in: SignIn) -> None:
    work = begin()
    progress.report(work.id, 1)
    db.session.commit()
    address = f"/jobs/{work.public_id}?lang=en"
    for who, status in (("aisyah", 200), ("admin", 200), ("priya", 404), ("manager", 404)):
        assert sign_in(who).get(address).status_code == status
    assert sign_in("priya").get(f"/jobs/{work.public_id}/events?lang=en").status_code == 404
    shown = sign_in("aisyah").get(address).text
    assert '<progress max="4" value="1"' in shown
    assert "1 of 4 done" in shown
    assert "Work of a test" in shown
    assert f'<noscript><p><a href="/jobs/{work.public_id}">' in shown


def test_administrators_see_the_work_of_people_they_look_after(sign_in: SignIn) -> None:
    address = f"/jobs/{begin().public_id}"
    elsewhere = make_user("Elsewhere", organisation=make_organisation())
    assert elsewhere.organisation is not None
    people_service.grant_role(elsewhere, Role.ADMINISTRATOR, elsewhere.organisation, by=None)
    db.session.commit()
    visitor = sign_in(elsewhere.email)
    assert visitor.get(address).status_code == 404
    assert visitor.get(f"{address}/events").status_code == 404
    nobodys = progress.begin("test.work", total=1, owner=None)
    db.session.commit()
    assert sign_in("admin").get(f"/jobs/{nobodys.public_id}").status_code == 200
    assert sign_in("manager").get(f"/jobs/{nobodys.public_id}").status_code == 404


def test_the_stream_tells_of_progress_and_of_the_end(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(views, "STREAM_SECONDS", 0.05)
    work = begin()
    visitor = sign_in("aisyah")
    with visitor.get(f"/jobs/{work.public_id}/events?lang=en") as answer:
        assert answer.mimetype == "text/event-stream"
        blocks = answer.get_data(as_text=True).strip().split("\n\n")
    assert len(blocks) > 1  # it ends by itself, and the browser comes again
    assert all(block.startswith("event: progress\n") for block in blocks)
    progress.end(work.id)
    db.session.commit()
    with visitor.get(f"/jobs/{work.public_id}/events?lang=en") as answer:
        (last,) = answer.get_data(as_text=True).strip().split("\n\n")
    kind, data = last.split("\n")
    assert kind == "event: end"
    assert json.loads(data.removeprefix("data: ")) == {
        "done": 4,
        "total": 4,
        "words": "The work is done.",
    }
    after = visitor.get(f"/jobs/{work.public_id}?lang=en").text
    assert "data-progress" not in after
    assert "<noscript><p><a" not in after


def test_administrators_see_what_long_work_there_is(
    sign_in: SignIn, count_statements: Callable[[], Any]
) -> None:
    def statements() -> int:
        with count_statements() as seen:
            assert administrator.get("/jobs/?lang=en").status_code == 200
        return len(seen)

    administrator = sign_in("admin")
    assert "No long work was begun" in administrator.get("/jobs/?lang=en").text
    works = [progress.begin("test.work", total=4, owner=None)]
    few = statements()
    works += [progress.begin("test.work", total=4, owner=None) for _ in range(24)]
    progress.end(works[-1].id)
    somebodys = begin()
    db.session.commit()
    assert statements() == few
    shown = administrator.get("/jobs/?lang=en").text
    assert shown.count("Work of a test") == 20
    assert f'href="/jobs/{works[-1].public_id}"' in shown
    assert "The work is done." in shown
    assert works[0].public_id not in shown
    assert somebodys.public_id not in shown


@pytest.mark.usefixtures("app")
def test_a_run_that_was_killed_is_ended_by_the_next() -> None:
    killed, other = begin(), progress.begin("test.other", total=1, owner=None)
    progress.report(killed.id, 2)
    progress.interrupted("test.work")
    db.session.refresh(killed)
    assert (killed.state, killed.done) == ("failed", 2)
    assert killed.finished_at is not None
    assert other.finished_at is None


def test_no_more_streams_than_the_server_can_hold(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = begin()
    progress.end(work.id)
    db.session.commit()
    visitor = sign_in("aisyah")
    address = f"/jobs/{work.public_id}/events?lang=en"
    for _ in range(views.STREAMS + 1):  # one after another each finds room
        with visitor.get(address) as answer:
            assert answer.status_code == 200
            assert answer.get_data()
    monkeypatch.setattr(views, "_free_streams", threading.BoundedSemaphore(1))
    with visitor.get(address) as only:
        assert only.status_code == 200
        with visitor.get(address) as full:
            assert full.status_code == 204
