"""An employer's day with three hundred graduates: handed in, answered, watched, told of."""

import csv
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.catalogue import queries as catalogue_queries
from lms.certificates.models import Certificate
from lms.db import db, transaction
from lms.employers import jobs, queries, watch_queries
from lms.employers.models import CheckRun
from lms.enrolment import roll
from lms.enrolment.models import Presence
from lms.enrolment.rules import Mark
from lms.kernel import clock
from lms.mail.models import MailMessage
from tests.certificates.awards import bring, issue
from tests.conftest import SignIn
from tests.employers import making
from tests.employers.making import hand_in, workbook
from tests.make import NOW, make_course, make_offering, make_place, make_user

pytestmark = pytest.mark.heavy

CHECKS = "/employers/checks/"


def graduates(many: int) -> list[str]:
    """The codes of so many new certificates, in the order of their names."""
    with transaction():
        offering, by = make_offering(make_course(), capacity=many), make_user("Registrar").id
        places = [
            make_place(offering, make_user(f"Graduate Number {number:03}"))
            for number in range(many)
        ]
        marks = {place.public_id: Mark(Presence.PRESENT) for place in places}
        for session in catalogue_queries.sessions_of(offering):
            roll.take_roll(session, marks, by=by, now=NOW)
        return [issue(place, now=clock.now(), by=by).code for place in places]


def checked(visitor: FlaskClient, data: bytes, name: str) -> CheckRun:
    run = hand_in(visitor, data, name)
    assert visitor.post(f"{CHECKS}{run.public_id}/confirm").status_code == 302
    jobs.work(run.id)
    return queries.by_public_id(run.public_id)


# Issuing takes the time: the small day is the same but for the job in the background.
@pytest.mark.parametrize("many", [30, pytest.param(300, marks=pytest.mark.slow)])
def test_a_day_with_graduates(app: Flask, sign_in: SignIn, many: int) -> None:
    del app
    codes, (_, checker) = graduates(many), making.make_employer()
    rows = [[code, f"graduate  NUMBER {n:03}", f"R{n}"] for n, code in enumerate(codes)]
    rows[7][1] = "Graduate Number Seven"  # not as it is certified
    rows[8][0] = making.unknown_code()  # somebody made that one up
    rows[9][0] = rows[10][0]  # somebody else's
    visitor = sign_in(checker.email)
    data = workbook([["Kod", "Nama", "Rujukan"], *rows])
    run = checked(visitor, data, "graduan.xlsx")
    assert queries.counts(run.id) == {"valid": many - 1, "unknown": 1}
    told = visitor.get(f"{CHECKS}{run.public_id}?as=csv&lang=en").data.decode("utf-8-sig")
    back = list(csv.DictReader(io.StringIO(told)))
    assert [row["Reference"] for row in back] == [f"R{n}" for n in range(many)]
    doubtful = [row["Row"] for row in back if row["Name compared"] == "Another name"]
    assert doubtful == ["9", "11"]
    assert [row["Row"] for row in back if row["Remark"]] == ["12"]  # stands there twice
    assert "Graduate Number 007" not in told
    visitor.post(f"{CHECKS}{run.public_id}/watch", data={"which": "valid"})
    assert watch_queries.count(run.organisation_id) == many - 2
    _one_is_revoked(visitor, codes[3], checker.email)


def _one_is_revoked(visitor: FlaskClient, code: str, address: str) -> None:
    """The employer is told, and the next check says so."""
    with transaction():
        known = db.session.scalars(select(Certificate).where(Certificate.code == code)).one()
        bring(known, "revoked")
    mails = db.session.scalars(select(MailMessage).where(MailMessage.address == address))
    assert [known.serial in mail.text for mail in mails] == [True]
    again = checked(visitor, f"code\n{code}\n".encode(), "again.csv")
    assert making.outcomes(again) == ["revoked"]
