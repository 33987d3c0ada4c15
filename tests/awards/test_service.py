"""Awards and transcripts: issued when due, once, frozen, and withdrawn like any certificate."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from lms.admissions.models import Intake
from lms.awards import queries, service
from lms.certificates import holding, keyring, proof
from lms.certificates.basis import Office
from lms.certificates.keys import multibase
from lms.certificates.models import Certificate, CertificateHold, SerialCounter
from lms.certificates.rules import Outcome
from lms.certificates.service import Correction, NotDue, make_pdf
from lms.certificates.soundness import is_bound, is_signed_one
from lms.checking import answers, verification
from lms.db import constraint_of, db, transaction
from lms.kernel.errors import Conflict, Invalid
from lms.people.models import User
from lms.printing.content import CertificateContent
from lms.programmes import queries as programme_queries
from lms.programmes import service as programmes
from lms.programmes.models import Programme, ProgrammeState
from lms.web import running
from lms.withdrawals import service as withdrawals
from tests.awards.making import admit, complete, graduate, make_programme, office, two_courses
from tests.certificates.awards import bring, sample_certificate
from tests.make import NOW, make_course, make_organisation, make_user, own_app

pytestmark = pytest.mark.heavy

app_wide = pytest.mark.usefixtures("app")
LATER = NOW + timedelta(days=3)


def facts(certificate: Certificate) -> CertificateContent:
    return CertificateContent.from_json(certificate.content)


def reasons(programme: Programme, user: User, kind: str = "award") -> tuple[str, ...]:
    with pytest.raises(NotDue) as refused:
        service.issue(programme, user, kind, office())
    return refused.value.reasons


@app_wide
def test_an_award_says_what_it_is_worth_and_is_signed() -> None:
    programme = make_programme(*two_courses())
    user = graduate(programme)
    made = service.issue(programme, user, "award", office())
    said = facts(made)
    assert (said.kind, said.leads_to, said.level) == ("award", "diploma", 7)
    assert said.credits == said.earned == Decimal(3)
    assert not said.courses
    assert not said.claims
    assert (said.award_title, said.course_code) == (programme.titles, programme.code)
    assert (made.valid_until, made.enrolment, made.programme) == (None, None, programme)
    assert made.issuer == programme.provider
    subject = made.credential["credentialSubject"]
    assert subject["achievement"]["achievementType"] == "Diploma"
    assert (subject["achievement"]["creditsAvailable"], subject["creditsEarned"]) == (3, 3)
    key = multibase(keyring.ring(running.settings()).credential_key.public_key())
    assert proof.verify(made.credential, key)


@app_wide
def test_a_transcript_lists_the_courses_in_the_order_of_the_programme() -> None:
    attendance, competence = two_courses()
    programme = make_programme(attendance, competence)
    user = make_user()
    complete(user, competence)
    complete(user, attendance)
    said = facts(service.issue(programme, user, "transcript", office()))
    assert [one.code for one in said.courses] == [attendance.course.code, competence.course.code]
    assert [one.result for one in said.courses] == ["attended", "competent"]
    assert (said.earned, said.minutes, said.interim) == (Decimal(3), 4800, False)
    assert said.design == "anyaman"


@app_wide
def test_what_is_listed_is_what_was_signed() -> None:
    programme = make_programme(*two_courses())
    made = service.issue(programme, graduate(programme), "transcript", office())
    assert is_signed_one(made.credential, made.credential_digest)
    assert is_bound(facts(made), made.credential)
    for name, other in (("credits", "9.00"), ("result", "completed"), ("minutes", 1)):
        changed = CertificateContent.from_json(
            {**made.content, "courses": [{**made.content["courses"][0], name: other}]}
        )
        assert not is_bound(changed, made.credential)


@app_wide
def test_a_later_transcript_supersedes_the_interim_one_and_the_same_is_not_issued_twice() -> None:
    first, second = two_courses()
    programme, user = make_programme(first, second), make_user()
    complete(user, first)
    interim = service.issue(programme, user, "transcript", office())
    assert facts(interim).interim
    with pytest.raises(Conflict, match="issued-already"):
        service.issue(programme, user, "transcript", office())
    complete(user, second)
    whole = service.issue(programme, user, "transcript", office())
    assert (interim.state, whole.state, whole.version) == ("superseded", "issued", 2)
    assert (facts(whole).interim, facts(whole).replaces) == (False, interim.serial)


@app_wide
def test_what_is_missing_is_said() -> None:
    first, second = two_courses()
    programme, user = make_programme(first, second), make_user()
    assert reasons(programme, user, "transcript") == ("programme-no-course-completed",)
    complete(user, first)
    assert reasons(programme, user) == ("programme-group-not-met", "programme-credits-short")
    complete(user, second)
    admit(programme, make_user("Somebody else", email="else@test.example"))
    assert reasons(programme, user) == ("programme-not-admitted",)
    programmes.move(programme, ProgrammeState.DRAFT, by=None)
    assert reasons(programme, user, "transcript") == ("programme-being-changed",)


@app_wide
def test_whoever_was_admitted_has_so_many_months_from_the_beginning_of_the_intake() -> None:
    programme = make_programme(*two_courses(), most_months=12)
    user = graduate(programme)
    ends = queries.records(programme_queries.plan(programme), [user.id])[user.id].completed_on
    assert ends is not None
    admit(programme, user, begins_on=ends.replace(year=ends.year - 1))
    assert reasons(programme, user) == ("programme-took-too-long",)
    db.session.execute(
        update(Intake).values(begins_on=ends.replace(year=ends.year - 1, day=ends.day + 1))
    )
    assert service.issue(programme, user, "award", office()).kind == "award"


@app_wide
def test_a_course_whose_certificate_is_held_back_or_revoked_does_not_count() -> None:
    first, second = two_courses()
    programme, user = make_programme(first, second), make_user()
    kept, lost = complete(user, first), complete(user, second)
    cause = holding.Cause("inquiry", "INQ-7", suspends=False)
    held = holding.hold(kept.place, holding.BY_HAND, cause, by=None, now=NOW)
    assert reasons(programme, user, "transcript") == ("certificate-held",)
    holding.release(held, "", by=None, now=NOW)
    bring(lost, "revoked")
    assert reasons(programme, user) == ("programme-group-not-met", "programme-credits-short")


def hold(certificate: Certificate, source: str = holding.BY_HAND) -> CertificateHold:
    cause = holding.Cause("inquiry", "INQ-8")
    return holding.hold(certificate.place, source, cause, by=None, now=LATER)


@app_wide
def test_what_rests_on_a_held_place_is_held_with_it_and_counts_again_with_it() -> None:
    first, second = two_courses()
    programme, user = make_programme(first, second), make_user()
    grounds = [complete(user, first), complete(user, second)]
    award = service.issue(programme, user, "award", office())
    transcript = service.issue(programme, user, "transcript", office())
    other = service.issue(make_programme(first), user, "transcript", office())
    stranger = service.issue(programme, graduate(programme, "Else"), "award", office())
    one, two = hold(grounds[0]), hold(grounds[1])
    every = (award, transcript, other, stranger)
    assert [each.state for each in every] == [*["suspended"] * 3, "issued"]
    assert verification.by_code(award.code, now=LATER).outcome is Outcome.SUSPENDED
    with pytest.raises(Conflict, match="certificate-held"):
        withdrawals.reinstate(award, "Please", by=office().by, now=LATER)
    holding.release(one, "", by=None, now=LATER)
    assert [each.state for each in every] == ["suspended", "suspended", "issued", "issued"]
    holding.release(two, "", by=None, now=LATER)
    assert [each.state for each in (*every, *grounds)] == ["issued"] * 6


@app_wide
def test_a_hold_lets_nothing_count_that_it_did_not_stop_or_whose_ground_is_gone() -> None:
    first, second = two_courses()
    programme, user = make_programme(first, second), make_user()
    ground, _ = complete(user, first), complete(user, second)
    award = service.issue(programme, user, "award", office())
    withdrawals.suspend(award, "Another matter", by=office().by, now=NOW)
    transcript = service.issue(programme, user, "transcript", office())
    held = hold(ground)
    holding.release(held, "", by=None, now=LATER)
    assert (award.state, transcript.state) == ("suspended", "issued")
    held = hold(ground)
    bring(ground, "revoked")
    holding.release(held, "", by=None, now=LATER)
    assert (ground.state, transcript.state) == ("revoked", "suspended")
    withdrawals.reinstate(transcript, "It says so itself", by=office().by, now=LATER)
    assert transcript.state == "issued"


@app_wide
def test_a_later_certificate_of_a_course_is_no_ground_of_an_earlier_award() -> None:
    first, _ = two_courses()
    programme, user = make_programme(first, credits_="1.5"), make_user()
    complete(user, first)
    award = service.issue(programme, user, "award", office())
    hold(complete(user, first))
    assert award.state == "issued"


@app_wide
def test_nobody_issues_their_own_and_an_unknown_kind_is_refused() -> None:
    programme = make_programme(*two_courses())
    user = graduate(programme)
    with pytest.raises(Conflict, match="award-own"):
        service.issue(programme, user, "award", office(by=user.id))
    with pytest.raises(Invalid, match="award-unknown-kind"):
        service.issue(programme, user, "completion", office())


@app_wide
def test_many_are_issued_in_one_go_and_whoever_is_not_due_stops_nobody() -> None:
    first, second = two_courses()
    programme = make_programme(first, second)
    people = [graduate(programme, f"Graduate {n}") for n in range(3)]
    short = make_user("Short")
    complete(short, first)
    by = office()
    assert service.issue_many(programme, [*people, short], "award", by) == (3, 1)
    assert service.issue_many(programme, [*people, short], "award", by) == (0, 4)
    numbers = db.session.scalars(
        select(Certificate.serial).where(Certificate.programme_id == programme.id)
    ).all()
    last = db.session.scalars(
        select(SerialCounter.last).where(SerialCounter.issuer_id == programme.provider_id)
    ).one()
    assert len(numbers) == 3
    assert max(numbers).endswith(f"{last:05d}")  # what was refused used no number up
    with pytest.raises(Invalid, match="award-nobody"):
        service.issue_many(programme, [], "award", by)
    with pytest.raises(Invalid, match="award-too-many"):
        service.issue_many(programme, people * 34, "award", by)


@app_wide
@pytest.mark.parametrize("kind", ["award", "transcript"])
def test_it_is_checked_suspended_corrected_and_revoked_like_any_certificate(kind: str) -> None:
    programme = make_programme(*two_courses())
    by = office()
    made = service.issue(programme, graduate(programme), kind, by)

    def verdict(certificate: Certificate) -> Outcome:
        return verification.by_code(certificate.code, now=LATER).outcome

    assert verdict(made) == Outcome.VALID
    withdrawals.suspend(made, "A doubt", by=by.by, now=LATER)
    assert verdict(made) == Outcome.SUSPENDED
    withdrawals.reinstate(made, "No doubt", by=by.by, now=LATER)
    again = withdrawals.correct(
        made,
        Correction("Another Name", "Deed poll"),
        settings=by.settings,
        ring=by.ring,
        by=by.by,
        now=LATER,
    )
    assert (verdict(made), verdict(again)) == (Outcome.SUPERSEDED, Outcome.VALID)
    assert (facts(again).holder_name, facts(again).replaces) == ("Another Name", made.serial)
    assert (again.programme, again.version) == (programme, 2)
    asked = withdrawals.ask_revocation(again, "Forged", by=by.by, now=LATER)
    withdrawals.decide(asked, "", agree=True, by=make_user("Second").id, now=LATER)
    assert verdict(again) == Outcome.REVOKED
    anew = service.issue(programme, made.user, kind, by)
    assert verdict(anew) == Outcome.VALID


@app_wide
@pytest.mark.parametrize("kind", ["award", "transcript"])
def test_its_file_is_genuine_and_its_answer_says_what_is_certified(kind: str) -> None:
    programme = make_programme(*two_courses())
    made = service.issue(programme, graduate(programme), kind, office())
    file = make_pdf(made, keyring.ring(running.settings()))
    roots = [running.settings().pki / "root.pem"]
    checked = verification.by_file(file, roots, now=LATER)
    assert (checked.outcome, checked.file.value) == (Outcome.VALID, "genuine")
    answer = answers.plain(checked)
    assert (answer["kind"], answer["credits"], answer["level"]) == (kind, "3.00", 7)
    courses = answer["courses"]
    assert isinstance(courses, list)
    assert len(courses) == (2 if kind == "transcript" else 0)


@app_wide
def test_one_of_a_place_still_loads_and_says_nothing_of_programmes() -> None:
    before = sample_certificate()
    old = {
        name: value
        for name, value in before.content.items()
        if name not in {"leads_to", "level", "credits", "earned", "courses", "interim"}
    }
    said = CertificateContent.from_json(old)
    assert (said.leads_to, said.credits, bool(said.courses)) == ("", Decimal(0), False)
    assert is_bound(said, before.credential)


@app_wide
@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"programme_id": None}, "ck_certificate_basis"),
        ({"kind": "completion"}, "ck_certificate_basis_of_kind"),
    ],
)
def test_the_database_refuses_an_award_of_nothing(
    values: dict[str, object], constraint: str
) -> None:
    programme = make_programme(*two_courses())
    made = service.issue(programme, graduate(programme), "award", office())
    change = update(Certificate).where(Certificate.id == made.id).values(**values)
    with pytest.raises(IntegrityError) as caught, db.session.begin_nested():
        db.session.execute(change)
    assert constraint_of(caught.value) == constraint


@app_wide
def test_people_are_listed_with_as_many_statements_at_any_number(
    count_statements: Callable[[], Any],
) -> None:
    first, second = two_courses()
    programme = make_programme(first, second)
    graduate(programme, "B graduate")
    complete(make_user("A beginner"), first)
    plan = programme_queries.plan(programme)
    own = queries.candidates(plan, 1, everybody=False)
    everybody = queries.candidates(plan, 1, everybody=True)
    assert [one.user.name for one in own.rows] == ["B graduate"]
    assert [one.user.name for one in everybody.rows] == ["A beginner", "B graduate"]
    assert [one.due["award"].ok for one in everybody.rows] == [False, True]
    assert all(one.due["transcript"].ok for one in everybody.rows)
    with count_statements() as few:
        queries.candidates(plan, 1, everybody=True)
    for _ in range(5):
        graduate(programme)
    db.session.expunge_all()
    plan = programme_queries.plan(programme_queries.by_public_id(programme.public_id))
    with count_statements() as many:
        assert len(queries.candidates(plan, 1, everybody=False).rows) == 6
    assert len(many) <= len(few) + 1


def _at_once(app: Flask, programme_id: int, user_ids: list[int], kind: str, by: int) -> list[str]:
    def deed(user_id: int) -> str:
        with app.app_context():
            try:
                with transaction():
                    programme = db.session.get_one(Programme, programme_id)
                    user = db.session.get_one(User, user_id)
                    ours = running.settings()
                    who = Office(ours, keyring.ring(ours), by, NOW)
                    return service.issue(programme, user, kind, who).serial
            except Conflict as conflict:
                return conflict.code
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(user_ids)) as pool:
        return list(pool.map(deed, user_ids))


@pytest.mark.parametrize("kind", ["award", "transcript"])
def test_ten_at_once_make_one_certificate(tmp_path: Path, kind: str) -> None:
    """Real threads and commits: one number for each person, whoever was quicker."""
    with own_app(f"awards{kind}", tmp_path) as app:
        with app.app_context():
            keyring.ring(running.settings())
            with transaction():
                programme = make_programme(make_course(make_organisation("PUSAT")), credits_="1")
                people = [graduate(programme, f"Graduate {n}") for n in range(2)]
                ids, programme_id = [one.id for one in people], programme.id
                registrar = make_user("Registrar").id
        answers_ = _at_once(app, programme_id, [ids[0]] * 9 + [ids[1]], kind, registrar)
        assert sorted(answers_)[:2] == ["PUSAT-2027-00003", "PUSAT-2027-00004"]
        assert sorted(answers_)[2:] == ["issued-already"] * 8
        with app.app_context():
            count = select(func.count(Certificate.id)).where(Certificate.kind == kind)
            assert db.session.scalar(count) == 2
