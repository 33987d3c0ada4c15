"""Entries are only ever added: the database itself refuses the rest; and what an entry says."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lms.assessment import service as assessment_service
from lms.assessment.models import GradeEvent
from lms.audit import sealing, service
from lms.audit.models import AuditEntry, AuditLeaf, AuditSeal
from lms.certificates.models import Certificate
from lms.db import db, transaction
from lms.kernel.permissions import Role
from lms.people import service as people_service
from lms.people.models import User
from lms.web import visitor
from tests import make
from tests.audit import trails

CHANGES = {
    "audit_entry": "action = 'x'",
    "audit_seal": "count = 9",
    "audit_leaf": "position = 9",
}


def newest(action: str) -> AuditEntry:
    query = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id.desc())
    return db.session.scalars(query.limit(1)).one()


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("table", trails.TABLES)
def test_the_database_refuses_every_change(table: str) -> None:
    trails.write(trails.somebody(), 3)
    sealing.seal_all()
    rows = text(f"SELECT * FROM {table}")  # noqa: S608
    deeds = [f"UPDATE {table} SET {CHANGES[table]}", f"DELETE FROM {table}"]  # noqa: S608
    if db.session.get_bind().dialect.name == "postgresql":
        deeds.append(f"TRUNCATE {table}")
    else:
        deeds.append(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")  # noqa: S608
    before = db.session.execute(rows).all()
    for deed in deeds:
        with pytest.raises(DBAPIError, match="append-only"), db.session.begin_nested():
            db.session.execute(text(deed))
    assert db.session.execute(rows).all() == before


@pytest.mark.usefixtures("app")
def test_no_guard_is_missing() -> None:
    last = "replace" if db.session.get_bind().dialect.name == "sqlite" else "truncate"
    expected = {f"{t}_no_{deed}" for t in trails.TABLES for deed in ("update", "delete", last)}
    assert set(trails.triggers()) == expected


@pytest.mark.usefixtures("app")
def test_an_entry_says_from_which_network(app: Flask) -> None:
    user = trails.somebody()
    for given, kept in {
        "203.0.113.77": "203.0.113.0/24",
        "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
        "::ffff:198.51.100.9": "198.51.100.0/24",
        "": None,
    }.items():
        with app.test_request_context(environ_base={"REMOTE_ADDR": given}):
            assert visitor.neighbourhood() == kept
            service.record(user.id, "people.user.signed_in", user)
        db.session.flush()
        assert newest("people.user.signed_in").address == kept
    assert visitor.neighbourhood() is None


@pytest.fixture
def graded() -> tuple[int, int]:
    version, assessment = make.make_competence_course(codes=("SWX.AS.02",))
    trainer = make.make_user("Trainer")
    work = make.make_submission(assessment, make.make_offering(version))
    db.session.commit()
    for rank, words in ((1, ""), (2, "<b>better</b>")):
        choices = {c.id: (c.levels[rank].id, words) for c in work.assessment.criteria}
        with transaction():
            assessment_service.grade(work, choices, feedback="", by=trainer.id, now=make.NOW)
    return work.id, trainer.id


@pytest.mark.usefixtures("app")
def test_a_changed_mark_says_from_what_to_what_and_is_sealed(graded: tuple[int, int]) -> None:
    work_id, trainer_id = graded
    entry = newest("assessment.graded")
    assert (entry.actor_id, entry.object_type, entry.object_id) == (
        trainer_id,
        "submission",
        work_id,
    )
    event = db.session.scalars(select(GradeEvent).order_by(GradeEvent.id.desc()).limit(1)).one()
    comment = entry.details["changes"].pop("comment")
    assert comment[0] is None
    assert len(comment[1]) == 16
    assert entry.details == {
        "criterion": "Criterion",
        "item": "SWX.AS.02",
        "event": event.public_id,
        "changes": {"score": ["20.00", "40.00"], "level": ["20", "40"]},
    }
    assert db.session.get(AuditLeaf, entry.id) is not None


@pytest.mark.usefixtures("app")
def test_releases_judgements_and_roles_are_sealed_with_themselves(
    graded: tuple[int, int],
) -> None:
    from lms.assessment.models import Submission

    work = db.session.get_one(Submission, graded[0])
    with transaction():
        assessment_service.release(work, by=graded[1], now=make.NOW)
        people_service.grant_role(
            trails.somebody(), Role.AUDITOR, make.make_organisation(), by=graded[1]
        )
    leaves = {
        action: db.session.get(AuditLeaf, newest(action).id)
        for action in (
            "assessment.released",
            "competency.judged",
            "competency.attained",
            "people.role.granted",
        )
    }
    assert all(leaves.values()), leaves
    assert len({leaf.seal_id for leaf in leaves.values() if leaf}) == 1
    assert db.session.get(AuditLeaf, newest("people.user.created").id) is None


@pytest.mark.usefixtures("app")
def test_every_sample_certificate_was_sealed_when_it_was_issued() -> None:
    issued = db.session.scalars(
        select(AuditLeaf.entry_id)
        .join(AuditEntry, AuditEntry.id == AuditLeaf.entry_id)
        .where(AuditEntry.action == "certificates.issued")
    ).all()
    assert len(issued) == len(db.session.scalars(select(Certificate.id)).all())


def roll_back_halfway(user_id: int) -> None:
    with transaction():
        trails.write(db.session.get_one(User, user_id), sealed=True)
        raise ValueError("business")


def test_what_is_rolled_back_is_not_sealed(tmp_path: Path) -> None:
    with make.own_app("audit", tmp_path) as app, app.app_context():
        with transaction():
            user = trails.somebody()
        sealing.seal_all()
        seals = db.session.scalars(select(AuditSeal.id)).all()
        with pytest.raises(ValueError, match="business"):
            roll_back_halfway(user.id)
        with transaction():
            people_service.set_locale(user.id, "en")
        assert db.session.scalars(select(AuditSeal.id)).all() == seals
        with transaction():
            trails.write(user, 1, sealed=True)
            savepoint = db.session.begin_nested()
            trails.write(user, 1, sealed=True)
            savepoint.rollback()
        assert [s.count for s in db.session.scalars(select(AuditSeal))][len(seals) :] == [1]
        assert trails.snapshot_verdict().sound


def test_a_seal_that_fails_takes_the_deed_with_it(tmp_path: Path) -> None:
    with make.own_app("audit", tmp_path) as app, app.app_context():
        with transaction():
            user = trails.somebody()
        with pytest.raises(ValueError, match="safe integer"), transaction():
            service.record(user.id, "people.user.signed_in", user, sealed=True, number=2**60)
        query = select(AuditEntry).where(AuditEntry.action == "people.user.signed_in")
        assert db.session.scalars(query).all() == []
        assert isinstance(db.session(), Session)


@pytest.mark.usefixtures("app")
def test_rows_recorded_together_are_written_at_once_or_not_at_all(
    count_statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    user = make.make_user()
    with transaction(), count_statements() as seen:
        with service.together():
            for number in range(20):
                service.record(user.id, "test.many", user, number=number)
            assert not any("audit_entry" in each for each in seen)
        written = [each for each in seen if each.startswith("INSERT INTO audit_entry")]
        assert len(written) == 1
        with suppress(KeyError), service.together():
            service.record(user.id, "test.lost", user)
            raise KeyError
        service.record(user.id, "test.alone", user)
    rows = select(AuditEntry).where(AuditEntry.action.startswith("test.")).order_by(AuditEntry.id)
    found = db.session.scalars(rows).all()
    assert [each.details.get("number") for each in found] == [*range(20), None]
    assert found[-1].action == "test.alone"
