"""Stamps of a foreign service: who was revoked lies in the file, and is asked for once."""

import base64
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from itertools import chain, cycle, repeat
from pathlib import Path

import pytest
from asn1crypto import tsp  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID
from flask import Flask
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore

from lms import doctor
from lms.certificates import foreign_lists, jobs, told
from lms.certificates.told import Kept, Told
from lms.checking.inspection import inspect
from lms.kernel import clock
from tests.certificates.stamps import (
    DAY,
    Announces,
    Authority,
    Ground,
    answering,
    asn1,
    render_one,
    stamped,
    stamped_at,
    standing,
    tsa,
    wait_for,
)
from tests.outbound import serving
from tests.printing.test_pdf import _failures, needs_qpdf

pytestmark = pytest.mark.once

MINUTE = timedelta(minutes=1)
LISTS, ANSWERS = "/theirs.crl", "/ocsp"


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test is a process of its own."""
    monkeypatch.setattr(foreign_lists, "_kept", Kept())


def crl_at(url: str) -> x509.CRLDistributionPoints:
    where = [x509.UniformResourceIdentifier(url)]
    return x509.CRLDistributionPoints([x509.DistributionPoint(where, None, None, None)])


def ocsp_at(url: str) -> x509.AuthorityInformationAccess:
    where = x509.UniformResourceIdentifier(url)
    return x509.AuthorityInformationAccess(
        [x509.AccessDescription(AuthorityInformationAccessOID.OCSP, where)]
    )


@dataclass
class Theirs:
    """Who vouches for the service, and where that is published; each test says how it is."""

    served: serving.Served
    until: timedelta = DAY
    since: timedelta = -MINUTE
    revoked: bool = False
    stands: list[Ground] = field(default_factory=list)
    gives: dict[str, Callable[[bytes], bytes]] = field(default_factory=dict)

    def url(self, path: str) -> str:
        return f"http://localhost:{self.served.port}{path}"

    @property
    def ground(self) -> Ground:
        return self.stands[0]

    @property
    def asked(self) -> list[str]:
        """What was asked for so far, in turn."""
        return [heard.path for heard in self.served.heard]

    def listed(self, by: Authority, serial: int) -> bytes:
        now = clock.now()
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(by[1].subject)
            .last_update(now + min(self.since, self.until - MINUTE))
            .next_update(now + self.until)
        )
        if self.revoked:
            one = x509.RevokedCertificateBuilder().serial_number(serial)
            builder = builder.add_revoked_certificate(one.revocation_date(now - DAY).build())
        return builder.sign(by[0], hashes.SHA256()).public_bytes(Encoding.DER)

    def answered(self, by: Authority, cert: x509.Certificate, *, until: bool = True) -> bytes:
        """The answer of somebody whom the issuer lets answer, as most do."""
        key = ec.generate_private_key(ec.SECP256R1())
        now, responder = clock.now(), _responder(by, key)
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert,
            by[1],
            hashes.SHA1(),  # noqa: S303  # names the certificate, as OCSP does
            ocsp.OCSPCertStatus.REVOKED if self.revoked else ocsp.OCSPCertStatus.GOOD,
            now + min(self.since, self.until - MINUTE),
            now + self.until if until else None,
            now - DAY if self.revoked else None,
            None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, responder)
        made = builder.certificates([responder]).sign(key, hashes.SHA256())
        return made.public_bytes(Encoding.DER)

    def publish(self) -> None:
        """By the issuer of the service's certificate, and by the root for one between."""
        service = self.ground.service
        cert = service.certificate
        self.served.gives = self.gives
        self.gives |= {
            LISTS: lambda _asked: self.listed(service.issuer, cert.serial_number),
            "/root.crl": lambda _asked: self.listed(service.root, 1),
            ANSWERS: lambda _asked: self.answered(service.issuer, cert),
        }


def _responder(by: Authority, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    now, name = clock.now(), x509.Name.from_rfc4514_string("CN=Answers")
    use = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by[1].subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(use, critical=False)
        .add_extension(x509.OCSPNoCheck(), critical=False)
        .sign(by[0], hashes.SHA256())
    )


Making = Callable[..., Theirs]


@pytest.fixture
def service(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Making]:
    with ExitStack() as stack:
        served = stack.enter_context(serving.plain())

        def made(*ways: str, listed: bool = True) -> Theirs:
            found = Theirs(served)
            announces = {"crl": crl_at(found.url(LISTS)), "ocsp": ocsp_at(found.url(ANSWERS))}
            above: Announces = [crl_at(found.url("/root.crl"))]
            stands = standing(
                app,
                tmp_path,
                monkeypatch,
                own_root=False,
                announces=[announces[way] for way in ways if way in announces],
                between=above if "between" in ways else None,
                hosts=[f"localhost:{served.port}"] if listed else [],
            )
            found.stands.append(stack.enter_context(stands))
            found.publish()
            return found

        yield made


def lies_in(data: bytes) -> tuple[set[bytes], int]:
    """Lists and the number of answers in a file."""
    store = DocumentSecurityStore.read_dss(PdfFileReader(BytesIO(data), strict=True))
    lists = {one.get_object().data for one in store.crls}
    return lists, len(store.ocsps)


def holds_later(data: bytes, ground: Ground) -> bool:
    """At the moment of the stamp, with what the file brings along: every list is required."""
    reader = PdfFileReader(BytesIO(data))
    (signature,) = reader.embedded_signatures
    judging = {
        "moment": stamped_at(signature),
        "revocation_mode": "require",
        "allow_fetching": False,
    }
    store = DocumentSecurityStore.read_dss(reader)
    ours = store.as_validation_context({**judging, "trust_roots": [asn1(ground.ring.root)]})
    theirs = store.as_validation_context({**judging, "trust_roots": [asn1(ground.service.root[1])]})
    status = validate_pdf_signature(signature, ours, theirs)
    stamp = status.timestamp_validity
    return bool(status.bottom_line and stamp is not None and stamp.trusted)


@pytest.mark.parametrize(
    ("ways", "lists", "answers"),
    [
        (["crl"], 3, 0),
        (["ocsp"], 2, 1),
        (["crl", "ocsp"], 2, 1),
        (["crl", "between"], 4, 0),
        (["ocsp", "between"], 3, 1),
    ],
)
def test_who_was_revoked_lies_in_the_file(
    service: Making, rendered: bytes, ways: list[str], lists: int, answers: int
) -> None:
    theirs = service(*ways)
    data = stamped(theirs.ground, rendered)
    assert data.count(b"%%EOF") == 2
    found, number = lies_in(data)
    assert (len(found), number) == (lists, answers)
    assert inspect(data, [theirs.ground.ring.root]).signature == "ok"
    before = list(theirs.asked)
    assert holds_later(data, theirs.ground)
    assert theirs.asked == before


def test_without_their_lists_it_would_not_hold_later(service: Making, rendered: bytes) -> None:
    """The look of these tests sees what is missing: a service that announces nothing."""
    theirs = service()
    data = stamped(theirs.ground, rendered)
    assert theirs.asked == []
    assert not holds_later(data, theirs.ground)


@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_both_profiles_hold_with_more_in_it(service: Making, rendered: bytes, profile: str) -> None:
    theirs = service("ocsp", "between")
    assert _failures(stamped(theirs.ground, rendered), profile) == []


@needs_qpdf
def test_another_program_finds_it_whole(service: Making, rendered: bytes, tmp_path: Path) -> None:
    file = tmp_path / "stamped.pdf"
    file.write_bytes(stamped(service("ocsp", "between").ground, rendered))
    subprocess.run(["qpdf", "--check", str(file)], check=True, capture_output=True)


@pytest.mark.parametrize("way", ["crl", "ocsp"])
def test_a_revoked_service_stamps_nothing(service: Making, way: str) -> None:
    theirs = service(way)
    certificate_id = render_one(theirs.ground.app)
    theirs.revoked = True
    wait_for(certificate_id, "was revoked")
    assert "was revoked" in doctor.time_stamps()
    theirs.revoked = False
    jobs.render(certificate_id)  # nothing of that was kept


@pytest.mark.parametrize("way", ["crl", "ocsp"])
@pytest.mark.parametrize(
    ("says", "why"),
    [
        (None, "answered 404"),
        (b"", "gave no"),
        (b"<p>Maintenance", "gave no"),
        (base64.b64decode("MAMKAQM="), "gave no list|refused to answer .try_later"),
    ],
)
def test_while_it_cannot_be_told_the_job_waits(
    service: Making, way: str, says: bytes | None, why: str
) -> None:
    theirs = service(way)
    certificate_id = render_one(theirs.ground.app)
    theirs.gives.clear()
    if says is not None:
        theirs.gives |= dict.fromkeys((LISTS, ANSWERS), lambda _asked: says)
    wait_for(certificate_id, why)
    found = doctor.time_stamps()
    assert "cannot be told" in found
    assert theirs.url(LISTS if way == "crl" else ANSWERS) in found
    theirs.publish()
    assert doctor.time_stamps() == ""
    jobs.render(certificate_id)


def test_an_answer_does_for_a_list_and_a_list_for_an_answer(
    service: Making, rendered: bytes
) -> None:
    theirs = service("crl", "ocsp")
    del theirs.gives[ANSWERS]
    found, answers = lies_in(stamped(theirs.ground, rendered))
    assert (len(found), answers) == (3, 0)
    assert theirs.asked == [ANSWERS, LISTS]


@pytest.mark.parametrize("way", ["crl", "ocsp"])
def test_a_batch_asks_once(service: Making, rendered: bytes, way: str) -> None:
    theirs = service(way, "between")
    first, second = (lies_in(stamped(theirs.ground, rendered)) for _ in range(2))
    assert first[0] & second[0] or first[1] == second[1] == 1
    assert sorted(theirs.asked) == sorted(["/root.crl", LISTS if way == "crl" else ANSWERS])
    data = stamped(theirs.ground, rendered)
    assert len(theirs.asked) == 2
    assert holds_later(data, theirs.ground)


@pytest.mark.parametrize("way", ["crl", "ocsp"])
def test_what_runs_out_soon_is_used_and_not_kept(
    service: Making, rendered: bytes, way: str
) -> None:
    theirs = service(way)
    theirs.until = 3 * MINUTE
    for number in (1, 2):
        assert holds_later(stamped(theirs.ground, rendered), theirs.ground)
        assert len(theirs.asked) == number


@pytest.mark.parametrize("way", ["crl", "ocsp"])
def test_what_has_run_out_is_refused(service: Making, way: str) -> None:
    theirs = service(way)
    certificate_id = render_one(theirs.ground.app)
    theirs.until = -MINUTE
    wait_for(certificate_id, "has run out")


@pytest.mark.parametrize("way", ["crl", "ocsp"])
def test_their_clock_may_be_ahead_a_little(service: Making, way: str) -> None:
    theirs = service(way)
    certificate_id = render_one(theirs.ground.app)
    theirs.since = 10 * MINUTE
    wait_for(certificate_id, "holds from")
    theirs.since = 2 * MINUTE
    jobs.render(certificate_id)


def test_an_answer_without_an_end_holds_for_one_file(service: Making, rendered: bytes) -> None:
    theirs = service("ocsp")
    made_out = theirs.ground.service
    theirs.gives[ANSWERS] = lambda _asked: theirs.answered(
        made_out.issuer, made_out.certificate, until=False
    )
    for number in (1, 2):
        assert holds_later(stamped(theirs.ground, rendered), theirs.ground)
        assert len(theirs.asked) == number


def test_a_list_of_somebody_else_is_none_and_is_not_kept(service: Making, rendered: bytes) -> None:
    """Whoever changes what comes by plain http can keep it away, and only so long."""
    theirs = service("crl")
    certificate_id = render_one(theirs.ground.app)
    key, cert = ec.generate_private_key(ec.SECP256R1()), theirs.ground.service.issuer[1]
    theirs.gives[LISTS] = lambda _asked: theirs.listed((key, cert), 1)
    wait_for(certificate_id, "cannot be told")
    theirs.publish()
    stamped(theirs.ground, rendered)
    assert len(theirs.asked) == 2


def test_an_answer_about_another_certificate_is_none(service: Making) -> None:
    theirs = service("ocsp")
    certificate_id = render_one(theirs.ground.app)
    issuer = theirs.ground.service.issuer
    theirs.gives[ANSWERS] = lambda _asked: theirs.answered(issuer, issuer[1])
    wait_for(certificate_id, "cannot be told")


def test_an_inner_address_is_not_asked_unless_it_is_listed(service: Making) -> None:
    theirs = service("crl", listed=False)
    wait_for(render_one(theirs.ground.app), "not listed")
    assert theirs.asked == []


def test_the_stamp_itself_is_not_asked_for_by_plain_http(
    service: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the host is listed, and past the look at the settings."""
    theirs = service("crl")
    theirs.ground.use(monkeypatch, timestamp_url=theirs.url("/stamp"))
    wait_for(render_one(theirs.ground.app), "only https")
    assert theirs.asked == []


def test_a_stamp_is_by_a_certificate_that_was_judged(
    service: Making, rendered: bytes, tmp_path: Path
) -> None:
    """A service may have several, and another one answer than before."""
    theirs = service("crl")
    (tmp_path / "another").mkdir()
    another = tsa(tmp_path / "another" / "pki", own_root=False)
    one, two = answering(theirs.ground.service.stamper), answering(another.stamper)
    theirs.ground.served.stamps = _in_turn(cycle([one, two]))
    assert holds_later(stamped(theirs.ground, rendered), theirs.ground)
    assert len(theirs.ground.served.heard) == 3
    theirs.ground.served.stamps = _in_turn(chain([one], repeat(two)))
    wait_for(render_one(theirs.ground.app), "by another certificate")


def _in_turn(services: Iterator[serving.Stamps]) -> serving.Stamps:
    def stamps(body: bytes) -> tuple[str, bytes]:
        return next(services)(body)

    return stamps


def test_a_stamp_that_hides_its_certificate_is_refused(service: Making) -> None:
    theirs = service("crl")
    theirs.ground.served.stamps = _without_certificates(theirs.ground.service.stamper)
    wait_for(render_one(theirs.ground.app), "no certificate along")


def _without_certificates(stamper: DummyTimeStamper) -> serving.Stamps:
    whole = answering(stamper)

    def stamps(body: bytes) -> tuple[str, bytes]:
        kind, data = whole(body)
        found = tsp.TimeStampResp.load(data)
        found["time_stamp_token"]["content"]["certificates"] = []
        return kind, bytes(found.dump(force=True))

    return stamps


def test_addresses_that_keep_quiet_do_not_hold_a_job_for_long(
    service: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = service("crl", "ocsp")
    monkeypatch.setattr(foreign_lists, "SECONDS", -1.0)
    wait_for(render_one(theirs.ground.app), "nobody else was asked")
    assert theirs.asked == []


def _told(size: int, until: datetime) -> Told:
    return Told(bytes(size), until)


def test_what_is_kept_is_bounded() -> None:
    now = clock.now()
    kept = Kept(room=100, number=3)
    for name in "abcd":
        kept.put(name, _told(10, now + MINUTE))
    assert [kept.get(name, now) is not None for name in "abcd"] == [False, True, True, True]
    kept.put("e", _told(85, now + MINUTE))
    assert [kept.get(name, now) is not None for name in "cde"] == [False, True, True]
    kept.put("f", _told(101, now + MINUTE))
    assert kept.get("f", now) is None


def test_what_is_kept_ends_also_when_the_clock_goes_back() -> None:
    now = clock.now()
    kept = Kept()
    kept.put("a", _told(1, now + told.AT_MOST))
    assert kept.get("a", now) is not None
    assert kept.get("a", now + told.AT_MOST) is None
    assert kept.get("a", now - MINUTE) is None
