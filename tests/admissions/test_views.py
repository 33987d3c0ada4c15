"""An application over HTTP: as its writer, committee and managers, and as those who are none."""

import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from lms.admissions import intakes, judging, queries, service
from lms.admissions.models import Application, Intake
from lms.db import db, transaction
from lms.kernel import clock
from lms.people.models import RoleGrant, User
from tests.admissions.making import (
    add_paper,
    make_application,
    make_intake,
    make_programme,
    make_trainer,
)
from tests.conftest import signed_in
from tests.make import fresh, make_manager, make_organisation, make_user

Counting = Callable[[], AbstractContextManager[list[str]]]


@dataclass(frozen=True)
class House:
    """An intake with one member and a manager, and an applicant who has not begun."""

    app: Flask
    intake: Intake
    manager: User
    member: User
    applicant: User

    def as_(self, user: User) -> FlaskClient:
        return signed_in(self.app, user.email)

    def application(self, *, sent: bool = True) -> Application:
        with transaction():
            return make_application(self.intake, self.applicant, sent=sent)


@pytest.fixture
def house(app: Flask) -> House:
    with transaction():
        intake = make_intake(make_programme(), transcripts=1, routes={"6": 2})
        intake.transcripts = 0
        manager = make_manager(intake.programme.provider)
        applicant = make_user("Applicant", email=f"{fresh()}@test.example")
        return House(app, intake, manager, intake.members[0].user, applicant)


def test_an_applicant_comes_from_the_programme_to_the_committee(house: House) -> None:
    visitor = house.as_(house.applicant)
    programme = f"/programmes/{house.intake.programme.public_id}?lang=en"
    page = visitor.get(programme).text
    assert "Bachelor&#39;s degree (level 6) and 2 years of practice" in page
    begun = visitor.post(f"/intakes/{house.intake.public_id}/apply")
    assert visitor.post(f"/intakes/{house.intake.public_id}/apply").location == begun.location
    address = begun.location
    assert "Being written" in visitor.get(programme).text
    said = {"qualification": "BSW", "institution": "UKM", "level": "5", "years": "1"}
    assert visitor.post(f"{address}/qualification", data=said).status_code == 302
    assert "although you meet no entry rule" in visitor.get(f"{address}/statement?lang=en").text
    assert visitor.post(f"{address}/statement", data={"statement": ""}).status_code == 422
    assert visitor.post(f"{address}/statement", data={"statement": "Why"}).status_code == 302
    assert "still missing" in visitor.get(f"{address}/send?lang=en").text
    assert visitor.post(f"{address}/send").status_code == 422
    words = {"statement": "<b>Why</b>", "plea": "Ten years"}
    assert visitor.post(f"{address}/statement", data=words).status_code == 302
    file = {"kind": "transcript", "file": (io.BytesIO(b"marks"), "marks.txt")}
    assert visitor.post(f"{address}/documents", data=file).status_code == 302
    check_and_send(house, visitor, address)


def check_and_send(house: House, visitor: FlaskClient, address: str) -> None:
    check = visitor.get(f"{address}/send?lang=en").text
    assert "&lt;b&gt;Why&lt;/b&gt;" in check
    assert "marks.txt" in check
    assert visitor.post(f"{address}/send").status_code == 302
    assert "With the committee" in visitor.get(f"{address}?lang=en").text
    for closed in ("qualification", "statement", "documents", "send"):
        assert visitor.get(f"{address}/{closed}").status_code == 409
    desk = house.as_(house.member).get(f"/intakes/{house.intake.public_id}?lang=en").text
    assert "Applicant" in desk
    assert "1 application waits for your word" in house.as_(house.member).get("/desk?lang=en").text


def test_files_that_are_none_are_refused_in_words(house: House) -> None:
    found = house.application(sent=False)
    visitor, address = house.as_(house.applicant), f"/applications/{found.public_id}/documents"
    for data, name, words in (
        (b"MZ", "virus.exe", "This kind of file is not taken"),
        (b"", "empty.txt", "The file is empty"),
    ):
        sent = {"kind": "other", "file": (io.BytesIO(data), name)}
        answer = visitor.post(f"{address}?lang=en", data=sent)
        assert answer.status_code == 422
        assert words in answer.text
    for status in (302, 422):
        twice = {"kind": "other", "file": (io.BytesIO(b"one"), "a.txt")}
        assert visitor.post(address, data=twice).status_code == status
    document = queries.application(found.public_id).documents[0].public_id
    assert visitor.get(f"{address}/{document}").data == b"one"
    assert visitor.post(f"{address}/{document}/remove").status_code == 302
    assert visitor.get(f"{address}/{document}").status_code == 404


def test_the_committee_recommends_and_a_manager_decides(house: House) -> None:
    found = house.application()
    member, manager = house.as_(house.member), house.as_(house.manager)
    address = f"/applications/{found.public_id}"
    page = manager.get(f"{address}/review?lang=en").text
    assert "Too few members of the committee" in page
    assert 'value="offered"' not in page
    assert manager.post(f"{address}/decision", data={"deed": "offered"}).status_code == 409
    wrong = member.post(f"{address}/recommendation", data={"admit": "yes"})
    assert wrong.status_code == 422
    said = {"admit": "yes", "reason": "Clear and honest"}
    assert member.post(f"{address}/recommendation", data=said).status_code == 302
    assert manager.post(f"{address}/recommendation", data=said).status_code == 403
    page = manager.get(f"{address}/review?lang=en").text
    assert "Clear and honest" in page
    assert 'value="offered"' in page
    no_words = manager.post(f"{address}/decision?lang=en", data={"deed": "refused"})
    assert (no_words.status_code, "Say why." in no_words.text) == (422, True)
    assert manager.post(f"{address}/decision", data={"deed": "accepted"}).status_code == 422
    assert manager.post(f"{address}/decision", data={"deed": "offered"}).status_code == 302
    take_the_place(house, address)


def take_the_place(house: House, address: str) -> None:
    applicant = house.as_(house.applicant)
    seen = applicant.get(f"{address}?lang=en").text
    assert "Do you take the place?" in seen
    assert "Clear and honest" not in seen
    assert "A place is offered" in applicant.get("/desk?lang=en").text
    assert applicant.post(f"{address}/answer", data={"decision": "yes"}).status_code == 302
    assert applicant.post(f"{address}/answer", data={"decision": "yes"}).status_code == 409
    programme = f"/programmes/{house.intake.programme.public_id}?lang=en"
    assert "You are admitted" in applicant.get(programme).text
    assert applicant.post(f"{address}/withdraw", data={"reason": "x"}).status_code == 302
    assert "You are admitted" not in applicant.get(programme).text


def test_strangers_find_nothing(house: House) -> None:
    found = house.application()
    with transaction():
        add = make_application(house.intake, sent=False)
        add_paper(add, "other", "secret")
        paper = add.documents[0].public_id
        others = [
            add.user,
            make_manager(make_organisation()),
            make_trainer(house.intake),  # of the house, but not in the committee
        ]
        slot_elsewhere = intakes.add_slot(
            make_intake(house.intake.programme),
            clock.now(),
            clock.now() + timedelta(hours=1),
            "Room",
            by=None,
        ).public_id
    address, desk = f"/applications/{found.public_id}", f"/intakes/{house.intake.public_id}"
    said = {"admit": "yes", "reason": "Because"}
    for stranger in map(house.as_, others):
        for path in ("", "/review", "/statement", "/documents", "/send", "/interview"):
            assert stranger.get(address + path).status_code == 404, path
        assert stranger.get(desk).status_code == 404
        for path, sent in (
            ("/answer", {"decision": "yes"}),
            ("/withdraw", {"reason": ""}),
            ("/recommendation", said),
        ):
            assert stranger.post(address + path, data=sent).status_code == 404, path
        assert stranger.post(f"{address}/decision", data={"deed": "offered"}).status_code in {
            403,
            404,
        }
    applicant, manager = house.as_(house.applicant), house.as_(house.manager)
    assert applicant.get(f"{address}/review").status_code == 404
    assert applicant.get(f"{address}/documents/{paper}").status_code == 404
    assert manager.get(f"/applications/{add.public_id}/review").status_code == 404  # a draft
    assert manager.get(f"/applications/{add.public_id}/documents/{paper}").status_code == 404
    assert manager.post(f"{desk}/slots/{slot_elsewhere}/remove").status_code == 404
    assert house.as_(house.member).post(f"{desk}/members", data={"person": "x"}).status_code == 403


def test_a_course_manager_calls_an_interview_off(house: House) -> None:
    with transaction():
        house.intake.interview = True
        found = make_application(house.intake)
        starts = clock.now() + timedelta(hours=5)
        slot = intakes.add_slot(house.intake, starts, starts + timedelta(hours=1), "R", by=None)
        judging.invite(found, by=house.manager.id)
        service.choose(found, slot, now=clock.now())
    address = f"/applications/{found.public_id}"
    path, manager = f"{address}/interview/call-off", house.as_(house.manager)
    assert house.as_(house.member).post(path, data={"why": "x"}).status_code in {403, 404}
    assert "Take this time away" not in house.as_(house.member).get(f"{address}/review").text
    assert path in manager.get(f"{address}/review").text
    assert manager.post(path, data={"why": ""}).status_code == 422
    assert manager.post(path, data={"why": "Flooded"}).status_code == 302
    assert path not in manager.get(f"{address}/review").text
    assert slot.application_id is None


def test_nobody_judges_their_own(house: House) -> None:
    with transaction():
        found = make_application(house.intake, house.manager)
        judging.recommend(
            found, house.member.id, admit=False, reason="Weak and late", now=clock.now()
        )
    manager, address = house.as_(house.manager), f"/applications/{found.public_id}"
    assert manager.get(f"{address}/review").status_code == 404
    assert manager.post(f"{address}/decision", data={"deed": "offered"}).status_code == 404
    desk = f"/intakes/{house.intake.public_id}?lang=en"
    assert "0 for, 1 against" not in manager.get(desk).text
    assert house.manager.name not in manager.get(f"{desk}&as=csv").text
    assert house.manager.name in house.as_(house.member).get(f"{desk}&as=csv").text


def test_who_is_staff_no_more_reads_no_more(house: House) -> None:
    found = house.application()
    member = house.as_(house.member)
    assert member.get(f"/applications/{found.public_id}/review").status_code == 200
    with transaction():
        db.session.execute(delete(RoleGrant).where(RoleGrant.user_id == house.member.id))
    assert member.get(f"/applications/{found.public_id}/review").status_code == 404
    assert member.get(f"/intakes/{house.intake.public_id}").status_code == 404


INTAKE = {
    "name": "January 2030",
    "begins_on": "2030-01-07",
    "opens_on": "2026-01-01",
    "closes_on": "2029-10-31",
    "places": "2",
    "years_6": "2",
    "years_4": "5",
    "transcripts": "1",
    "letters": "2",
    "interview": "y",
    "quorum": "2",
    "offer_days": "14",
}


def test_a_manager_calls_names_and_sets_times(house: House) -> None:
    visitor = house.as_(house.manager)
    programme = house.intake.programme.public_id
    new = f"/manage/programmes/{programme}/intakes/new?lang=en"
    late = visitor.post(new, data=INTAKE | {"closes_on": "2025-01-01"})
    assert (late.status_code, "before the first" in late.text) == (422, True)
    made = visitor.post(new, data=INTAKE)
    assert made.status_code == 302
    twice = visitor.post(new, data=INTAKE)
    assert (twice.status_code, "has this name" in twice.text) == (422, True)
    intake = queries.intake(made.location.rsplit("/", 1)[1])
    assert intake.routes == {"6": 2, "4": 5}
    address = f"/intakes/{intake.public_id}"
    assert "The committee is too small" in visitor.get(f"{address}?lang=en").text
    person = {"person": house.member.public_id}
    assert visitor.post(f"{address}/members", data=person).status_code == 302
    assert visitor.post(f"{address}/members", data=person).status_code == 422
    set_times(visitor, intake, address)
    assert visitor.post(f"{address}/members/remove", data=person).status_code == 302
    assert visitor.post(f"{address}/members/remove", data=person).status_code == 422
    fewer = INTAKE | {"places": "9", "years_4": ""}
    assert visitor.post(f"{address}/edit", data=fewer).status_code == 302
    assert queries.intake(intake.public_id).routes == {"6": 2}
    taken = visitor.post(f"{address}/edit?lang=en", data=INTAKE | {"name": house.intake.name})
    assert (taken.status_code, "has this name" in taken.text) == (422, True)
    assert "January 2030" in visitor.get(f"/manage/programmes/{programme}").text


def test_the_later_of_two_who_edit_an_intake_sees_what_the_earlier_saved(house: House) -> None:
    """Both opened the form before either saved it."""
    visitor, address = house.as_(house.manager), f"/intakes/{house.intake.public_id}/edit?lang=en"
    seen = INTAKE | seen_in(visitor.get(address).text)
    assert visitor.post(address, data=seen | {"places": "9"}).status_code == 302
    answer = visitor.post(address, data=seen | {"places": "7"})
    assert answer.status_code == 409
    told = answer.text.split('id="saved-meanwhile"')[1].split("</section>")[0]
    assert ("Places" in told, "9" in told, "quorum" in told) == (True, True, False)
    assert re.search(r'name="places"[^>]* value="7"', answer.text)  # what was typed stays
    assert queries.intake(house.intake.public_id).places == 9
    again = seen | {"places": "7"} | seen_in(answer.text)
    assert visitor.post(address, data=again).status_code == 302
    assert queries.intake(house.intake.public_id).places == 7


def seen_in(page: str) -> dict[str, str]:
    found = re.search(r'name="row_version"[^>]* value="(\d+)"', page)
    assert found is not None
    return {"row_version": found[1]}


def test_an_application_that_moves_overtakes_nobody(house: House) -> None:
    visitor, address = house.as_(house.manager), f"/intakes/{house.intake.public_id}/edit?lang=en"
    seen = INTAKE | seen_in(visitor.get(address).text)
    with transaction():
        house.intake.taken = 1
    assert visitor.post(address, data=seen).status_code == 302


def set_times(visitor: FlaskClient, intake: Intake, address: str) -> None:
    slot = {"day": "2029-12-03", "begins": "09:00", "ends": "09:30", "place": "Room 1"}
    assert visitor.post(f"{address}/slots", data=slot).status_code == 302
    again = visitor.post(f"{address}/slots?lang=en", data=slot)
    assert (again.status_code, "there already for this room" in again.text) == (422, True)
    wrong = visitor.post(f"{address}/slots?lang=en", data=slot | {"ends": "08:00"})
    assert (wrong.status_code, "not after the beginning" in wrong.text) == (422, True)
    (only,) = queries.slots(queries.intake(intake.public_id))
    assert only.starts_at.isoformat() == "2029-12-03T01:00:00+00:00"
    assert visitor.post(f"{address}/slots/{only.public_id}/remove").status_code == 302


def test_an_invited_applicant_chooses_a_time(house: House) -> None:
    found = house.application()
    with transaction():
        house.intake.interview = True
        starts = clock.now() + timedelta(days=2)
        slot = intakes.add_slot(
            house.intake, starts, starts + timedelta(hours=1), "Room 7", by=None
        ).public_id
    visitor, address = house.as_(house.applicant), f"/applications/{found.public_id}"
    assert visitor.get(f"{address}/interview").status_code == 409
    decided = house.as_(house.manager).post(f"{address}/decision", data={"deed": "invited"})
    assert decided.status_code == 302
    assert visitor.post(f"{address}/interview", data={}).status_code == 422
    assert visitor.post(f"{address}/interview", data={"slot": "elsewhere"}).status_code == 422
    assert visitor.post(f"{address}/interview", data={"slot": slot}).status_code == 302
    assert "Room 7" in visitor.get(f"{address}?lang=en").text
    assert "Room 7" in house.as_(house.manager).get(f"{address}/review?lang=en").text


def test_more_applications_ask_no_more_statements(house: House, count_statements: Counting) -> None:
    visitor, address = house.as_(house.manager), f"/intakes/{house.intake.public_id}"
    numbers = []
    for more in (1, 5):
        with transaction():
            for _ in range(more):
                found = make_application(house.intake)
                judging.recommend(found, house.member.id, admit=True, reason="Yes", now=clock.now())
        with count_statements() as seen:
            assert visitor.get(address).status_code == 200
        numbers.append(len(seen))
    assert numbers[0] == numbers[1]
