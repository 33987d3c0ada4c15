"""The drill: signing keys are stolen, and what the institute does about it (docs/security.md)."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, func, select

from lms import doctor
from lms.certificates import (
    credential,
    development_keys,
    jobs,
    keyring,
    proof,
    resigning,
    service,
    states,
    thefts,
)
from lms.certificates.basis import Office
from lms.certificates.keys import KeyRing
from lms.certificates.models import (
    Certificate,
    FormerSignature,
    KeyTheft,
    KeyTheftItem,
)
from lms.certificates.sealing import Seal
from lms.checking import bundle, offline
from lms.checking.attachment import read_attachment, read_credential
from lms.db import db, transaction
from lms.jobs import engine
from lms.jobs.port import NotNow
from lms.jobs.running import drain, run
from lms.kernel import clock, codes
from lms.mail.models import MailMessage
from lms.printing import pdf
from lms.printing.content import RECEIPT, CertificateContent
from lms.storage import blobs
from lms.transparency import service as transparency
from lms.transparency.models import LogEntry
from lms.web import running
from tests.certificates.awards import attended_place, bring, issue
from tests.conftest import rolled_back
from tests.make import make_user

pytestmark = pytest.mark.heavy

LONG_AGO = timedelta(days=400)


@dataclass
class House:
    """An institute whose keys were copied: what was filed before, and what the thief has."""

    app: Flask
    since: datetime
    thief: KeyRing
    files: dict[str, bytes]
    others: set[int]

    def work(self) -> None:
        """All that is due, but PDFs only of those who had one, or were issued since."""
        at_work = engine.chosen()
        with at_work.holding() as holder:
            while True:
                with transaction():
                    held = at_work.take(holder)
                if held is None:
                    return
                if held.arguments.get("certificate_id") in self.others:
                    with transaction():
                        at_work.finish(held)
                else:
                    run(held)
                db.session.remove()

    def run(self, *arguments: str, status: int = 0) -> str:
        done = self.app.test_cli_runner().invoke(args=list(arguments))
        assert done.exit_code == status, done.output
        return done.output

    @property
    def visitor(self) -> FlaskClient:
        return self.app.test_client()

    def online(self, data: bytes) -> dict[str, Any]:
        """What the server says of a file."""
        answer = self.visitor.post(
            "/verify/file?lang=en",
            data={"file": (BytesIO(data), "sijil.pdf")},
            headers={"Accept": "application/json"},
        )
        found: dict[str, Any] = answer.get_json()
        return found

    def without_us(self, data: bytes) -> tuple[str, str]:
        """What the offline tool says of a file, with the bundle of this moment."""
        given = bundle.read(self.visitor.get("/trust.zip").data)
        found = offline.check(data, given, now=clock.now())
        return found.outcome.value, found.why

    def by_code(self, certificate: Certificate) -> str:
        answer = self.visitor.get(f"/v/{certificate.code}", headers={"Accept": "application/json"})
        return str(answer.get_json()["verdict"])

    def audited(self) -> set[tuple[str, str]]:
        done = self.app.test_cli_runner().invoke(args=["log", "audit", "--json"])
        return {(one["code"], one["about"]) for one in json.loads(done.output)["findings"]}

    def resigning(self) -> dict[str, Any]:
        done = self.app.test_cli_runner().invoke(args=["keys", "resigning", "--json"])
        found: list[dict[str, Any]] = json.loads(done.output)
        return found[-1]


def every() -> list[Certificate]:
    return list(db.session.scalars(select(Certificate).order_by(Certificate.id)))


def numbered(serial: str) -> Certificate:
    return db.session.scalars(select(Certificate).where(Certificate.serial == serial)).one()


def issued_now() -> str:
    """The number of a certificate that the institute issues at this moment."""
    with transaction():
        return issue(attended_place(), now=clock.now()).serial


def filed(certificate: Certificate) -> bytes:
    assert certificate.pdf_digest is not None
    return blobs().get(certificate.pdf_digest)


@pytest.fixture(scope="module")
def standing(institute: Flask) -> Iterator[Connection]:
    """Two certificates are filed, one of them is revoked: made once, undone after all tests."""
    with rolled_back(institute) as connection:
        for certificate in every()[:3]:
            jobs.render(certificate.id)
        with transaction():
            bring(every()[1], "revoked")
            bring(every()[2], "suspended")
        db.session.remove()
        yield connection


@pytest.fixture
def app(institute: Flask, standing: Connection) -> Iterator[Flask]:
    """The same for each test."""
    undone = standing.begin_nested()
    with institute.app_context():
        yield institute
        db.session.remove()
    undone.rollback()


@pytest.fixture
def house(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """What was filed stands; then the keys are copied."""
    ours = running.settings()
    monkeypatch.setitem(app.config, "LMS", replace(ours, instance=tmp_path / "inst"))
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    shutil.copytree(ours.pki, running.settings().pki)
    shutil.copytree(ours.blobs, running.settings().blobs)
    files = {one.serial: filed(one) for one in every()[:3]}
    others = {one.id for one in every()[3:]}
    return House(app, clock.now(), keyring.ring(running.settings()), files, others)


def forged(ring: KeyRing, like: Certificate, **changes: Any) -> tuple[CertificateContent, bytes]:
    """A certificate that was never issued, complete under the keys of a ring."""
    facts = CertificateContent.from_json(like.content)
    if "code" in changes:
        changes["verify_url"] = facts.verify_url.removesuffix(facts.code) + changes["code"]
    facts = replace(facts, **changes)
    document = proof.prove(
        credential.build(
            facts,
            did=ring.did,
            status_url=like.credential["credentialStatus"]["statusListCredential"],
            status_index=77,
            credential_id=like.credential["id"],
            salt=bytes(16),
        ),
        ring,
        now=facts.issued_at,
    )
    seal = Seal(ring, now=facts.issued_at)
    data = pdf.render(
        facts, proof.canonical_bytes(document), now=facts.issued_at, finish=seal.place
    )
    return facts, seal.close(data)


def forgeries(house: House) -> list[bytes]:
    """Of a number that was never given, and of a real one under another name."""
    real, code = every()[0], codes.new_verification_code()
    invented = {"serial": "ILKS-2020-00001", "code": code, "holder_name": "Mallory"}
    return [
        forged(house.thief, real, **invented)[1],
        forged(house.thief, real, holder_name="Mallory")[1],
    ]


def stolen(house: House, kind: str) -> None:
    told = house.run(
        "keys", "compromised", kind, "--since", house.since.isoformat(), "--yes", "--json"
    )
    assert json.loads(told)[-1]["kind"] == kind


class Killed(BaseException):
    """The worker is gone in the middle."""


def killed_and_taken_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The job is killed at its fifth signature, and runs again; then once more for nothing."""
    theft = db.session.scalars(select(KeyTheft).order_by(KeyTheft.id.desc())).first()
    assert theft is not None
    made, many = proof.prove, iter(range(5))

    def failing(*given: Any, **more: Any) -> Any:
        if next(many, None) is None:
            raise Killed
        return made(*given, **more)

    monkeypatch.setattr(resigning, "AT_ONCE", 2)
    monkeypatch.setattr(proof, "prove", failing)
    with pytest.raises(Killed):
        jobs.resign(theft.id)
    monkeypatch.setattr(proof, "prove", made)
    db.session.expire_all()
    assert theft.ended_at is None
    assert db.session.scalar(select(func.count(FormerSignature.id))) == 4
    jobs.resign(theft.id)
    many_items = db.session.scalar(select(func.count(KeyTheftItem.id)))
    jobs.resign(theft.id)
    assert db.session.scalar(select(func.count(KeyTheftItem.id))) == many_items


def test_the_credential_key_is_stolen(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {one.serial: (one.state, one.content, one.status_index) for one in every()}
    old = {one.serial: one.credential_digest for one in every()}
    entered_later = issued_now()
    for each in forgeries(house):
        assert house.online(each)["verdict"] == "tampered"
    stolen(house, "credential")
    killed_and_taken_up(monkeypatch)

    _is_signed_anew(house, before)
    assert {one.credential_digest for one in formers()} == set(old.values())
    standing = house.resigning()
    assert (standing["done"], standing["signed"]) == (True, len(before))
    assert (standing["left"], standing["refused"]) == ([entered_later], [])
    drain()
    assert house.resigning()["files"] == 0
    mails = db.session.scalars(select(MailMessage).where(MailMessage.kind == "certificates/anew"))
    assert len(mails.all()) == sum(each.state in states.IN_USE for each in every()) - 1
    _new_files_are_good(house)
    _old_files_are_understood(house)


def _is_signed_anew(house: House, before: dict[str, tuple[Any, ...]]) -> None:
    """What was older is signed anew, once; nothing else about it has changed."""
    did = house.visitor.get("/.well-known/did.json").get_json()
    assert [one.rpartition("#")[2] for one in did["assertionMethod"]] == ["key-2"]
    for serial, said in before.items():
        one = numbered(serial)
        assert (one.state, one.content, one.status_index) == said
        assert one.credential["proof"][0]["verificationMethod"].endswith("#key-2")
        assert proof.verify(one.credential, did["verificationMethod"][0]["publicKeyMultibase"])
        kinds = select(LogEntry.kind).where(LogEntry.subject == one.credential_digest)
        told = list(db.session.scalars(kinds.order_by(LogEntry.number)))
        assert told == ["resigned", *([one.state] if one.state != "issued" else [])]


def _new_files_are_good(house: House) -> None:
    first, revoked, suspended = (numbered(serial) for serial in house.files)
    new = filed(first)
    assert house.online(new)["verdict"] == "valid"
    assert house.online(new)["axes"]["file"] == "issued"
    assert house.without_us(new) == ("valid", "valid")
    receipt = transparency.Receipt.read(read_attachment(new, RECEIPT))
    assert receipt.entry == {
        "sha256": first.credential_digest,
        "time": proof.instant(first.resigned_at or clock.now()),
        "type": "resigned",
    }
    assert read_credential(new) == first.credential
    assert house.without_us(filed(revoked)) == ("revoked", "withdrawn")
    assert house.by_code(revoked) == "revoked"
    assert house.by_code(suspended) == "suspended"


def _old_files_are_understood(house: House) -> None:
    """Byte for byte; whatever else is under the stolen key is refused."""
    first, revoked, _ = (numbered(serial) for serial in house.files)
    told = house.online(house.files[first.serial])
    assert (told["verdict"], told["axes"]["file"]) == ("valid", "former")
    assert told["axes"]["signature"] == "distrusted"
    assert "no longer trusted" in told["notice"]
    assert house.online(house.files[revoked.serial])["verdict"] == "revoked"
    assert house.without_us(house.files[first.serial]) == ("unknown", "distrusted")
    for each in [*forgeries(house), house.files[first.serial] + b"\n"]:
        assert house.online(each)["verdict"] in {"tampered", "unknown"}
        assert house.without_us(each)[0] in {"tampered", "unknown"}


def formers() -> list[FormerSignature]:
    return list(db.session.scalars(select(FormerSignature)))


def test_what_was_entered_after_the_theft_waits_for_somebody(house: House) -> None:
    serials = issued_now(), issued_now()
    assert house.by_code(numbered(serials[0])) == "valid"
    stolen(house, "credential")
    house.work()
    assert house.resigning()["left"] == sorted(serials)
    assert house.by_code(numbered(serials[0])) == "cannot_check"
    assert house.online(filed(numbered(serials[0])))["reason"] == "check-signed-after-theft"
    assert house.audited() == {("row-stolen", serial) for serial in serials}
    assert "left for a decision: 2" in house.run("keys", "resigning", status=1)

    house.run("keys", "resign", serials[0], "--reason", " ", status=2)
    assert "No certificate X" in house.run("keys", "resign", "X", "--reason", "y", status=1)
    house.run("keys", "resign", serials[0], "--reason", "The roll and the marks bear it out")
    with transaction():
        bring(numbered(serials[1]), "revoked")
    refused = house.run("keys", "resign", serials[1], "--reason", "Too late", status=1)
    assert "cannot be done" in refused
    house.work()
    assert house.audited() == set()
    decided = numbered(serials[0])
    assert house.by_code(decided) == "valid"
    assert house.without_us(filed(decided)) == ("valid", "valid")
    assert house.by_code(numbered(serials[1])) == "revoked"
    assert house.resigning()["left"] == []


def test_the_doctor_says_how_many_wait_for_a_decision_and_where(house: House) -> None:
    serials = issued_now(), issued_now()
    assert doctor.stolen_keys() == ""
    stolen(house, "credential")
    drain()
    said = doctor.stolen_keys()
    assert "2 certificates wait for a decision" in said
    assert "lms keys resigning" in said
    house.run("keys", "resign", serials[0], "--reason", "The roll and the marks bear it out")
    assert "1 certificate waits for a decision" in doctor.stolen_keys()
    with transaction():
        bring(numbered(serials[1]), "revoked")
    assert doctor.stolen_keys() == ""


def back_dated(house: House, *, logged: bool) -> str:
    """A row that the thief writes into the register, with the stolen key, as if of long ago."""
    like, then = every()[0], clock.now() - LONG_AGO
    serial = f"ILKS-2020-0000{1 + logged}"
    facts, _ = forged(
        house.thief,
        like,
        serial=serial,
        code=codes.new_verification_code(),
        valid_from=then.date(),
        valid_until=None,
        issued_at=then.replace(microsecond=0),
    )
    document = credential.build(
        facts,
        did=house.thief.did,
        status_url=like.credential["credentialStatus"]["statusListCredential"],
        status_index=130_000 + logged,
        credential_id=like.credential["id"],
        salt=bytes(16),
    )
    signed = proof.prove(document, house.thief, now=then)
    row = Certificate(
        serial=serial,
        code=facts.code,
        issuer_id=like.issuer_id,
        enrolment_id=like.enrolment_id,
        version=10 + logged,
        user_id=like.user_id,
        kind=like.kind,
        state="superseded",
        content=facts.to_json(),
        credential=signed,
        credential_digest=resigning.digest_of(signed),
        status_list=1,
        status_index=130_000 + logged,
        issued_at=then,
        issued_by_id=like.issued_by_id,
        valid_from=facts.valid_from,
        valid_until=None,
        timezone=like.timezone,
    )
    with transaction():
        db.session.add(row)
        db.session.flush()
        if logged:
            transparency.append("issued", row.credential_digest, at=then)
            transparency.append("superseded", row.credential_digest, at=then)
    return serial


def test_back_dated_rows_are_not_believed(house: House) -> None:
    """One that the log does not know, and one whose entries claim to be old."""
    unlogged, late = back_dated(house, logged=False), back_dated(house, logged=True)
    found = house.audited()
    assert ("row-unlogged", unlogged) in found
    assert "entry-late" in {code for code, _ in found}
    stolen(house, "credential")
    house.work()
    standing = house.resigning()
    assert standing["signed"] == len(every()) - 2
    kept = {numbered(serial).credential["proof"][0]["verificationMethod"][-5:]
            for serial in (unlogged, late)}  # fmt: skip
    assert kept == {"key-1"}
    outcomes = dict(
        db.session.execute(
            select(Certificate.serial, KeyTheftItem.outcome).join(
                KeyTheftItem, KeyTheftItem.certificate_id == Certificate.id
            )
        ).all()
    )
    assert (outcomes[unlogged], outcomes[late]) == ("refused", "left")
    assert house.by_code(numbered(unlogged)) == "cannot_check"


def test_a_forged_past_is_found(house: House) -> None:
    """Who writes that a row was signed before, over other words, makes it no older."""
    stolen(house, "credential")
    house.work()
    assert house.audited() == set()
    first = every()[0]
    (former,) = db.session.scalars(
        select(FormerSignature).where(FormerSignature.certificate_id == first.id)
    )
    former.proof = [{**former.proof[0], "created": "2020-01-01T00:00:00Z"}]
    db.session.flush()
    assert house.audited() == {("row-changed", first.serial)}
    db.session.delete(former)
    db.session.flush()
    assert {code for code, _ in house.audited()} == {"row-unlogged", "row-gone"}


def test_the_document_key_is_stolen(house: House) -> None:
    number, stranger = every()[0].serial, forgeries(house)
    old = house.files[number]
    assert house.without_us(old) == ("valid", "valid")
    stolen(house, "document")
    crl = x509.load_der_x509_crl(house.visitor.get("/ca.crl").data)
    serial = house.thief.signer_certificate.serial_number
    assert [one.serial_number for one in crl] == [serial]
    refused = house.visitor.get("/distrusted.json").get_json()
    assert refused == {"keys": [], "signers": [f"{serial:x}"]}
    # Until it is signed anew the very file stays what was issued.
    assert house.online(old)["axes"]["file"] == "issued"
    house.work()
    standing = house.resigning()
    assert (standing["signed"], standing["files"], standing["left"]) == (3, 0, [])
    new = filed(numbered(number))
    assert house.online(new)["verdict"] == "valid"
    assert house.without_us(new) == ("valid", "valid")
    told = house.online(old)
    assert (told["verdict"], told["axes"]["file"]) == ("valid", "former")
    assert house.without_us(old) == ("unknown", "distrusted")
    for each in [*stranger, *forgeries(house)]:
        assert house.online(each)["reason"] == "check-distrusted"
        assert house.without_us(each) == ("unknown", "distrusted")
    assert house.audited() == set()
    house.run("keys", "resigning")


def test_a_second_theft_after_the_first(house: House) -> None:
    """What was signed anew is as old as its issue, and is signed anew once more."""
    stolen(house, "credential")
    house.work()
    number, file = every()[0].serial, filed(every()[0])
    stolen(house, "credential")
    house.work()
    assert house.resigning()["signed"] == len(every())
    assert len(formers()) == 2 * len(every())
    assert house.online(file)["axes"]["file"] == "former"
    assert house.online(house.files[number])["axes"]["file"] == "former"
    assert house.without_us(filed(numbered(number))) == ("valid", "valid")
    assert house.audited() == set()


def test_what_was_signed_by_the_old_key_behind_the_look_is_found_by_another(house: House) -> None:
    stolen(house, "credential")
    house.work()
    with transaction():  # by whoever had read the keys the moment before
        ours, place = running.settings(), attended_place()
        office = Office(ours, house.thief, make_user("Registrar").id, clock.now())
        late = service.issue(place, office).serial
    assert house.by_code(numbered(late)) == "valid"
    (theft,) = db.session.scalars(select(KeyTheft))
    jobs.resign_late(theft.id)  # when a quarter of an hour is over, by the database's clock
    house.work()
    standing = house.resigning()
    assert (standing["done"], standing["left"]) == (True, [late])
    assert standing["looked_at"] == 1
    assert house.by_code(numbered(late)) == "cannot_check"


def test_the_other_look_comes_by_itself_once_the_first_is_over(house: House) -> None:
    stolen(house, "credential")
    (theft,) = db.session.scalars(select(KeyTheft))
    waiting = engine.chosen().counts().waiting
    jobs.resign_late(theft.id)
    assert (theft.ended_at, engine.chosen().counts().waiting) == (None, waiting + 1)


def test_a_retired_key_is_stolen(house: House) -> None:
    house.run("keys", "rotate-credential")
    since = house.since.isoformat()
    wrong = house.run(
        "keys", "compromised", "credential", "--key", "key-9", "--since", since, "--yes", status=1
    )
    assert "Nothing was changed" in wrong
    house.run("keys", "compromised", "credential", "--key", "key-1", "--since", since, "--yes")
    ring = keyring.ring(running.settings())
    assert ring.verification_method.endswith("#key-2")
    assert (ring.retired, [one.id for one in ring.stolen]) == ((), ["key-1"])
    house.work()
    assert house.resigning()["signed"] == len(every())


def test_a_run_killed_after_the_key_was_replaced_is_taken_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    indeed = resigning.begin

    def fail(*_args: object, **_more: object) -> None:
        raise Killed

    monkeypatch.setattr(resigning, "begin", fail)
    command = ["keys", "compromised", "credential", "--since", house.since.isoformat(), "--yes"]
    with pytest.raises(Killed):
        house.app.test_cli_runner().invoke(args=command)
    monkeypatch.setattr(resigning, "begin", indeed)
    assert [one.id for one in keyring.ring(running.settings()).stolen] == ["key-1"]
    assert "taken up now" in house.run(*command, status=1)
    assert [one.id for one in keyring.ring(running.settings()).stolen] == ["key-1"]
    house.work()
    assert house.resigning()["signed"] == len(every())


@pytest.mark.parametrize("when", ["yesterday", "2199-01-01T00:00+00:00"])
def test_a_moment_that_is_none_is_refused(house: House, when: str) -> None:
    house.run("keys", "compromised", "credential", "--since", when, "--yes", status=2)
    assert keyring.ring(running.settings()).stolen == ()


def test_it_asks_first(house: House) -> None:
    command = ["keys", "compromised", "credential", "--since", "2026-01-01T08:00"]
    done = house.app.test_cli_runner().invoke(args=command, input="n\n")
    assert done.exit_code == 1
    assert keyring.ring(running.settings()).stolen == ()
    assert house.run("keys", "resigning") == "No key was stolen.\n"


def test_both_keys_are_stolen(house: House) -> None:
    """The signer's later theft makes nothing believed that the other key may have forged."""
    doubtful = issued_now()
    jobs.render(numbered(doubtful).id)
    doubted = house.since
    house.since = clock.now()
    stolen(house, "document")
    house.work()
    house.since = doubted
    stolen(house, "credential")
    house.work()
    first, second = thefts.standings()
    assert (first.left, first.refused, second.left) == ([], [], [doubtful])
    assert house.by_code(numbered(doubtful)) == "cannot_check"
    house.run("keys", "resign", doubtful, "--reason", "Looked at")
    house.work()
    assert house.by_code(numbered(doubtful)) == "valid"
    assert house.audited() == set()
    assert [one.left for one in thefts.standings()] == [[], []]


def test_a_signer_stolen_later_waits_for_the_same_decision(house: House) -> None:
    doubtful = issued_now()
    jobs.render(numbered(doubtful).id)
    stolen(house, "credential")
    house.since = clock.now()
    stolen(house, "document")
    house.work()
    assert [one.left for one in thefts.standings()] == [[doubtful], [doubtful]]
    house.run("keys", "resign", doubtful, "--reason", "Looked at")
    assert [one.left for one in thefts.standings()] == [[], []]


def test_no_file_goes_out_under_a_key_that_was_replaced_meanwhile(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = issued_now()
    made = service.make_pdf

    def while_stolen(*given: Any) -> bytes:
        data = made(*given)
        monkeypatch.setattr(service, "make_pdf", made)
        stolen(house, "document")
        return data

    monkeypatch.setattr(service, "make_pdf", while_stolen)
    with pytest.raises(NotNow):
        jobs.render(numbered(number).id)
    assert numbered(number).pdf_digest is None
    jobs.render(numbered(number).id)
    assert house.without_us(filed(numbered(number))) == ("valid", "valid")


def test_in_production_the_authority_has_to_revoke_the_signer(house: House, tmp_path: Path) -> None:
    """Its list comes as a file, like the key and certificate of the new signer."""
    pki, old = running.settings().pki, house.thief.signer_certificate
    about = json.loads((pki / "keyring.json").read_text("utf-8"))
    (pki / "keyring.json").write_text(json.dumps({**about, "development": False}), "utf-8")
    parts = development_keys.another_signer(pki, host=running.settings().host, now=clock.now())
    files = tmp_path / "new.key.pem", tmp_path / "new.pem"
    for file, data in zip(files, parts, strict=True):
        file.write_bytes(data)
    command = ["keys", "compromised", "document", "--since", house.since.isoformat(), "--yes"]
    assert "There is no list" in house.run(*command, *map(str, files), status=1)
    for revoked, expected in (((), "does not name"), ((old.serial_number,), "needed")):
        (tmp_path / "ca.crl").write_bytes(listing(pki, *revoked))
        house.run("keys", "install-crl", str(tmp_path / "ca.crl"))
        status = 2 if revoked else 1
        assert expected in house.run(*command, status=status)
    wrong = house.run(*command, str(files[0]), str(pki / "signer.pem"), status=1)
    assert "Nothing was changed" in wrong
    assert keyring.ring(running.settings()).stolen == ()
    house.run(*command, *map(str, files))
    house.work()
    assert house.resigning()["signed"] == 3
    number = every()[0].serial
    assert house.without_us(filed(numbered(number))) == ("valid", "valid")
    assert house.without_us(house.files[number]) == ("unknown", "distrusted")
    assert not (pki / "signer.key.pem").exists()
    assert "stolen" in house.run("keys", "list")


def listing(pki: Path, *revoked: int) -> bytes:
    """A list of the issuing authority, as its machine makes it."""
    key = load_pem_private_key((pki / "ca.key.pem").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    authority = x509.load_pem_x509_certificate((pki / "ca.pem").read_bytes())
    now = clock.now()
    builder = x509.CertificateRevocationListBuilder(
        issuer_name=authority.subject,
        last_update=now - timedelta(hours=1),
        next_update=now + timedelta(days=30),
        revoked_certificates=[
            x509.RevokedCertificateBuilder(number, now).build() for number in revoked
        ],
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def test_looking_again_does_nothing_twice(house: House) -> None:
    """For what a process issued that still held the old keys when the first look had passed."""
    stolen(house, "credential")
    house.work()
    with transaction():
        row = every()[0]
        row.credential_digest, former = formers_of(row)
        signed = {**row.credential, "proof": former.proof}
        row.credential = signed
        db.session.delete(former)
        for item in db.session.scalars(
            select(KeyTheftItem).where(KeyTheftItem.certificate_id == row.id)
        ):
            db.session.delete(item)
    many = len(formers())
    with time_machine.travel(clock.now() + timedelta(minutes=20)):
        house.run("keys", "resigning", "--again", status=1)
        house.work()
        assert len(formers()) == many + 1
        assert house.resigning()["left"] == []


def formers_of(row: Certificate) -> tuple[str, FormerSignature]:
    query = select(FormerSignature).where(FormerSignature.certificate_id == row.id)
    (former,) = db.session.scalars(query)
    return former.credential_digest, former


def test_signed_anew_within_the_second_of_its_issue(house: House) -> None:
    """By the same key, at the same moment: it would be the very proof that is replaced."""
    with time_machine.travel(clock.now().replace(microsecond=0), tick=False):
        number = issued_now()
        jobs.render(numbered(number).id)
        house.since = clock.now() - timedelta(hours=1)
        stolen(house, "document")
        house.work()
        house.run("keys", "resign", number, "--reason", "Looked at")
        house.work()
    (former,) = formers_of(numbered(number))[1:]
    assert former.credential_digest != numbered(number).credential_digest
    assert house.audited() == set()
    assert house.without_us(filed(numbered(number))) == ("valid", "valid")
