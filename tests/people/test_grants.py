"""Nobody gives a role at or above their own, nor to themselves; high ones need a second person."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from lms.audit.models import AuditEntry, AuditLeaf
from lms.db import db, transaction
from lms.kernel import clock
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.permissions import Actor, Grant, Role
from lms.people import directory, grants, queries, rules, service
from lms.people.account_models import UserSession
from lms.people.administration_models import RoleProposal
from lms.people.models import Organisation, RoleGrant, User
from lms.people.rules import Way
from lms.web.messages import SENTENCES
from tests.conftest import SignIn
from tests.make import fresh, make_organisation, make_user

PATHS = ["/1/", "/1/2/", "/1/2/3/", "/4/"]
LOW = [role for role in Role if role is not Role.ADMINISTRATOR]
Step = tuple[int, int, Role, str]


def actor(number: int, held: set[tuple[Role, str]]) -> Actor:
    return Actor(number, None, tuple(Grant(role, path) for role, path in sorted(held)))


@given(
    start=st.lists(
        st.sets(st.tuples(st.sampled_from(LOW), st.sampled_from(PATHS)), max_size=3),
        min_size=4,
        max_size=4,
    ),
    steps=st.lists(
        st.tuples(
            st.integers(0, 3),
            st.integers(0, 3),
            st.sampled_from(list(Role)),
            st.sampled_from(PATHS),
        ),
        max_size=30,
    ),
)
def test_no_sequence_of_grants_climbs(
    start: list[set[tuple[Role, str]]], steps: list[Step]
) -> None:
    """Without an administrator nobody ever holds more than the highest held there before."""
    held = [set(one) for one in start]
    before = {
        path: max(rules.rank_at(actor(n, one), path) for n, one in enumerate(start))
        for path in PATHS
    }
    for giver, taker, role, path in steps:
        ruling = rules.how_to_grant(actor(giver, held[giver]), taker, role, path)
        assert ruling.way is not Way.BY_TWO
        if ruling.way is Way.AT_ONCE:
            assert giver != taker
            assert rules.RANK[role] < rules.rank_at(actor(giver, held[giver]), path)
            held[taker].add((role, path))
    for number, one in enumerate(held):
        for path in PATHS:
            own_before = rules.rank_at(actor(number, start[number]), path)
            assert rules.rank_at(actor(number, one), path) <= max(before[path] - 1, own_before)


def test_the_table_names_every_role() -> None:
    assert set(rules.RANK) == set(Role)
    assert all(rules.RANK[role] >= 3 for role in rules.HIGH)


@pytest.mark.parametrize(
    ("held", "over", "role", "path", "way"),
    [
        (Role.ADMINISTRATOR, "/1/", Role.TRAINER, "/1/2/", Way.AT_ONCE),
        (Role.ADMINISTRATOR, "/1/", Role.COURSE_MANAGER, "/1/", Way.AT_ONCE),
        (Role.ADMINISTRATOR, "/1/", Role.REGISTRAR, "/1/2/", Way.BY_TWO),
        (Role.ADMINISTRATOR, "/1/", Role.ADMINISTRATOR, "/1/", Way.BY_TWO),
        (Role.ADMINISTRATOR, "/1/", Role.TRAINER, "/4/", Way.REFUSED),
        (Role.ADMINISTRATOR, "/1/2/", Role.TRAINER, "/1/", Way.REFUSED),
        (Role.ADMINISTRATOR, "/1/2/", Role.COURSE_MANAGER, "/1/2/3/", Way.AT_ONCE),
        (Role.ADMINISTRATOR, "/1/2/", Role.AUDITOR, "/1/2/", Way.REFUSED),
        (Role.REGISTRAR, "/1/", Role.AUDITOR, "/1/", Way.REFUSED),
        (Role.COURSE_MANAGER, "/1/", Role.TRAINER, "/1/", Way.AT_ONCE),
        (Role.COURSE_MANAGER, "/1/", Role.COURSE_MANAGER, "/1/", Way.REFUSED),
        (Role.AGENCY_COORDINATOR, "/1/", Role.TRAINER, "/1/", Way.REFUSED),
    ],
)
def test_who_gives_what(held: Role, over: str, role: Role, path: str, way: Way) -> None:
    giver = Actor(1, None, (Grant(held, over),))
    ruling = rules.how_to_grant(giver, 2, role, path)
    assert ruling.way is way
    assert (ruling.reason in SENTENCES) is (way is Way.REFUSED)
    assert rules.how_to_grant(giver, 1, role, path).reason == "role-own"


@pytest.mark.parametrize(
    ("held", "role", "way"),
    [
        (Role.ADMINISTRATOR, Role.ADMINISTRATOR, Way.BY_TWO),
        (Role.ADMINISTRATOR, Role.REGISTRAR, Way.AT_ONCE),
        (Role.REGISTRAR, Role.ADMINISTRATOR, Way.REFUSED),
        (Role.REGISTRAR, Role.COURSE_MANAGER, Way.AT_ONCE),
        (Role.TRAINER, Role.TRAINER, Way.REFUSED),
    ],
)
def test_who_takes_what(held: Role, role: Role, way: Way) -> None:
    taker = Actor(1, None, (Grant(held, "/1/"),))
    assert rules.how_to_revoke(taker, 2, role, "/1/2/").way is way
    assert rules.how_to_revoke(taker, 1, role, "/1/2/").reason == "role-own"


@pytest.fixture
def root(app: Flask) -> Organisation:
    del app
    with transaction():
        return make_organisation()


@pytest.fixture
def make_admin(root: Organisation) -> Callable[[], Actor]:
    def made() -> Actor:
        with transaction():
            user = make_user("Admin", organisation=root)
            service.grant_role(user, Role.ADMINISTRATOR, root, by=None)
        return queries.actor_of(user)

    return made


def roles_of(user: User) -> list[str]:
    query = select(RoleGrant.role).where(RoleGrant.user_id == user.id).order_by(RoleGrant.role)
    return list(db.session.scalars(query))


def propose(user: User, role: Role, root: Organisation, by: Actor) -> RoleProposal:
    with transaction():
        proposed = grants.give(user, role, root, actor=by, now=clock.now())
    assert proposed is not None
    return proposed


def test_a_high_role_needs_a_second_administrator(
    root: Organisation, make_admin: Callable[[], Actor]
) -> None:
    first, second = make_admin(), make_admin()
    user = make_user()
    proposal = propose(user, Role.REGISTRAR, root, first)
    assert roles_of(user) == []
    with pytest.raises(NotFound), transaction():
        grants.confirm(proposal, actor=first, now=clock.now())
    assert [p.id for p in directory.to_confirm(second, clock.now())] == [proposal.id]
    assert directory.to_confirm(first, clock.now()) == []
    with transaction():
        grants.confirm(proposal, actor=second, now=clock.now())
    assert roles_of(user) == ["registrar"]
    with pytest.raises(Conflict, match="proposal-closed"), transaction():
        grants.confirm(proposal, actor=second, now=clock.now())


def test_the_person_it_is_for_is_no_second(
    root: Organisation, make_admin: Callable[[], Actor]
) -> None:
    first, second = make_admin(), make_admin()
    user = db.session.get_one(User, second.user_id)
    proposal = propose(user, Role.AUDITOR, root, first)
    with pytest.raises(NotFound), transaction():
        grants.confirm(proposal, actor=second, now=clock.now())
    assert directory.to_confirm(second, clock.now()) == []


def test_the_database_too_asks_for_a_second_person(
    root: Organisation, make_admin: Callable[[], Actor]
) -> None:
    first = make_admin()
    proposal = propose(make_user(), Role.AUDITOR, root, first)
    for decided_by in (None, first.user_id, proposal.user_id):
        broken = (
            update(RoleProposal)
            .where(RoleProposal.id == proposal.id)
            .values(state="confirmed", decided_by_id=decided_by)
        )
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(broken)


def test_a_proposal_is_made_once_lapses_and_can_be_made_again(
    root: Organisation, make_admin: Callable[[], Actor]
) -> None:
    first, second = make_admin(), make_admin()
    user = make_user()
    proposal = propose(user, Role.AUDITOR, root, first)
    with pytest.raises(Conflict, match="role-proposed-already"):
        propose(user, Role.AUDITOR, root, second)
    with time_machine.travel(clock.now() + timedelta(days=7, seconds=1), tick=False):
        assert directory.open_proposals(user.id, clock.now()) == []
        with pytest.raises(Conflict, match="proposal-closed"), transaction():
            grants.confirm(proposal, actor=second, now=clock.now())
        again = propose(user, Role.AUDITOR, root, second)
        with transaction():
            grants.decline(again, actor=second, now=clock.now())
    assert again.state == "declined"
    assert roles_of(user) == []


def test_a_proposer_who_is_none_any_more_gives_nothing(
    root: Organisation, make_admin: Callable[[], Actor]
) -> None:
    first, second = make_admin(), make_admin()
    user = make_user()
    proposal = propose(user, Role.AUDITOR, root, first)
    proposer = db.session.get_one(User, first.user_id)
    with transaction():
        held = directory.grant_of(proposer, Role.ADMINISTRATOR, root)
        assert held is not None
        service.revoke_role(held, proposer, by=None)
    with pytest.raises(Conflict, match="proposal-closed"), transaction():
        grants.confirm(proposal, actor=second, now=clock.now())
    assert roles_of(user) == []


def test_an_administrator_is_deposed_by_two(
    root: Organisation, make_admin: Callable[[], Actor]
) -> None:
    first, second, third = make_admin(), make_admin(), make_admin()
    user = db.session.get_one(User, third.user_id)
    held = directory.grant_of(user, Role.ADMINISTRATOR, root)
    assert held is not None
    with transaction():
        proposal = grants.take(held, user, actor=first, now=clock.now())
    assert proposal is not None
    assert roles_of(user) == ["administrator"]
    with transaction():
        grants.confirm(proposal, actor=second, now=clock.now())
    assert roles_of(user) == []


def test_what_was_held_or_is_closed_is_not_given(
    root: Organisation, make_admin: Callable[[], Actor]
) -> None:
    first = make_admin()
    user = make_user()
    with transaction():
        assert grants.give(user, Role.TRAINER, root, actor=first, now=clock.now()) is None
    with pytest.raises(Conflict, match="role-already-held"), transaction():
        grants.give(user, Role.TRAINER, root, actor=first, now=clock.now())
    user.is_active = False
    with pytest.raises(Conflict, match="account-closed"), transaction():
        grants.give(user, Role.COURSE_MANAGER, root, actor=first, now=clock.now())


def test_deeds_are_sealed_with_old_and_new(
    root: Organisation, make_admin: Callable[[], Actor]
) -> None:
    first = make_admin()
    user = make_user()
    with transaction():
        grants.give(user, Role.TRAINER, root, actor=first, now=clock.now())
    held = directory.grant_of(user, Role.TRAINER, root)
    assert held is not None
    with transaction():
        grants.take(held, user, actor=first, now=clock.now())
    query = (
        select(AuditEntry)
        .where(AuditEntry.object_type == "user_account", AuditEntry.object_id == user.id)
        .order_by(AuditEntry.id.desc())
        .limit(2)
    )
    revoked, granted = db.session.scalars(query)
    assert granted.details["changes"] == {"role": [None, "trainer"]}
    assert revoked.details["changes"] == {"role": ["trainer", None]}
    assert revoked.actor_id == first.user_id
    assert all(db.session.get(AuditLeaf, entry.id) for entry in (granted, revoked))


# Over HTTP, on the sample institute.


def user(email: str) -> User:
    found = queries.user_by_email(f"{email}@sijil.example")
    assert found is not None
    return found


def code(name: str) -> str:
    found = queries.organisation_by_code(name)
    assert found is not None
    return found.public_id


@pytest.mark.usefixtures("app")
def test_an_administrator_gives_and_ends_a_role(sign_in: SignIn) -> None:
    admin, manager_to_be = sign_in("admin"), sign_in("aisyah")
    address = f"/people/{user('aisyah').public_id}"
    given = admin.post(address, data={"role": "course_manager", "organisation": code("ILKS")})
    assert given.status_code == 302
    assert manager_to_be.get("/manage/courses").status_code == 200
    end = f"{address}/roles/course_manager/{code('ILKS')}/end"
    assert admin.get(end).status_code == 200
    assert roles_of(user("aisyah")) == ["course_manager"]
    assert admin.post(end).status_code == 302
    assert manager_to_be.get("/manage/courses").status_code == 403
    assert admin.post(end).status_code == 404


@pytest.mark.usefixtures("app")
def test_roles_and_sessions_change_together(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    sign_in("aisyah")
    address = f"/people/{user('aisyah').public_id}"
    admin.post(address, data={"role": "trainer", "organisation": code("ILKS")})
    due = select(UserSession.renewal_due).where(UserSession.user_id == user("aisyah").id)
    assert all(db.session.scalars(due))
    for session in db.session.scalars(
        select(UserSession).where(UserSession.user_id == user("aisyah").id)
    ):
        session.renewal_due = False
    db.session.commit()
    admin.post(f"{address}/roles/trainer/{code('ILKS')}/end")
    assert all(db.session.scalars(due))


@pytest.mark.usefixtures("app")
def test_two_administrators_make_a_registrar(sign_in: SignIn) -> None:
    first, second = sign_in("admin"), sign_in("admin2")
    address = f"/people/{user('aisyah').public_id}"
    first.post(address, data={"role": "registrar", "organisation": code("ILKS")})
    proposal = db.session.scalars(select(RoleProposal)).one()
    question = f"/people/proposals/{proposal.public_id}"
    assert question in second.get("/desk").text
    assert question not in first.get("/desk").text
    assert first.post(question, data={"decision": "confirm"}).status_code == 404
    assert roles_of(user("aisyah")) == []
    assert second.get(question).status_code == 200
    assert second.post(question, data={"decision": "confirm"}).status_code == 302
    assert roles_of(user("aisyah")) == ["registrar"]
    assert second.post(question, data={"decision": "confirm"}).status_code == 409


@pytest.mark.usefixtures("app")
def test_the_own_account_and_foreign_organisations_are_out_of_reach(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    own = admin.post(
        f"/people/{user('admin').public_id}",
        data={"role": "trainer", "organisation": code("ILKS")},
    )
    assert own.status_code == 422
    end = f"/people/{user('admin').public_id}/roles/administrator/{code('ILKS')}/end"
    assert admin.post(end).status_code == 409
    with transaction():
        elsewhere = make_organisation()
        stranger = make_user(organisation=elsewhere)
        there, foreign = elsewhere.public_id, stranger.public_id
    assert admin.get(f"/people/{foreign}").status_code == 404
    answer = admin.post(
        f"/people/{user('aisyah').public_id}", data={"role": "trainer", "organisation": there}
    )
    assert answer.status_code == 422
    # A role is ended at the address of its holder only.
    mixed = f"/people/{user('aisyah').public_id}/roles/registrar/{code('ILKS')}/end"
    assert admin.post(mixed).status_code == 404


@pytest.mark.usefixtures("app")
def test_the_list_is_searched_paged_and_bounded(
    sign_in: SignIn, count_statements: Callable[[], object]
) -> None:
    admin = sign_in("admin")
    assert "aisyah@sijil.example" in admin.get("/people?q=AISYAH@").text
    assert "aisyah@sijil.example" not in admin.get("/people?q=%25").text
    assert "Nobody fits" in admin.get("/people?q=zzzzz&lang=en").text

    def statements() -> int:
        with count_statements() as seen:  # type: ignore[attr-defined]
            assert admin.get("/people").status_code == 200
        return len(seen)

    few = statements()
    home = queries.organisation_by_code("ILKS")
    with transaction():
        for _ in range(60):
            made = make_user(f"Many {fresh()}", organisation=home)
            service.grant_role(made, Role.TRAINER, home, by=None)  # type: ignore[arg-type]
    assert statements() == few
    assert admin.get("/people?q=many&page=2").text.count("Many") >= 10


@pytest.mark.parametrize("who", ["aisyah", "manager", "registrar", "auditor", "coordinator"])
@pytest.mark.usefixtures("app")
def test_people_are_for_administrators(sign_in: SignIn, who: str) -> None:
    assert sign_in(who).get("/people").status_code == 403
