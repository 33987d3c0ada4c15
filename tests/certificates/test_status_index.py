"""Two certificates never share a place in a status list, whatever chance says; a full one ends."""

import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.certificates import keyring, service, status_list, status_places
from lms.certificates.models import Certificate, StatusList
from lms.certificates.status_places import NoPlace
from lms.checking import bundle, offline
from lms.db import db, transaction
from lms.kernel import clock
from lms.kernel.errors import Conflict
from lms.web import running
from tests.certificates.awards import attended_place, bring, issue, sample_certificate
from tests.enrolment.at_once import at_once
from tests.make import own_app


@pytest.mark.usefixtures("app")
def test_a_taken_index_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = issue(attended_place())
    fresh = (first.status_index + 1) % status_list.SIZE
    draws: Iterator[int] = iter([first.status_index, first.status_index, fresh])
    monkeypatch.setattr(secrets, "randbelow", lambda _limit: next(draws))
    second = issue(attended_place())
    assert second.status_index == fresh
    assert second.credential["credentialStatus"]["statusListIndex"] == str(fresh)


@pytest.mark.usefixtures("app")
def test_a_list_without_a_place_is_told_and_not_searched_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken, place = issue(attended_place()).status_index, attended_place()
    monkeypatch.setattr(secrets, "randbelow", lambda _limit: taken)
    with pytest.raises(NoPlace):
        issue(place)


def used() -> dict[int, int]:
    rows = db.session.execute(select(StatusList.number, StatusList.used))
    return {number: many for number, many in rows}  # noqa: C416  # a Row is no pair


@pytest.fixture
def filled(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """The first certificate of the second list: the first is filled by those of the sample."""
    del app
    before = used()
    assert before == {1: len(db.session.scalars(select(Certificate.id)).all())}
    monkeypatch.setattr(status_places, "MOST", before[1])
    with transaction():
        return issue(attended_place(), now=clock.now())


def test_a_filled_list_gets_a_successor(filled: Certificate) -> None:
    assert filled.status_list == 2
    host = running.settings().host
    entry = filled.credential["credentialStatus"]
    assert entry["statusListCredential"] == f"https://{host}/status/revocation/2"
    assert entry["id"] == f"https://{host}/status/revocation/2#{filled.status_index}"
    assert sample_certificate().status_list == 1
    assert used()[2] == 1
    assert issue(attended_place()).status_list == 2


def test_several_that_do_not_fit_into_a_list_fill_it_and_go_on_in_the_next(
    filled: Certificate,
) -> None:
    many, most = status_places.MOST * 2, status_places.MOST
    with transaction():
        places = status_places.take(many)
    assert [place.number for place in places] == [2] * (most - 1) + [3] * most + [4]
    assert len({*places, status_places.Place(2, filled.status_index)}) == many + 1
    assert used()[3] == most


def test_one_index_stands_in_two_lists(
    filled: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = sample_certificate().status_index
    if wanted == filled.status_index:
        wanted += 1
    monkeypatch.setattr(secrets, "randbelow", lambda _limit: wanted)
    assert issue(attended_place()).status_index == wanted


def test_what_is_refused_uses_no_place(app: Flask) -> None:
    del app
    before, place = used(), attended_place()
    with transaction():
        issue(place)
    with pytest.raises(Conflict), transaction():
        issue(place)
    assert used() == {1: before[1] + 1}


def test_a_revocation_in_the_second_list_is_seen_by_everybody(
    app: Flask, filled: Certificate
) -> None:
    ours, visitor = running.settings(), app.test_client()
    file = service.make_pdf(filled, keyring.ring(ours))
    first = visitor.get("/status/revocation/1").get_data()

    def listed() -> bool:
        document: dict[str, Any] = visitor.get("/status/revocation/2").get_json(force=True)
        assert document["id"].endswith("/status/revocation/2")
        return status_list.is_set(document["credentialSubject"]["encodedList"], filled.status_index)

    def without_us() -> tuple[str, str]:
        given = bundle.read(visitor.get("/trust.zip").data)
        found = offline.check(file, given, now=clock.now())
        return found.outcome.value, found.why

    assert listed() is False
    assert without_us() == ("valid", "valid")
    with transaction():
        bring(filled, "revoked")
    assert listed() is True
    assert without_us() == ("revoked", "withdrawn")
    assert "revoked" in visitor.get(f"/v/{filled.code}?lang=en").text
    again = visitor.get("/status/revocation/1").get_json(force=True)
    assert again["credentialSubject"]["encodedList"].encode() in first


def test_a_bundle_without_the_list_says_nothing(filled: Certificate) -> None:
    from lms.checking import published

    whole = bundle.read(published.trust_bundle(now=clock.now()))
    assert [each["id"][-1] for each in whole.lists] == ["1", "2"]
    older = replace(whole, lists=whole.lists[:1])
    file = service.make_pdf(filled, keyring.ring(running.settings()))
    found = offline.check(file, older, now=clock.now())
    assert (found.outcome.value, found.why) == ("cannot_check", "list-unsound")


@pytest.mark.parametrize("number", ["0", "2", "99", "-1", "x", "1000000000000"])
def test_a_list_that_is_not_there_is_not_found(app: Flask, number: str) -> None:
    assert app.test_client().get(f"/status/revocation/{number}").status_code == 404


def test_a_list_reads_its_revoked_ones_alone(filled: Certificate, count_statements: Any) -> None:
    with transaction():
        bring(filled, "revoked")
    index = filled.status_index
    counted: AbstractContextManager[list[str]] = count_statements()
    with counted as seen:
        db.session.connection()
        del seen[:]
        assert status_places.revoked(2) == [index]
    assert len(seen) == 1
    with count_statements() as seen:
        everything = status_places.revoked_everywhere()
    assert len(seen) == 1
    assert everything[2] == [index]


def test_many_at_once_open_each_list_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Real threads with commits of their own: no list takes more than its share."""
    monkeypatch.setattr(status_places, "MOST", 4)

    def take() -> str:
        with transaction():
            return str(status_places.take(1)[0].number)

    with own_app("lists", tmp_path) as app:
        numbers = at_once(app, [take] * 14)
        with app.app_context():
            assert used() == {1: 4, 2: 4, 3: 4, 4: 2}
    assert sorted(numbers) == [*"1" * 4, *"2" * 4, *"3" * 4, *"4" * 2]
