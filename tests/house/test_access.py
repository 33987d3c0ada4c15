"""Every route, every role, over HTTP on objects that exist: the answers are a file under review.

``LMS_WRITE_MATRIX=1 pytest tests/house/test_access.py`` writes the file anew; read its difference.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from lms.assessment.models import Artefact, Assessment, Submission
from lms.catalogue.models import ClassSession, CourseVersion, Offering
from lms.certificates.models import Certificate
from lms.db import db
from lms.enrolment.models import Enrolment
from lms.jobs import progress
from lms.kernel import clock
from lms.kernel.permissions import Role
from lms.people import grants, identity, invitations
from lms.people import queries as people_queries
from lms.people.account_models import Passkey, UserSession
from lms.people.administration_models import RoleProposal
from lms.people.invitation_models import Invitation
from lms.people.models import Organisation, User
from lms.people.rules import NumberKind
from lms.standards import service as standards_service
from lms.standards.models import Framework
from lms.storage import blobs
from lms.web import running
from tests.conftest import SignIn

MATRIX = Path(__file__).with_name("access_matrix.txt")
VISITORS = (
    "nobody",
    "aisyah",  # the trainee whose place, work and certificate are asked for
    "priya",  # another trainee of the same course
    "trainer1",  # names and marks in the course
    "trainer3",  # does not teach it
    "manager",
    "registrar",
    "auditor",
    "coordinator",  # of the trainee's agency
    "coordinator2",  # of another one
    "admin",
)


def _ids() -> dict[str, dict[str, str]]:
    offering = db.session.scalars(select(Offering).where(Offering.code == "PKK204-1")).one()
    trainee = db.session.scalars(select(User).where(User.email_key == "aisyah@sijil.example")).one()
    place = db.session.scalars(select(Enrolment).where(Enrolment.user_id == trainee.id)).one()
    work = db.session.scalars(select(Submission).where(Submission.enrolment_id == place.id)).one()
    file = db.session.scalars(select(Artefact).where(Artefact.submission_id == work.id)).one()
    certificate = db.session.scalars(
        select(Certificate).where(Certificate.user_id == trainee.id)
    ).one()
    version = db.session.get_one(CourseVersion, offering.course_version_id)
    session = db.session.scalars(
        select(ClassSession).where(ClassSession.offering_id == offering.id)
    ).first()
    assessment = db.session.get_one(Assessment, work.assessment_id)
    framework = db.session.scalars(select(Framework)).first()
    here = db.session.scalars(select(UserSession).where(UserSession.user_id == trainee.id)).one()
    trainer = db.session.scalars(
        select(User).where(User.email_key == "trainer1@sijil.example")
    ).one()
    assert trainer.organisation is not None
    identity.enter(
        trainee,
        NumberKind.PASSPORT,
        "A1234567",
        keys=running.settings().data_keys,
        now=clock.now(),
    )
    passkey = Passkey(
        user_id=trainee.id, name="phone", credential="A", public_key="A", sign_count=0
    )
    db.session.add(passkey)
    proposal = _proposed(trainee, trainer.organisation)
    invitation = _invited(trainee)
    run = standards_service.check(b"wrong", "wrong.csv", blobs().put(b"wrong"), by=None)
    progress.announce("test.work", "Work of a test")
    piece = progress.begin("test.work", total=3, owner=trainee.id)
    progress.end(piece.id)
    db.session.commit()
    assert session is not None
    assert framework is not None
    by_blueprint = {
        "course": version.public_id,
        "offering": offering.public_id,
        "place": place.public_id,
        "work": work.public_id,
        "certificate": certificate.public_id,
        "framework": framework.public_id,
        "run": run.public_id,
        "piece": piece.public_id,
        "session": here.public_id,
        "passkey": passkey.public_id,
        "person": trainer.public_id,
        "trainee": trainee.public_id,
        "proposal": proposal.public_id,
        "invitation": invitation.public_id,
    }
    rest = {
        "session_id": session.public_id,
        "assessment_id": assessment.public_id,
        "artefact_id": file.public_id,
        "code": certificate.code,
        "token": "spent",
        "other_id": trainee.public_id,
        "role": "trainer",
        "organisation_id": trainer.organisation.public_id,
        "name": "sans-400",
        "job_id": "1",
    }
    return {"public_id": by_blueprint, "rest": rest}


def _proposed(person: User, organisation: Organisation) -> RoleProposal:
    """A role that an administrator nobody visits as wants given."""
    other = db.session.scalars(select(User).where(User.email_key == "admin2@sijil.example")).one()
    actor, now = people_queries.actor_of(other), clock.now()
    proposal = grants.give(person, Role.AUDITOR, organisation, actor=actor, now=now)
    assert proposal is not None
    return proposal


def _invited(person: User) -> Invitation:
    """A place in the department, offered to somebody who belongs to one of its offices."""
    agency = people_queries.organisation_by_code("JKM")
    assert agency is not None
    who = invitations.Invitee(person.name, person.email, "en")
    return invitations.invite(who, agency, by=person.id, now=clock.now())


def _object_of(rule: Rule) -> str:
    """What the ``public_id`` of an address names, by the address itself."""
    text = rule.rule
    named = (
        ("/jobs/", "piece"),
        ("/account/sessions/", "session"),
        ("/account/passkeys/", "passkey"),
        ("/invitations/", "invitation"),
        ("/members/", "trainee"),
        ("/identity/", "trainee"),
        ("/account/invitations/", "invitation"),
        ("/people/proposals/", "proposal"),
        ("/people/", "person"),
        ("/certificates/offerings/", "offering"),
        ("/certificates/places/", "place"),
        ("/certificates/", "certificate"),
        ("/standards/import/", "run"),
        ("/standards/", "framework"),
        ("/places/", "place"),
        ("/submissions/", "work"),
        ("/offerings/", "offering"),
        ("/manage/courses/", "course"),
        ("/courses/", "course"),
    )
    return next(what for start, what in named if text.startswith(start))


def _order(rule: Rule) -> tuple[bool, str]:
    return rule.endpoint == "people.sign_out", rule.rule  # who is signed out sees nothing more


def _addresses(app: Flask) -> Iterator[tuple[str, str, str]]:
    ids = _ids()
    with app.test_request_context():
        for rule in sorted(app.url_map.iter_rules(), key=_order):
            if rule.endpoint == "static":
                continue
            values = {name: ids["rest"].get(name, "") for name in rule.arguments}
            if "public_id" in values:
                values["public_id"] = ids["public_id"][_object_of(rule)]
            built = app.url_map.bind("localhost").build(rule.endpoint, values)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield f"{method:4} {rule.rule}", method, built


@pytest.mark.usefixtures("app")
def test_every_route_answers_every_role_as_reviewed(app: Flask, sign_in: SignIn) -> None:
    clients = {who: app.test_client() if who == "nobody" else sign_in(who) for who in VISITORS}
    lines = ["# " + " ".join(VISITORS)]
    connection = db.engines[None]
    for title, method, address in _addresses(app):
        statuses = []
        for who in VISITORS:
            undone = connection.begin_nested()  # type: ignore[attr-defined]  # a connection here
            answer = clients[who].open(address, method=method)
            statuses.append(str(answer.status_code))
            answer.close()
            undone.rollback()
        lines.append(f"{title:78} {' '.join(statuses)}")
    found = "\n".join(lines) + "\n"
    if os.environ.get("LMS_WRITE_MATRIX"):
        MATRIX.write_text(found)
    assert found == MATRIX.read_text()


def test_every_view_declares_who_may_use_it(institute: Flask) -> None:
    undeclared = [
        endpoint
        for endpoint, view in institute.view_functions.items()
        if endpoint != "static" and getattr(view, "access", None) is None
    ]
    assert undeclared == []


def test_a_view_that_declares_nothing_answers_nobody(tmp_path: Path) -> None:
    from lms import create_app
    from tests.conftest import settings

    app = create_app(settings(tmp_path, f"sqlite:///{tmp_path}/x.sqlite3"))
    app.add_url_rule("/undeclared", "forgotten", lambda: "open to all")
    assert app.test_client().get("/undeclared").status_code == 403


def test_a_form_without_its_token_is_refused(tmp_path: Path) -> None:
    from lms import create_app
    from tests.conftest import settings

    app = create_app(settings(tmp_path, f"sqlite:///{tmp_path}/x.sqlite3", testing=False))
    answer = app.test_client().post("/sign-in", data={"email": "a@b.example", "password": "x"})
    assert answer.status_code == 400
