"""Certificates of an offering issued together: looked at first, followed, paused, cancelled."""

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.audit.models import AuditEntry
from lms.batches import jobs, queries, service
from lms.batches.models import Batch, BatchItem, Outcome, State
from lms.catalogue.models import Offering
from lms.certificates.keyring import ring
from lms.certificates.models import Certificate, SerialCounter
from lms.db import db, transaction
from lms.enrolment.models import Enrolment
from lms.jobs import giving_up
from lms.jobs.models import Work
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.permissions import Role
from lms.people import service as people
from lms.people.models import User
from lms.transparency import auditing
from lms.web import running
from tests.certificates.awards import attend, sample_certificate
from tests.conftest import signed_in
from tests.jobs.dying import kill
from tests.make import make_course, make_offering, make_organisation, make_place, make_user

pytestmark = pytest.mark.heavy


@dataclass(frozen=True)
class Hall:
    """An offering that is over: some are due a certificate, the last one missed most of it."""

    app: Flask
    offering: Offering
    places: list[Enrolment]
    registrar: User

    @property
    def client(self) -> FlaskClient:
        return signed_in(self.app, self.registrar.email)

    @property
    def page(self) -> str:
        return f"/certificates/offerings/{self.offering.public_id}"

    def begin(self, count: int = 4, left_out: dict[int, str] | None = None) -> Batch:
        with transaction():
            wanted = [place.id for place in self.places[:count]]
            return service.begin(self.offering, wanted, left_out or {}, by=self.registrar.id)

    def go_on(self, batch: Batch) -> bool:
        ours = running.settings()
        with transaction():
            return service.go_on(batch.id, settings=ours, ring=ring(ours), now=clock.now())


@pytest.fixture
def hall(app: Flask) -> Hall:
    with transaction():
        offering = make_offering(make_course(make_organisation()), capacity=6)
        places = [make_place(offering) for _ in range(5)]
        for place in places[:-1]:
            attend(place)
        attend(places[-1], missed=5)
        registrar = make_user("Registrar", email="batch@test.example")
        provider = offering.course_version.course.provider
        people.grant_role(registrar, Role.REGISTRAR, provider, by=None)
    return Hall(app, offering, places, registrar)


def certificates(hall: Hall) -> int:
    query = select(func.count(Certificate.id)).join(Certificate.enrolment)
    return db.session.scalar(query.where(Enrolment.offering_id == hall.offering.id)) or 0


def test_a_registrar_looks_first_and_issues_all_but_one(hall: Hall) -> None:
    visitor = hall.client
    assert "Issue 4 certificates together" in visitor.get(f"{hall.page}?lang=en").text
    preview = visitor.get(f"{hall.page}/batch?lang=en").text
    assert "4 people are due" in preview
    out = hall.places[0].public_id
    silent = visitor.post(f"{hall.page}/batch?lang=en", data={f"out-{out}": "y"})
    assert silent.status_code == 422
    assert "Say why, for each person" in silent.text
    sent = {f"out-{out}": "y", f"reason-{out}": "Fees are open"}
    begun = visitor.post(f"{hall.page}/batch", data=sent)
    assert begun.status_code == 302
    again = visitor.get(f"{hall.page}/batch?lang=en").text
    assert "are being issued already" in again
    batch = queries.at_work(hall.offering.id)
    assert batch is not None
    jobs.work(batch.id)
    page = visitor.get(f"{begun.location}?lang=en").text
    assert "3 of 3 done" in page
    assert "Fees are open" in page
    assert certificates(hall) == 3
    assert queries.counts(batch.id)["left_out"] == 1
    assert batch.work_id is not None
    work = db.session.get_one(Work, batch.work_id)
    assert (work.state, work.done, auditing.audit({}).sound) == ("done", 3, True)


def test_everybody_left_out_is_no_batch(hall: Hall) -> None:
    data = {f"out-{place.public_id}": "y" for place in hall.places[:4]}
    data |= {f"reason-{place.public_id}": "Later" for place in hall.places[:4]}
    refused = hall.client.post(f"{hall.page}/batch?lang=en", data=data)
    assert refused.status_code == 422
    assert "Everybody is left out" in refused.text
    assert refused.text.count('value="y" checked') == 4
    assert refused.text.count('value="Later"') == 4
    with pytest.raises(Invalid, match="batch-empty"), transaction():
        service.begin(hall.offering, [], {}, by=hall.registrar.id)


def test_one_batch_of_an_offering_at_a_time(hall: Hall) -> None:
    hall.begin(2)
    with pytest.raises(Conflict, match="batch-at-work"):
        hall.begin(2)


def test_a_batch_is_paused_gone_on_with_and_cancelled(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "AT_ONCE", 1)
    batch, visitor = hall.begin(), hall.client
    page = f"/batches/{batch.public_id}"
    assert hall.go_on(batch)
    assert visitor.post(f"{page}/pause").status_code == 302
    assert visitor.post(f"{page}/pause").status_code == 409
    assert not hall.go_on(batch)
    assert certificates(hall) == 1
    assert "Paused" in visitor.get(f"{page}?lang=en").text
    assert visitor.post(f"{page}/resume").status_code == 302
    assert hall.go_on(batch)
    assert certificates(hall) == 2
    assert visitor.post(f"{page}/cancel").status_code == 302
    assert visitor.post(f"{page}/resume").status_code == 409
    assert not hall.go_on(batch)
    jobs.work(batch.id)
    assert certificates(hall) == 2
    counted = queries.counts(batch.id)
    assert (counted["issued"], counted["cancelled"]) == (2, 2)
    assert "Cancelled" in visitor.get(f"{page}?lang=en").text


def test_whoever_is_not_due_any_more_stops_nobody_and_uses_up_no_number(hall: Hall) -> None:
    with transaction():
        wanted = [hall.places[4].id, *(place.id for place in hall.places[:4])]
        batch = service.begin(hall.offering, wanted, {}, by=hall.registrar.id)
    jobs.work(batch.id)
    items = {item.enrolment_id: item for item in queries.items(batch.id)}
    assert items[hall.places[4].id].outcome == Outcome.REFUSED
    assert "attendance-short" in items[hall.places[4].id].reason
    provider = hall.offering.course_version.course.provider_id
    last = db.session.scalars(
        select(SerialCounter.last).where(SerialCounter.issuer_id == provider)
    ).one()
    assert last == certificates(hall) == 4
    assert db.session.get_one(Batch, batch.id).state == State.DONE


def test_what_breaks_after_the_number_was_taken_gives_it_back(hall: Hall) -> None:
    code = hall.offering.course_version.course.provider.code
    year = clock.now().year
    sample_certificate().serial = f"{code}-{year}-00002"  # as nobody of ours would write it
    db.session.flush()
    batch = hall.begin()
    jobs.work(batch.id)
    counted = queries.counts(batch.id)
    assert (counted["issued"], counted["refused"]) == (1, 3)
    provider = hall.offering.course_version.course.provider_id
    last = select(SerialCounter.last).where(SerialCounter.issuer_id == provider)
    assert db.session.scalars(last).one() == 1


def test_a_piece_of_many_takes_about_as_many_statements_as_one_of_few(
    hall: Hall, count_statements: object
) -> None:
    one = hall.begin(1)
    with count_statements() as few:  # type: ignore[operator]  # a fixture that counts
        hall.go_on(one)
    with transaction():
        service.cancel(one, by=hall.registrar.id, now=clock.now())
    with transaction():
        wanted = [place.id for place in hall.places[1:4]]
        batch = service.begin(hall.offering, wanted, {}, by=hall.registrar.id)
    with count_statements() as many:  # type: ignore[operator]
        hall.go_on(batch)
    assert queries.counts(batch.id)["issued"] == 3
    # SQLite takes each row by itself; a place in a list may be drawn again, a tree may be higher.
    asked = [sum(not text.startswith("INSERT") for text in seen) for seen in (few, many)]
    assert asked[1] <= asked[0] + 3


def test_a_second_run_issues_nothing_again(hall: Hall) -> None:
    batch = hall.begin()
    jobs.work(batch.id)
    jobs.work(batch.id)
    assert certificates(hall) == 4
    query = select(BatchItem.outcome).where(BatchItem.batch_id == batch.id)
    outcomes = db.session.scalars(query).all()
    assert outcomes == ["issued"] * 4


@pytest.mark.parametrize("who", ["registrar", "manager", "aisyah", "auditor"])
def test_others_find_no_batch(hall: Hall, who: str) -> None:
    batch = hall.begin()
    visitor = signed_in(hall.app, who)
    for path in (f"/batches/{batch.public_id}", f"{hall.page}/batch"):
        assert visitor.get(path).status_code in {403, 404}
    for deed in ("pause", "resume", "cancel"):
        assert visitor.post(f"/batches/{batch.public_id}/{deed}").status_code in {403, 404}
    assert db.session.get_one(Batch, batch.id).state == State.RUNNING


def test_a_page_of_many_takes_as_many_statements_as_one_of_few(
    hall: Hall, count_statements: object
) -> None:
    batch = hall.begin(1)
    visitor = hall.client
    visitor.get(f"/batches/{batch.public_id}")
    with count_statements() as few:  # type: ignore[operator]  # a fixture that counts
        visitor.get(f"/batches/{batch.public_id}")
    with transaction():
        service.cancel(db.session.get_one(Batch, batch.id), by=hall.registrar.id, now=clock.now())
    more = hall.begin(4)
    with count_statements() as many:  # type: ignore[operator]
        visitor.get(f"/batches/{more.public_id}")
    assert len(many) <= len(few) + 1


def test_a_batch_whose_job_died_stops_with_what_was_issued_and_goes_on(hall: Hall) -> None:
    batch = hall.begin(4)
    with transaction():  # one was dealt with before
        queries.next_items(batch.id, 1)[0].outcome = Outcome.REFUSED.value
    kill(service.WORK_JOB)
    assert batch.work is not None
    assert (batch.state, batch.work.state) == (State.PAUSED, "failed")
    noted = select(AuditEntry.actor_id).where(AuditEntry.action == "batches.stopped")
    assert list(db.session.scalars(noted)) == [None]
    path = f"/batches/{batch.public_id}"
    page = hall.client.get(f"{path}?lang=en").text
    assert "Issuing has stopped" in page
    assert f"{path}/resume" in page
    assert hall.client.post(f"{path}/resume").status_code == 302
    assert "Issuing has stopped" not in hall.client.get(f"{path}?lang=en").text
    jobs.work(batch.id)
    db.session.expire_all()
    assert (batch.state, batch.work.state, batch.work.done) == (State.DONE, "done", 4)
    assert certificates(hall) == 3
    giving_up.look()
    assert batch.state == State.DONE


def test_a_batch_that_was_paused_by_hand_has_not_stopped(hall: Hall) -> None:
    batch = hall.begin(2)
    with transaction():
        service.pause(batch, by=hall.registrar.id)
    service.given_up(batch.id)
    page = hall.client.get(f"/batches/{batch.public_id}?lang=en").text
    assert ("Issuing has stopped" in page, batch.state) == (False, State.PAUSED)
