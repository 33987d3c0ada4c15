"""``lms demo``: the whole main job without a browser, on the embedded database or any other."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import click
from tqdm import tqdm

from lms import paths
from lms.assessment import queries as assessment_queries
from lms.audit import heads, sealing
from lms.catalogue import lifecycle
from lms.catalogue import queries as catalogue_queries
from lms.catalogue import service as catalogue_service
from lms.catalogue.kinds import CourseKind, ItemRole, StaffRole
from lms.certificates import proof, trace
from lms.certificates import queries as certificate_queries
from lms.checking import answers, verification
from lms.checking import cli as checking_cli
from lms.competency import queries as competency_queries
from lms.db import db, transaction
from lms.enrolment import queries as enrolment_queries
from lms.enrolment import service as enrolment_service
from lms.jobs import running
from lms.kernel import clock, codes
from lms.people import queries as people_queries
from lms.people.models import User
from lms.sample import loading, past_course
from lms.standards import queries as standards_queries
from lms.standards import service as standards_service
from lms.storage import blobs
from lms.web.running import settings

SAID = "  {}"


@dataclass
class Story:
    """What the steps hand to each other, by public values; each step loads what it needs."""

    code: str
    places: list[str] = field(default_factory=list)
    certificate: str = ""
    said: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Keep a line for the end of the step."""
        self.said.append(text)


def run(*, as_json: bool) -> None:
    """Run the main job on a prepared database; ``as_json`` ends with one JSON object."""
    story = Story(code=f"DEMO-{secrets.token_hex(3).upper()}")
    steps: list[tuple[str, Callable[[Story], None]]] = [
        ("Import the framework (CSV and CASE 1.1)", import_framework),
        ("Publish a course mapped to competencies", publish_course),
        ("Open an offering; three enrol for two seats", enrol),
        ("Take the roll, hand in, grade, release", assess),
        ("Judge competency", judged),
        ("Issue the certificate; render and sign its PDF", issue),
        ("Verify by code and by file", verify),
        ("Trace each claim to the graded evidence", follow),
    ]
    # No bar where nobody watches: a log would keep every redrawing of it.
    shape = "{l_bar}{bar:24}| {n}/{total} {desc}"
    with tqdm(total=len(steps), bar_format=shape, disable=None) as bar:
        for number, (title, step) in enumerate(steps, 1):
            bar.set_description_str(title)
            step(story)
            db.session.rollback()
            bar.write(f"{number}. {title}")
            for line in story.said:
                bar.write(SAID.format(line))
            story.said.clear()
            bar.update()
    sealing.seal_all()
    heads.export()
    _finish(story, as_json=as_json)


def import_framework(story: Story) -> None:
    """Both files of the starter framework; a second import changes nothing."""
    for name in ("swx-starter.csv", "swx-starter.case.json"):
        with transaction():
            framework, stored = standards_service.import_file(
                (paths.SAMPLE / name).read_bytes(), by=None
            )
            label = framework.label
        story.say(f"{name}: {label}, {'imported' if stored else 'unchanged'}")


def publish_course(story: Story) -> None:
    """A course like PKK204 of the sample, under a code of its own."""
    stated = next(c for c in loading.plan()["courses"] if c["code"] == "PKK204")
    manager = _staff("manager")
    with transaction():
        provider = people_queries.organisation_by_code(loading.PROVIDER)
        framework = standards_queries.newest_by_code("SWX-STARTER")
        if provider is None or framework is None:
            raise LookupError("the sample institute is not loaded")
        items = standards_queries.items_by_code(framework)
        version = catalogue_service.create_course(
            provider, story.code, CourseKind.SHORT, loading.course_facts(stated), by=manager.id
        )
        for one in stated["items"]:
            role = ItemRole(one["role"])
            statement = items[one["code"]]
            catalogue_service.map_item(version, statement, role, one["level"], by=manager.id)
        loading.add_assessment(version, stated["assessment"], items, by=manager.id)
        lifecycle.send(version, "", by=manager.id, now=clock.now())
        lifecycle.publish(version, by=_staff("manager2").id, now=clock.now())
        mapped = [f"{m.item.code} level {m.level}" for m in version.mappings]
    story.say(f"{story.code}: {', '.join(mapped)}")


def enrol(story: Story) -> None:
    """Two seats, three people: the third waits."""
    version = catalogue_queries.version_of_course(story.code)
    if version is None:
        raise LookupError(story.code)
    now = clock.now()
    facts = catalogue_service.OfferingFacts(
        code=f"{story.code}-1",
        starts_on=(now - timedelta(days=5)).date(),
        days=5,
        venue="Pusat Latihan Kuala Lumpur",
        capacity=2,
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=1),
    )
    with transaction():
        manager = _staff("manager")
        offering = catalogue_service.create_offering(version, facts, by=manager.id)
        catalogue_service.add_staff(offering, _staff("trainer1"), StaffRole.ASSESSOR, by=manager.id)
        catalogue_service.open_offering(offering, by=manager.id)
        for trainee in loading.plan()["trainees"][:3]:
            user = _person(trainee["email"])
            place = enrolment_service.enrol(offering, user, by=user.id, now=now)
            story.places.append(place.public_id)
            story.say(f"{user.name}: {place.state}")


def assess(story: Story) -> None:
    """The roll, one submission each, grades by rubric, released."""
    trainer = _staff("trainer1").id
    now = clock.now()
    with transaction():
        places = [enrolment_queries.by_public_id(one) for one in story.places[:2]]
        past_course.attend(places[0].offering, places, by=trainer, days_ago=0, now=now)
        for place, rank in zip(places, (2, 1), strict=True):
            past_course.hand_in(place, now)
            past_course.grade(place, rank, by=trainer, now=now)
            submission = assessment_queries.submissions_of(place)[0]
            result = assessment_queries.result_of(submission)
            criteria = assessment_queries.criteria_of(submission.assessment)
            best = sum(criterion.weight for criterion in criteria)
            story.say(f"{place.user.name}: {result.total} of {best}, released")


def judged(story: Story) -> None:
    """What the released grades gave."""
    for public_id in story.places[:2]:
        place = enrolment_queries.by_public_id(public_id)
        submission = assessment_queries.submissions_of(place)[0]
        outcomes = [
            f"{j.item.code} {'competent' if j.outcome == 'competent' else 'not yet competent'}"
            for j in competency_queries.judgements_of(submission)
        ]
        story.say(f"{place.user.name}: {', '.join(outcomes)}")


def issue(story: Story) -> None:
    """One certificate; the PDF is made by a job, here or by a running worker."""
    registrar = _staff("registrar").id
    with transaction():
        place = enrolment_queries.by_public_id(story.places[0])
        past_course.issue(place, by=registrar, now=clock.now())
        issued = certificate_queries.of_enrolment(place.id)
        story.certificate = issued.public_id if issued else ""
    deadline = time.monotonic() + 120
    while _digest(story) is None and time.monotonic() < deadline:
        if running.drain() == 0:
            time.sleep(0.5)
    certificate = certificate_queries.by_public_id(story.certificate)
    story.say(f"{certificate.serial}, PDF sha256 {str(certificate.pdf_digest)[:16]}…")


def _digest(story: Story) -> str | None:
    db.session.rollback()
    return certificate_queries.by_public_id(story.certificate).pdf_digest


def verify(story: Story) -> None:
    """Valid by code and by file; one changed byte and an unknown code are told apart."""
    certificate = certificate_queries.by_public_id(story.certificate)
    data = blobs().get(str(certificate.pdf_digest))
    altered = bytearray(data)
    altered[len(altered) // 2] ^= 1
    roots = [settings().pki / "root.pem"]
    now = clock.now()
    unknown = codes.new_verification_code()
    for title, check in (
        ("by code", verification.by_code(certificate.code, now=now)),
        ("by file", verification.by_file(data, roots, now=now)),
        ("altered file", verification.by_file(bytes(altered), roots, now=now)),
        ("unknown code", verification.by_code(unknown, now=now)),
    ):
        story.say(f"{title}: {check.outcome.value}")


def follow(story: Story) -> None:
    """Competency, judgement, criterion grade, digest of the submission."""
    certificate = certificate_queries.by_public_id(story.certificate)
    for claim in trace.trace(certificate):
        judged_on = claim.judgement.judged_at.date() if claim.judgement else "?"
        story.say(
            f"{claim.attainment.item.code} level {claim.attainment.level}: judged {judged_on}, "
            f"{'sound' if not claim.faults else ', '.join(claim.faults)}"
        )
        for grade in claim.grades:
            files = ", ".join(f.digest[:12] for f in grade.submission.artefacts)
            label = grade.rubric_level.labels["en"]
            story.say(f"  {label} by {grade.assessor.name}, on sha256 {files}…")


def _finish(story: Story, *, as_json: bool) -> None:
    certificate = certificate_queries.by_public_id(story.certificate)
    folder = settings().instance / "demo"
    folder.mkdir(exist_ok=True)
    pdf = folder / f"{certificate.serial}.pdf"
    pdf.write_bytes(blobs().get(str(certificate.pdf_digest)))
    credential = folder / f"{certificate.serial}.json"
    credential.write_bytes(proof.canonical_bytes(certificate.credential))
    check = verification.by_code(certificate.code, now=clock.now())
    click.echo(f"\nPDF         {_shown(pdf)}\nCredential  {_shown(credential)}")
    click.echo(f"Check at    {settings().base_url}/v/{certificate.code}")
    click.echo(checking_cli.as_words(check))
    if as_json:
        plain = answers.plain(check)
        click.echo(json.dumps(plain | {"pdf": str(pdf), "credential": str(credential)}))


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _staff(key: str) -> User:
    return _person(f"{key}@sijil.example")


def _person(email: str) -> User:
    found = people_queries.user_by_email(email)
    if found is None:
        raise LookupError(email)
    return found
