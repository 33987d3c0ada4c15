"""Invitations: one answer for every address, links that work once, files taken whole or not."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.db import db, transaction
from lms.jobs import queries as job_queries
from lms.kernel import clock
from lms.mail.models import MailMessage
from lms.people import invitations, jobs, queries, rules, service
from lms.people.invitation_models import Invitation
from lms.people.invitations import Invitee
from lms.people.models import User
from lms.sample import loading
from lms.web.messages import SENTENCES
from tests.conftest import SignIn
from tests.make import make_organisation, make_user

pytestmark = pytest.mark.usefixtures("app")
PASSWORD = "kasut biru di tangga"
NEW = "baharu@test.example"
HEADER = "name,email,language,organisation_code\n"


def user(key: str) -> User:
    found = queries.user_by_email(f"{key}@sijil.example")
    assert found is not None
    return found


def organisation_id(code: str) -> str:
    found = queries.organisation_by_code(code)
    assert found is not None
    return found.public_id


def invited(email: str = NEW, code: str = "JKM-SEL", name: str = "Baharu") -> Invitation:
    home = queries.organisation_by_code(code)
    assert home is not None
    with transaction():
        return invitations.invite(
            Invitee(name, email, "ms"), home, by=user("coordinator").id, now=clock.now()
        )


def link(invitation: Invitation) -> str:
    jobs.mail_invitation(invitation.id)
    mail = db.session.scalars(select(MailMessage).order_by(MailMessage.id.desc())).first()
    assert mail is not None
    found = re.search(r"/invitation/\S+", mail.text)
    assert found is not None
    return found[0]


def count() -> int:
    return db.session.scalar(select(func.count(Invitation.id))) or 0


def test_whoever_is_new_makes_an_account(client: FlaskClient) -> None:
    invitation = invited()
    opened = client.get(link(invitation))
    assert opened.location == "/invitation"
    assert NEW in client.get("/invitation").text
    easy = client.post("/invitation", data={"name": "Baharu", "password": "password1234"})
    assert easy.status_code == 422
    done = client.post("/invitation", data={"name": "Baharu binti Ali", "password": PASSWORD})
    assert done.location == "/sign-in"
    made = service.authenticate(NEW, PASSWORD)
    assert made.organisation is not None
    assert (made.name, made.organisation.code) == ("Baharu binti Ali", "JKM-SEL")
    assert invitation.accepted_by_id == made.id
    assert client.get("/invitation").status_code == 410


def test_a_link_works_once_though_it_is_kept(client: FlaskClient) -> None:
    address = link(invited())
    client.get(address)
    client.post("/invitation", data={"name": "B", "password": PASSWORD})
    client.get(address)
    answer = client.post("/invitation", data={"name": "B", "password": PASSWORD})
    assert answer.status_code == 410


def test_known_and_unknown_addresses_look_the_same_to_the_inviter(sign_in: SignIn) -> None:
    coordinator = sign_in("coordinator")
    pages = []
    for email in (NEW, "sukarni@sijil.example"):
        form = {"name": "X", "email": email, "locale": "en"}
        form["organisation"] = organisation_id("JKM")
        answer = coordinator.post("/invitations/new", data=form, follow_redirects=True)
        page = answer.text.replace(email, "…")
        page = re.sub(r"/invitations/\w{12}/", "/", page)
        pages.append(re.sub(r'name="csrf_token" value="[^"]*"', "", page))
        with transaction():
            found = db.session.scalars(select(Invitation)).one()
            db.session.delete(found)
    assert pages[0] == pages[1]


def test_known_people_sign_in_and_join(client: FlaskClient) -> None:
    known = "sukarni@sijil.example"
    invitation = invited(known)
    client.get(link(invitation))
    asked = client.get("/invitation")
    assert asked.location.startswith("/sign-in?next=/account/invitations/")
    entered = client.post(asked.location, data={"email": known, "password": loading.PASSWORD})
    question = entered.location
    assert question == f"/account/invitations/{invitation.public_id}"
    assert client.get(question).status_code == 200
    assert user("sukarni").organisation.code == "UNUS"  # type: ignore[union-attr]
    assert client.post(question).status_code == 302
    assert user("sukarni").organisation.code == "JKM-SEL"  # type: ignore[union-attr]
    assert client.get(question).status_code == 410


def test_an_invitation_is_for_its_own_address(sign_in: SignIn) -> None:
    invitation = invited("sukarni@sijil.example")
    other = sign_in("aisyah")
    address = f"/account/invitations/{invitation.public_id}"
    assert other.get(address).status_code == 404
    assert other.post(address).status_code == 404
    other.get(link(invitation))
    assert other.get("/invitation").status_code == 409


def test_a_closed_account_is_not_opened_by_an_invitation(client: FlaskClient) -> None:
    invitation = invited("sukarni@sijil.example")
    user("sukarni").is_active = False
    db.session.commit()
    client.get(link(invitation))
    assert client.get("/invitation").status_code == 410


def test_links_get_old_and_are_replaced(client: FlaskClient, sign_in: SignIn) -> None:
    invitation = invited()
    old = link(invitation)
    again = sign_in("coordinator").post(f"/invitations/{invitation.public_id}/again")
    assert again.status_code == 302
    client.get(old)
    assert client.get("/invitation").status_code == 410
    new = link(invitation)
    client.get(new)
    assert client.get("/invitation").status_code == 200
    with time_machine.travel(clock.now() + timedelta(days=15), tick=False):
        client.get(new)
        assert client.get("/invitation").status_code == 410
        jobs.mail_invitation(invitation.id)  # too old to be mailed
    mails = db.session.scalars(select(MailMessage.kind)).all()
    assert len(mails) == 2


def test_a_withdrawn_one_opens_nothing(client: FlaskClient, sign_in: SignIn) -> None:
    invitation = invited()
    address = link(invitation)
    coordinator = sign_in("coordinator")
    withdraw = f"/invitations/{invitation.public_id}/withdraw"
    assert coordinator.post(withdraw).status_code == 302
    client.get(address)
    assert client.get("/invitation").status_code == 410
    assert coordinator.post(withdraw).status_code == 409
    assert coordinator.post(f"/invitations/{invitation.public_id}/again").status_code == 409
    jobs.mail_invitation(invitation.id)
    assert len(db.session.scalars(select(MailMessage.id)).all()) == 1


def test_inviting_twice_is_one_invitation(client: FlaskClient) -> None:
    first = invited()
    old = link(first)
    assert invited(NEW.upper()).id == first.id
    assert count() == 1
    client.get(old)
    assert client.get("/invitation").status_code == 410


def test_the_database_does_not_hold_the_token() -> None:
    invitation = invited()
    token = link(invitation).rsplit("/", 1)[1]
    assert invitation.digest is not None
    assert token not in invitation.digest


@pytest.mark.parametrize(("who", "status"), [("coordinator2", 404), ("admin", 302)])
def test_invitations_belong_to_their_organisations(sign_in: SignIn, who: str, status: int) -> None:
    invitation = invited()
    visitor = sign_in(who)
    for verb in ("again", "withdraw"):
        answer = visitor.post(f"/invitations/{invitation.public_id}/{verb}")
        assert answer.status_code == status
    assert (NEW in visitor.get("/invitations").text) is (who == "admin")


def test_nobody_invites_into_other_organisations(sign_in: SignIn) -> None:
    form = {"name": "X", "email": NEW, "locale": "en", "organisation": organisation_id("JKM")}
    assert sign_in("coordinator2").post("/invitations/new", data=form).status_code == 422
    file = (io.BytesIO(f"{HEADER}X,{NEW},en,JKM\n".encode()), "x.csv")
    answer = sign_in("coordinator2").post("/invitations/file", data={"file": file})
    assert answer.status_code == 422
    table = {"table": f"{HEADER}X,{NEW},en,JKM\n"}
    assert sign_in("coordinator2").post("/invitations/file/send", data=table).status_code == 422
    assert count() == 0


@pytest.mark.parametrize("who", ["aisyah", "manager", "registrar", "auditor", "trainer1"])
def test_others_invite_nobody(sign_in: SignIn, who: str) -> None:
    assert sign_in(who).get("/invitations").status_code == 403


@pytest.mark.parametrize(
    "data",
    [
        f"{HEADER}Siti,{NEW},en,JKM\nAli,ali@test.example,,JKM-SEL\n".encode(),
        f"\ufeff{HEADER}Siti,{NEW},en,JKM\nAli,ali@test.example,,JKM-SEL\n".encode(),
        f"{HEADER}José,{NEW},en,JKM\nAli,ali@test.example,,JKM-SEL\n".encode("cp1252"),
        f"{HEADER}Siti,{NEW},EN,JKM\nAli,ali@test.example,,JKM-SEL\n".replace(",", ";").encode(),
    ],
)
def test_a_clean_file_is_shown_then_sent(sign_in: SignIn, data: bytes) -> None:
    coordinator, before = sign_in("coordinator"), job_queries.counts().waiting
    shown = coordinator.post("/invitations/file", data={"file": (io.BytesIO(data), "x.csv")})
    assert shown.status_code == 200
    assert count() == 0
    table = re.search(r"<textarea[^>]*>(.*?)</textarea>", shown.text, re.DOTALL)
    assert table is not None
    sent = coordinator.post("/invitations/file/send", data={"table": table[1].strip()})
    assert sent.status_code == 302
    assert count() == 2
    assert job_queries.counts().waiting == before + 2


def test_faults_name_row_column_value_and_cause_and_save_nothing(sign_in: SignIn) -> None:
    rows = (
        "Siti,siti@test.example,en,JKM\n"
        ",no address,fr,PKKH\n"
        "http://evil.example/,SITI@test.example,ms,JKM\n"
    )
    file = (io.BytesIO((HEADER + rows).encode()), "x.csv")
    answer = sign_in("coordinator").post("/invitations/file?lang=en", data={"file": file})
    assert answer.status_code == 422
    for text in ("no address", "fr", "PKKH", "http://evil.example/", "SITI@test.example"):
        assert f">{text}<" in answer.text
    for cause in (
        "import-value-missing",
        "import-address-wrong",
        "import-language-unknown",
        "import-unknown-organisation",
        "import-name-not-plain",
        "import-duplicate",
    ):
        assert str(SENTENCES[cause]) in answer.text, cause
    assert count() == 0


def test_a_character_that_no_database_keeps_is_a_fault_of_the_file(sign_in: SignIn) -> None:
    file = (io.BytesIO((HEADER + "Siti,siti@test.example,en,J\x00KM\n").encode()), "x.csv")
    answer = sign_in("coordinator").post("/invitations/file?lang=en", data={"file": file})
    assert answer.status_code == 422
    assert str(SENTENCES["import-nul"]) in answer.text


def test_five_hundred_rows_and_no_more(sign_in: SignIn) -> None:
    coordinator = sign_in("coordinator")

    def file(rows: int) -> dict[str, object]:
        lines = "".join(f"P,p{n}@test.example,en,JKM\n" for n in range(rows))
        return {"file": (io.BytesIO((HEADER + lines).encode()), "x.csv")}

    assert coordinator.post("/invitations/file", data=file(500)).status_code == 200
    assert coordinator.post("/invitations/file", data=file(501)).status_code == 422
    assert coordinator.post("/invitations/file", data=file(0)).status_code == 422


def test_exported_cells_are_no_formulas(sign_in: SignIn) -> None:
    invited(name="=1+1")
    answer = sign_in("coordinator").get("/invitations.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert rows[0]["name"] == "'=1+1"
    assert rows[0]["state"] == "open"


def test_the_list_is_bounded(sign_in: SignIn, count_statements: Callable[[], object]) -> None:
    coordinator = sign_in("coordinator")
    invited()

    def statements() -> int:
        with count_statements() as seen:  # type: ignore[attr-defined]
            assert coordinator.get("/invitations").status_code == 200
        return len(seen)

    few = statements()
    for number in range(55):
        invited(f"n{number}@test.example")
    assert statements() == few
    assert coordinator.get("/invitations?page=2").text.count("@test.example") >= 6


@pytest.mark.parametrize(
    ("name", "email", "locale", "fields"),
    [
        ("Siti", "siti@jkm.gov.my", "ms", set()),
        ("  ", "siti@jkm", "xx", {"name", "email", "locale"}),
        ("Visit evil.example/x", "a@b.c", "en", {"name"}),
        ("Two\nlines", "a b@c.d", "en", {"name", "email"}),
        ("x" * 201, f"{'a' * 250}@b.example", "id", {"name", "email"}),
        ("O'Brien, Mary-Ann", "o'brien+x@b.example", "id", set()),
    ],
)
def test_what_an_invitation_may_say(name: str, email: str, locale: str, fields: set[str]) -> None:
    faults = rules.invitee_faults(name, email, locale)
    assert set(faults) == fields
    assert set(faults.values()) <= set(SENTENCES)


def test_joining_elsewhere_ends_coordinating(sign_in: SignIn) -> None:
    home = make_organisation()
    with transaction():
        invitation = invitations.invite(
            Invitee("Zaleha", "coordinator@sijil.example", "ms"),
            home,
            by=make_user().id,
            now=clock.now(),
        )
        number = invitation.public_id
    visitor = sign_in("coordinator")
    assert visitor.get("/agency").status_code == 200
    assert visitor.post(f"/account/invitations/{number}").status_code == 302
    assert visitor.get("/agency").status_code == 403
