"""A request that is taken, for every route that may change something: who sends what."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.admissions import judging
from lms.admissions import queries as admission_queries
from lms.admissions.models import Application
from lms.assessment import queries as assessment_queries
from lms.assessment.models import Submission
from lms.batches import queries as batch_queries
from lms.batches import service as batches
from lms.catalogue import lifecycle, prerequisites
from lms.catalogue import queries as catalogue_queries
from lms.catalogue import service as catalogue_service
from lms.certificates import queries as certificate_queries
from lms.db import db, transaction
from lms.designs import queries as design_queries
from lms.designs import service as designs
from lms.employers import queries as employer_queries
from lms.employers import watching
from lms.enrolment import agency_queries, promising
from lms.enrolment import queries as enrolment_queries
from lms.enrolment import rules as enrolment_rules
from lms.jobs.port import enqueue
from lms.jobs.running import drain
from lms.kernel import clock
from lms.people import invitation_queries, passkeys, sealing, second_factor, sessions
from lms.people.account_models import PasswordReset
from lms.people.models import User
from lms.people.views import HALF_SECONDS
from lms.programmes import queries as programme_queries
from lms.sample.loading import PASSWORD
from lms.sheets import jobs as sheet_jobs
from lms.sheets import queries as sheet_queries
from lms.sheets import service as sheets
from lms.standards.models import Item
from lms.surveys.rules import RATINGS
from lms.timetable import feeds
from lms.timetable import service as timetable
from lms.web.running import settings
from lms.withdrawals import queries as withdrawal_queries
from lms.withdrawals import service as withdrawals
from tests import addresses, houses
from tests.conftest import signed_in
from tests.jobs import work  # noqa: F401  # its jobs register themselves
from tests.make import offering_facts
from tests.people.device import Device
from tests.storage.hostile import picture

Objects = Mapping[str, str]
Fields = dict[str, Any]
"""Names and values; a file is (content, name)."""

TOKEN = "a token that came by mail"  # of the drills
SECRET = b"12345678901234567890"
NEW_PASSWORD = "kerusi hijau tujuh sungai"  # of invented people


@dataclass(frozen=True)
class Deed:
    """A request that succeeds: ``fields`` gets it ready and says what is sent."""

    endpoint: str
    who: str | None
    fields: Callable[[FlaskClient, Objects], Fields]
    name: str = ""

    @property
    def title(self) -> str:
        """The endpoint, with what sets this request apart from others to it."""
        return f"{self.endpoint} {self.name}".strip()


def visitor(app: Flask, deed: Deed) -> FlaskClient:
    """A new browser of whoever does the deed."""
    return app.test_client() if deed.who is None else signed_in(app, deed.who)


def as_it_is(client: FlaskClient) -> FlaskClient:
    """A browser with the same cookies, so that what an answer sets is not kept."""
    browser = client.application.test_client()
    browser._cookies = dict(client._cookies or {})
    return browser


def send(  # what is sent where by whom, and what more
    client: FlaskClient,
    address: str,
    method: str,
    fields: Fields,
    headers: dict[str, str] | None = None,
) -> TestResponse:
    """Send a form, files included."""
    data = {name: _part(value) for name, value in fields.items()}
    kind = "multipart/form-data"
    return client.open(address, method=method, data=data, content_type=kind, headers=headers)


def _part(value: object) -> object:
    if isinstance(value, tuple):
        content, name = value
        return BytesIO(content), name
    return value


def address_of(app: Flask, endpoint: str, objects: Objects) -> tuple[str, str]:
    """Address and method of the one unsafe route of an endpoint."""
    ((rule, method),) = [
        (rule, method) for rule, method in addresses.unsafe_routes(app) if rule.endpoint == endpoint
    ]
    return addresses.address_of(app, rule, objects), method


def a_dead_job() -> int:
    """A job that was given up at its first try; urgent, so that it goes before all others."""
    with transaction():
        job_id = enqueue("test.hopeless", priority=-100)
    assert job_id is not None
    drain(limit=1)
    return job_id


def only(**fields: Any) -> Callable[[FlaskClient, Objects], Fields]:
    """Always the same fields; ``=name`` is the object of that name."""

    def made(_client: FlaskClient, objects: Objects) -> Fields:
        return {
            name: objects[value[1:]] if isinstance(value, str) and value[:1] == "=" else value
            for name, value in fields.items()
        }

    return made


def _reset(client: FlaskClient, _objects: Objects) -> Fields:
    now = clock.now()
    with transaction():
        user = houses.account("priya")
        db.session.add(
            PasswordReset(
                user_id=user.id,
                digest=sessions.digest_of(TOKEN),
                created_at=now,
                expires_at=now + timedelta(minutes=5),
            )
        )
    _keep(client, reset=TOKEN)
    return {"password": NEW_PASSWORD}


def _accept(client: FlaskClient, objects: Objects) -> Fields:
    with transaction():
        invitation = invitation_queries.by_public_id(objects["invitation"])
        invitation.email = invitation.email_key = "newcomer@test.example"
        invitation.digest = sessions.digest_of(TOKEN)
    _keep(client, invitation=TOKEN)
    return {"name": "New Comer", "password": NEW_PASSWORD}


def _set_up(client: FlaskClient, _objects: Objects) -> Fields:
    owner, keys = houses.account("aisyah").id, settings().data_keys
    sealed = sealing.seal(SECRET, key=keys[0], purpose="new second factor", owner=owner)
    _keep(client, new_factor=sealed)
    return {"code": second_factor.code_at(SECRET, clock.now())}


def _has_factor() -> User:
    """Somebody who set one up a while ago."""
    then = clock.now() - timedelta(minutes=5)
    code = second_factor.code_at(SECRET, then)
    with transaction():
        user = houses.account("priya")
        second_factor.set_up(user, SECRET, code, keys=settings().data_keys, now=then)
    return houses.account("priya")


def _remove_factor(_client: FlaskClient, _objects: Objects) -> Fields:
    _has_factor()
    return {"password": PASSWORD}


def _passkey(client: FlaskClient, _objects: Objects) -> Fields:
    ours = replace(settings(), base_url="http://localhost")  # a passkey is bound to a name
    client.application.config["LMS"] = ours
    device, challenge = Device("localhost", ours.base_url), passkeys.new_challenge()
    until = int(clock.now().timestamp()) + HALF_SECONDS
    _keep(client, challenge_to_make=[base64.b64encode(challenge).decode(), until])
    asked = json.dumps({"challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("=")})
    return {"name": "telephone", "passkey": device.make(asked)}


def _code(client: FlaskClient, _objects: Objects) -> Fields:
    user, now = _has_factor(), clock.now()
    _keep(client, half=[user.id, int(now.timestamp()) + HALF_SECONDS])
    return {"code": second_factor.code_at(SECRET, now)}


def _keep(client: FlaskClient, **what: object) -> None:
    with client.session_transaction() as cookie:
        cookie.update(what)


def _course(**more: object) -> Fields:
    titles = {f"title_{language}": "A course" for language in ("ms", "en", "id")}
    facts = {"kind": "short", "hours": "8", "credit": "1", "cpd": "10", "mode": "online"}
    facts["attendance_percent"] = "80"
    rest = {"code": "DRILL-1", "certificate": "attendance", "languages": "ms"}
    return {**titles, **facts, **rest, **more}


def _edit(_client: FlaskClient, objects: Objects) -> Fields:
    version = catalogue_queries.course_version(objects["course"])
    return _course(row_version=str(version.row_version))


def _mapping(_client: FlaskClient, objects: Objects) -> Fields:
    mapped = {m.item_id for m in catalogue_queries.course_version(objects["course"]).mappings}
    unit = db.session.scalars(
        select(Item.id).where(Item.kind == "Unit", Item.id.not_in(mapped)).order_by(Item.id)
    ).first()
    return {"item": str(unit), "role": "developed", "level": "1"}


def _criterion(_client: FlaskClient, objects: Objects) -> Fields:
    mapping = catalogue_queries.course_version(objects["course"]).mappings[0]
    titles = {f"title_{language}": "A line" for language in ("ms", "en", "id")}
    rest = {"weight": "10", "level": "2", "evidence": "direct", "mandatory": "y"}
    return {"item": str(mapping.item_id), **titles, **rest}


def _offering(_client: FlaskClient, _objects: Objects) -> Fields:
    return {
        "code": "DRILL-O1",
        "starts_on": "2030-03-04",
        "days": "2",
        "venue": "Kuching",
        "capacity": "5",
        "opens_on": "2030-01-01",
        "closes_on": "2030-02-01",
    }


def _staff(_client: FlaskClient, _objects: Objects) -> Fields:
    return {"person": str(houses.account("trainer2").id)}


def _marks(action: str) -> Callable[[FlaskClient, Objects], Fields]:
    def made(_client: FlaskClient, objects: Objects) -> Fields:
        found = db.session.scalars(
            select(Submission).where(Submission.public_id == objects["work"])
        ).one()
        lines = assessment_queries.criteria_of(found.assessment)
        levels = {f"level-{line.public_id}": str(line.levels[2].id) for line in lines}
        facts = {"row_version": str(found.row_version), "feedback": "Well done"}
        return {**facts, **levels, "action": action}

    return made


def _roll(_client: FlaskClient, objects: Objects) -> Fields:
    return {f"presence-{objects['place']}": "present"}


def _meeting_file(_client: FlaskClient, objects: Objects) -> Fields:
    session = enrolment_queries.session_by_public_id(objects["session_of_class"])
    lines = ("name,joined,left", f"Somebody,{session.starts_at},{session.ends_at}")
    return {"file": ("\n".join(lines).encode(), "participants.csv")}


_document = only(title="Slides", audience="places", file=(b"What was shown", "s.txt"))
_TITLES = {f"title_{language}": "A programme" for language in ("ms", "en", "id")}
_PROGRAMME = {**_TITLES, "award": "master", "credits": "40", "most_months": "48"}
_GROUP = {**_TITLES, "asked": "courses", "least": "1"}


def _to_the_group(_client: FlaskClient, objects: Objects) -> Fields:
    programme = programme_queries.by_public_id(objects["programme"])
    return {"course": programme_queries.courses_to_add(programme)[0].course.public_id, "term": "1"}


def _of_the_group(_client: FlaskClient, objects: Objects) -> Fields:
    programme = programme_queries.by_public_id(objects["programme"])
    return {"code": programme.groups[0].courses[0].course.code}


_QUALIFICATION = {"qualification": "BSW", "institution": "USM", "level": "6", "years": "4"}
_SLOT = {"day": "2099-01-05", "begins": "09:00", "ends": "09:30", "place": "Room 2"}
_INTAKE = {
    "name": "Another",
    "begins_on": "2099-01-05",
    "opens_on": "2026-01-01",
    "closes_on": "2098-12-01",
    "places": "9",
    "transcripts": "1",
    "letters": "2",
    "interview": "y",
    "quorum": "1",
    "offer_days": "14",
}


def _in_state(objects: Objects, state: str) -> Application:
    application = admission_queries.application(objects["application"])
    application.state = state
    return application


def _applying(**fields: Any) -> Callable[[FlaskClient, Objects], Fields]:
    """What is sent while the application is written on."""

    def made(_client: FlaskClient, objects: Objects) -> Fields:
        with transaction():
            _in_state(objects, "returned")
        return fields

    return made


def _invited(_client: FlaskClient, objects: Objects) -> Fields:
    with transaction():
        _in_state(objects, "interview")
    return {"slot": objects["slot"]}


def _time_chosen(_client: FlaskClient, objects: Objects) -> Fields:
    with transaction():
        application = _in_state(objects, "interview")
        slot = admission_queries.slot_of(application.intake, objects["slot"])
        slot.application_id = application.id
    return {"why": "The room is flooded"}


def _place_offered(_client: FlaskClient, objects: Objects) -> Fields:
    with transaction():
        application = _in_state(objects, "offered")
        application.offer_until = clock.now() + timedelta(hours=1)
        application.intake.taken = 1
    return {"decision": "no"}


def _recommended(objects: Objects, *, admit: bool) -> None:
    with transaction():
        application = admission_queries.application(objects["application"])
        application.intake.interview = False
        by, now = application.intake.members[0].user_id, clock.now()
        judging.recommend(application, by, admit=admit, reason="Because", now=now)


def _to_offer(_client: FlaskClient, objects: Objects) -> Fields:
    _recommended(objects, admit=True)
    return {"deed": "offered"}


def _to_refuse(_client: FlaskClient, objects: Objects) -> Fields:
    _recommended(objects, admit=False)
    return {"deed": "refused", "reason": "Too little practice"}


def _trainer(_client: FlaskClient, _objects: Objects) -> Fields:
    return {"person": houses.account("trainer1").public_id}


def _colleague_of_trainer(_client: FlaskClient, _objects: Objects) -> Fields:
    return {"person": houses.account("trainer2").public_id}


def _feed(_client: FlaskClient, _objects: Objects) -> Fields:
    with transaction():
        feeds.renew(houses.account("aisyah").id)
    return {}


def _officer(_client: FlaskClient, _objects: Objects) -> Fields:
    return {"officer": houses.account("priya").public_id}


def _colleague(_client: FlaskClient, objects: Objects) -> Fields:
    place = enrolment_queries.by_public_id(objects["place"])
    colleague = agency_queries.colleagues(place)[0]
    return {"officer": colleague.public_id, "reason": "On leave"}


def _elsewhere(_client: FlaskClient, objects: Objects) -> Fields:
    with transaction():
        version = catalogue_queries.course_version(objects["published"])
        facts = offering_facts(starts_on=date(2099, 1, 5))
        other = catalogue_service.create_offering(version, facts, by=None)
        catalogue_service.open_offering(other, by=None)
        return {"pool": other.pools[0].public_id, "reason": "Ill"}


def _retired(_client: FlaskClient, objects: Objects) -> Fields:
    with transaction():
        version = catalogue_queries.course_version(objects["published"])
        lifecycle.retire(version, "Not needed", by=None, now=clock.now())
    return {}


def _send(objects: Objects, by: int | None) -> None:
    with transaction():
        version = catalogue_queries.course_version(objects["course"])
        lifecycle.send(version, "", by=by, now=clock.now())


def _in_review(_client: FlaskClient, objects: Objects) -> Fields:
    _send(objects, None)
    return {}


def _returning(_client: FlaskClient, objects: Objects) -> Fields:
    _send(objects, None)
    return {"remarks": "The hours do not add up"}


def _proof(_client: FlaskClient, objects: Objects) -> Fields:
    found = certificate_queries.by_public_id(objects["certificate"])
    return {"proof": watching.proof_of(found.public_id, settings().secret_key)}


def _stopped_run(_client: FlaskClient, objects: Objects) -> Fields:
    with transaction():
        employer_queries.by_public_id(objects["check_run"]).state = "running"
    return {}


def _stopped_sheet(_client: FlaskClient, objects: Objects) -> Fields:
    with transaction():
        sheet = sheet_queries.by_public_id(objects["sheet"])
        sheets.given_up(sheet.id, sheet.work_id or 0)
    return {}


def _sheet_at(step: str) -> Callable[[FlaskClient, Objects], Fields]:
    def bring(_client: FlaskClient, objects: Objects) -> Fields:
        sheet = sheet_queries.by_public_id(objects["sheet"])
        sheet_jobs.work(sheet.id, sheet.work_id or 0)
        if step == "done":
            with transaction():
                sheets.confirm(sheet, by=sheet.uploaded_by_id)
            sheet_jobs.work(sheet.id, sheet.work_id or 0)
        return {}

    return bring


def _sent(_client: FlaskClient, objects: Objects) -> Fields:
    _send(objects, houses.account("manager").id)
    return {}


def _mapped(_client: FlaskClient, objects: Objects) -> Fields:
    version = catalogue_queries.course_version(objects["course"])
    return {"item": str(version.mappings[0].item_id)}


def _asked(_client: FlaskClient, objects: Objects) -> Fields:
    with transaction():
        version = catalogue_queries.course_version(objects["course"])
        line = prerequisites.add(version, prerequisites.Asked("service", 1, 5), by=None)
        return {"line": line.public_id}


def _admission(_client: FlaskClient, objects: Objects) -> Fields:
    pools = catalogue_queries.offering_by_public_id(objects["offering"]).pools
    email = houses.account("priya").email
    return {"email": email, "pool": pools[0].public_id, "reason": "Ten years in the field"}


def _promise(_client: FlaskClient, objects: Objects) -> Fields:
    offering = catalogue_queries.offering_by_public_id(objects["offering"])
    pool, priya, manager = offering.pools[0], houses.account("priya"), houses.account("manager")
    with transaction():
        made = promising.promise(
            offering, priya.email, "Ten years abroad", pool=pool, by=manager, now=clock.now()
        )
    return {"promise": made.public_id}


def _offered(_client: FlaskClient, objects: Objects) -> Fields:
    with transaction():
        place = enrolment_queries.by_public_id(objects["place"])
        place.state, place.offer_expires_at = "offered", clock.now() + timedelta(hours=1)
    return {"decision": "yes"}


def _in_the_room(_client: FlaskClient, objects: Objects) -> Fields:
    now = clock.now()
    with transaction():
        session = enrolment_queries.session_by_public_id(objects["session_of_class"])
        session.starts_at, session.ends_at = now, now + timedelta(hours=1)
    step = int(now.timestamp()) // enrolment_rules.STEP_SECONDS
    key = settings().secret_key
    return {"code": enrolment_rules.check_in_code(key, objects["session_of_class"], step)}


def _terms(_client: FlaskClient, objects: Objects) -> Fields:
    return {"organisation": objects["agency"], "quota": "3"}


def _table(objects: Objects) -> str:
    header = "name,email,language,organisation_code"
    return f"{header}\nNew Comer,newcomer@test.example,en,{objects['agency_code']}\n"


def _invitation_table(_client: FlaskClient, objects: Objects) -> Fields:
    return {"table": _table(objects)}


def _invitation_file(_client: FlaskClient, objects: Objects) -> Fields:
    return {"file": (_table(objects).encode(), "people.csv")}


def _copy(_client: FlaskClient, _objects: Objects) -> Fields:
    window = {"opens_on": "2098-01-01", "closes_on": "2098-12-01"}
    return {"code": "DRILL-O2", "starts_on": "2099-01-05", "same_weekday": "y", **window}


def _session(_client: FlaskClient, objects: Objects) -> Fields:
    offering = catalogue_queries.offering_by_public_id(objects["offering"])
    times = {"day": offering.starts_on.isoformat(), "begins": "18:00", "ends": "19:00"}
    return {**times, "room": objects["room"], "link": "https://meet.example/drill"}


def _beside(_client: FlaskClient, objects: Objects) -> Fields:
    """Another session at the time of the one that is chosen."""
    offering = catalogue_queries.offering_by_public_id(objects["offering"])
    session = catalogue_queries.sessions_of(offering)[0]
    facts = timetable.SessionFacts(session.starts_at, session.ends_at)
    with transaction():
        timetable.save_session(offering, None, facts, accepted=True, by=None)
    return {"decision": "yes"}


def _a_transcript(_client: FlaskClient, objects: Objects) -> Fields:
    """For the trainee, who has completed the course of the programme."""
    return {"kind": "transcript", "person": objects["trainee"]}


def _after_the_batch(_client: FlaskClient, objects: Objects) -> Fields:
    with transaction():
        batch, by = batch_queries.by_public_id(objects["batch"]), houses.account("registrar").id
        batches.cancel(batch, by=by, now=clock.now())
    return {}


def _paused(_client: FlaskClient, objects: Objects) -> Fields:
    with transaction():
        batch, by = batch_queries.by_public_id(objects["batch"]), houses.account("registrar").id
        batches.pause(batch, by=by)
    return {}


def _suspended(_client: FlaskClient, objects: Objects) -> Fields:
    with transaction():
        found = certificate_queries.by_public_id(objects["certificate"])
        by = houses.account("registrar").id
        withdrawals.suspend(found, "To be checked", by=by, now=clock.now())
    return {"reason": "All is well"}


def _undoubted(**fields: str) -> Callable[[FlaskClient, Objects], Fields]:
    """The revocation that waits is taken back first."""

    def bring(_client: FlaskClient, objects: Objects) -> Fields:
        with transaction():
            doubted = withdrawal_queries.by_public_id(objects["withdrawal"])
            withdrawals.take_back(doubted, by=doubted.asked_by_id, now=clock.now())
        return dict(fields)

    return bring


def _look(_client: FlaskClient, objects: Objects) -> Fields:
    draft = design_queries.draft_of(design_queries.by_public_id(objects["design"]))
    assert draft is not None
    return {
        "html": draft.html,
        "css": f"{draft.css}\n.small {{ color: #111 }}",
        "underlay": draft.underlay,
        "paper": "landscape",
        "lines": "9",
        "dense": "17",
        "across": "46",
        "row_version": str(draft.row_version),
    }


def _published(_client: FlaskClient, objects: Objects) -> Fields:
    with transaction():
        draft = design_queries.draft_of(design_queries.by_public_id(objects["design"]))
        assert draft is not None
        by = houses.account("registrar2").id
        designs.publish(draft, settings=settings(), by=by, now=clock.now())
    return {}


_NOTHING = only()
_REASON = only(reason="At the counter")
_ASSESSMENT = only(
    code="DRILL-A1", title_ms="Kajian", title_en="Study", title_id="Studi", pass_mark="50"
)
DEEDS = (
    Deed("assessment.mark", "trainer1", _marks("save"), "save"),
    Deed("assessment.mark", "trainer1", _marks("release"), "release"),
    Deed("assessment.new_assessment", "manager", _ASSESSMENT),
    Deed("assessment.new_criterion", "manager", _criterion),
    Deed("assessment.require", "manager", only(required="no")),
    Deed("assessment.submit", "aisyah", only(file=(b"My own work", "w.txt"), own_work="y")),
    Deed("admission.admit", "manager", _admission),
    Deed("admission.promised", "priya", _promise),
    Deed("admission.withdraw_promise", "manager", _REASON),
    Deed("catalogue.add_prerequisite", "manager", only(key="service", least="5", group="0")),
    Deed("catalogue.cancel_offering", "manager", _REASON),
    Deed("catalogue.close_offering", "manager", _NOTHING),
    Deed("catalogue.edit_course", "manager", _edit),
    Deed("catalogue.map_item", "manager", _mapping),
    Deed("catalogue.move_offering", "manager", only(starts_on="2099-01-05", venue="Sibu")),
    Deed("catalogue.new_course", "manager", lambda _client, _objects: _course()),
    Deed("catalogue.new_offering", "manager", _offering),
    Deed("catalogue.open_offering", "manager", _NOTHING),
    Deed("catalogue.begin_version", "manager", _NOTHING),
    Deed("catalogue.bring_back", "manager", _retired),
    Deed("catalogue.publish", "manager", _in_review),
    Deed("catalogue.remove_prerequisite", "manager", _asked),
    Deed("catalogue.retire", "manager", _REASON),
    Deed("catalogue.return_draft", "manager", _returning),
    Deed("catalogue.send_to_review", "manager", only(note="Please read the outcomes")),
    Deed("catalogue.take_back", "manager", _sent),
    Deed("catalogue.unmap_item", "manager", _mapped),
    Deed("certificates.issue", "registrar", _NOTHING),
    Deed("designs.listed", "registrar", only(name="Drill", source="tumpal")),
    Deed("design_marks.put", "registrar", only(use="logo", file=(picture(), "logo.png"))),
    Deed("design_marks.take_off", "registrar", only(use="logo")),
    Deed("designs.choose", "registrar", only(kind="competence", design="songket")),
    Deed("designs.design", "registrar", _look),
    Deed("designs.preview", "registrar", _look),
    Deed("designs.publish", "registrar2", _NOTHING),
    Deed("designs.draw_again", "registrar", _published),
    Deed("awards.issue", "registrar", _a_transcript),
    Deed("holds.hold", "registrar", only(reason="appeal", reference="APP-1", suspends="y")),
    Deed("holds.release", "registrar", only(remark="Decided")),
    Deed("batches.preview", "registrar", _after_the_batch),
    Deed("batches.pause", "registrar", _NOTHING),
    Deed("batches.resume", "registrar", _paused),
    Deed("batches.cancel", "registrar", _NOTHING),
    Deed("sharing.links", "aisyah", only(note="An employer", days="7", full_name="y")),
    Deed("sharing.end", "aisyah", _NOTHING),
    Deed("withdrawals.suspend", "registrar", _REASON),
    Deed("withdrawals.reinstate", "registrar", _suspended),
    Deed("withdrawals.revoke", "registrar", _undoubted(reason="Work of another")),
    Deed(
        "withdrawals.correct",
        "registrar",
        _undoubted(name="Another Name", reason="Identity card seen"),
    ),
    Deed("withdrawals.decide", "registrar2", only(decision="agree")),
    Deed("withdrawals.decide", "registrar2", only(decision="refuse", remark="Her own"), "refuse"),
    Deed("withdrawals.take_back", "registrar", _NOTHING),
    Deed("demand.announce", "manager", only(expected="Early 2028", venue="Sibu")),
    Deed("demand.drop", "manager", _REASON),
    Deed("demand.interest", "priya", _NOTHING),
    Deed("demand.settle", "manager", only(offering="=offering")),
    Deed("demand.withdraw", "aisyah", _NOTHING),
    Deed("directory.end_role", "admin", _NOTHING),
    Deed("directory.person", "admin", only(role="course_manager", organisation="=organisation")),
    Deed("directory.person", "admin", only(role="auditor", organisation="=organisation"), "high"),
    Deed("directory.proposal", "admin", only(decision="confirm")),
    Deed("agency.approval", "coordinator", only(decision="yes")),
    Deed("agency.approval", "coordinator", only(decision="no", reason="Not now"), "no"),
    Deed("agency.nominate", "coordinator", _officer),
    Deed("check_in.here", "aisyah", _in_the_room),
    Deed("exchange.substitute", "coordinator", _colleague),
    Deed("exchange.transfer", "manager", _elsewhere),
    Deed("enrolment.answer", "aisyah", _offered),
    Deed("enrolment.enrol", "priya", _NOTHING),
    Deed("seats.capacity", "manager", only(capacity="9")),
    Deed("seats.missed", "trainer1", _NOTHING),
    Deed("seats.terms", "manager", _terms),
    Deed("enrolment.take_roll", "trainer1", _roll),
    Deed("enrolment.withdraw", "aisyah", _NOTHING),
    Deed("identity.erase", "admin", _REASON),
    Deed("identity.find", "registrar", only(kind="passport", number="A1234567")),
    Deed("identity.own", "priya", only(kind="passport", number="P9988776")),
    Deed("identity.person", "registrar", _REASON),
    Deed("invitations.accept", None, _accept),
    Deed("invitations.from_file", "coordinator", _invitation_file),
    Deed(
        "invitations.invite",
        "coordinator",
        only(name="New", email="new@test.example", locale="en", organisation="=agency"),
    ),
    Deed("invitations.join", "aisyah", _NOTHING),
    Deed("invitations.send_again", "coordinator", _NOTHING),
    Deed("invitations.send_file", "coordinator", _invitation_table),
    Deed("invitations.withdraw", "coordinator", _NOTHING),
    Deed("jobs.retry", "admin", _NOTHING),
    Deed("programmes.new", "manager", only(code="DRILL-P1", **_PROGRAMME)),
    Deed("programmes.edit", "manager", only(**_PROGRAMME)),
    Deed("programmes.add_group", "manager", only(**_GROUP)),
    Deed("programmes.add_course", "manager", _to_the_group),
    Deed("programmes.remove_course", "manager", _of_the_group),
    Deed("programmes.remove_group", "manager", _NOTHING),
    Deed("programmes.move", "manager", only(state="published")),
    Deed("admissions.apply", "priya", _NOTHING),
    Deed("admissions.qualification", "aisyah", _applying(**_QUALIFICATION)),
    Deed("admissions.statement", "aisyah", _applying(statement="To learn", plea="At work")),
    Deed("admissions.documents", "aisyah", _applying(kind="other", file=(b"One more", "m.txt"))),
    Deed("admissions.remove_document", "aisyah", _applying()),
    Deed("admissions.send", "aisyah", _applying()),
    Deed("admissions.interview", "aisyah", _invited),
    Deed("admissions.answer", "aisyah", _place_offered),
    Deed("admissions.withdraw", "aisyah", only(reason="Not this year")),
    Deed("admissions.new_intake", "manager", only(**_INTAKE)),
    Deed("admissions.edit_intake", "manager", only(**_INTAKE)),
    Deed("admissions.name_member", "manager", _colleague_of_trainer),
    Deed("admissions.remove_member", "manager", _trainer),
    Deed("admissions.add_slot", "manager", only(**_SLOT)),
    Deed("admissions.remove_slot", "manager", _NOTHING),
    Deed("admissions.call_off", "manager", _time_chosen),
    Deed("admissions.recommend", "trainer1", only(admit="yes", reason="Clear and honest")),
    Deed("admissions.decide", "manager", only(deed="returned", reason="A page is missing")),
    Deed("admissions.decide", "manager", only(deed="invited"), "invite"),
    Deed("admissions.decide", "manager", _to_offer, "offer"),
    Deed("admissions.decide", "manager", _to_refuse, "refuse"),
    Deed("documents.listed", "manager", _document),
    Deed("documents.remove", "manager", _NOTHING),
    Deed("timetable.topic", "manager", only(title_en="Risk", track="A", row_version="1")),
    Deed("timetable.renew_calendar", "aisyah", _NOTHING),
    Deed("timetable.end_calendar", "aisyah", _feed),
    Deed("meetings.online", "trainer1", _meeting_file),
    Deed("surveys.answer", "aisyah", only(**dict.fromkeys(RATINGS, "4"), helped="The visit")),
    Deed("members.end", "coordinator", _NOTHING),
    Deed("members.service", "coordinator", only(since="2015-03-01")),
    Deed("members.leave", "aisyah", _NOTHING),
    Deed("merging.merge", "admin", _NOTHING),
    Deed("merging.start", "admin", only(email="=double_email")),
    Deed("merging.undo", "admin", _NOTHING),
    Deed("notices.set_reminder", "manager", only(days="5")),
    Deed("people.end_other_sessions", "aisyah", _NOTHING),
    Deed("people.end_session", "aisyah", _NOTHING),
    Deed("people.forgotten", None, only(email="aisyah@sijil.example")),
    Deed("people.keep", "aisyah", _NOTHING),
    Deed("people.language", "aisyah", only(language="id")),
    Deed("people.passkey_new", "priya", _passkey),
    Deed("people.passkey_remove", "aisyah", _NOTHING),
    Deed("people.password", "aisyah", only(current=PASSWORD, password=NEW_PASSWORD)),
    Deed("people.reset", None, _reset),
    Deed("people.second_factor_remove", "priya", _remove_factor),
    Deed("people.second_factor_set_up", "aisyah", _set_up),
    Deed("people.sign_in", None, only(email="priya@sijil.example", password=PASSWORD)),
    Deed("people.sign_in_code", None, _code),
    Deed("people.sign_out", "aisyah", _NOTHING),
    Deed("sheets.check_again", "manager", _sheet_at("checked")),
    Deed("sheets.confirm", "manager", _sheet_at("checked")),
    Deed("sheets.drop", "manager", _sheet_at("checked")),
    Deed("sheets.restore", "manager", _sheet_at("done")),
    Deed("sheets.resume", "manager", _stopped_sheet),
    Deed("sheets.sheets", "manager", only(file=(b"offering,person\nA-1,b@c.example\n", "s.csv"))),
    Deed("employers.runs", "employer", only(lines="A1, Ali")),
    Deed("employers.runs", "employer", only(file=(b"code,name\nA1,Ali\n", "c.csv")), "file"),
    Deed("employers.confirm", "employer", _NOTHING),
    Deed("employers.resume", "employer", _stopped_run),
    Deed("employers.delete", "employer", _NOTHING),
    Deed("employer_watches.watch_one", "employer", _proof),
    Deed("employer_watches.watch_rows", "employer", only(which="valid")),
    Deed("employer_watches.watch_rows", "employer", only(which="2"), "one"),
    Deed("employer_watches.end", "employer", _NOTHING),
    Deed("employer_tokens.listed", "employer", only(name="Personnel", days="90")),
    Deed("employer_tokens.end", "employer", _NOTHING),
    Deed("standards.import_file", "manager", only(file=(b"type,code\nUnit,A\n", "f.csv"))),
    Deed("standards.take_over", "manager", _NOTHING),
    Deed("verification.by_file", None, only(file=(b"no PDF at all", "c.pdf"))),
    Deed("verification.start", None, only(code="=code")),
    Deed("timetable.add_staff", "manager", _staff),
    Deed("timetable.copy_offering", "manager", _copy),
    Deed("timetable.new_session", "manager", _session),
    Deed("timetable.choose", "aisyah", _beside),
    Deed("timetable.remove_session", "manager", _NOTHING),
    Deed("timetable.room", "manager", only(name="Hall 2", venue="Sibu", capacity="40")),
    Deed("timetable.rooms", "manager", only(name="Hall 1", venue="Sibu", capacity="40")),
    Deed("timetable.session", "manager", _session),
)


def uncovered(app: Flask) -> list[str]:
    """Unsafe routes for which no deed is stated; programs with a token send no forms."""
    stated = {deed.endpoint for deed in DEEDS}
    return [
        rule.rule
        for rule, _ in addresses.unsafe_routes(app)
        if rule.endpoint not in stated
        and getattr(app.view_functions[rule.endpoint], "access", "") != "token"
    ]
