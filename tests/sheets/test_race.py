"""An officer who answers while the agency's sheet withdraws the nomination: the answer holds."""

import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask

from lms.db import db, transaction
from lms.enrolment import service as enrolment_service
from lms.enrolment.models import Enrolment
from lms.enrolment.states import State
from lms.kernel.permissions import Role
from lms.people import service as people_service
from lms.people.models import OrganisationKind
from lms.sheets import jobs, service
from lms.sheets.models import Sheet
from lms.sheets.states import Way
from tests.enrolment.at_once import at_once
from tests.make import NOW, make_offering, make_organisation, make_user, own_app
from tests.sheets.making import outcomes, taken


@pytest.fixture
def committed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with own_app("sheets_race", tmp_path_factory.mktemp("race")) as app:
        yield app


def withdrawal_of_a_nomination() -> tuple[int, int]:
    """A confirmed sheet that withdraws a nomination, and the nominated place."""
    with transaction():
        agency, offering = make_organisation(kind=OrganisationKind.EMPLOYER), make_offering()
        coordinator, officer = (make_user(organisation=agency) for _ in range(2))
        people_service.grant_role(coordinator, Role.AGENCY_COORDINATOR, agency, by=None)
        place = enrolment_service.nominate(offering, officer, by=coordinator.id, now=NOW)
        row, place_id = f"{offering.code},{officer.email},withdrawn", place.id
    sheet = taken(agency, row, by=coordinator, way=Way.NOMINATE)
    assert outcomes(sheet) == ["will-withdraw"]
    with transaction():
        service.confirm(sheet, by=sheet.uploaded_by_id)
    return sheet.id, place_id


def test_an_answer_that_came_a_moment_before_holds(committed: Flask) -> None:
    with committed.app_context():
        sheet_id, place_id = withdrawal_of_a_nomination()
    answered = threading.Event()

    def accept() -> str:
        with transaction():
            place = db.session.get_one(Enrolment, place_id)
            enrolment_service.accept(place, by=place.user_id, now=NOW)
            answered.set()
            time.sleep(0.5)  # the sheet is at work on the row by now, and cannot see the answer
        return "accepted"

    def withdraw() -> str:
        answered.wait(20)
        sheet = db.session.get_one(Sheet, sheet_id)
        assert sheet.work_id is not None
        jobs.work(sheet.id, sheet.work_id)
        return "worked"

    assert sorted(at_once(committed, [withdraw, accept])) == ["accepted", "worked"]
    with committed.app_context():
        place = db.session.get_one(Enrolment, place_id)
        assert place.state == State.CONFIRMED
        assert outcomes(db.session.get_one(Sheet, sheet_id)) == ["row-not-to-withdraw"]
