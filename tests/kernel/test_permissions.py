"""Permissions: nobody may do what no rule allows, and a grant covers its own tree only."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel import permissions
from lms.kernel.errors import Forbidden
from lms.kernel.permissions import (
    NOBODY,
    Actor,
    Grant,
    Permission,
    Predicate,
    Role,
    allow,
    allowed,
    holds_anywhere,
    require,
    signed_in,
)

ANY = Permission.PEOPLE_ACCOUNT_USE


@pytest.fixture(autouse=True)
def no_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permissions, "RULES", {})


def says(*, answer: bool) -> Predicate:
    def predicate(actor: Actor, subject: object) -> bool:
        del actor, subject
        return answer

    return predicate


@pytest.mark.parametrize("permission", list(Permission))
def test_a_permission_nobody_stated_is_given_to_nobody(permission: Permission) -> None:
    everything = Actor(1, "/1/", tuple(Grant(role, "/") for role in Role))
    assert not allowed(everything, permission)
    with pytest.raises(Forbidden):
        require(everything, permission)


def test_a_rule_without_alternatives_allows_nothing() -> None:
    allow(ANY)
    assert not allowed(Actor(1), ANY)


@pytest.mark.parametrize("table", list(itertools.product([True, False], repeat=4)))
def test_alternatives_are_or_and_their_conditions_and(table: tuple[bool, ...]) -> None:
    a, b, c, d = table
    allow(ANY, (says(answer=a), says(answer=b)), (says(answer=c), says(answer=d)))
    assert allowed(NOBODY, ANY) is ((a and b) or (c and d))


def test_predicates_see_actor_and_subject() -> None:
    allow(ANY, (lambda actor, subject: actor.user_id == subject,))
    require(Actor(7), ANY, 7)
    assert not allowed(Actor(7), ANY, 8)


@pytest.mark.parametrize(
    ("path", "covered"),
    [
        ("/1/2/", True),
        ("/1/2/3/", True),
        ("/1/2/3/4/", True),
        ("/1/22/", False),
        ("/1/", False),
        ("/1/3/", False),
        ("/2/", False),
        ("/11/2/", False),
        ("", False),
    ],
)
def test_a_grant_covers_its_organisation_and_what_is_below(path: str, covered: object) -> None:
    actor = Actor(1, "/1/2/", (Grant(Role.TRAINER, "/1/2/"),))
    assert actor.holds(Role.TRAINER, path) is covered


@given(st.lists(st.integers(1, 30), min_size=1, max_size=5), st.lists(st.integers(1, 30)))
def test_covering_is_having_the_same_ancestors(grant: list[int], node: list[int]) -> None:
    paths = ["/" + "".join(f"{n}/" for n in each) for each in (grant, node)]
    actor = Actor(1, None, (Grant(Role.AUDITOR, paths[0]),))
    assert actor.holds(Role.AUDITOR, paths[1]) == (node[: len(grant)] == grant)


def test_a_role_is_not_another_role() -> None:
    actor = Actor(1, None, (Grant(Role.TRAINER, "/1/"), Grant(Role.REGISTRAR, "/2/")))
    assert not actor.holds(Role.COURSE_MANAGER)
    assert not actor.holds(Role.REGISTRAR, "/1/")
    assert actor.holds(Role.REGISTRAR)
    assert actor.paths(Role.TRAINER, Role.REGISTRAR) == ("/1/", "/2/")
    assert actor.paths(Role.REGISTRAR) == ("/2/",)
    assert actor.paths(Role.AUDITOR) == ()


def test_signed_in_needs_an_account() -> None:
    assert signed_in(Actor(1), None)
    assert not signed_in(NOBODY, None)


def test_holding_a_role_anywhere_is_for_screens_before_an_object() -> None:
    either = holds_anywhere(Role.TRAINER, Role.REGISTRAR)
    assert either(Actor(1, None, (Grant(Role.REGISTRAR, "/9/"),)), None)
    assert not either(Actor(1, None, (Grant(Role.AUDITOR, "/9/"),)), None)
    assert not either(NOBODY, None)
