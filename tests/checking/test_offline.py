"""Checks without us: by the file and a trust bundle, with the rule of the page, no more trust."""

import copy
import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.certificates import proof, signing, status_list
from lms.certificates.keys import KeyRing
from lms.certificates.models import Certificate
from lms.certificates.rules import Outcome
from lms.checking import bundle, offline, published
from lms.cli import verify
from lms.db import transaction
from lms.kernel import clock
from lms.printing import pdf
from lms.printing.content import CertificateContent
from tests.certificates.awards import bring, sample_certificate
from tests.certificates.conftest import NOW
from tests.checking.forging import LOG, receipt_of

pytestmark = pytest.mark.once

URL = "https://sijil.example/status/revocation/1"
LATER = NOW + timedelta(days=3)


def packed(ring: KeyRing, *, revoked: tuple[int, ...] = (), at: timedelta = timedelta()) -> bytes:
    log = bundle.LogNow(LOG.text, "")
    status = status_list.status_credential(ring, url=URL, revoked=revoked, now=LATER + at)
    return bundle.make(ring, log, [status], bundle.Distrusted(), now=LATER + at)


@pytest.fixture(scope="module")
def trusted(ring: KeyRing) -> bundle.Bundle:
    return bundle.read(packed(ring))


def made(
    content: CertificateContent,
    ring: KeyRing,
    document: dict[str, Any],
    receipt: bytes | None = None,
) -> bytes:
    """A file under our signature, with whatever is attached."""
    attached = proof.canonical_bytes(document)
    return signing.sign(pdf.render(content, attached, now=NOW, receipt=receipt), ring, now=NOW)


def verdict(file: bytes, by: bundle.Bundle, *, days: int = 0) -> tuple[Outcome, str]:
    answer = offline.check(file, by, now=LATER + timedelta(days=days))
    return answer.outcome, answer.why


def test_a_genuine_file(
    content: CertificateContent,
    ring: KeyRing,
    signed: dict[str, Any],
    trusted: bundle.Bundle,
    issued: bytes,
) -> None:
    logged = made(content, ring, signed, receipt_of(signed))
    answer = offline.check(logged, trusted, now=LATER, name=" nur aisyah binti  Abdul Rahman ")
    assert (answer.outcome, answer.log, answer.name_matches) == (Outcome.VALID, "ok", True)
    said = answer.plain()
    assert said["serial"] == content.serial
    assert said["axes"] == {
        "signature": "ok",
        "period": "current",
        "status": "in_force",
        "issuer": "known",
        "file": "genuine",
        "log": "ok",
    }
    assert content.holder_name not in json.dumps(said)
    assert not offline.check(logged, trusted, now=LATER, name="Another").name_matches
    older = offline.check(issued, trusted, now=LATER)
    assert (older.outcome, older.log) == (Outcome.VALID, "not_checked")


def test_what_the_list_says(ring: KeyRing, trusted: bundle.Bundle, issued: bytes) -> None:
    withdrawn = bundle.read(packed(ring, revoked=(4711,)))
    assert verdict(issued, withdrawn) == (Outcome.REVOKED, "withdrawn")
    others = bundle.read(packed(ring, revoked=(4710, 4712)))
    assert verdict(issued, others) == (Outcome.VALID, "valid")
    assert verdict(issued, trusted, days=7) == (Outcome.VALID, "valid")
    assert verdict(issued, trusted, days=8) == (Outcome.CANNOT_CHECK, "list-too-old")
    elsewhere = status_list.status_credential(
        ring, url="https://sijil.example/other", revoked=[], now=LATER
    )
    forged = copy.deepcopy(withdrawn.lists[0])
    forged["credentialSubject"]["encodedList"] = status_list.encode([])
    later = copy.deepcopy(trusted.lists[0])
    later["validUntil"] = "2099-01-01T00:00:00Z"
    for status in (elsewhere, forged, later):
        wrong = replace(trusted, lists=(status,))
        assert verdict(issued, wrong, days=2) == (Outcome.CANNOT_CHECK, "list-unsound")


def test_the_days_of_validity(
    ring: KeyRing, content: CertificateContent, unsigned: dict[str, Any]
) -> None:
    for change, expected in (
        ({"validFrom": "2027-01-01T00:00:00Z"}, (Outcome.NOT_YET_VALID, "not-yet-valid")),
        ({"validUntil": "2026-12-19T00:00:00Z"}, (Outcome.EXPIRED, "expired")),
    ):
        document = proof.prove({**unsigned, **change}, ring, now=NOW)
        assert verdict(made(content, ring, document), bundle.read(packed(ring))) == expected


def test_a_receipt_of_something_else(
    content: CertificateContent, ring: KeyRing, signed: dict[str, Any], trusted: bundle.Bundle
) -> None:
    for receipt in (receipt_of({**signed, "name": "Other"}), receipt_of(signed, kind="revoked")):
        file = made(content, ring, signed, receipt)
        assert verdict(file, trusted) == (Outcome.TAMPERED, "receipt-unsound")


def test_files_that_are_not_ours_or_not_whole(
    issued: bytes, rendered: bytes, trusted: bundle.Bundle
) -> None:
    assert verdict(issued + b"\n", trusted) == (Outcome.TAMPERED, "altered")
    flipped = bytearray(issued)
    flipped[len(flipped) // 3] ^= 1
    assert verdict(bytes(flipped), trusted)[0] in {Outcome.TAMPERED, Outcome.UNKNOWN}
    assert verdict(rendered, trusted) == (Outcome.UNKNOWN, "not-ours")
    assert verdict(b"%PDF-1.7 nothing", trusted) == (Outcome.UNKNOWN, "not-ours")
    assert verdict(b"", trusted) == (Outcome.UNKNOWN, "not-ours")


def test_a_bundle_of_another_issuer_knows_nothing_of_it(
    issued: bytes, trusted: bundle.Bundle, tmp_path: Path
) -> None:
    from lms.certificates import keys

    keys.make_development_keys(tmp_path / "pki", host="sijil.example", now=NOW)
    other = keys.load(tmp_path / "pki", host="sijil.example", passphrase=None)
    assert verdict(issued, bundle.read(packed(other))) == (Outcome.UNKNOWN, "not-ours")
    keyless = replace(trusted, did={**trusted.did, "assertionMethod": []})
    assert verdict(issued, keyless) == (Outcome.TAMPERED, "credential-unsound")


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_bundle(data: bytes) -> None:
    with pytest.raises(bundle.BadBundle):
        bundle.read(data)


@pytest.mark.parametrize(
    "part", ["did.json", "root.pem", "status.json", "log-key.txt", "distrusted.json"]
)
@pytest.mark.parametrize("data", [b"", b"[]", b"[" * 100_000, b"\xff\xfe"])
def test_a_bundle_with_a_wrong_part_is_none(ring: KeyRing, part: str, data: bytes) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed(ring))) as good, zipfile.ZipFile(target, "w") as bad:
        for name in good.namelist():
            bad.writestr(name, data if name == part else good.read(name))
    with pytest.raises(bundle.BadBundle):
        bundle.read(target.getvalue())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 4000), st.integers(1, 255))
def test_a_damaged_bundle_is_refused_in_words(ring: KeyRing, place: int, change: int) -> None:
    data = bytearray(packed(ring))
    data[place % len(data)] ^= change
    try:
        bundle.read(bytes(data))
    except bundle.BadBundle:
        return


def test_a_bundle_with_a_locked_part_is_refused_in_words(ring: KeyRing) -> None:
    data = bytearray(packed(ring))
    name = b"did.json"  # the flag of encryption stands before each name, twice
    data[data.index(name) - 30 + 6] |= 1
    data[data.rindex(name) - 46 + 8] |= 1
    with pytest.raises(bundle.BadBundle):
        bundle.read(bytes(data))


def test_a_bundle_that_unfolds_without_end_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("about.json", bytes(50_000_000))
    with pytest.raises(bundle.BadBundle):
        bundle.read(target.getvalue())


def test_the_published_bundle_checks_what_this_house_issues(
    app: Flask, filed: Certificate, sample_pdf: bytes
) -> None:
    visitor = app.test_client()
    given = bundle.read(visitor.get("/trust.zip").data)
    answer = offline.check(sample_pdf, given, now=clock.now())
    assert (answer.outcome, answer.log) == (Outcome.VALID, "ok")
    with transaction():
        bring(filed, "superseded")
    later = bundle.read(published.trust_bundle(now=clock.now()))
    assert offline.check(sample_pdf, later, now=clock.now()).outcome is Outcome.REVOKED
    assert offline.check(sample_pdf, given, now=clock.now()).outcome is Outcome.VALID


def test_the_command_needs_no_configuration(app: Flask, sample_pdf: bytes, tmp_path: Path) -> None:
    file, trust = tmp_path / "certificate.pdf", tmp_path / "trust.zip"
    file.write_bytes(sample_pdf)
    done = app.test_cli_runner().invoke(args=["trust-bundle", str(trust)])
    assert done.exit_code == 0
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    bare["LMS_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/nothing"
    bare["PYTHONPATH"] = str(Path(offline.__file__).parents[2])

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "lms", "verify", *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, env=bare, cwd=tmp_path, check=False
        )

    told = run(str(file), "--bundle", str(trust), "--name", "Nur Aisyah binti Abdul Rahman")
    assert (told.returncode, told.stderr) == (0, "")
    assert "VALID: Genuine and valid, as far as the bundle of" in told.stdout
    assert "public log: ok" in told.stdout
    assert "name: as certified" in told.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["certificate.pdf", "trust.zip"]


@pytest.mark.usefixtures("app")
def test_what_the_command_ends_with(sample_pdf: bytes, tmp_path: Path) -> None:
    file, trust = tmp_path / "certificate.pdf", tmp_path / "trust.zip"
    trust.write_bytes(published.trust_bundle(now=clock.now()))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(verify, [*arguments, "--bundle", str(trust)])

    file.write_bytes(sample_pdf)
    plain = run(str(file), "--json")
    assert json.loads(plain.stdout)["serial"] == sample_certificate().serial
    file.write_bytes(sample_pdf + b"x")
    assert run(str(file)).exit_code == 4
    assert run("7Q2MX4C8ZT9KHD5WPV3R1NJB6F7").exit_code == 2
    trust.write_bytes(sample_pdf)
    assert run(str(file)).exit_code == 2


def test_a_signer_whose_days_are_over_says_nothing(issued: bytes, trusted: bundle.Bundle) -> None:
    with time_machine.travel(NOW + timedelta(days=20 * 365), tick=False):
        assert verdict(issued, trusted, days=20 * 365)[0] is not Outcome.VALID
