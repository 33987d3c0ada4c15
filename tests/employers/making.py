"""Employers for tests: an organisation with a checker, tables of codes, workbooks."""

import io
import zipfile
from collections.abc import Iterable

from flask.testing import FlaskClient
from sqlalchemy import select
from xlsxwriter import Workbook

from lms.certificates.models import Certificate
from lms.db import db, transaction
from lms.employers import queries
from lms.employers.models import CheckRow, CheckRun
from lms.employers.reading import Line
from lms.kernel import codes
from lms.kernel.permissions import Role
from lms.people import service as people_service
from lms.people.models import Organisation, OrganisationKind, User
from tests.make import make_organisation, make_user

FORM = "multipart/form-data"


def make_employer() -> tuple[Organisation, User]:
    """An employer with somebody who checks for it."""
    with transaction():
        employer = make_organisation(kind=OrganisationKind.EMPLOYER)
        user = make_user("Checker", organisation=employer)
        people_service.grant_role(user, Role.EMPLOYER_CHECKER, employer, by=None)
        return employer, user


def certificates(most: int = 300) -> list[Certificate]:
    """Those of the sample that are in force, in order."""
    query = select(Certificate).where(Certificate.state == "issued").order_by(Certificate.id)
    return list(db.session.scalars(query.limit(most)))


def unknown_code() -> str:
    return codes.new_verification_code()


def table(*lines: str, separator: str = ",", encoding: str = "utf-8") -> bytes:
    return "\r\n".join(line.replace(",", separator) for line in lines).encode(encoding)


def workbook(rows: Iterable[Iterable[str]]) -> bytes:
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write_string(number, column, value)
    book.close()
    return out.getvalue()


def tampered(data: bytes, name: str, content: bytes) -> bytes:
    """A workbook with one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            new.writestr(member, content if member == name else old.read(member))
    return out.getvalue()


def hand_in(visitor: FlaskClient, data: bytes, name: str = "graduates.csv") -> CheckRun:
    """A run that waits to be confirmed."""
    answer = visitor.post(
        "/employers/checks/", data={"file": (io.BytesIO(data), name)}, content_type=FORM
    )
    assert answer.status_code == 302, answer.text
    return queries.by_public_id(answer.location.rpartition("/")[2])


def rows_of(run: CheckRun) -> list[CheckRow]:
    query = select(CheckRow).where(CheckRow.run_id == run.id).order_by(CheckRow.number)
    return list(db.session.scalars(query))


def outcomes(run: CheckRun) -> list[str]:
    return [row.outcome for row in rows_of(run)]


def reading_line(number: int) -> Line:
    return Line(number, unknown_code(), "Ali")


def colleague(employer: Organisation) -> User:
    """Another checker of the same employer; the caller commits."""
    user = make_user("Colleague", organisation=employer)
    people_service.grant_role(user, Role.EMPLOYER_CHECKER, employer, by=None)
    return user
