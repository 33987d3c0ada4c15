"""Closing an offering is asked twice, for it cannot be undone."""

from flask import Flask

from lms.catalogue import queries
from lms.db import transaction
from lms.people import queries as people_queries
from tests.conftest import SignIn
from tests.make import make_course, make_offering, make_place


def test_closing_says_first_whom_it_concerns(app: Flask, sign_in: SignIn) -> None:
    del app
    provider = people_queries.organisation_by_code("ILKS")
    with transaction():
        offering = make_offering(make_course(provider), capacity=2)
        for _ in range(3):
            make_place(offering)
        desk = f"/offerings/{offering.public_id}"
    manager = sign_in("manager")
    before = manager.get(desk).text
    assert f'href="{desk}/close"' in before
    assert f'action="{desk}/close"' not in before
    asked = manager.get(f"{desk}/close?lang=en").text
    for said in ("2 people have a seat", "1 person is on the waiting list", "cannot be undone"):
        assert said in asked
    assert queries.offering_by_public_id(offering.public_id).state == "open"
    assert manager.post(f"{desk}/close").status_code == 302
    assert queries.offering_by_public_id(offering.public_id).state == "closed"
    assert manager.get(f"{desk}/close").location.endswith(desk)
