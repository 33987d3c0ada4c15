"""The catalogue: the same statements at any length, drafts only for those who write them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.catalogue import queries, service
from lms.db import db, transaction
from lms.kernel import clock
from lms.people import queries as people_queries
from tests.conftest import SignIn
from tests.make import (
    make_course,
    make_manager,
    make_offering,
    make_organisation,
    offering_facts,
)

CountStatements = Callable[[], AbstractContextManager[list[str]]]


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("address", ["/", "/?kind=short&mode=in_person", "/programmes"])
def test_the_catalogue_needs_as_many_statements_for_25_courses_as_for_6(
    client: FlaskClient, count_statements: CountStatements, address: str
) -> None:
    client.get(address)
    with count_statements() as few:
        assert client.get(address).status_code == 200
    provider = make_organisation()
    for _ in range(24):
        make_offering(make_course(provider))
    db.session.commit()
    with count_statements() as many:
        answer = client.get(address)
    assert answer.status_code == 200
    assert len(many) == len(few)


@pytest.mark.usefixtures("app")
def test_the_catalogue_shows_25_courses_a_page_and_no_drafts() -> None:
    provider = make_organisation()
    made = {make_course(provider).id for _ in range(26)}
    draft = make_course(provider, published=False)
    now = clock.now()
    first = queries.page_of_courses(kind=None, mode=None, page=1, now=now)
    second = queries.page_of_courses(kind=None, mode=None, page=2, now=now)
    shown = [row.version.id for row in (*first.rows, *second.rows)]
    assert len(first.rows) == 25
    assert first.total == second.total == len(shown) == len(set(shown))
    assert made <= set(shown)
    assert draft.id not in shown
    assert sum(queries.counts_by("kind").values()) == first.total


@pytest.mark.usefixtures("app")
def test_the_next_offering_is_the_earliest_that_takes_people() -> None:
    version = make_course()
    now = clock.now()
    day = timedelta(days=1)
    windows = {
        "over": (now - 9 * day, now - day),
        "announced": (now + day, now + 2 * day),
        "open": (now - day, now + day),
    }
    made = {}
    for name, (opens, closes) in windows.items():
        facts = offering_facts(opens_at=opens, closes_at=closes)
        made[name] = service.create_offering(version, facts, by=None)
        service.open_offering(made[name], by=None)

    def next_code() -> str | None:
        found = queries._next_offerings([version.id], now).get(version.id)
        return found.code if found else None

    assert next_code() == made["open"].code
    service.close_offering(made["open"], by=None)
    assert next_code() == made["announced"].code
    service.close_offering(made["announced"], by=None)
    assert next_code() is None


def test_a_draft_is_not_there_for_others(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    del app
    with transaction():
        provider = people_queries.organisation_by_code("ILKS")
        assert provider is not None
        draft = make_course(provider, published=False).public_id
        published = make_course(provider).public_id
        elsewhere = make_course(published=False).public_id
    assert client.get(f"/courses/{draft}").status_code == 404
    assert client.get(f"/courses/{published}").status_code == 200
    for who in ("aisyah", "trainer1", "registrar", "auditor", "admin", "coordinator"):
        assert sign_in(who).get(f"/courses/{draft}").status_code == 404, who
    manager = sign_in("manager")
    assert manager.get(f"/courses/{draft}").status_code == 200
    assert manager.get(f"/manage/courses/{draft}").status_code == 200
    assert manager.get(f"/courses/{elsewhere}").status_code == 404
    assert manager.get(f"/manage/courses/{elsewhere}").status_code == 404
    assert manager.post(f"/manage/courses/{elsewhere}/publish").status_code == 404


def test_a_manager_of_another_provider_changes_nothing(app: Flask, sign_in: SignIn) -> None:
    """Allowed for ours, refused for theirs, with one set-up."""
    del app
    with transaction():
        ours = people_queries.organisation_by_code("ILKS")
        assert ours is not None
        theirs = make_organisation()
        make_manager(theirs)
        versions = [make_course(provider) for provider in (ours, theirs)]
        offerings = [make_offering(version, opened=False).public_id for version in versions]
        courses = [version.public_id for version in versions]
    manager = sign_in("manager")
    assert manager.post(f"/offerings/{offerings[0]}/open").status_code == 302
    assert manager.get(f"/manage/courses/{courses[0]}/offerings/new").status_code == 200
    for address in (f"/offerings/{offerings[1]}/open", f"/offerings/{offerings[1]}/close"):
        assert manager.post(address).status_code == 403
    assert manager.get(f"/offerings/{offerings[1]}").status_code == 403
    assert manager.get(f"/manage/courses/{courses[1]}/offerings/new").status_code == 403
    states = [queries.offering_by_public_id(each).state for each in offerings]
    assert states == ["open", "planned"]
