"""Watched certificates: who is told of what and when, once; what the holder sees; the limits."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from lms.audit.models import AuditEntry
from lms.certificates.models import Certificate
from lms.db import db, transaction
from lms.employers import jobs, queries, service, watch_queries, watching
from lms.employers.models import Watch
from lms.employers.reading import Line
from lms.kernel import clock
from lms.kernel.errors import Conflict
from lms.mail.models import MailMessage
from lms.people.models import Organisation, RoleGrant, User
from tests.certificates.awards import bring, sample_certificate
from tests.conftest import SignIn
from tests.employers import making

pytestmark = [pytest.mark.heavy, pytest.mark.usefixtures("app")]
WATCHES = "/employers/watches/"
HOLDER = "Nur Aisyah binti Abdul Rahman"
NAME = "Yayasan Sejahtera Bakti"


@pytest.fixture
def certificate(app: Flask) -> Certificate:
    del app
    return sample_certificate()


def watched(certificate: Certificate, by: tuple[Organisation, User]) -> Watch:
    with transaction():
        wanted = select(Certificate.id).where(Certificate.id == certificate.id)
        assert watching.begin(by[0], wanted, by=by[1].id, now=clock.now()) == 1
    query = select(Watch).where(
        Watch.organisation_id == by[0].id, Watch.certificate_id == certificate.id
    )
    return db.session.scalars(query).one()


def mails(kind: str) -> list[MailMessage]:
    """Those to employers of the tests: the sample's watches some too."""
    query = select(MailMessage).where(
        MailMessage.kind == f"employers/{kind}", MailMessage.address != "employer@sijil.example"
    )
    return list(db.session.scalars(query.order_by(MailMessage.id)))


def checked(by: tuple[Organisation, User], *lines: Line) -> str:
    with transaction():
        run = service.prepare(by[0], list(lines), "a.csv", by=by[1].id)
        service.confirm(run, 20_000, by=by[1].id, now=clock.now())
        return run.public_id


def test_a_verdict_is_watched_from_its_page_once(
    sign_in: SignIn, client: FlaskClient, certificate: Certificate
) -> None:
    visitor = sign_in("employer")
    page = visitor.get(f"/v/{certificate.code}?lang=en").text
    assert "Watch this certificate" in page
    proof = re.search(r'name="proof"[^>]*value="([^"]+)"', page)
    assert proof is not None
    assert certificate.code not in proof[1]
    for _ in range(2):
        assert visitor.post(WATCHES, data={"proof": proof[1]}).status_code == 302
    assert len(watch_queries.of_certificate(certificate.id)) == 1
    assert f"{NAME} watches this" in visitor.get(f"/v/{certificate.code}?lang=en").text
    for nobody in (client, sign_in("registrar"), sign_in("aisyah")):
        assert "Watch this certificate" not in nobody.get(f"/v/{certificate.code}?lang=en").text


def test_only_what_was_checked_can_be_watched(sign_in: SignIn, certificate: Certificate) -> None:
    visitor = sign_in("employer")
    for proof in (certificate.public_id, f"{certificate.public_id}-{'0' * 32}", certificate.code):
        assert visitor.post(WATCHES, data={"proof": proof}).status_code == 404
    assert visitor.post(WATCHES, data={}).status_code == 422
    assert watch_queries.of_certificate(certificate.id) == []


def test_valid_ones_of_a_run_are_watched_and_no_others(sign_in: SignIn) -> None:
    house, known = making.make_employer(), making.certificates(5)
    with transaction():
        bring(known[0], "revoked")
        bring(known[1], "suspended")
    run = checked(house, *[Line(n, one.code) for n, one in enumerate(known, start=2)], Line(9, "x"))
    visitor, path = sign_in(house[1].email), f"/employers/checks/{run}"
    assert "Watch all valid ones" in visitor.get(f"{path}?lang=en").text
    assert visitor.post(f"{path}/watch", data={"which": "valid"}).status_code == 302
    here = queries.by_public_id(run).organisation_id
    assert watch_queries.watched(here, [one.id for one in known]) == {one.id for one in known[2:]}
    for which in ("2", "3", "9", "77", "0", "all", "-1", "9999999999"):
        assert visitor.post(f"{path}/watch", data={"which": which}).status_code == 302
    assert watch_queries.count(here) == 4  # the suspended one may count again, the revoked never
    assert visitor.post(f"{path}/watch", data={"which": ""}).status_code == 422
    assert sign_in("employer").post(f"{path}/watch", data={"which": "2"}).status_code == 404


@pytest.mark.parametrize(
    ("before", "state", "words"),
    [
        ("issued", "suspended", "is suspended for now"),
        ("suspended", "issued", "counts again"),
        ("issued", "revoked", "is revoked"),
        ("issued", "superseded", "is replaced by a newer one"),
    ],
)
def test_a_move_is_told_by_mail_without_reason_and_name(
    certificate: Certificate, before: str, state: str, words: str
) -> None:
    house = making.make_employer()
    with transaction():
        house[1].locale = "en"
        making.colleague(house[0])
        bring(certificate, before)
    watched(certificate, house)
    with transaction():
        bring(certificate, state)
    (mail,) = mails("moved")
    assert mail.address == house[1].email  # and not the colleague, who did not ask
    assert words in mail.text
    assert certificate.serial in mail.subject
    assert "N. A. b. A. R." in mail.text
    for secret in (HOLDER, "A test", certificate.code, certificate.user.email):
        assert secret not in mail.text + mail.html + mail.subject


def test_a_move_that_is_undone_tells_nobody(certificate: Certificate) -> None:
    watched(certificate, making.make_employer())
    with pytest.raises(RuntimeError, match="after all"):
        _suspended_and_undone(certificate)
    assert mails("moved") == []


def _suspended_and_undone(certificate: Certificate) -> None:
    with transaction():
        bring(certificate, "suspended")
        assert len(mails("moved")) == 1
        raise RuntimeError("after all not")


@pytest.mark.parametrize("gone", ["account", "role"])
def test_a_colleague_is_told_when_who_asked_has_gone(certificate: Certificate, gone: str) -> None:
    house = making.make_employer()
    watched(certificate, house)
    with transaction():
        colleague = making.colleague(house[0]).email
        if gone == "account":
            house[1].is_active = False
        else:
            db.session.execute(delete(RoleGrant).where(RoleGrant.user_id == house[1].id))
        bring(certificate, "suspended")
    assert [mail.address for mail in mails("moved")] == [colleague]


def ending(days: int) -> tuple[list[Certificate], tuple[Organisation, User], date]:
    """Watched certificates, the first of which ends after so many days."""
    house, known = making.make_employer(), making.certificates(3)
    today = clock.today("Asia/Kuala_Lumpur")
    with transaction():
        house[1].locale = "en"
        for number, one in enumerate(known):
            one.valid_until = today + timedelta(days=days + 100 * number)
    for one in known:
        watched(one, house)
    return known, house, today


def at(day: date) -> time_machine.travel:
    return time_machine.travel(clock.now() + (day - clock.today("Asia/Kuala_Lumpur")), tick=False)


def test_an_end_is_told_a_month_before_and_afterwards_once_each() -> None:
    known, house, today = ending(40)
    for day, count in ((0, 0), (9, 0), (10, 1), (11, 1), (40, 1), (41, 2), (42, 2), (60, 2)):
        with at(today + timedelta(days=day)):
            jobs.tell_of_ends()
            jobs.tell_of_ends()
        assert len(mails("ending")) == count, day
    first, last = mails("ending")
    assert {first.address, last.address} == {house[1].email}
    assert "end soon" in first.text
    assert "have ended" in last.text
    for mail in (first, last):
        assert known[0].serial in mail.text
        assert known[1].serial not in mail.text
        assert known[0].content["holder_name"] not in mail.text + mail.html


def test_what_ends_together_is_told_in_one_mail_and_what_is_withdrawn_not_at_all() -> None:
    known, _, today = ending(5)
    with transaction():
        for one in known:
            one.valid_until = today + timedelta(days=5)
        bring(known[2], "revoked")
    jobs.tell_of_ends()
    (mail,) = mails("ending")
    assert "2 certificates" in mail.subject
    assert [one.serial in mail.text for one in known] == [True, True, False]
    with at(today + timedelta(days=6)):
        jobs.tell_of_ends()
    assert len(mails("ending")) == 2


def test_whoever_was_away_for_long_tells_nobody_of_an_end() -> None:
    _, _, today = ending(-8)
    jobs.tell_of_ends()
    assert mails("ending") == []
    with at(today - timedelta(days=1)):
        jobs.tell_of_ends()
    assert len(mails("ending")) == 1


def test_the_holder_sees_who_watches_and_nobody_else_does(
    sign_in: SignIn, certificate: Certificate
) -> None:
    page = f"/certificates/{certificate.public_id}?lang=en"
    assert "Who watches" not in sign_in("aisyah").get(page).text
    employer = sign_in("employer")
    user = db.session.scalars(select(User).where(User.email == "employer@sijil.example")).one()
    assert user.organisation is not None
    watch = watched(certificate, (user.organisation, user))
    text = sign_in("aisyah").get(page).text
    assert "Who watches" in text
    assert NAME in text
    assert "Faridah" not in text
    assert NAME not in sign_in("registrar").get(page).text
    assert employer.post(f"{WATCHES}{watch.public_id}/end").status_code == 302
    assert NAME not in sign_in("aisyah").get(page).text
    with transaction():
        bring(certificate, "suspended")
    assert mails("moved") == []


def test_the_list_tells_how_each_stands_and_is_taken_away(
    sign_in: SignIn, certificate: Certificate
) -> None:
    visitor = sign_in("employer")
    assert certificate.serial not in visitor.get(f"{WATCHES}?lang=en").text
    empty = sign_in(making.make_employer()[1].email)
    assert "Nothing is watched yet" in empty.get(f"{WATCHES}?lang=en").text
    user = db.session.scalars(select(User).where(User.email == "employer@sijil.example")).one()
    assert user.organisation is not None
    watched(certificate, (user.organisation, user))
    with transaction():
        bring(certificate, "suspended")
    told = visitor.get(f"{WATCHES}?lang=en").text
    file = visitor.get(f"{WATCHES}?as=csv&lang=en").data.decode("utf-8-sig")
    for text in (told, file):
        assert certificate.serial in text
        assert "Suspended" in text
        assert "N. A. b. A. R." in text
        assert HOLDER not in text


def test_watches_of_others_are_not_there(sign_in: SignIn, certificate: Certificate) -> None:
    watch = watched(certificate, making.make_employer())
    visitor = sign_in("employer")
    assert visitor.post(f"{WATCHES}{watch.public_id}/end").status_code == 404
    assert certificate.serial not in visitor.get(WATCHES).text
    assert sign_in("aisyah").post(f"{WATCHES}{watch.public_id}/end").status_code == 403


def test_so_many_are_watched_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MOST", 2)
    house, known = making.make_employer(), making.certificates(3)
    watched(known[0], house)
    wanted = select(Certificate.id).where(Certificate.id.in_([one.id for one in known]))
    with pytest.raises(Conflict, match="watches-too-many"), transaction():
        watching.begin(house[0], wanted, by=house[1].id, now=clock.now())
    assert watch_queries.count(house[0].id) == 1
    watched(known[1], house)


def test_it_is_recorded_who_watches_how_many(certificate: Certificate) -> None:
    house = making.make_employer()
    watch = watched(certificate, house)
    with transaction():
        watching.end(watch, by=house[1].id)
    entries = db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.action.startswith("employers.watch"), AuditEntry.object_id == house[0].id)
        .order_by(AuditEntry.id)
    )
    assert [(one.action, one.details) for one in entries] == [
        ("employers.watch.begun", {"count": 1}),
        ("employers.watch.ended", {"serial": certificate.serial}),
    ]


def test_a_list_costs_as_many_statements_at_any_number(
    sign_in: SignIn, count_statements: Callable[[], Any]
) -> None:
    house, costs, known = making.make_employer(), [], making.certificates(5)
    visitor = sign_in(house[1].email)
    for some in (known[:1], known[1:]):
        for one in some:
            watched(one, house)
        with count_statements() as seen:
            visitor.get(WATCHES)
        costs.append(len(seen))
    assert costs[0] == costs[1] < 20
