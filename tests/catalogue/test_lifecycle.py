"""Draft, review by a second person, published, retired: who may do what, and what follows."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.assessment import queries as assessment_queries
from lms.audit.models import AuditEntry
from lms.catalogue import browsing, lifecycle, queries, reviewing, service, states
from lms.catalogue.filters import Filters
from lms.catalogue.kinds import CourseKind, ItemRole, VersionState
from lms.catalogue.models import CourseVersion
from lms.catalogue.rules import second_person
from lms.db import db, transaction
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.permissions import Role
from lms.mail.models import MailMessage
from lms.people import queries as people_queries
from lms.people import service as people_service
from lms.people.models import Organisation, User
from lms.search import queries as search
from tests import make
from tests.conftest import SignIn
from tests.make import NOW, course_facts, fresh, item, make_course, make_offering

CountStatements = Callable[[], AbstractContextManager[list[str]]]

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def provider() -> Organisation:
    return make.make_organisation()


@pytest.fixture
def author(provider: Organisation) -> User:
    return make.make_manager(provider)


@pytest.fixture
def reviewer(provider: Organisation, author: User) -> User:
    del author
    return make.make_manager(provider)


@pytest.fixture
def draft(provider: Organisation, author: User) -> CourseVersion:
    return service.create_course(
        provider, fresh("C"), CourseKind.SHORT, course_facts(), by=author.id
    )


def sent(version: CourseVersion, by: User) -> CourseVersion:
    lifecycle.send(version, "Please look at the hours", by=by.id, now=NOW)
    return version


def actions(version: CourseVersion) -> list[str]:
    query = select(AuditEntry.action).where(
        AuditEntry.object_type == "course_version", AuditEntry.object_id == version.id
    )
    return list(db.session.scalars(query.order_by(AuditEntry.id)))


def listed(version: CourseVersion) -> bool:
    found = browsing.catalogue(Filters(q=version.course.code), page=1, language="en", now=NOW)
    in_list = version.id in {row.course.id for row in found.page.rows}
    hits = search.find("course", version.course.code) or []
    assert in_list is (version.id in {hit.id for hit in hits})
    return in_list


@pytest.mark.parametrize(
    ("by", "refusal"),
    [(1, "review-of-own-sending"), (2, "review-of-own-words"), (3, None), (None, None)],
)
def test_a_second_person_neither_sent_nor_wrote_it(by: int | None, refusal: str | None) -> None:
    verdict = second_person(by, sent_by=1, edited_by=2)
    assert verdict.reasons == ((refusal,) if refusal else ())
    assert verdict.ok is (refusal is None)


def test_every_deed_starts_and_ends_in_one_state() -> None:
    """The table as the README has it."""
    for deed, (origin, end) in states.TABLE.items():
        for state in VersionState:
            if state is origin:
                assert states.after(deed, state) is end
            else:
                with pytest.raises(Conflict, match=f"course-version-{state}"):
                    states.after(deed, state)


def test_a_draft_is_published_by_a_second_person_only(
    draft: CourseVersion, author: User, reviewer: User
) -> None:
    with pytest.raises(Conflict, match="course-version-draft"):
        lifecycle.publish(draft, by=reviewer.id, now=NOW)
    sent(draft, author)
    with pytest.raises(Conflict, match="review-of-own-sending"):
        lifecycle.publish(draft, by=author.id, now=NOW)
    with pytest.raises(Conflict, match="course-version-review"):
        service.edit_draft(draft, course_facts(), seen=draft.row_version, by=reviewer.id)
    lifecycle.publish(draft, by=reviewer.id, now=NOW)
    assert (draft.state, draft.published_by_id) == (VersionState.PUBLISHED, reviewer.id)
    assert actions(draft) == ["catalogue.course.sent", "catalogue.course.published"]


def test_who_wrote_last_does_not_publish_what_a_colleague_sent(
    draft: CourseVersion, author: User, reviewer: User
) -> None:
    service.map_item(draft, item(), ItemRole.INTRODUCED, 1, by=reviewer.id)
    sent(draft, author)
    with pytest.raises(Conflict, match="review-of-own-words"):
        lifecycle.publish(draft, by=reviewer.id, now=NOW)
    lifecycle.take_back(draft, by=reviewer.id, now=NOW)
    assert draft.state == VersionState.DRAFT


def test_a_draft_comes_back_with_remarks(
    draft: CourseVersion, author: User, reviewer: User
) -> None:
    sent(draft, author)
    with pytest.raises(Conflict, match="review-of-own-sending"):
        lifecycle.give_back(draft, "Mine", by=author.id, now=NOW)
    with pytest.raises(Conflict, match="review-not-yours"):
        lifecycle.take_back(draft, by=reviewer.id, now=NOW)
    with pytest.raises(Invalid):
        lifecycle.give_back(draft, "  ", by=reviewer.id, now=NOW)
    lifecycle.give_back(draft, "Too few hours", by=reviewer.id, now=NOW)
    assert (draft.state, draft.remarks) == (VersionState.DRAFT, "Too few hours")
    sent(draft, author)
    assert draft.remarks == ""


def test_reviewers_and_the_author_are_told_by_mail(
    draft: CourseVersion, author: User, reviewer: User
) -> None:
    stranger = make.make_manager(make.make_organisation())
    sent(draft, author)
    lifecycle.give_back(draft, "Too few hours", by=reviewer.id, now=NOW)
    told = {one.address: one.text for one in db.session.scalars(select(MailMessage))}
    assert "Please look at the hours" in told[reviewer.email]
    assert "Too few hours" in told[author.email]
    assert stranger.email not in told


def test_a_new_version_takes_everything_along_and_replaces_the_old_one(
    provider: Organisation, author: User, reviewer: User
) -> None:
    old, assessment = make.make_competence_course(provider=provider)
    offering = make_offering(old)
    draft = lifecycle.begin(old, by=author.id)
    with pytest.raises(Conflict, match="course-has-draft"):
        lifecycle.begin(old, by=reviewer.id)
    assert (draft.number, draft.state, draft.titles) == (2, VersionState.DRAFT, old.titles)
    assert [(m.item_id, m.level) for m in draft.mappings] == [
        (m.item_id, m.level) for m in old.mappings
    ]
    (copied,) = assessment_queries.assessments_of(draft.id)
    assert copied.id != assessment.id
    assert [len(c.levels) for c in copied.criteria] == [len(c.levels) for c in assessment.criteria]
    assert listed(old)
    lifecycle.publish(sent(draft, author), by=reviewer.id, now=NOW)
    assert (old.state, offering.course_version_id) == (VersionState.RETIRED, old.id)
    assert (listed(old), listed(draft)) == (False, True)
    with pytest.raises(Conflict, match="course-retired"):
        make_offering(old)
    with pytest.raises(Conflict, match="course-has-newer-version"):
        lifecycle.bring_back(old, by=author.id, now=NOW)
    assert actions(old)[-1] == "catalogue.course.superseded"


def test_a_removed_statement_takes_its_criteria_along(provider: Organisation) -> None:
    old, _ = make.make_competence_course(provider=provider)
    draft = lifecycle.begin(old, by=None)
    service.unmap_item(draft, draft.mappings[0], by=None)
    (copied,) = assessment_queries.assessments_of(draft.id)
    assert [c.item_id for c in copied.criteria] == [m.item_id for m in draft.mappings]
    service.map_item(draft, item("SWX.AS.02"), ItemRole.ASSESSED, 3, by=None)
    make.make_criterion(copied, item("SWX.AS.02"), level=3)
    make.publish(draft)
    assert len(assessment_queries.assessments_of(old.id)[0].criteria) == 2


def test_a_retired_course_is_not_found_or_offered_until_it_is_brought_back(
    author: User,
) -> None:
    version = make_course()
    offering = make_offering(version)
    with pytest.raises(Invalid):
        lifecycle.retire(version, " ", by=author.id, now=NOW)
    lifecycle.retire(version, "The law has changed", by=author.id, now=NOW)
    assert not listed(version)
    assert make.make_place(offering).state == "confirmed"
    with pytest.raises(Conflict, match="course-retired"):
        make_offering(version)
    lifecycle.bring_back(version, by=author.id, now=NOW)
    assert listed(version)
    assert make_offering(version).course_version_id == version.id
    assert actions(version)[-2:] == ["catalogue.course.retired", "catalogue.course.brought_back"]


def _page(client: FlaskClient, version: CourseVersion, rest: str = "") -> str:
    return client.get(f"/manage/courses/{version.public_id}{rest}").text


@pytest.fixture
def successor(sign_in: SignIn) -> CourseVersion:
    """A new version of a course of the sample institute, begun on its page by the manager."""
    with transaction():
        old = make_course(people_queries.organisation_by_code("ILKS"))
    manager = sign_in("manager")
    answers = [manager.post(f"/manage/courses/{old.public_id}/versions") for _ in range(2)]
    draft = queries.open_of(old.course_id)
    assert draft is not None
    assert {answer.location for answer in answers} == {f"/manage/courses/{draft.public_id}"}
    return draft


def test_the_page_of_differences_marks_words(sign_in: SignIn, successor: CourseVersion) -> None:
    with transaction():
        facts = replace(course_facts(), titles={"en": "Other course"})
        seen, by = successor.row_version, successor.edited_by_id
        service.edit_draft(successor, facts, seen=seen, by=by)
    page = _page(sign_in("manager2"), successor, "/difference?lang=en")
    assert "1 change<" in page
    assert "Other" in page.split("<ins>")[1]
    assert "added:" in page


def test_the_pages_from_review_to_publishing(sign_in: SignIn, successor: CourseVersion) -> None:
    manager, second = sign_in("manager"), sign_in("manager2")
    address = f"/manage/courses/{successor.public_id}"
    assert manager.post(f"{address}/review", data={"note": "Now ten hours"}).location == address
    own = _page(manager, successor, "?lang=en")
    assert "another course manager has to publish" in own
    assert f"{address}/publish" not in own
    assert manager.post(f"{address}/publish").status_code == 409
    assert "Waits for you" in second.get("/manage/courses?lang=en").text
    assert "Now ten hours" in _page(second, successor)
    assert second.post(f"{address}/return", data={"remarks": ""}).status_code == 422
    assert second.post(f"{address}/publish").location == f"/courses/{successor.public_id}"
    old = queries.predecessor(successor)
    assert old is not None
    assert "There is a newer version" in second.get(f"/courses/{old.public_id}?lang=en").text


def test_what_is_in_review_is_not_there_for_others(
    sign_in: SignIn, draft: CourseVersion, author: User
) -> None:
    with transaction():
        sent(draft, author)
    assert sign_in("aisyah").get(f"/courses/{draft.public_id}").status_code == 404
    assert sign_in("manager").get(f"/manage/courses/{draft.public_id}").status_code == 404


def test_the_list_of_what_waits_costs_the_same_for_many(
    sign_in: SignIn, count_statements: CountStatements
) -> None:
    provider = people_queries.organisation_by_code("ILKS")
    manager = sign_in("manager")
    counts = []
    for _ in range(2):
        with transaction():
            lifecycle.send(make_course(provider, published=False), "", by=None, now=NOW)
        with count_statements() as statements:
            assert manager.get("/manage/courses").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def with_role(provider: Organisation, role: Role) -> User:
    user = make.make_user(role.value, organisation=provider)
    people_service.grant_role(user, role, provider, by=None)
    return user


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.ADMINISTRATOR])
def test_where_there_is_one_course_manager_another_officer_publishes(
    provider: Organisation, author: User, draft: CourseVersion, sign_in: SignIn, role: Role
) -> None:
    with transaction():
        lifecycle.give_back(
            sent(draft, author), "Shorter", by=with_role(provider, role).id, now=NOW
        )
        stand_in, elsewhere = with_role(provider, role), with_role(make.make_organisation(), role)
    address = f"/manage/courses/{draft.public_id}"
    visitor, stranger = sign_in(stand_in.email), sign_in(elsewhere.email)
    assert visitor.get(address).status_code == 404  # still being written
    with transaction():
        sent(draft, author)
    told = select(MailMessage.address).where(MailMessage.kind == "catalogue/review")
    assert stand_in.email in set(db.session.scalars(told))
    assert stranger.get(address).status_code == 404
    assert "Publish the course" in visitor.get(f"{address}?lang=en").text
    assert visitor.get(f"{address}/edit").status_code == 403
    assert sign_in(author.email).post(f"{address}/publish").status_code == 409
    assert visitor.post(f"{address}/publish").status_code == 302
    db.session.refresh(draft)
    assert (draft.state, draft.published_by_id) == (VersionState.PUBLISHED, stand_in.id)


def test_who_stands_in_finds_what_waits_on_the_desk(
    provider: Organisation, author: User, draft: CourseVersion, sign_in: SignIn
) -> None:
    with transaction():
        registrar, elsewhere = (
            with_role(where, Role.REGISTRAR) for where in (provider, make.make_organisation())
        )
    address = f"/manage/courses/{draft.public_id}"
    visitor = sign_in(registrar.email)
    assert address not in visitor.get("/desk").text  # still being written
    with transaction():
        sent(draft, author)
    assert address in visitor.get("/desk").text
    assert address not in sign_in(elsewhere.email).get("/desk").text
    assert address not in sign_in(author.email).get("/desk").text
    with transaction():
        make.make_manager(provider)  # who is asked from now on
    assert address not in visitor.get("/desk").text


def test_who_stands_in_returns_a_draft_and_sees_it_no_more(
    provider: Organisation, author: User, draft: CourseVersion, sign_in: SignIn
) -> None:
    with transaction():
        registrar = with_role(provider, Role.REGISTRAR)
        sent(draft, author)
    visitor, address = sign_in(registrar.email), f"/manage/courses/{draft.public_id}"
    answer = visitor.post(f"{address}/return", data={"remarks": "Shorter"})
    assert (answer.status_code, answer.location) == (302, "/desk")
    assert visitor.get(address).status_code == 404


def test_nobody_stands_in_where_another_course_manager_can_decide(
    provider: Organisation, author: User, draft: CourseVersion, sign_in: SignIn
) -> None:
    with transaction():
        registrar, other = with_role(provider, Role.REGISTRAR), make.make_manager(provider)
        sent(draft, author)
    address = f"/manage/courses/{draft.public_id}"
    assert [each.id for each in reviewing.reviewers(draft)] == [other.id]
    visitor = sign_in(registrar.email)
    assert visitor.get(address).status_code == 404
    assert visitor.post(f"{address}/publish").status_code == 404
    with transaction():
        other.is_active = False
    assert visitor.get(address).status_code == 200


def test_a_manager_with_both_roles_is_never_the_second_person(
    provider: Organisation, author: User, draft: CourseVersion, sign_in: SignIn
) -> None:
    with transaction():
        people_service.grant_role(author, Role.REGISTRAR, provider, by=None)
        sent(draft, author)
    assert reviewing.reviewers(draft) == []
    answer = sign_in(author.email).post(f"/manage/courses/{draft.public_id}/publish")
    assert answer.status_code == 409
