"""Sheets over HTTP: a long table with planted faults, other people's sheets, presses twice."""

import csv
import io
from collections.abc import Iterator

import pytest
import time_machine
from flask.testing import FlaskClient

from lms.catalogue import prerequisites
from lms.catalogue import service as catalogue_service
from lms.db import db, transaction
from lms.enrolment.models import Enrolment
from lms.kernel.permissions import Role
from lms.people import service as people_service
from lms.people.models import Organisation, OrganisationKind, User
from lms.sheets import queries, service
from lms.sheets.models import Sheet
from lms.sheets.states import State
from tests.conftest import SignIn
from tests.jobs.dying import kill
from tests.make import (
    NOW,
    make_course,
    make_manager,
    make_offering,
    make_organisation,
    make_user,
    offering_facts,
    publish,
)
from tests.sheets.making import go, provider_of, table

pytestmark = pytest.mark.usefixtures("app", "_then")


@pytest.fixture
def _then() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


FORM = "multipart/form-data"


def upload(visitor: FlaskClient, data: bytes, way: str = "enrol", name: str = "s.csv") -> Sheet:
    answer = visitor.post(
        f"/sheets/{way}", data={"file": (io.BytesIO(data), name)}, content_type=FORM
    )
    assert answer.status_code == 302, answer.text
    sheet = queries.by_public_id(answer.location.rpartition("/")[2])
    go(sheet)
    return sheet


def a_provider() -> tuple[Organisation, User]:
    with transaction():
        provider = make_organisation()
        return provider, make_manager(provider)


def a_coordinator() -> tuple[Organisation, User]:
    with transaction():
        agency = make_organisation(kind=OrganisationKind.EMPLOYER)
        user = make_user("Coordinator", organisation=agency)
        people_service.grant_role(user, Role.AGENCY_COORDINATOR, agency, by=None)
        return agency, user


SEATS = 490
FAULTS = {
    12: "X-1,a@test.example,enrolled,",
    102: "{code},nobody-known,enrolled,",
    202: "{code},{first},enrolled,",
    302: "{code},{first}",
    402: "{code},{first},gone,",
    452: ",{first},enrolled,",
    501: "{code},,enrolled,",
}
"""By their lines: the first of the file names the columns."""


def five_hundred(code: str, provider: Organisation) -> list[str]:
    """Rows of 493 people, and the seven faults between them."""
    number = 500 - len(FAULTS)
    people = [make_user(f"P {each}", organisation=provider).email for each in range(number)]
    rows = [f"{code},{email},enrolled,é" for email in people]
    for line, words in FAULTS.items():
        rows.insert(line - 2, words.format(code=code, first=people[0]))
    return rows


def test_five_hundred_rows_with_seven_faults(sign_in: SignIn) -> None:
    with transaction():
        offering = make_offering(capacity=SEATS)
        manager, rows = (
            make_manager(provider_of(offering)),
            five_hundred(offering.code, provider_of(offering)),
        )
    data = table("offering,person,status,reason", *rows, separator=";", encoding="cp1252")
    visitor = sign_in(manager.email)
    sheet = upload(visitor, data)
    address = f"/sheets/{sheet.public_id}"
    page = visitor.get(f"{address}?lang=en").text
    for words in ("500 rows", "Full by 3", "7 rows cannot be done and will be left out."):
        assert words in page
    visitor.post(f"{address}/confirm")
    go(sheet)
    found = queries.outcomes(sheet)
    assert (found["confirmed"], found["waiting"]) == (SEATS, 3)
    answer = visitor.get(f"{address}?as=csv&lang=en").get_data().decode("utf-8-sig")
    head, *lines = csv.reader(io.StringIO(answer))
    assert head == ["offering", "person", "status", "reason", "Row", "Outcome"]
    good = {"Has a seat", "On the waiting list"}
    faults = {int(line[4]): line[5] for line in lines if line[5] not in good}
    assert list(faults) == list(FAULTS)
    assert faults[202] == "Row 2 names the same person and offering already."
    assert faults[302] == "The row has 2 cells where the first line has 4."


def test_a_press_twice_does_it_once(sign_in: SignIn) -> None:
    with transaction():
        offering = make_offering()
        provider = provider_of(offering)
        manager, user = make_manager(provider), make_user(organisation=provider)
    visitor = sign_in(manager.email)
    sheet = upload(visitor, table("offering,person", f"{offering.code},{user.email}"))
    for _ in range(2):
        assert visitor.post(f"/sheets/{sheet.public_id}/confirm").status_code == 302
        go(sheet)
    assert db.session.query(Enrolment).filter_by(user_id=user.id).count() == 1
    assert sheet.state == State.DONE


def test_other_peoples_sheets_are_not_there(sign_in: SignIn) -> None:
    _, manager = a_provider()
    agency, coordinator = a_coordinator()
    _, other = a_coordinator()
    with transaction():
        officer = make_user(organisation=agency)
    data = table("offering,person", f"NONE,{officer.email}")
    sheet = upload(sign_in(coordinator.email), data, "nominate")
    for stranger in (manager.email, other.email):
        visitor = sign_in(stranger)
        address = f"/sheets/{sheet.public_id}"
        assert visitor.get(address).status_code == 404
        assert visitor.get(f"{address}?as=csv").status_code == 404
        for deed in ("confirm", "check", "restore", "drop"):
            assert visitor.post(f"{address}/{deed}").status_code == 404
    assert sheet.state == State.CHECKED
    assert sign_in(manager.email).get("/sheets/nominate").status_code == 403
    assert sign_in(coordinator.email).get("/sheets/enrol").status_code == 403
    assert sign_in(officer.email).get("/sheets/nominate").status_code == 403


@pytest.mark.parametrize(
    "data", [b"", b"\x00\x01\x02", b"%PDF-1.7\n", b"name,email\nA,b@c.example\n"]
)
def test_what_is_no_sheet_is_said_and_nothing_kept(sign_in: SignIn, data: bytes) -> None:
    _, manager = a_provider()
    before = db.session.query(Sheet).count()
    answer = sign_in(manager.email).post(
        "/sheets/enrol", data={"file": (io.BytesIO(data), "x.csv")}, content_type=FORM
    )
    assert answer.status_code == 422
    assert db.session.query(Sheet).count() == before


def test_hostile_cells_are_text_everywhere(sign_in: SignIn) -> None:
    _, manager = a_provider()
    visitor = sign_in(manager.email)
    evil = '=HYPERLINK("http://x.example")'
    data = ('offering,person,<b>x</b>\nA,"' + evil.replace('"', '""') + '",<script>\n').encode()
    sheet = upload(visitor, data, name="../../<i>.csv")
    page = visitor.get(f"/sheets/{sheet.public_id}").text
    assert "<script>" not in page.partition("<main")[2].partition("</main>")[0]
    assert "<b>x</b>" not in page
    assert "<i>" not in page
    file = visitor.get(f"/sheets/{sheet.public_id}?as=csv").get_data().decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(file.partition("\n")[2])))[1] == "'" + evil


def test_the_rows_are_shown_by_what_became_of_them(sign_in: SignIn) -> None:
    _, manager = a_provider()
    visitor = sign_in(manager.email)
    rows = [f"A-{number},x@test.example" for number in range(60)]
    sheet = upload(visitor, table("offering,person", *rows, "A-1,"))
    address = f"/sheets/{sheet.public_id}?lang=en"
    assert "Page" in visitor.get(address).text
    only = visitor.get(f"{address}&outcome=row-person-missing").text
    assert "Row 62" in only
    assert "Row 2<" not in only
    assert "61 rows" in visitor.get(f"{address}&outcome=nonsense").text


def test_an_empty_sheet_can_be_had_and_is_read(sign_in: SignIn) -> None:
    _, manager = a_provider()
    visitor = sign_in(manager.email)
    data = visitor.get("/sheets/enrol/template.csv").get_data()
    assert queries.outcomes(upload(visitor, data)) == {"row-unknown-offering": 1}


def test_a_course_that_asks_for_something_is_refused_by_row(sign_in: SignIn) -> None:
    with transaction():
        version = make_course(published=False)
        prerequisites.add(version, prerequisites.Asked("service", 0, 3), by=None)
        publish(version)
        offering = catalogue_service.create_offering(version, offering_facts(), by=None)
        catalogue_service.open_offering(offering, by=None)
        provider = provider_of(offering)
        manager, user = make_manager(provider), make_user(organisation=provider)
    visitor = sign_in(manager.email)
    sheet = upload(visitor, table("offering,person", f"{offering.code},{user.email}"))
    assert queries.outcomes(sheet) == {"row-prerequisites": 1}


def test_a_sheet_that_has_stopped_goes_on_from_its_page(sign_in: SignIn) -> None:
    with transaction():
        offering = make_offering()
        provider = provider_of(offering)
        manager, user = make_manager(provider), make_user(organisation=provider)
    visitor = sign_in(manager.email)
    sheet = upload(visitor, table("offering,person", f"{offering.code},{user.email}"))
    address = f"/sheets/{sheet.public_id}"
    assert visitor.post(f"{address}/confirm").status_code == 302
    kill(service.WORK_JOB)
    assert "The sheet has stopped" in visitor.get(f"{address}?lang=en").text
    assert visitor.post(f"{address}/resume").status_code == 302
    assert "The sheet has stopped" not in visitor.get(f"{address}?lang=en").text
    go(sheet)
    assert queries.outcomes(sheet) == {"confirmed": 1}
