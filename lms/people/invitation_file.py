"""Invitations from a CSV: read, checked as a whole, and only then made."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lms.db import db
from lms.kernel import csv_tables, text
from lms.kernel.csv_tables import Row
from lms.kernel.errors import Fault, Invalid
from lms.people import invitations, rules
from lms.people.invitations import Invitee
from lms.people.models import Organisation
from lms.people.queries import under

HEADER = ("name", "email", "language", "organisation_code")
MOST = 500
LARGEST = 1_000_000
_CAUSES = {
    "name-missing": "import-value-missing",
    "name-not-plain": "import-name-not-plain",
    "address-wrong": "import-address-wrong",
    "language-unknown": "import-language-unknown",
}
_COLUMNS = {"name": "name", "email": "email", "locale": "language"}


@dataclass(frozen=True)
class Checked:
    """What a file would bring, or why it cannot."""

    wanted: list[tuple[Invitee, Organisation]]
    faults: list[Fault]
    warnings: list[Fault]


def check(data: bytes, paths: tuple[str, ...]) -> Checked:
    """Check a file without saving anything; organisations outside ``paths`` are unknown."""
    table = csv_tables.read(data, HEADER, MOST + 1)
    if table.faults:
        return Checked([], table.faults, table.warnings)
    known = _organisations({row.cells["organisation_code"] for row in table.rows}, paths)
    faults = [fault for row in table.rows for fault in _row_faults(row, known)]
    faults += _repeated(table.rows)
    if not table.rows:
        faults.append(Fault(0, "", "", "import-empty"))
    wanted = [] if faults else [_wanted(row, known) for row in table.rows]
    faults.sort(key=lambda fault: fault.row)
    return Checked(wanted, faults, table.warnings)


def _organisations(codes: set[str], paths: tuple[str, ...]) -> dict[str, Organisation]:
    query = select(Organisation).where(Organisation.code.in_(codes), under(paths))
    return {found.code: found for found in db.session.scalars(query)}


def _row_faults(row: Row, known: dict[str, Organisation]) -> list[Fault]:
    invitee = _invitee(row)
    found = rules.invitee_faults(invitee.name, invitee.email, invitee.locale)
    faults = [row.fault(_COLUMNS[field], _CAUSES[code]) for field, code in found.items()]
    if row.cells["organisation_code"] not in known:
        faults.append(row.fault("organisation_code", "import-unknown-organisation"))
    return faults


def _repeated(rows: list[Row]) -> list[Fault]:
    seen: set[tuple[str, str]] = set()
    faults = []
    for row in rows:
        same = (text.key(row.cells["email"]), row.cells["organisation_code"])
        if same in seen:
            faults.append(row.fault("email", "import-duplicate"))
        seen.add(same)
    return faults


def _invitee(row: Row) -> Invitee:
    cells = row.cells
    return Invitee(cells["name"], cells["email"], cells["language"].lower() or "ms")


def _wanted(row: Row, known: dict[str, Organisation]) -> tuple[Invitee, Organisation]:
    return _invitee(row), known[row.cells["organisation_code"]]


def as_text(checked: Checked) -> str:
    """The checked rows as a table again, for the confirming form."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    rows = ((who.name, who.email, who.locale, at.code) for who, at in checked.wanted)
    writer.writerows(map(csv_tables.cell, row) for row in rows)  # read again, it is what it was
    return out.getvalue()


def invite_all(data: bytes, paths: tuple[str, ...], *, by: int, now: datetime) -> int:
    """Make all invitations of a file; raises Invalid when it has faults. Returns their number."""
    checked = check(data, paths)
    if checked.faults:
        raise Invalid("import-faulty")
    for invitee, organisation in checked.wanted:
        invitations.invite(invitee, organisation, by=by, now=now)
    return len(checked.wanted)
