"""Assessment over HTTP, on the sample institute: who hands in, marks, reads, and what is shown."""

from dataclasses import dataclass
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from lms.assessment import queries, service
from lms.assessment.models import Artefact, GradeEvent, Submission
from lms.catalogue import queries as catalogue_queries
from lms.catalogue.kinds import StaffRole
from lms.catalogue.service import add_staff
from lms.db import db, transaction
from lms.enrolment import queries as enrolment_queries
from lms.kernel import clock
from lms.people import queries as people_queries
from lms.people.models import User
from lms.storage import blobs
from lms.storage.receiving import Received
from lms.web.messages import sentence
from tests import make
from tests.conftest import SignIn
from tests.make import (
    NOW,
    choices,
    item,
    make_assessment,
    make_course,
    make_criterion,
    make_offering,
    make_submission,
)

AUTHOR, NEIGHBOUR = "farid.ismail", "siti.hajar"  # both have a seat in PKK204-2
FEEDBACK = "Name the tool you used"
ACCEPTED = "csv, docx, jpg, pdf, png, pptx, txt, webp, xlsx"


@dataclass(frozen=True)
class Work:
    """Addresses of a submission with one file, and of its place."""

    public_id: str
    file: str
    place: str
    assessment: str

    @property
    def page(self) -> str:
        return f"/submissions/{self.public_id}"

    @property
    def desk(self) -> str:
        return f"{self.page}/marking"

    @property
    def download(self) -> str:
        return f"{self.page}/files/{self.file}"

    @property
    def hand_in(self) -> str:
        return f"/places/{self.place}/assessments/{self.assessment}"


def person(key: str) -> User:
    user = people_queries.user_by_email(f"{key}@sijil.example")
    assert user is not None
    return user


def made_by(key: str) -> Work:
    user = person(key)
    place = next(
        one
        for one in enrolment_queries.of_person(user.id)
        if one.offering.code == "PKK204-2" and one.state == "confirmed"
    )
    assessment = queries.assessments_of(place.offering.course_version_id)[0]
    data = f"The work of {key}".encode()
    with transaction():
        file = Received(blobs().put(data), "work.txt", "text/plain", len(data))
        made = service.submit(assessment, place, file, by=user.id, now=clock.now())
    return Work(made.public_id, made.artefacts[0].public_id, place.public_id, assessment.public_id)


@pytest.fixture
def work(app: Flask) -> Work:
    del app
    return made_by(AUTHOR)


def found(work: Work) -> Submission:
    return queries.submission_by_public_id(work.public_id)


def events(work: Work) -> int:
    query = select(func.count(GradeEvent.id)).where(GradeEvent.submission_id == found(work).id)
    return db.session.scalars(query).one()


def marks(work: Work, rank: int, action: str = "save") -> dict[str, str]:
    """What the marking form sends when every criterion has the same rank."""
    lines = queries.criteria_of(found(work).assessment)
    levels = {f"level-{line.public_id}": str(line.levels[rank].id) for line in lines}
    return {**levels, **seen(work), "feedback": FEEDBACK, "action": action}


def seen(work: Work) -> dict[str, str]:
    """What tells the desk which state of the work is on the screen."""
    return {"row_version": str(found(work).row_version)}


def send(visitor: FlaskClient, address: str, name: str, data: bytes) -> TestResponse:
    fields = {"file": (BytesIO(data), name), "own_work": "y"}
    return visitor.post(f"{address}?lang=en", data=fields)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("trainer1", 200),
        ("trainer2", 404),  # a trainer, but of other offerings: the work is not there
        ("trainer3", 404),
        ("manager", 403),
        ("auditor", 403),
        ("registrar", 403),
        ("admin", 403),
        (AUTHOR, 403),
        (NEIGHBOUR, 403),
    ],
)
def test_the_marking_desk_is_for_the_staff_of_the_offering(
    work: Work, sign_in: SignIn, who: str, status: int
) -> None:
    visitor = sign_in(who)
    assert visitor.get(work.desk).status_code == status
    answer = visitor.post(work.desk, data=marks(work, 2))
    assert answer.status_code == (302 if status == 200 else status)
    assert events(work) == (6 if status == 200 else 0)


def test_staff_do_not_mark_their_own_work(work: Work, sign_in: SignIn) -> None:
    with transaction():
        add_staff(found(work).enrolment.offering, person(AUTHOR), StaffRole.ASSESSOR, by=None)
    visitor = sign_in(AUTHOR)
    assert visitor.get(work.page).status_code == 200
    assert visitor.post(work.desk, data=marks(work, 3)).status_code == 403
    assert events(work) == 0


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (AUTHOR, 200),
        ("trainer1", 200),
        ("manager", 200),
        ("auditor", 200),
        (NEIGHBOUR, 404),
        ("aisyah", 404),
        ("trainer2", 404),
        ("registrar", 404),
        ("coordinator", 404),
        ("admin", 404),
    ],
)
def test_work_and_its_files_are_there_for_those_who_may_read(
    work: Work, sign_in: SignIn, who: str, status: int
) -> None:
    visitor = sign_in(who)
    assert visitor.get(work.page).status_code == status
    file = visitor.get(work.download)
    assert file.status_code == status
    assert (file.data == f"The work of {AUTHOR}".encode()) is (status == 200)
    if status == 200:
        assert file.headers["Content-Disposition"].startswith("attachment;")


def test_an_auditor_reads_grades_and_changes_nothing(work: Work, sign_in: SignIn) -> None:
    sign_in("trainer1").post(work.desk, data=marks(work, 2))
    visitor = sign_in("auditor")
    assert FEEDBACK in visitor.get(work.page).text
    assert visitor.post(work.desk, data=marks(work, 0, "release")).status_code == 403
    assert (events(work), found(work).state) == (6, "submitted")


def test_when_the_database_refuses_the_release_the_grades_are_not_saved_either(
    work: Work, sign_in: SignIn, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object) -> None:
        if str(args[2]).startswith("INSERT INTO judgement "):
            raise RuntimeError("no room")

    visitor = sign_in("trainer1")
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    event.listen(Engine, "before_cursor_execute", refuse)
    try:
        assert visitor.post(work.desk, data=marks(work, 2, "release")).status_code == 500
    finally:
        event.remove(Engine, "before_cursor_execute", refuse)
    assert (events(work), found(work).state) == (0, "submitted")
    assert visitor.post(work.desk, data=marks(work, 2, "release")).status_code == 302
    assert found(work).state == "released"


def test_a_field_nobody_asked_for_changes_no_grade(work: Work, sign_in: SignIn) -> None:
    visitor, sent = sign_in("trainer1"), marks(work, 2, "release")
    refused = visitor.post(f"{work.desk}?lang=en", data=sent | {"assessor_id": "1"})
    assert refused.status_code == 422
    assert "does not ask for" in refused.text
    assert FEEDBACK in refused.text
    assert (events(work), found(work).state) == (0, "submitted")


def test_the_author_sees_the_result_once_it_is_released(work: Work, sign_in: SignIn) -> None:
    trainer, author = sign_in("trainer1"), sign_in(AUTHOR)
    address = f"{work.page}?lang=en"
    assert trainer.post(work.desk, data=marks(work, 2)).status_code == 302
    before, own = author.get(address).text, trainer.get(address).text
    for secret in (FEEDBACK, "Grades by criterion"):
        assert secret in own
        assert secret not in before
    assert trainer.post(work.desk, data=marks(work, 2, "release")).status_code == 302
    after = author.get(address).text
    assert FEEDBACK in after
    assert "Grades by criterion" in after
    assert found(work).state == "released"


def test_a_total_is_out_of_the_weights_of_the_rubric(app: Flask, sign_in: SignIn) -> None:
    """Once it was out of a hundred, whatever the rubric said."""
    del app
    provider = people_queries.organisation_by_code("ILKS")
    with transaction():
        version = make_course(provider, published=False)
        assessment = make_assessment(version, points="20")
        for code in ("SWX.AS.02", "SWX.SG.01", "SWX.SG.02"):
            make_criterion(assessment, item(code))
        make.publish(version)
        made = make_submission(assessment, make_offering(version))
        service.grade(made, choices(made, 2), feedback="", by=person("trainer1").id, now=NOW)
        page = f"/submissions/{made.public_id}?lang=en"
    assert "120 of 150; the pass mark is 20." in sign_in("manager").get(page).text


def test_incomplete_marking_is_kept_and_not_released(work: Work, sign_in: SignIn) -> None:
    some = marks(work, 2, "release")
    del some[next(name for name in some if name.startswith("level-"))]
    answer = sign_in("trainer1").post(f"{work.desk}?lang=en", data=some)
    assert answer.status_code == 422
    assert sentence("marking-incomplete") in answer.text
    assert FEEDBACK in answer.text
    assert (events(work), found(work).state) == (5, "submitted")


def test_a_released_result_is_not_marked_again(work: Work, sign_in: SignIn) -> None:
    visitor = sign_in("trainer1")
    assert visitor.post(work.desk, data=marks(work, 2, "release")).status_code == 302
    answer = visitor.post(f"{work.desk}?lang=en", data=marks(work, 3))
    assert answer.status_code == 422
    assert "released and can no longer be changed" in answer.text
    assert events(work) == 6


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("work.exe", b"MZ"),
        ("work.html", b"<script></script>"),
        ("work", b"no extension"),
        ("work.pdf", b"PK\x03\x04 but called a PDF"),
        ("work.txt", b"\xff\xfe not UTF-8"),
        ("work.pdf.exe", b"%PDF-1.7"),
    ],
)
def test_other_kinds_of_files_are_refused_by_naming_those_taken(
    work: Work, sign_in: SignIn, name: str, data: bytes
) -> None:
    answer = send(sign_in(AUTHOR), work.hand_in, name, data)
    assert answer.status_code == 422
    assert f"Taken are: {ACCEPTED}" in answer.text
    assert len(found(work).artefacts) == 1


def test_the_same_file_again_is_refused_and_another_joins(work: Work, sign_in: SignIn) -> None:
    visitor = sign_in(AUTHOR)
    again = send(visitor, work.hand_in, "again.txt", f"The work of {AUTHOR}".encode())
    assert again.status_code == 422
    assert "handed in already" in again.text
    assert send(visitor, work.hand_in, "more.pdf", b"%PDF-1.7 more").status_code == 302
    query = select(Artefact.file_name).where(Artefact.submission_id == found(work).id)
    assert sorted(db.session.scalars(query)) == ["more.pdf", "work.txt"]


def test_nobody_hands_in_at_the_place_of_another(work: Work, sign_in: SignIn) -> None:
    answer = send(sign_in(NEIGHBOUR), work.hand_in, "x.txt", b"x")
    assert answer.status_code == 404
    assert len(found(work).artefacts) == 1


def test_children_of_another_parent_are_not_there(work: Work, sign_in: SignIn) -> None:
    """Whoever may read both parents still does not find the child of one under the other."""
    other = made_by(NEIGHBOUR)
    trainer = sign_in("trainer1")
    assert trainer.get(other.download).status_code == 200
    assert trainer.get(f"{work.page}/files/{other.file}").status_code == 404
    elsewhere = catalogue_queries.version_of_course("PKK101")
    assert elsewhere is not None
    foreign = queries.assessments_of(elsewhere.id)[0].public_id
    author = sign_in(AUTHOR)
    assert author.get(work.hand_in).status_code == 200
    strange = f"/places/{work.place}/assessments/{foreign}"
    assert author.get(strange).status_code == 404
    assert send(author, strange, "x.txt", b"x").status_code == 404
    rubric = f"/manage/courses/{elsewhere.public_id}/assessments"
    manager = sign_in("manager")
    assert manager.get(f"{rubric}/{foreign}/criteria/new").status_code == 200
    assert manager.get(f"{rubric}/{work.assessment}/criteria/new").status_code == 404


@pytest.mark.parametrize("rank", [0, 3])
def test_levels_of_another_rubric_are_not_there(work: Work, sign_in: SignIn, rank: int) -> None:
    elsewhere = catalogue_queries.version_of_course("PKK101")
    assert elsewhere is not None
    foreign = queries.criteria_of(queries.assessments_of(elsewhere.id)[0])[0].levels[rank]
    line = queries.criteria_of(found(work).assessment)[0]
    data = {
        f"level-{line.public_id}": str(foreign.id),
        "feedback": "",
        "action": "save",
        **seen(work),
    }
    assert sign_in("trainer1").post(work.desk, data=data).status_code == 404
    assert events(work) == 0
