"""The catalogue: the same statements at any length, drafts only for those who write them."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from flask import Flask
from flask.testing import FlaskClient

from lms.catalogue import queries
from lms.db import transaction
from lms.people import queries as people_queries
from tests.conftest import SignIn
from tests.make import (
    make_course,
    make_manager,
    make_offering,
    make_organisation,
)

CountStatements = Callable[[], AbstractContextManager[list[str]]]


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
