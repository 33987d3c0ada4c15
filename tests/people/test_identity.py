"""Identity numbers: real ones only, sealed per person, found by the whole, seen for a reason."""

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select

from lms.audit.models import AuditEntry, AuditLeaf
from lms.db import db, transaction
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.permissions import Role
from lms.people import identity, queries, rules, sealing
from lms.people import service as people_service
from lms.people.identity_models import IdentityNumber, PersonalKey
from lms.people.models import User
from lms.people.rules import NumberKind
from lms.web import running
from lms.web.messages import SENTENCES
from tests.conftest import SignIn
from tests.make import make_course, make_offering, make_organisation, make_place, make_user

MYKAD = "920229-14-5678"


@pytest.mark.parametrize(
    ("kind", "text", "fault"),
    [
        ("mykad", MYKAD, None),
        ("mykad", "000229 14 5678", None),  # 2000 was a leap year
        ("mykad", "010229-14-5678", "identity-mykad"),
        ("mykad", "921329-14-5678", "identity-mykad"),
        ("mykad", "920229-17-5678", "identity-mykad"),
        ("mykad", "920229-00-5678", "identity-mykad"),
        ("mykad", "920229-14-567", "identity-mykad"),
        ("mykad", "92022914567A", "identity-mykad"),
        ("mykad", "９２０２２９145678", "identity-signs"),
        ("nik", "3174012345678901", None),
        ("nik", "317401234567890", "identity-nik"),
        ("nik", "31740123456789AB", "identity-nik"),
        ("passport", "a 1234567", None),
        ("passport", "A12", "identity-passport"),
        ("passport", "A" * 21, "identity-passport"),
        ("passport", "A1234567;", "identity-signs"),
        ("passport", "", "identity-signs"),
    ],
)
def test_what_a_number_looks_like(kind: str, text: str, fault: str | None) -> None:
    found = rules.number_fault(NumberKind(kind), rules.plain_number(text))
    assert found == fault
    assert fault is None or fault in SENTENCES


@given(
    kind=st.sampled_from(list(NumberKind)), plain=st.text("0123456789ABC", min_size=6, max_size=20)
)
def test_the_mask_shows_four_characters_at_most(kind: NumberKind, plain: str) -> None:
    end = rules.shown_end(plain)
    assert len(end) <= 4
    assert len(plain) - len(end) >= 4
    assert rules.masked(kind, end).replace("•", "").replace("-", "") == end


def user(key: str = "aisyah") -> User:
    found = queries.user_by_email(f"{key}@sijil.example")
    assert found is not None
    return found


def keys() -> tuple[str, ...]:
    return running.settings().data_keys


def entered(who: str = "aisyah", text: str = MYKAD) -> IdentityNumber:
    with transaction():
        return identity.enter(user(who), NumberKind.MYKAD, text, keys=keys(), now=clock.now())


def newest(action: str) -> AuditEntry:
    query = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id.desc())
    found = db.session.scalars(query).first()
    assert found is not None
    return found


@pytest.mark.usefixtures("app")
def test_the_database_holds_no_number() -> None:
    row = entered()
    plain = rules.plain_number(MYKAD)
    kept = [str(getattr(row, column.name)) for column in IdentityNumber.__table__.columns]
    assert not any(plain in each for each in kept)
    assert row.ending == "5678"
    assert identity.masked(row.user_id) == "••••••-••-5678"
    assert sealing.keyed_digest(plain, key="other", purpose="identity number digest") != row.digest


@pytest.mark.usefixtures("app")
def test_it_is_entered_once_and_belongs_to_one_person() -> None:
    entered()
    with pytest.raises(Conflict, match="identity-entered-already"):
        entered(text="920229-14-5679")
    with pytest.raises(Conflict, match="identity-not-taken"):
        entered("priya", MYKAD.replace("-", " "))
    entered("priya", "920229-14-5679")


@pytest.mark.usefixtures("app")
def test_it_is_found_by_the_whole_number() -> None:
    row = entered()
    found = identity.holder_of(NumberKind.MYKAD, "920229145678", keys=keys())
    assert found == row.user_id
    assert identity.holder_of(NumberKind.PASSPORT, "920229145678", keys=keys()) is None
    assert identity.holder_of(NumberKind.MYKAD, "920229145678", keys=("x" * 40,)) is None


@pytest.mark.usefixtures("app")
def test_seeing_it_needs_a_reason_and_is_recorded_without_it() -> None:
    entered()
    by = user("registrar").id
    with pytest.raises(Invalid), transaction():
        identity.unmask(user(), "  ", by=by, keys=keys())
    with transaction():
        assert identity.unmask(user(), "At the counter", by=by, keys=keys()) == "920229145678"
    entry = newest("people.identity.unmasked")
    assert entry.details == {"reason": "At the counter"}
    assert (entry.actor_id, entry.object_id) == (by, user().id)
    assert db.session.get(AuditLeaf, entry.id) is not None


@pytest.mark.usefixtures("app")
def test_without_the_persons_key_nobody_reads_it() -> None:
    row = entered()
    with transaction():
        db.session.execute(delete(PersonalKey).where(PersonalKey.user_id == row.user_id))
    with pytest.raises(NotFound), transaction():
        identity.unmask(user(), "At the counter", by=user("admin").id, keys=keys())
    with pytest.raises(sealing.CannotOpen):
        sealing.unseal(row.sealed, keys=keys(), purpose="identity number", owner=row.user_id)


@pytest.mark.usefixtures("app")
def test_a_key_opens_the_number_of_its_person_only() -> None:
    first, second = entered(), entered("priya", "920229-14-5679")
    with transaction():
        first.sealed, second.sealed = second.sealed, first.sealed
    with pytest.raises(sealing.CannotOpen), transaction():
        identity.unmask(user(), "At the counter", by=user("admin").id, keys=keys())


@pytest.mark.usefixtures("app")
def test_what_is_erased_can_be_entered_again() -> None:
    entered()
    with transaction():
        identity.erase(user(), "A digit was wrong", by=user("admin").id)
    assert identity.masked(user().id) is None
    assert db.session.scalar(select(PersonalKey)) is None
    with pytest.raises(NotFound), transaction():
        identity.erase(user(), "A digit was wrong", by=user("admin").id)
    entered()


def type_in(visitor: FlaskClient, number: str = MYKAD) -> int:
    data = {"kind": "mykad", "number": number}
    return visitor.post("/account/identity", data=data).status_code


@pytest.mark.usefixtures("app")
def test_the_person_enters_it_and_sees_its_end(sign_in: SignIn) -> None:
    visitor = sign_in("aisyah")
    assert type_in(visitor, "1234") == 422
    assert type_in(visitor) == 302
    for address in ("/account", "/account/identity"):
        page = visitor.get(address).text
        assert "••••••-••-5678" in page
        assert "920229" not in page
    assert type_in(visitor, "920229-14-5679") == 422
    assert identity.masked(user().id) == "••••••-••-5678"


@pytest.mark.usefixtures("app")
def test_trying_numbers_slows_down(sign_in: SignIn) -> None:
    entered("priya")
    visitor = sign_in("aisyah")
    assert [type_in(visitor) for _ in range(6)] == [422] * 5 + [429]


@pytest.mark.parametrize("who", ["registrar", "admin"])
@pytest.mark.usefixtures("app")
def test_it_is_shown_once_for_a_reason(sign_in: SignIn, who: str) -> None:
    entered()
    visitor = sign_in(who)
    found = visitor.post("/identity", data={"kind": "mykad", "number": MYKAD})
    address = f"/identity/{user().public_id}"
    assert found.location == address
    assert "920229145678" not in visitor.get(address).text
    assert visitor.post(address, data={"reason": ""}).status_code == 422
    shown = visitor.post(address, data={"reason": "At the counter"})
    assert "920229145678" in shown.text
    assert "no-store" in shown.headers["Cache-Control"]
    assert "920229145678" not in visitor.get(address).text
    for entry in db.session.scalars(select(AuditEntry)):
        assert "920229145678" not in str(entry.details)


@pytest.mark.usefixtures("app")
def test_registrars_see_it_of_those_whom_their_provider_serves(sign_in: SignIn) -> None:
    entered()
    there = make_user("Registrar", organisation=make_organisation())
    assert there.organisation is not None
    people_service.grant_role(there, Role.REGISTRAR, there.organisation, by=None)
    db.session.commit()
    visitor, address = sign_in(there.email), f"/identity/{user().public_id}"
    assert visitor.get(address).status_code == 404
    assert visitor.post(address, data={"reason": "Out of curiosity"}).status_code == 404
    number = {"kind": "mykad", "number": MYKAD}
    assert visitor.post("/identity", data=number).status_code == 422
    with transaction():
        make_place(make_offering(make_course(there.organisation)), user())
    assert visitor.get(address).status_code == 200


@pytest.mark.usefixtures("app")
def test_an_administrator_erases_it(sign_in: SignIn) -> None:
    entered()
    address = f"/identity/{user().public_id}/erase"
    assert sign_in("registrar").post(address, data={"reason": "Wrong digit"}).status_code == 403
    admin = sign_in("admin")
    assert admin.get(address).status_code == 200
    assert admin.post(address, data={"reason": ""}).status_code == 422
    assert admin.post(address, data={"reason": "Wrong digit"}).status_code == 302
    assert admin.get(address).status_code == 404
    assert admin.get(f"/identity/{user().public_id}").status_code == 404
    answer = admin.post("/identity", data={"kind": "mykad", "number": MYKAD})
    assert answer.status_code == 422


@pytest.mark.parametrize("who", ["aisyah", "manager", "auditor", "coordinator", "trainer1"])
@pytest.mark.usefixtures("app")
def test_others_do_not_see_numbers(sign_in: SignIn, who: str) -> None:
    entered()
    visitor = sign_in(who)
    assert visitor.get("/identity").status_code == 403
    assert visitor.get(f"/identity/{user().public_id}").status_code == 403
