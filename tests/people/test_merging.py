"""Two accounts become one: everything moves or nothing, and within a day exactly that goes back."""

from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from lms.audit.models import AuditEntry, AuditLeaf
from lms.catalogue import service as catalogue_service
from lms.catalogue.kinds import StaffRole
from lms.certificates.models import Certificate
from lms.db import Model, db, transaction
from lms.enrolment import service as enrolment_service
from lms.kernel import clock
from lms.kernel.errors import Conflict, Invalid
from lms.people import identity, merging, moving, queries, service
from lms.people.merge_models import AccountMerge
from lms.people.models import User
from lms.people.rules import NumberKind
from lms.people.wording import RECORDS
from lms.sample import loading
from lms.web import running
from lms.web.messages import SENTENCES
from tests import make
from tests.conftest import SignIn


def user(key: str) -> User:
    found = queries.user_by_email(f"{key}@sijil.example")
    assert found is not None
    return found


def held(place: moving.Place, user_id: int) -> list[int]:
    table = Model.metadata.tables[place.table]
    query = select(table.c.id).where(table.c[place.column] == user_id).order_by(table.c.id)
    return list(db.session.scalars(query))


def everything(user_id: int) -> dict[str, list[int]]:
    return {place.name: held(place, user_id) for place in moving.MOVES}


def merge(old: User, new: User) -> AccountMerge:
    with transaction():
        return merging.merge(old, new, by=user("admin").id, now=clock.now())


def test_every_foreign_key_to_an_account_moves_or_stays_for_a_reason(institute: Flask) -> None:
    del institute
    pointing = {
        moving.Place(table.name, key.parent.name)
        for table in Model.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "user_account"
    }
    stated = moving.MOVES | set(moving.STAYS)
    assert pointing - stated == set()
    assert stated - pointing == set()
    assert moving.MOVES & set(moving.STAYS) == set()
    assert all(moving.STAYS.values())
    assert {place.table for place in moving.MOVES} == set(RECORDS)


@pytest.mark.usefixtures("app")
def test_everything_moves_and_goes_back() -> None:
    with transaction():
        new = make.make_user("Aisyah twice")
    old = user("aisyah")
    before, nothing = everything(old.id), everything(new.id)
    assert before["certificate.user_id"]
    assert before["attainment.user_id"]
    shown = merging.preview(old, new, by=user("admin").id)
    assert shown.possible
    assert shown.counts == {place.table: len(before[place.name]) for place in moving.MOVES}
    record = merge(old, new)
    assert everything(new.id) == before
    assert everything(old.id) == nothing
    assert not user("aisyah").is_active
    later = make.make_offering()
    place = make.make_place(later, new)
    with transaction():
        merging.undo(record, by=user("admin").id, now=clock.now())
    assert everything(old.id) == before
    assert held(moving.Place("enrolment", "user_id"), new.id) == [place.id]
    assert user("aisyah").is_active
    with pytest.raises(Conflict, match="merge-undo-too-late"), transaction():
        merging.undo(record, by=user("admin").id, now=clock.now())
    merge(old, new)


@pytest.mark.usefixtures("app")
def test_several_certificates_of_one_kind_move_together() -> None:
    first = db.session.scalars(select(Certificate).where(Certificate.kind == "competence")).first()
    assert first is not None
    second = db.session.scalars(
        select(Certificate).where(
            Certificate.kind == first.kind, Certificate.user_id != first.user_id
        )
    ).first()
    assert second is not None
    with transaction():
        second.user_id = first.user_id
        new = make.make_user("Twice")
    assert merging.preview(first.user, new, by=user("admin").id).possible


@pytest.mark.usefixtures("app")
def test_the_closed_account_answers_like_a_wrong_password() -> None:
    with transaction():
        new = make.make_user()
    record = merge(user("aisyah"), new)
    with pytest.raises(Invalid, match="sign-in-failed"):
        service.authenticate("aisyah@sijil.example", loading.PASSWORD)
    with transaction():
        merging.undo(record, by=user("admin").id, now=clock.now())
    assert service.authenticate("aisyah@sijil.example", loading.PASSWORD).id == user("aisyah").id


@pytest.mark.usefixtures("app")
def test_a_merge_is_one_sealed_row() -> None:
    with transaction():
        new = make.make_user()
    last = db.session.scalar(select(func.max(AuditEntry.id))) or 0
    merge(user("aisyah"), new)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.id > last)).one()
    assert (entry.action, entry.object_id) == ("people.accounts.merged", new.id)
    assert entry.details["account"] == user("aisyah").public_id
    assert db.session.get(AuditLeaf, entry.id) is not None


@pytest.mark.usefixtures("app")
def test_after_a_day_it_is_for_good() -> None:
    with transaction():
        new = make.make_user()
    record = merge(user("aisyah"), new)
    with (
        time_machine.travel(clock.now() + timedelta(hours=24, seconds=1), tick=False),
        pytest.raises(Conflict, match="merge-undo-too-late"),
        transaction(),
    ):
        merging.undo(record, by=user("admin").id, now=clock.now())
    assert not user("aisyah").is_active


@pytest.mark.usefixtures("app")
def test_two_places_in_one_offering_are_solved_first() -> None:
    with transaction():
        offering = make.make_offering()
        one, other = make.make_place(offering), make.make_place(offering)
    old, new = one.user, other.user
    shown = merging.preview(old, new, by=user("admin").id)
    assert shown.clashes == ["enrolment"]
    with pytest.raises(Conflict, match="merge-changed"):
        merge(old, new)
    assert one.user_id == old.id
    with transaction():
        enrolment_service.withdraw(other, by=new.id, now=make.NOW)
    assert merging.preview(old, new, by=user("admin").id).possible
    merge(old, new)
    assert one.user_id == new.id


@pytest.mark.usefixtures("app")
def test_nobody_becomes_the_trainer_of_their_own_course() -> None:
    with transaction():
        offering = make.make_offering()
        place = make.make_place(offering)
        trainer = make.make_user()
        catalogue_service.add_staff(offering, trainer, StaffRole.TRAINER, by=None)
    for old, new in ((place.user, trainer), (trainer, place.user)):
        shown = merging.preview(old, new, by=user("admin").id)
        assert shown.refusals == ["merge-teaches-own-course"]


@pytest.mark.usefixtures("app")
def test_nobody_becomes_the_marker_of_their_own_work() -> None:
    shown = merging.preview(user("aisyah"), user("trainer1"), by=user("admin").id)
    assert "merge-marked-own-work" in shown.refusals


@pytest.mark.usefixtures("app")
def test_merging_gives_no_role_and_loses_no_number() -> None:
    admin = user("admin")
    assert merging.preview(user("manager"), user("aisyah"), by=admin.id).refusals == [
        "merge-old-has-roles"
    ]
    assert merging.preview(user("aisyah"), admin, by=admin.id).refusals == ["merge-own"]
    same = merging.preview(user("aisyah"), user("aisyah"), by=admin.id)
    assert same.refusals == ["merge-same-account"]
    with transaction():
        identity.enter(
            user("aisyah"),
            NumberKind.PASSPORT,
            "A1234567",
            keys=running.settings().data_keys,
            now=clock.now(),
        )
        new = make.make_user()
    shown = merging.preview(user("aisyah"), new, by=admin.id)
    assert shown.refusals == ["merge-old-has-number"]
    assert merging.preview(new, user("aisyah"), by=admin.id).possible
    assert set(shown.refusals) <= set(SENTENCES)


@pytest.mark.usefixtures("app")
def test_a_chain_is_undone_from_its_end() -> None:
    with transaction():
        second, third = make.make_user(), make.make_user()
    first = merge(user("aisyah"), second)
    last = merge(second, third)
    with pytest.raises(Conflict, match="merge-undo-too-late"), transaction():
        merging.undo(first, by=user("admin").id, now=clock.now())
    with transaction():
        merging.undo(last, by=user("admin").id, now=clock.now())
    with transaction():
        merging.undo(first, by=user("admin").id, now=clock.now())
    assert db.session.scalars(
        select(Certificate.id).where(Certificate.user_id == user("aisyah").id)
    ).all()


@pytest.mark.usefixtures("app")
def test_an_administrator_merges_and_undoes(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    keeps, goes = user("priya").public_id, user("sukarni").public_id
    address = f"/people/{keeps}/merge"
    assert admin.get(address).status_code == 200
    for wrong in ("nobody@sijil.example", "priya@sijil.example"):
        assert admin.post(address, data={"email": wrong}).status_code == 422
    found = admin.post(address, data={"email": "sukarni@sijil.example"})
    assert found.location == f"{address}/{goes}"
    assert admin.get(found.location).status_code == 200
    assert user("sukarni").is_active
    assert admin.post(found.location).status_code == 302
    assert not user("sukarni").is_active
    assert admin.post(found.location).status_code == 409
    part = f"/people/{goes}/part"
    assert part in admin.get(f"/people/{goes}").text
    assert admin.get(part).status_code == 200
    assert admin.post(part).status_code == 302
    assert user("sukarni").is_active
    assert admin.get(part).status_code == 404


@pytest.mark.usefixtures("app")
def test_accounts_elsewhere_are_not_merged(sign_in: SignIn) -> None:
    with transaction():
        stranger = make.make_user(organisation=make.make_organisation())
        email, foreign = stranger.email, stranger.public_id
    admin = sign_in("admin")
    address = f"/people/{user('priya').public_id}/merge"
    assert admin.post(address, data={"email": email}).status_code == 422
    assert admin.get(f"{address}/{foreign}").status_code == 404
    assert admin.post(f"{address}/{foreign}").status_code == 404


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("of_old", "of_new", "kept"),
    [
        (date(2015, 3, 1), date(2020, 1, 1), date(2015, 3, 1)),
        (date(2020, 1, 1), date(2015, 3, 1), date(2015, 3, 1)),
        (date(2015, 3, 1), None, date(2015, 3, 1)),
        (None, date(2015, 3, 1), date(2015, 3, 1)),
        (None, None, None),
    ],
)
def test_the_earlier_beginning_of_service_is_kept_and_given_back(
    of_old: date | None, of_new: date | None, kept: date | None
) -> None:
    with transaction():
        old, new = make.make_user("Twice"), make.make_user("Once")
        old.serving_since, new.serving_since = of_old, of_new
    record = merge(old, new)
    assert new.serving_since == kept
    said = select(AuditEntry.details).where(AuditEntry.action == "people.accounts.merged")
    told = db.session.scalars(said.order_by(AuditEntry.id.desc())).first() or {}
    since = [str(day) if day else None for day in (of_new, kept)]
    assert told.get("changes") == ({"serving_since": since} if of_new != kept else None)
    with transaction():
        merging.undo(record, by=user("admin").id, now=clock.now())
    assert (old.serving_since, new.serving_since) == (of_old, of_new)


@pytest.mark.usefixtures("app")
def test_a_beginning_of_service_that_was_said_since_stays_when_a_merge_is_undone() -> None:
    with transaction():
        old, new = make.make_user("Twice"), make.make_user("Once")
        old.serving_since = date(2015, 3, 1)
    record = merge(old, new)
    with transaction():
        new.serving_since = date(2016, 7, 1)
        merging.undo(record, by=user("admin").id, now=clock.now())
    assert new.serving_since == date(2016, 7, 1)
