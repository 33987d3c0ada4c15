"""The viewer for auditors, the history on pages: who sees them, and that all of it is only text."""

import csv
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.assessment import service as assessment_service
from lms.assessment.models import Submission
from lms.audit import service
from lms.audit.models import AuditEntry
from lms.catalogue.models import Offering
from lms.certificates.models import Certificate
from lms.db import db, transaction
from lms.kernel import csv_tables
from lms.kernel.permissions import Role
from lms.people import queries as people_queries
from lms.people import service as people_service
from lms.people.models import User
from lms.sample import loading
from lms.web import visitor
from tests import make
from tests.conftest import SignIn

PAYLOAD = "<script>alert(1)</script><img src=x onerror=alert(2)>"
STAFF = ("auditor", "admin")
OTHERS = ("aisyah", "trainer1", "manager", "registrar", "coordinator")


def user(key: str) -> User:
    found = people_queries.user_by_email(f"{key}@sijil.example")
    assert found is not None
    return found


def rows(page: str) -> list[str]:
    return re.findall(r'<th scope="row">(.*?)<br>', page)


@pytest.mark.parametrize("who", STAFF)
def test_auditors_and_administrators_read_the_trail(sign_in: SignIn, who: str) -> None:
    page = sign_in(who).get("/audit/?lang=en")
    assert page.status_code == 200
    assert "Signed in" in page.text
    assert page.text.count('<th scope="row">') == 50
    assert 'href="/audit/"' in page.text


@pytest.mark.parametrize("who", OTHERS)
def test_others_do_not(sign_in: SignIn, who: str) -> None:
    visitor = sign_in(who)
    assert visitor.get("/audit/").status_code == 403
    assert visitor.get("/audit/entries.csv").status_code == 403
    assert 'href="/audit/"' not in visitor.get("/desk").text


@pytest.mark.usefixtures("app")
def test_a_role_over_a_part_does_not_open_the_trail(sign_in: SignIn) -> None:
    root = people_queries.organisation_by_code("ILKS")
    part = make.make_organisation(parent=root)
    person = people_service.create_user(
        "Part", "part@sijil.example", password=loading.PASSWORD, organisation=part
    )
    people_service.grant_role(person, Role.AUDITOR, part, by=None)
    db.session.commit()
    assert sign_in("part").get("/audit/").status_code == 403


@pytest.fixture
def auditor(sign_in: SignIn) -> FlaskClient:
    return sign_in("auditor")


def test_filters_narrow_the_list(auditor: FlaskClient) -> None:
    def shown(query: str) -> set[str]:
        page = auditor.get(f"/audit/?lang=en&{query}")
        assert page.status_code == 200
        return set(rows(page.text))

    assert shown("action=certificates.issued") == {"Certificate issued"}
    assert shown("kind=offering") <= {
        "Offering created",
        "Enrolment opened",
        "Enrolment closed",
        "Trainer or assessor named",
        "Class session saved",
        "Document added",
        "Topic of a class session saved",
        "Booked twice on purpose",
    }
    assert shown("person=MARGARET&action=people.user.signed_in") == {"Signed in"}
    assert shown("person=auditor%40sijil") == {"Signed in"}
    assert shown("person=nobody-at-all") == set()
    offering = db.session.scalars(select(Offering).where(Offering.code == "PKK204-1")).one()
    assert "Offering created" in shown(f"about={offering.public_id}")
    assert shown(f"kind=offering&about={offering.public_id}") == shown(
        f"about={offering.public_id}"
    )
    assert shown(f"kind=course&about={offering.public_id}") == set()
    assert shown("about=unknown") == set()


@pytest.mark.usefixtures("app")
def test_days_are_those_of_the_organisation(auditor: FlaskClient) -> None:
    """Half past four in the afternoon UTC is the next day in Kuala Lumpur."""
    person = user("aisyah")
    entry = AuditEntry(
        at=make.NOW.replace(hour=16, minute=30),
        action="people.user.password_set",
        object_type="user_account",
        object_id=person.id,
    )
    db.session.add(entry)
    db.session.commit()

    def shown(days: str) -> bool:
        page = auditor.get(f"/audit/?lang=en&action=people.user.password_set&{days}")
        return "Password set" in rows(page.text)

    assert shown("start=2027-03-11&end=2027-03-11")
    assert not shown("end=2027-03-10")
    assert not shown("start=2027-03-12")


def test_what_cannot_be_a_filter_is_said(auditor: FlaskClient) -> None:
    page = auditor.get("/audit/?lang=en&start=yesterday")
    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert auditor.get("/audit/?action=made-up").status_code == 422
    assert auditor.get("/audit/entries.csv?start=yesterday").status_code == 422
    assert auditor.get("/audit/?before=nonsense").status_code == 200
    empty = auditor.get("/audit/?lang=en&about=unknown")
    assert "No entry fits" in empty.text


def test_pages_go_back_without_a_gap(auditor: FlaskClient) -> None:
    seen: list[int] = []
    address: str | None = "/audit/?lang=en&kind=attendance"
    while address:
        page = auditor.get(address).text
        seen += [int(number) for number in re.findall(r"Entry (\d+)", page)]
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found.group(1).replace("&amp;", "&") if found else None
    query = select(AuditEntry.id).where(AuditEntry.object_type == "attendance")
    assert seen == list(db.session.scalars(query.order_by(AuditEntry.id.desc())))
    assert len(seen) > 50


def test_a_page_takes_the_same_statements_whatever_it_holds(
    auditor: FlaskClient, count_statements: object
) -> None:
    counts = []
    for query in ("kind=programme", "kind=enrolment"):
        with count_statements() as seen:  # type: ignore[operator]
            auditor.get(f"/audit/?{query}")
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.fixture
def poisoned(app: Flask) -> Submission:
    """A payload in everything that reaches the trail as free text."""
    del app
    person, work = user("auditor"), db.session.scalars(select(Submission)).all()[-1]
    person.name = PAYLOAD
    service.record(
        person.id,
        "assessment.graded",
        work,
        criterion=PAYLOAD,
        before=PAYLOAD,
        after=PAYLOAD,
        list=[PAYLOAD, {"deep": PAYLOAD}],
        changes={"score": [PAYLOAD, PAYLOAD], PAYLOAD: [None, PAYLOAD], "odd": PAYLOAD},
        more={PAYLOAD: PAYLOAD},
    )
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    odd = AuditEntry(
        actor_id=person.id,
        action=PAYLOAD[:64],
        object_type="submission",
        object_id=work.id,
        request_id="<b>",
        address="<script>x</script>",
        details={**entry.details, PAYLOAD: PAYLOAD},
    )
    db.session.add(odd)
    db.session.commit()
    return work


def test_whatever_was_stored_is_shown_as_text(poisoned: Submission, sign_in: SignIn) -> None:
    visitor = sign_in("auditor")
    pages = [visitor.get("/audit/?lang=en"), visitor.get(f"/submissions/{poisoned.public_id}")]
    for page in pages:
        assert page.status_code == 200
        assert page.text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 8
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "<script>x" not in page.text
    table = visitor.get("/audit/entries.csv")
    assert table.headers["Content-Disposition"].startswith("attachment")
    assert table.mimetype == "text/csv"


def test_the_table_is_the_list_and_holds_no_formula(auditor: FlaskClient, app: Flask) -> None:
    person = user("aisyah")
    person.name = "=cmd|' /C calc'!A1"
    with app.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.7"}):
        assert visitor.neighbourhood() == "192.0.2.0/24"
        service.record(person.id, "people.user.password_set", person)
    db.session.commit()
    answer = auditor.get("/audit/entries.csv?action=people.user.password_set")
    found = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(found) == 1
    assert found[0]["actor"] == "'=cmd|' /C calc'!A1"
    assert found[0]["object"] == person.public_id
    assert found[0]["address"] == "192.0.2.0/24"
    for cell in ("=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "\x00", "＝1", "＠x"):
        assert csv_tables.cell(cell) == "'" + cell
    assert [csv_tables.cell(one) for one in (None, 7, "plain")] == ["", "7", "plain"]


@pytest.fixture
def work(app: Flask) -> Submission:
    """Somebody's submission, marked by trainer1, whose mark was then changed."""
    del app
    first = db.session.scalars(select(Submission).order_by(Submission.id)).all()[0]
    place = first.enrolment
    found = assessment_service.submit(
        first.assessment, place, make.upload("again"), by=place.user_id, now=make.NOW
    )
    trainer = user("trainer1")
    for rank in (1, 2):
        choices = {c.id: (c.levels[rank].id, "") for c in found.assessment.criteria}
        with transaction():
            assessment_service.grade(found, choices, feedback="", by=trainer.id, now=make.NOW)
    return found


def test_the_marking_page_tells_who_changed_a_mark_from_what(
    work: Submission, sign_in: SignIn
) -> None:
    criterion = work.assessment.criteria[0]
    old, new = str(criterion.levels[1].score), str(criterion.levels[2].score)
    for who, address in (
        ("trainer1", f"/submissions/{work.public_id}/marking"),
        ("auditor", f"/submissions/{work.public_id}"),
    ):
        page = sign_in(who).get(f"{address}?lang=en").text
        block = page[page.index('<details class="history">') :]
        assert "Criterion graded" in block
        assert user("trainer1").name in block
        assert f"<del>{old}</del>" in block
        assert f"<ins>{new}</ins>" in block
    own = work.enrolment.user.email_key.partition("@")[0]
    assert 'class="history"' not in sign_in(own).get(f"/submissions/{work.public_id}").text


def test_histories_stand_on_the_pages_of_objects(sign_in: SignIn) -> None:
    certificate = db.session.scalars(
        select(Certificate)
        .join(User, Certificate.user_id == User.id)
        .where(User.email_key == "aisyah@sijil.example")
    ).one()
    offering = db.session.scalars(select(Offering).where(Offering.code == "PKK204-1")).one()
    address = f"/certificates/{certificate.public_id}"
    version = offering.course_version.public_id
    place = f"/places/{certificate.place.public_id}"
    person = f"/people/{certificate.user.public_id}"
    for who, page, words in (
        ("registrar", address, "Certificate issued"),
        ("auditor", address, "Certificate issued"),
        ("aisyah", address, None),
        ("manager", f"/offerings/{offering.public_id}", "Offering created"),
        ("trainer1", f"/offerings/{offering.public_id}", None),
        ("manager", f"/manage/courses/{version}", "Course published"),
        ("manager", place, "Place taken"),
        ("aisyah", place, None),
        ("admin", person, "Account created"),
    ):
        text = sign_in(who).get(f"{page}?lang=en").text
        assert ('<details class="history">' in text) is (words is not None), (who, page)
        if words:
            assert words in text[text.index('<details class="history">') :]


def test_a_history_takes_a_bounded_number_of_statements(
    work: Submission, sign_in: SignIn, count_statements: object
) -> None:
    visitor, address = sign_in("trainer1"), f"/submissions/{work.public_id}/marking"
    counts = []
    for _ in range(2):
        with count_statements() as seen:  # type: ignore[operator]
            visitor.get(address)
        counts.append(len(seen))
        for _ in range(60):
            service.record(user("registrar").id, "assessment.graded", work, score="1")
        db.session.commit()
    assert counts[0] == counts[1]
    assert "Older entries are in the audit trail." in visitor.get(f"{address}?lang=en").text
