"""Certificates held back and released: none is issued meanwhile, one that is may be suspended."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms.audit.models import AuditEntry
from lms.batches import service as batches
from lms.batches.models import BatchItem
from lms.certificates import holding, holds, keyring, log_audit, queries, service
from lms.certificates.basis import Office
from lms.certificates.holding import Cause
from lms.certificates.models import Certificate, CertificateHold
from lms.db import db, transaction
from lms.enrolment import service as enrolment_service
from lms.enrolment.models import Enrolment
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.permissions import Role
from lms.people import service as people
from lms.transparency import auditing
from lms.transparency.models import LogEntry
from lms.web import running
from lms.withdrawals import service as withdrawals
from tests.certificates.awards import attend, attended_place, issue
from tests.conftest import SignIn, signed_in
from tests.make import NOW, make_organisation, make_place, make_user, own_app

pytestmark = pytest.mark.heavy

APPEAL = Cause("appeal", "APP-7")


def hold(place: Enrolment, source: str = "appeals", cause: Cause = APPEAL) -> CertificateHold:
    return holding.hold(place, source, cause, by=None, now=NOW)


def release(standing: CertificateHold) -> None:
    holding.release(standing, "Decided", by=None, now=NOW)


def logged(certificate: Certificate) -> list[str]:
    """What the public log says of a certificate, in order."""
    query = select(LogEntry.kind).where(LogEntry.subject == certificate.credential_digest)
    return list(db.session.scalars(query.order_by(LogEntry.number)))


@pytest.fixture
def place(app: Flask) -> Enrolment:
    """A place that is due a certificate."""
    del app
    return attended_place()


def test_none_is_issued_while_it_is_held(place: Enrolment) -> None:
    standing = hold(place)
    with pytest.raises(service.NotDue) as refused:
        issue(place)
    assert refused.value.reasons == ("certificate-held",)
    release(standing)
    assert issue(place).state == "issued"


def test_what_was_looked_at_before_the_hold_issues_nothing(place: Enrolment) -> None:
    ours = running.settings()
    standing = queries.standing_of(place, NOW.date())
    hold(place)
    with pytest.raises(service.NotDue, match="certificate-held"):
        service.issue(place, Office(ours, keyring.ring(ours), make_user().id, NOW), standing)


def test_one_that_is_issued_is_suspended_and_counts_again_once(place: Enrolment) -> None:
    certificate = issue(place)
    standing = hold(place)
    assert (certificate.state, standing.certificate_id) == ("suspended", certificate.id)
    assert hold(place) is standing
    release(standing)
    release(standing)
    assert certificate.state == "issued"
    assert logged(certificate) == ["issued", "suspended", "reinstated"]
    report = auditing.audit({})
    log_audit.against(report)
    assert [one for one in report.findings if one.about == certificate.serial] == []


def test_both_are_in_the_trail(place: Enrolment) -> None:
    by = make_user("Registrar").id
    standing = holding.hold(place, holding.BY_HAND, APPEAL, by=by, now=NOW)
    holding.release(standing, "Decided", by=by, now=NOW)
    query = select(AuditEntry).where(
        AuditEntry.object_type == "enrolment", AuditEntry.action.like("certificates.%")
    )
    entries = [one for one in db.session.scalars(query) if one.object_id == place.id]
    assert [one.action for one in entries] == ["certificates.held", "certificates.released"]
    assert {one.actor_id for one in entries} == {by}
    assert entries[0].details == {"origin": "registrar", "reason": "appeal", "reference": "APP-7"}


def test_it_can_be_held_without_suspending_what_is_issued(place: Enrolment) -> None:
    certificate = issue(place)
    hold(place, cause=Cause("records", suspends=False))
    assert certificate.state == "issued"
    with pytest.raises(Conflict):
        correct(certificate)


def correct(certificate: Certificate) -> Certificate:
    ours = running.settings()
    said = service.Correction("Another Name", "Card seen")
    keys = keyring.ring(ours)
    by = make_user().id
    return withdrawals.correct(certificate, said, settings=ours, ring=keys, by=by, now=NOW)


def test_the_last_of_several_holds_lets_it_count_again(place: Enrolment) -> None:
    certificate = issue(place)
    standing = [hold(place, source) for source in ("appeals", holding.BY_HAND, "inquiries")]
    for one in standing[:2]:
        release(one)
        assert certificate.state == "suspended"
    release(standing[2])
    assert certificate.state == "issued"
    assert logged(certificate) == ["issued", "suspended", "reinstated"]


def test_what_a_registrar_suspended_stays_so(place: Enrolment) -> None:
    certificate, by = issue(place), make_user("Registrar").id
    withdrawals.suspend(certificate, "To be checked", by=by, now=NOW)
    standing = hold(place)
    with pytest.raises(Conflict, match="certificate-held"):
        withdrawals.reinstate(certificate, "All is well", by=by, now=NOW)
    release(standing)
    assert certificate.state == "suspended"
    withdrawals.reinstate(certificate, "All is well", by=by, now=NOW)
    assert certificate.state == "issued"


def test_nobody_reinstates_what_is_held(place: Enrolment) -> None:
    certificate = issue(place)
    hold(place)
    with pytest.raises(Conflict, match="certificate-held"):
        withdrawals.reinstate(certificate, "All is well", by=make_user().id, now=NOW)
    assert certificate.state == "suspended"


def test_one_revoked_meanwhile_stays_revoked(place: Enrolment) -> None:
    certificate = issue(place)
    standing = hold(place)
    asked = withdrawals.ask_revocation(certificate, "Not hers", by=make_user().id, now=NOW)
    withdrawals.decide(asked, "", agree=True, by=make_user().id, now=NOW)
    release(standing)
    assert certificate.state == "revoked"
    assert standing.released_at == NOW


def test_a_place_taken_anew_is_no_way_round(app: Flask) -> None:
    del app
    place = attended_place()
    hold(place)
    enrolment_service.withdraw(place, by=place.user_id, now=NOW)
    again = make_place(place.offering, place.user)
    attend(again)
    with pytest.raises(service.NotDue, match="certificate-held"):
        issue(again)


def test_a_reason_that_is_none_is_refused(place: Enrolment) -> None:
    with pytest.raises(Invalid):
        hold(place, cause=Cause("because"))


def test_the_database_lets_a_source_hold_a_place_once(place: Enrolment) -> None:
    hold(place)
    twice = CertificateHold(
        enrolment_id=place.id, source="appeals", reason="appeal", reference="", suspends=True,
        held_at=NOW,
    )  # fmt: skip
    db.session.add(twice)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.flush()


def test_the_list_and_the_batch_leave_it_out(place: Enrolment) -> None:
    other = make_place(place.offering)
    attend(other)
    hold(place)
    due = {one.enrolment.id: one for one in queries.candidates(place.offering, NOW.date())}
    assert due[place.id].due.reasons == ("certificate-held",)
    assert (due[place.id].may_be_issued, due[other.id].may_be_issued) == (False, True)
    ours = running.settings()
    batch = batches.begin(place.offering, [place.id, other.id], {}, by=make_user().id)
    while batches.go_on(batch.id, settings=ours, ring=keyring.ring(ours), now=NOW):
        pass
    query = select(BatchItem).where(BatchItem.batch_id == batch.id)
    became = {one.enrolment_id: (one.outcome, one.reason) for one in db.session.scalars(query)}
    assert became == {place.id: ("refused", "certificate-held"), other.id: ("issued", "")}


@dataclass(frozen=True)
class Desk:
    """A certificate with its holder, and a registrar of the provider; both read English."""

    registrar: FlaskClient
    holder: FlaskClient
    due: str
    hold: str
    paper: str


@pytest.fixture
def desk(app: Flask) -> Desk:
    with transaction():
        place = attended_place()
        certificate, registrar = issue(place), make_user("Registrar")
        provider = place.offering.course_version.course.provider
        people.grant_role(registrar, Role.REGISTRAR, provider, by=None)
        place.user.locale = registrar.locale = "en"
        emails = registrar.email, place.user.email
        due = f"/certificates/offerings/{place.offering.public_id}"
        hold_page = f"/certificates/places/{place.public_id}/hold"
        paper = f"/certificates/{certificate.public_id}"
    first, second = (signed_in(app, email) for email in emails)
    return Desk(first, second, due, hold_page, paper)


SAID = {"reason": "identity", "reference": "CARD-3", "suspends": "y"}


def test_a_registrar_holds_by_hand(desk: Desk) -> None:
    assert desk.hold in desk.registrar.get(desk.due).text
    assert desk.registrar.post(desk.hold, data={}).status_code == 422
    for _ in range(2):
        assert desk.registrar.post(desk.hold, data=SAID).status_code == 302
    standing = db.session.scalars(select(CertificateHold)).one()
    assert "Held back" in desk.registrar.get(desk.due).text
    seen = desk.registrar.get(desk.paper).text
    assert "CARD-3" in seen
    assert f"/certificates/holds/{standing.public_id}/release" in seen
    assert "/reinstate" not in seen
    seen = desk.holder.get(desk.paper).text
    assert "The identity of the person is being checked" in seen
    assert "CARD-3" not in seen
    assert desk.holder.get(desk.hold).status_code == 403


def test_a_registrar_releases_by_hand(desk: Desk) -> None:
    desk.registrar.post(desk.hold, data=SAID)
    standing = db.session.scalars(select(CertificateHold)).one()
    page = f"/certificates/holds/{standing.public_id}/release"
    assert desk.registrar.post(page, data={}).status_code == 422
    assert standing.released_at is None
    assert desk.registrar.post(page, data={"remark": "Card seen"}).status_code == 302
    assert "Card seen" in desk.registrar.get(desk.paper).text
    assert "Card seen" not in desk.holder.get(desk.paper).text
    assert queries.by_public_id(desk.paper[-12:]).state == "issued"
    assert "It is released already." in desk.registrar.get(page).text


def test_only_others_of_the_provider_hold(app: Flask) -> None:
    with transaction():
        place = attended_place()
        own, foreign = place.user, make_user("Elsewhere")
        provider = place.offering.course_version.course.provider
        people.grant_role(own, Role.REGISTRAR, provider, by=None)
        people.grant_role(foreign, Role.REGISTRAR, make_organisation(), by=None)
        page = f"/certificates/places/{place.public_id}/hold"
        standing = hold(place)
        release_page = f"/certificates/holds/{standing.public_id}/release"
        emails = own.email, foreign.email
    for email in emails:
        visitor = signed_in(app, email)
        assert visitor.get(page).status_code == 404
        assert visitor.post(page, data={"reason": "appeal"}).status_code == 404
        assert visitor.post(release_page, data={"remark": "x"}).status_code == 404
    assert db.session.query(CertificateHold).count() == 1


def test_what_a_feature_holds_is_not_released_by_hand(app: Flask, sign_in: SignIn) -> None:
    del app
    with transaction():
        place = attended_place()
        registrar = make_user("Registrar")
        provider = place.offering.course_version.course.provider
        people.grant_role(registrar, Role.REGISTRAR, provider, by=None)
        name, email = hold(place).public_id, registrar.email
    answer = sign_in(email).post(f"/certificates/holds/{name}/release", data={"remark": "x"})
    assert answer.status_code == 404
    assert holds.by_public_id(name).released_at is None


Deed = Callable[[Enrolment], object]


def at_once(app: Flask, place_id: int, deeds: list[Deed]) -> list[str]:
    """What each was told: ``done``, or why not."""

    def act(deed: Deed) -> str:
        with app.app_context():
            try:
                with transaction():
                    deed(db.session.get_one(Enrolment, place_id))
            except Conflict as conflict:
                return conflict.code
            finally:
                db.session.remove()
            return "done"

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(act, deeds))


@pytest.mark.parametrize("turn", range(3))
def test_issue_and_hold_at_once_leave_nothing_issued_that_is_held(
    tmp_path: Path, turn: int
) -> None:
    with own_app(f"holds{turn}", tmp_path) as app:
        with app.app_context():
            with transaction():
                places = [attended_place().id for _ in range(4)]
                by = make_user("Registrar").id
            issue_it: Deed = lambda place: issue(place, by=by)  # noqa: E731
        for place_id in places:
            told = at_once(app, place_id, [issue_it, hold, issue_it, hold, hold])
            assert (told[1], told[3], told[4]) == ("done", "done", "done")
            assert {told[0], told[2]} <= {"done", "certificate-held", "issued-already"}
            with app.app_context():
                found = queries.of_enrolment(place_id)
                (standing,) = db.session.scalars(
                    select(CertificateHold).where(CertificateHold.enrolment_id == place_id)
                )
                if "done" in {told[0], told[2]}:
                    assert found is not None
                    assert (found.state, standing.certificate_id) == ("suspended", found.id)
                else:
                    assert (found, standing.certificate_id) == (None, None)
        with app.app_context():
            report = auditing.audit({})
            log_audit.against(report)
            assert report.sound


def test_releases_and_reinstatements_at_once_let_it_count_once(tmp_path: Path) -> None:
    with own_app("released", tmp_path) as app:
        with app.app_context(), transaction():
            place = attended_place()
            certificate_id, place_id = issue(place).id, place.id
            by = make_user("Registrar").id
            hold(place)
            hold(place, "inquiries")

        def releasing(source: str) -> Deed:
            def deed(place: Enrolment) -> None:
                standing = holds.open_of(place.id, source)
                if standing is not None:
                    release(standing)

            return deed

        def reinstate(place: Enrolment) -> None:
            del place
            certificate = db.session.get_one(Certificate, certificate_id)
            withdrawals.reinstate(certificate, "All is well", by=by, now=NOW)

        deeds = [releasing("appeals"), releasing("inquiries"), reinstate, releasing("appeals")]
        told = at_once(app, place_id, deeds)
        assert (told[0], told[1], told[3]) == ("done", "done", "done")
        assert told[2] in {"certificate-held", "certificate-not-in-state"}
        with app.app_context():
            certificate = db.session.get_one(Certificate, certificate_id)
            assert certificate.state == "issued"
            assert logged(certificate) == ["issued", "suspended", "reinstated"]
