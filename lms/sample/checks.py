"""What an employer of the sample has had checked, with an answer of each kind, and watches."""

from datetime import datetime

from sqlalchemy import select

from lms.certificates import queries
from lms.certificates.models import Certificate
from lms.employers import service, watching
from lms.employers.reading import Line
from lms.kernel import codes
from lms.people.models import User

SOUND, SUSPENDED = (0, 1, 2, 10, 11), 24
"""Numbers of trainees."""
MOST = 20_000


def run(trainees: list[str], people: dict[str, User], now: datetime) -> None:
    """Check the certificates of some applicants, and watch two of them."""
    checker = people["employer"]
    employer = checker.organisation
    if employer is None:
        return
    found = [_of(people[trainees[number]]) for number in (*SOUND, SUSPENDED)]
    named = [(one.code, str(one.content["holder_name"])) for one in found]
    first, other = named[0][0], named[2][1]
    rows = [*named, (first, other), (codes.new_verification_code(), "Aiman bin Rashid"), ("", "?")]
    rows.append((f"{first[:-1]}{'0' if first[-1] != '0' else '1'}", named[0][1]))
    lines = [Line(n, code, name, f"P-{n:03}") for n, (code, name) in enumerate(rows, start=2)]
    checked = service.prepare(employer, lines, "pemohon.csv", by=checker.id)
    service.confirm(checked, MOST, by=checker.id, now=now)
    wanted = select(Certificate.id).where(Certificate.id.in_([one.id for one in found[1:3]]))
    watching.begin(employer, wanted, by=checker.id, now=now)


def _of(user: User) -> Certificate:
    return queries.of_person(user.id)[0]
