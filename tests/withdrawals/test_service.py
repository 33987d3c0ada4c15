"""Suspend, reinstate, revoke by two people, correct: what holds, and what is refused."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms.audit.models import AuditEntry
from lms.certificates import jobs, proof, queries, status_list, status_places
from lms.certificates import service as certificates
from lms.certificates.keyring import ring
from lms.certificates.keys import multibase
from lms.certificates.models import Certificate
from lms.certificates.rules import Outcome
from lms.checking import verification
from lms.db import db, transaction
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.permissions import Role
from lms.mail.models import MailMessage
from lms.people import service as people
from lms.printing.content import CertificateContent
from lms.storage import blobs
from lms.web import running
from lms.withdrawals import queries as withdrawal_queries
from lms.withdrawals import service
from lms.withdrawals.models import State, Withdrawal
from tests.certificates.awards import competence, due_place, issue
from tests.make import NOW, make_user

pytestmark = pytest.mark.heavy

app_wide = pytest.mark.usefixtures("app")
LATER = NOW + timedelta(days=3)


@pytest.fixture
def certificate(app: Flask) -> Certificate:
    del app
    with transaction():
        return issue(due_place(*competence()))


@pytest.fixture
def first(certificate: Certificate) -> int:
    return registrar(certificate)


@pytest.fixture
def second(certificate: Certificate) -> int:
    return registrar(certificate)


def registrar(certificate: Certificate) -> int:
    with transaction():
        user = make_user("Registrar")
        provider = certificate.place.offering.course_version.course.provider
        people.grant_role(user, Role.REGISTRAR, provider, by=None)
        return user.id


def outcome(certificate: Certificate) -> Outcome:
    return verification.by_code(certificate.code, now=LATER).outcome


def is_listed(certificate: Certificate) -> bool:
    document = status_list.status_credential(
        ring(running.settings()),
        url="https://sijil.example/status",
        revoked=status_places.revoked(certificate.status_list),
        now=LATER,
    )
    listed = document["credentialSubject"]["encodedList"]
    return status_list.is_set(listed, certificate.status_index)


def mails(kind: str) -> list[MailMessage]:
    query = select(MailMessage).where(MailMessage.kind == kind).order_by(MailMessage.id)
    return list(db.session.scalars(query))


def corrected(certificate: Certificate, name: str, by: int, reason: str = "Card seen") -> str:
    ours = running.settings()
    with transaction():
        return service.correct(
            certificate,
            certificates.Correction(name, reason),
            settings=ours,
            ring=ring(ours),
            by=by,
            now=LATER,
        ).public_id


def test_a_suspension_holds_at_once_and_can_be_lifted(certificate: Certificate, first: int) -> None:
    with transaction():
        service.suspend(certificate, "The roll is being checked", by=first, now=LATER)
    assert outcome(certificate) is Outcome.SUSPENDED
    assert not is_listed(certificate)
    with transaction(), pytest.raises(Conflict, match="certificate-not-in-state"):
        service.suspend(certificate, "Once more", by=first, now=LATER)
    with transaction():
        service.reinstate(certificate, "The roll is right", by=first, now=LATER)
    assert outcome(certificate) is Outcome.VALID
    (kept,) = withdrawal_queries.of_certificate(certificate.id)
    assert (kept.state, kept.remark) == (State.LIFTED, "The roll is right")
    assert [mail.cause for mail in mails("withdrawals/holder")][-2:] == ["suspended", "reinstated"]
    assert "roll" not in mails("withdrawals/holder")[-1].text


def test_a_second_registrar_revokes(certificate: Certificate, first: int, second: int) -> None:
    with transaction():
        asked = service.ask_revocation(certificate, "Work of another", by=first, now=LATER)
    assert outcome(certificate) is Outcome.VALID
    told = {mail.address for mail in mails("withdrawals/waiting") if mail.about == asked.public_id}
    assert len(told) == 1
    with transaction(), pytest.raises(Conflict, match="revocation-own"):
        service.decide(asked, "", agree=True, by=first, now=LATER)
    with transaction(), pytest.raises(Conflict, match="revocation-waits"):
        service.ask_revocation(certificate, "Again", by=second, now=LATER)
    with transaction():
        service.decide(asked, "", agree=True, by=second, now=LATER)
    assert outcome(certificate) is Outcome.REVOKED
    assert is_listed(certificate)
    with transaction(), pytest.raises(Conflict, match="revocation-decided"):
        service.decide(asked, "No", agree=False, by=second, now=LATER)
    with transaction(), pytest.raises(Conflict, match="certificate-not-in-state"):
        service.reinstate(certificate, "Please", by=first, now=LATER)
    actions = select(AuditEntry.action).where(AuditEntry.action == "certificates.revoked")
    assert len(list(db.session.scalars(actions))) == 1


def test_refusing_needs_words_and_leaves_all_as_it_was(
    certificate: Certificate, first: int, second: int
) -> None:
    with transaction():
        asked = service.ask_revocation(certificate, "Work of another", by=first, now=LATER)
    with transaction(), pytest.raises(Invalid):
        service.decide(asked, " ", agree=False, by=second, now=LATER)
    with transaction():
        service.decide(asked, "It is her own", agree=False, by=second, now=LATER)
    assert outcome(certificate) is Outcome.VALID
    assert asked.state == State.REFUSED
    with transaction():
        again = service.ask_revocation(certificate, "New facts", by=second, now=LATER)
    with transaction(), pytest.raises(Conflict, match="revocation-of-another"):
        service.take_back(again, by=first, now=LATER)
    with transaction():
        service.take_back(again, by=second, now=LATER)
    assert again.state == State.TAKEN_BACK


def test_the_database_wants_a_second_person(certificate: Certificate, first: int) -> None:
    with transaction():
        asked = service.ask_revocation(certificate, "Work of another", by=first, now=LATER)
    asked.state, asked.decided_by_id = State.DONE.value, first
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


@app_wide
def test_after_a_revocation_the_place_may_get_another(
    certificate: Certificate, first: int, second: int
) -> None:
    with pytest.raises(Conflict, match="issued-already"), transaction():
        issue(certificate.place)
    with transaction():
        asked = service.ask_revocation(certificate, "Issued too early", by=first, now=LATER)
    with transaction():
        service.decide(asked, "", agree=True, by=second, now=LATER)
    with transaction():
        again = issue(certificate.place)
    assert again.version == 2
    assert outcome(again) is Outcome.VALID
    shown = queries.candidates(certificate.place.offering, LATER.date())
    assert [one.certificate for one in shown] == [again]
    assert not shown[0].may_be_issued


def test_a_corrected_name_makes_a_new_certificate(certificate: Certificate, first: int) -> None:
    before = CertificateContent.from_json(certificate.content)
    made = queries.by_public_id(corrected(certificate, " Aminah  binti Yusof ", first))
    after = CertificateContent.from_json(made.content)
    assert after.holder_name == "Aminah binti Yusof"
    assert (after.award_title, after.claims, after.valid_from, after.valid_until) == (
        before.award_title,
        before.claims,
        before.valid_from,
        before.valid_until,
    )
    assert after.replaces == before.serial
    assert made.serial != certificate.serial
    assert made.code != certificate.code
    assert made.version == certificate.version + 1
    claims = [one.attainment_id for one in queries.claims_of(made)]
    assert claims == [one.attainment_id for one in queries.claims_of(certificate)]
    key = ring(running.settings()).credential_key.public_key()
    assert proof.verify(made.credential, multibase(key))
    assert outcome(certificate) is Outcome.SUPERSEDED
    assert is_listed(certificate)
    assert not is_listed(made)
    assert outcome(made) is Outcome.VALID
    jobs.render(made.id)
    assert db.session.get_one(Certificate, made.id).pdf_digest is not None
    file = blobs().get(str(made.pdf_digest))
    check = verification.by_file(file, [running.settings().pki / "root.pem"], now=LATER)
    assert check.outcome is Outcome.VALID


@pytest.mark.parametrize(
    ("name", "fault"), [("  ", "name-unchanged"), ("A\x07B", "name-unprintable"), (None, "")]
)
def test_a_correction_must_correct_something(
    certificate: Certificate, first: int, name: str | None, fault: str
) -> None:
    if name is None:
        name, fault = certificate.user.name, "name-unchanged"
    with pytest.raises(Invalid) as refused:
        corrected(certificate, name, first)
    assert refused.value.fields == {"name": fault}
    with pytest.raises(Invalid):
        corrected(certificate, "Another Name", first, reason=" ")
    assert outcome(certificate) is Outcome.VALID


def test_nothing_is_corrected_in_the_middle_of_a_doubt(
    certificate: Certificate, first: int
) -> None:
    with transaction():
        asked = service.ask_revocation(certificate, "Work of another", by=first, now=LATER)
    with pytest.raises(Conflict, match="revocation-waits"):
        corrected(certificate, "Another Name", first)
    with transaction():
        service.take_back(asked, by=first, now=LATER)
        service.suspend(certificate, "The roll is being checked", by=first, now=LATER)
    with pytest.raises(Conflict, match="certificate-not-in-state"):
        corrected(certificate, "Another Name", first)
    assert (
        db.session.scalars(select(Withdrawal).where(Withdrawal.replacement_id.is_not(None))).all()
        == []
    )
