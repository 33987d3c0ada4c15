"""Issue freezes, numbers without gaps, signs and audits; and the PDF is filed once."""

import copy
import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from lms.assessment.models import Submission
from lms.audit.models import AuditEntry
from lms.certificates import jobs, keyring, keys, proof, queries, service
from lms.certificates.models import Certificate, SerialCounter
from lms.certificates.service import NotDue
from lms.checking import verification
from lms.competency import queries as competency_queries
from lms.db import constraint_of, db, transaction
from lms.enrolment import service as enrolment_service
from lms.enrolment.models import Enrolment
from lms.jobs import queries as job_queries
from lms.jobs.running import drain
from lms.kernel.errors import Conflict
from lms.printing.content import CertificateContent
from lms.sample.drawing import SIGNATORIES
from lms.storage import blobs
from lms.web import running
from tests import make
from tests.certificates.awards import (
    attend,
    attended_place,
    competence,
    due_place,
    issue,
    pass_assessment,
    sample_certificate,
)
from tests.make import (
    NOW,
    make_assessment,
    make_course,
    make_criterion,
    make_offering,
    make_organisation,
    make_place,
    make_user,
    own_app,
)
from tests.make import item as make_item

pytestmark = pytest.mark.heavy

app_wide = pytest.mark.usefixtures("app")


def serials(places: list[Enrolment], now: datetime = NOW) -> list[str]:
    return [issue(place, now=now).serial for place in places]


def count(model: type[Any]) -> int:
    return db.session.scalars(select(func.count()).select_from(model)).one()


@pytest.fixture
def place(app: Flask) -> Enrolment:
    """Due a certificate of competence."""
    del app
    place = due_place(*competence())
    place.offering.course_version.course.provider.signatories = SIGNATORIES
    return place


def test_the_content_says_what_is_so_on_the_day(place: Enrolment) -> None:
    certificate = issue(place)
    facts = CertificateContent.from_json(certificate.content)
    version = place.offering.course_version
    provider = version.course.provider
    assert (facts.serial, facts.code) == (certificate.serial, certificate.code)
    assert (facts.holder_name, facts.language) == (place.user.name, "ms")
    assert (facts.kind, facts.award_title) == ("competence", version.titles)
    assert (facts.issuer_name, facts.course_code) == (provider.name, version.course.code)
    assert (facts.starts_on, facts.ends_on) == (place.offering.starts_on, place.offering.ends_on)
    assert (facts.minutes, facts.cpd, facts.venue) == (2400, Decimal("40.00"), "Kuching")
    assert (facts.valid_from, facts.valid_until) == (date(2027, 3, 10), date(2030, 3, 9))
    assert facts.issued_at == NOW
    assert facts.issued_at.utcoffset() == timedelta(hours=8)
    assert [{"name": one.name, "title": one.title} for one in facts.signatories] == SIGNATORIES
    assert facts.verify_url == f"HTTP://127.0.0.1:8000/V/{certificate.code}"
    assert (certificate.valid_from, certificate.valid_until) == (
        facts.valid_from,
        facts.valid_until,
    )
    assert (certificate.state, certificate.version, certificate.pdf_digest) == ("issued", 1, None)


def test_control_characters_in_what_people_typed_stop_no_certificate(place: Enrolment) -> None:
    place.user.name = "Aminah\x07binti\tYusof"
    place.offering.venue = "Hall\x1b 2"
    place.offering.course_version.titles = {"en": "Case\x01work", "ms": "Kerja kes"}
    facts = CertificateContent.from_json(issue(place).content)
    assert facts.holder_name == "Aminah binti Yusof"
    assert facts.venue == "Hall  2"
    assert facts.award_title == {"en": "Case work", "ms": "Kerja kes"}


def change_everything(place: Enrolment) -> None:
    """The holder, the course, the provider, the offering and a statement become others."""
    version = place.offering.course_version
    place.user.name = "Another Name"
    place.user.locale = "en"
    version.titles = {"en": "Another title"}
    version.minutes = 60
    version.validity_months = 1
    version.course.provider.name = "Another institute"
    version.course.provider.signatories = [{"name": "Nobody", "title": {"en": "None"}}]
    version.course.provider.timezone = "America/New_York"
    place.offering.venue = "Elsewhere"
    place.offering.ends_on = date(2028, 1, 1)
    make_item().statements = {"en": "Another statement"}
    db.session.flush()
    db.session.expire_all()


def test_nothing_that_changes_later_changes_the_certificate(place: Enrolment) -> None:
    certificate = issue(place)
    content = copy.deepcopy(certificate.content)
    credential = copy.deepcopy(certificate.credential)
    change_everything(place)
    again = queries.of_enrolment(place.id)
    assert again is not None
    assert (again.content, again.credential) == (content, credential)
    assert again.credential_digest == hashlib.sha256(proof.canonical_bytes(credential)).hexdigest()
    assert again.timezone == "Asia/Kuala_Lumpur"
    check = verification.by_code(again.code, now=NOW)
    assert check.facts == CertificateContent.from_json(content)
    assert check.outcome == "valid"


def test_the_credential_is_signed_and_does_not_tell_the_name(place: Enrolment) -> None:
    certificate = issue(place)
    ring = keyring.ring(running.settings())
    document = certificate.credential
    assert proof.verify(document, keys.multibase(ring.credential_key.public_key()))
    assert document["credentialSubject"]["licenseNumber"] == certificate.serial
    assert document["credentialStatus"]["statusListIndex"] == str(certificate.status_index)
    assert f'"{place.user.name}"' not in json.dumps(document)


def test_claims_point_to_attainments_of_the_holder_in_this_place(place: Enrolment) -> None:
    stranger = due_place(*competence())  # the same statements, attained by another person
    assert stranger.user_id != place.user_id
    certificate = issue(place)
    claims = queries.claims_of(certificate)
    assert [claim.position for claim in claims] == [0, 1]
    assert {claim.attainment.user_id for claim in claims} == {place.user_id}
    submissions = {c.attainment.judgement.submission for c in claims if c.attainment.judgement}
    assert {submission.enrolment_id for submission in submissions} == {place.id}
    facts = CertificateContent.from_json(certificate.content)
    assert [(c.attainment.item.code, c.attainment.level) for c in claims] == [
        (c.code, c.level) for c in facts.claims
    ]
    assert [c.code for c in facts.claims] == ["SWX.AS.02", "SWX.SG.01"]
    assert [c.uri for c in facts.claims] == [c.attainment.item.uri for c in claims]
    assert facts.framework.startswith("SWX-STARTER")


def test_statements_the_course_does_not_assess_are_not_claimed(place: Enrolment) -> None:
    """The holder attained a third statement elsewhere."""
    version = make_course(published=False, certificate="attendance")
    assessment = make_assessment(version)
    make_criterion(assessment, make_item("SWX.RM.01"))
    make.publish(version)
    elsewhere = make_place(make_offering(version), place.user)
    pass_assessment(elsewhere, assessment)
    assert len(competency_queries.attainments_of(place.user_id)) == 3
    assert {c.attainment.item.code for c in queries.claims_of(issue(place))} == {
        "SWX.AS.02",
        "SWX.SG.01",
    }


@app_wide
def test_a_certificate_of_attendance_claims_nothing() -> None:
    version = make_course(published=False)
    assessment = make_assessment(version, required=False)
    make_criterion(assessment, make_item())
    make.publish(version)
    place = due_place(make_offering(version), assessment)
    assert len(competency_queries.attainments_of(place.user_id)) == 1
    certificate = issue(place)
    facts = CertificateContent.from_json(certificate.content)
    assert (certificate.kind, facts.claims, facts.framework) == ("attendance", (), "")
    assert (certificate.valid_until, facts.valid_until) == (None, None)
    assert queries.claims_of(certificate) == []
    assert "alignment" not in certificate.credential["credentialSubject"]["achievement"]


@app_wide
def test_completion_wants_every_result_passed_and_released() -> None:
    version = make_course(published=False, certificate="completion")
    assessment = make_assessment(version, points="40")
    make_criterion(assessment, make_item())
    make.publish(version)
    place = make_place(make_offering(version))
    attend(place)
    for rank in (None, 1):
        if rank is not None:
            pass_assessment(place, assessment, rank)
        with pytest.raises(NotDue) as caught:
            issue(place)
        assert caught.value.reasons == ("results-missing",)
    pass_assessment(place, assessment, 2)
    assert issue(place).kind == "completion"


@app_wide
def test_serials_have_no_gaps() -> None:
    offering, assessment = competence(capacity=4)
    provider = offering.course_version.course.provider
    places = [due_place(offering, assessment) for _ in range(4)]
    assert serials(places) == [f"{provider.code}-2027-0000{n}" for n in range(1, 5)]


@app_wide
def test_each_issuer_and_each_year_counts_from_one() -> None:
    offering, assessment = competence()
    provider = offering.course_version.course.provider
    other = attended_place()
    first, second = (due_place(offering, assessment) for _ in range(2))
    # The year is that of the institute: in Kuala Lumpur it begins at 16:00 UTC.
    old = datetime(2027, 12, 31, 15, 59, 59, tzinfo=UTC)
    new = datetime(2027, 12, 31, 16, 0, tzinfo=UTC)
    assert serials([first], old) == [f"{provider.code}-2027-00001"]
    assert serials([other], old) == [
        f"{other.offering.course_version.course.provider.code}-2027-00001"
    ]
    certificate = issue(second, now=new)
    assert certificate.serial == f"{provider.code}-2028-00001"
    assert certificate.valid_from == date(2028, 1, 1)


@app_wide
def test_an_issue_that_is_undone_leaves_no_gap() -> None:
    with transaction():
        offering, assessment = competence()
        places = [due_place(offering, assessment) for _ in range(2)]

    def issue_and_fail() -> None:
        with transaction():
            issue(places[0])
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        issue_and_fail()
    assert queries.of_enrolment(places[0].id) is None
    with transaction():
        assert [serial[-5:] for serial in serials(places)] == ["00001", "00002"]


def test_a_second_issue_is_refused_and_takes_no_number(place: Enrolment) -> None:
    first = issue(place)
    before = (count(Certificate), job_queries.counts().waiting, count(AuditEntry))
    by = first.issued_by_id
    with pytest.raises(Conflict, match="issued-already"):
        issue(place, by=by)
    assert (count(Certificate), job_queries.counts().waiting, count(AuditEntry)) == before
    assert queries.of_enrolment(place.id) is first
    following = due_place(place.offering, _assessment(place))
    assert issue(following).serial.endswith("-00002")


def _assessment(place: Enrolment) -> Any:
    query = select(Submission).where(Submission.enrolment_id == place.id)
    return db.session.scalars(query).one().assessment


def without_attendance(place: Enrolment, assessment: Any) -> None:
    attend(place, missed=1)
    pass_assessment(place, assessment)


def not_yet_competent(place: Enrolment, assessment: Any) -> None:
    attend(place)
    pass_assessment(place, assessment, 1)


def nothing_handed_in(place: Enrolment, _assessment: Any) -> None:
    attend(place)


def nothing(_place: Enrolment, _assessment: Any) -> None:
    return


def given_up(place: Enrolment, assessment: Any) -> None:
    attend(place)
    pass_assessment(place, assessment)
    enrolment_service.withdraw(place, by=place.user_id, now=NOW)


@app_wide
@pytest.mark.parametrize(
    ("story", "reasons"),
    [
        (without_attendance, ("attendance-short",)),
        (not_yet_competent, ("results-missing", "competency-missing")),
        (nothing_handed_in, ("results-missing", "competency-missing")),
        (nothing, ("attendance-short", "results-missing", "competency-missing")),
        (given_up, ("not-confirmed",)),
    ],
)
def test_who_is_not_due_is_told_why(
    story: Callable[[Enrolment, Any], None], reasons: tuple[str, ...]
) -> None:
    offering, assessment = competence()
    place = make_place(offering)
    story(place, assessment)
    by = make_user("Registrar").id
    before = (
        count(Certificate),
        job_queries.counts().waiting,
        count(AuditEntry),
        count(SerialCounter),
    )
    with pytest.raises(NotDue) as caught:
        issue(place, by=by)
    assert (caught.value.reasons, caught.value.code) == (reasons, reasons[0])
    assert (
        count(Certificate),
        job_queries.counts().waiting,
        count(AuditEntry),
        count(SerialCounter),
    ) == before


def test_one_statement_short_is_not_due(place: Enrolment) -> None:
    """Another person's attainment of the missing statement is of no help."""
    missing = next(
        a for a in competency_queries.attainments_of(place.user_id) if a.item.code == "SWX.SG.01"
    )
    missing.user_id = make_user().id
    db.session.flush()
    with pytest.raises(NotDue) as caught:
        issue(place)
    assert caught.value.reasons == ("competency-missing",)


def test_an_attainment_counts_to_its_last_day(place: Enrolment) -> None:
    """Attained on 10 March 2027 for 36 months; midnight in Kuala Lumpur is 16:00 UTC."""
    midnight = datetime(2030, 3, 9, 16, 0, tzinfo=UTC)
    with pytest.raises(NotDue) as caught:
        issue(place, now=midnight)
    assert caught.value.reasons == ("competency-missing",)
    assert issue(place, now=midnight - timedelta(seconds=1)).valid_from == date(2030, 3, 9)


def test_the_issue_is_audited_and_the_pdf_wanted_once(place: Enrolment) -> None:
    registrar = make_user("Registrar")
    certificate = issue(place, by=registrar.id)
    entry = db.session.scalars(
        select(AuditEntry).where(
            AuditEntry.action == "certificates.issued", AuditEntry.object_id == certificate.id
        )
    ).one()
    assert (entry.actor_id, entry.object_type) == (registrar.id, "certificate")
    assert entry.details == {
        "serial": certificate.serial,
        "credential": certificate.credential_digest,
    }
    job = job_queries.by_key(f"certificates.render:{certificate.id}")
    assert job is not None
    assert (job.name, job.arguments) == (
        "certificates.render",
        {"certificate_id": certificate.id},
    )
    assert certificate.issued_by_id == registrar.id


@app_wide
def test_every_sample_certificate_has_its_audit_row() -> None:
    certificates = db.session.scalars(select(Certificate).order_by(Certificate.id)).all()
    audited = db.session.scalars(
        select(AuditEntry.object_id).where(AuditEntry.action == "certificates.issued")
    ).all()
    assert len(certificates) == 13
    assert sorted(str(one) for one in audited) == sorted(str(one.id) for one in certificates)
    assert {c.serial[-5:] for c in certificates} == {f"{n:05d}" for n in range(1, 14)}


@app_wide
def test_the_job_run_twice_keeps_one_digest() -> None:
    assert drain(limit=2) == 2  # a batch that is over, and the first certificate
    certificate = sample_certificate()
    digest = certificate.pdf_digest
    assert digest is not None
    data = blobs().get(digest)
    assert data.startswith(b"%PDF-")
    jobs.render(certificate_id=certificate.id)
    assert sample_certificate().pdf_digest == digest
    with transaction():
        assert not service.file_pdf(sample_certificate(), data + b"another", blobs())
    assert sample_certificate().pdf_digest == digest
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "certificates.pdf_filed")
    ).all()
    assert [(e.actor_id, e.object_id, e.details) for e in entries] == [
        (None, certificate.id, {"digest": digest})
    ]
    assert verification.by_file(data, [], now=certificate.issued_at).outcome == "valid"


@app_wide
def test_a_job_for_no_certificate_does_nothing() -> None:
    before = count(AuditEntry)
    jobs.render(certificate_id=0)
    assert count(AuditEntry) == before


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"state": "lost"}, "ck_certificate_state"),
        ({"kind": "mastery"}, "ck_certificate_kind"),
        ({"valid_until": date(2000, 1, 1)}, "ck_certificate_dates"),
    ],
)
@app_wide
def test_the_database_refuses_impossible_certificates(
    values: dict[str, object], constraint: str
) -> None:
    change = update(Certificate).where(Certificate.id == sample_certificate().id).values(**values)
    with pytest.raises(IntegrityError) as caught, db.session.begin_nested():
        db.session.execute(change)
    assert constraint_of(caught.value) == constraint


def _answers(app: Flask, place_ids: list[int], by: int) -> list[str]:
    def deed(place_id: int) -> str:
        with app.app_context():
            try:
                with transaction():
                    return issue(db.session.get_one(Enrolment, place_id), by=by).serial
            except Conflict as conflict:
                return conflict.code
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(place_ids)) as pool:
        return list(pool.map(deed, place_ids))


def test_many_at_once_get_numbers_without_gaps_and_one_certificate_each(tmp_path: Path) -> None:
    """Real threads and commits; everybody is the first of the year, and one is sent thrice."""
    with own_app("issue", tmp_path) as app:
        with app.app_context():
            keyring.ring(running.settings())
            with transaction():
                offering = make_offering(make_course(make_organisation("PUSAT")), capacity=6)
                places = [make_place(offering) for _ in range(6)]
                for one in places:
                    attend(one)
                ids = [one.id for one in places]
                registrar = make_user("Registrar").id
        answers = _answers(app, [ids[0], ids[0], *ids], registrar)
        assert sorted(answers) == [
            *(f"PUSAT-2027-0000{n}" for n in range(1, 7)),
            "issued-already",
            "issued-already",
        ]
        with app.app_context():
            stored = db.session.scalars(select(Certificate)).all()
            assert sorted(one.place.id for one in stored) == sorted(ids)
            assert db.session.scalars(select(SerialCounter.last)).all() == [6]
            assert job_queries.counts().waiting == 6
