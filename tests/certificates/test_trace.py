"""Each claim back to the graded files, and every broken link by its name."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select

from lms.assessment.models import Artefact, GradeEvent, RubricLevel
from lms.certificates.models import Certificate
from lms.certificates.trace import TracedClaim, trace
from lms.competency.models import Judgement, JudgementBasis
from lms.db import db
from lms.printing.content import CertificateContent
from lms.web.messages import sentence
from tests.certificates.awards import (
    attended_place,
    competence,
    due_place,
    issue,
    sample_certificate,
)
from tests.make import make_user

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def certificate() -> Certificate:
    """A certificate of two claims, each on one criterion."""
    return issue(due_place(*competence()))


def test_a_sound_trace_has_no_faults() -> None:
    certificate = sample_certificate()
    claims = trace(certificate)
    facts = CertificateContent.from_json(certificate.content)
    assert [c.attainment.item.code for c in claims] == [c.code for c in facts.claims]
    assert len(claims) == 5
    for claim in claims:
        assert claim.faults == ()
        assert claim.judgement is not None
        assert claim.judgement.user_id == certificate.user_id
        assert claim.grades
        assert {grade.assessor.name for grade in claim.grades} == {"Grace Wong Siew Lan"}
        for grade in claim.grades:
            assert [len(file.digest) for file in grade.submission.artefacts] == [64]
            assert grade.submission.enrolment_id == certificate.enrolment_id


def test_every_sample_certificate_is_sound() -> None:
    claiming = select(Certificate).where(Certificate.kind == "competence")
    for certificate in db.session.scalars(claiming):
        assert {claim.faults for claim in trace(certificate)} == {()}, certificate.serial


def test_a_certificate_of_attendance_has_nothing_to_follow() -> None:
    assert trace(issue(attended_place())) == []


def judgement_of(claim: TracedClaim) -> Judgement:
    assert claim.judgement is not None
    return claim.judgement


def judged_not_yet(claim: TracedClaim, _other: TracedClaim) -> None:
    judgement_of(claim).outcome = "not_yet"


def attained_by_another(claim: TracedClaim, _other: TracedClaim) -> None:
    claim.attainment.user_id = make_user().id


def without_judgement(claim: TracedClaim, _other: TracedClaim) -> None:
    claim.attainment.judgement_id = None


def without_basis(claim: TracedClaim, _other: TracedClaim) -> None:
    found = judgement_of(claim)
    db.session.execute(delete(JudgementBasis).where(JudgementBasis.judgement_id == found.id))


def graded_lower(claim: TracedClaim, _other: TracedClaim) -> None:
    grade = claim.grades[0]
    query = select(RubricLevel).where(
        RubricLevel.criterion_id == grade.criterion_id, RubricLevel.rank == 1
    )
    grade.rubric_level_id = db.session.scalars(query).one().id


def graded_by_the_holder(claim: TracedClaim, _other: TracedClaim) -> None:
    claim.grades[0].assessor_id = claim.attainment.user_id


def grade_of_another_statement(claim: TracedClaim, other: TracedClaim) -> None:
    judgement_of(claim).basis[0].grade_event_id = other.grades[0].id


@pytest.mark.parametrize(
    ("harm", "faults"),
    [
        (judged_not_yet, ("trace-no-judgement",)),
        (attained_by_another, ("trace-other-person",)),
        (
            without_judgement,
            ("trace-no-judgement", "trace-no-evidence", "trace-rule-disagrees"),
        ),
        (without_basis, ("trace-no-evidence", "trace-rule-disagrees")),
        (graded_lower, ("trace-rule-disagrees",)),
        (graded_by_the_holder, ("trace-own-assessor",)),
        (grade_of_another_statement, ("trace-other-item",)),
    ],
)
def test_a_broken_link_is_named_on_its_claim_alone(
    certificate: Certificate,
    harm: Callable[[TracedClaim, TracedClaim], None],
    faults: tuple[str, ...],
) -> None:
    claim, other = trace(certificate)
    harm(claim, other)
    db.session.flush()
    db.session.expire_all()
    assert [each.faults for each in trace(certificate)] == [faults, ()]
    assert all(sentence(fault) for fault in faults)


def test_a_lost_file_is_named_on_every_claim_that_rests_on_it(certificate: Certificate) -> None:
    submission = trace(certificate)[0].grades[0].submission
    db.session.execute(delete(Artefact).where(Artefact.submission_id == submission.id))
    db.session.expire_all()
    assert [each.faults for each in trace(certificate)] == [("trace-no-file",)] * 2


def test_a_certificate_of_another_person_stands_on_nothing(certificate: Certificate) -> None:
    certificate.user_id = make_user().id
    db.session.flush()
    assert {claim.faults for claim in trace(certificate)} == {("trace-other-person",)}


def test_grades_are_counted_once_each(certificate: Certificate) -> None:
    """The trace shows the grades that were judged on, in the order of the rubric."""
    shown = [grade.id for claim in trace(certificate) for grade in claim.grades]
    every = db.session.scalars(
        select(GradeEvent.id)
        .join(GradeEvent.submission)
        .where(GradeEvent.submission_id == trace(certificate)[0].grades[0].submission_id)
    ).all()
    assert sorted(shown) == sorted(every)
