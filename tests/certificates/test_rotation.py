"""Keys change: what was signed before stays good, and a killed process leaves a whole ring."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from flask import Flask

from lms.certificates import keyring, keys, proof, rotation, service, signing, status_list
from lms.checking.inspection import inspect
from lms.db import transaction
from lms.web import running
from tests.certificates.awards import attended_place, issue, sample_certificate

NOW = datetime(2026, 12, 18, 2, 30, tzinfo=UTC)
HOST = "sijil.example"


@pytest.fixture
def folder(key_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(key_folder, tmp_path / "pki"))


def load(folder: Path, passphrase: bytes | None = None) -> keys.KeyRing:
    return keys.load(folder, host=HOST, passphrase=passphrase)


def published(ring: keys.KeyRing, signed: dict[str, Any]) -> bool:
    """Whether the key that a credential names is published, and the proof holds under it."""
    document = keys.did_document(ring)
    method = signed["proof"][0]["verificationMethod"]
    assert method in document["assertionMethod"]
    key = next(one for one in document["verificationMethod"] if one["id"] == method)
    return proof.verify(signed, key["publicKeyMultibase"])


def test_what_the_old_key_signed_stays_good(folder: Path, signed: dict[str, Any]) -> None:
    name = rotation.rotate_credential(folder, host=HOST, passphrase=None, now=NOW)
    ring = load(folder)
    assert name == "key-2"
    assert ring.verification_method == f"did:web:{HOST}#key-2"
    assert published(ring, signed)
    unsigned = {name: value for name, value in signed.items() if name != "proof"}
    anew = proof.prove(unsigned, ring, now=NOW)
    assert anew["proof"][0]["verificationMethod"].endswith("#key-2")
    assert published(ring, anew)
    assert rotation.rotate_credential(folder, host=HOST, passphrase=None, now=NOW) == "key-3"
    third = load(folder)
    assert published(third, signed)
    assert published(third, anew)
    listed = status_list.status_credential(third, url="https://x.example/s", revoked=[], now=NOW)
    assert published(third, listed)
    assert listed["issuer"] == signed["issuer"]["id"]


def test_the_private_half_of_the_old_key_is_destroyed(folder: Path) -> None:
    rotation.rotate_credential(folder, host=HOST, passphrase=b"a long passphrase", now=NOW)
    names = {path.name for path in folder.iterdir()}
    assert "credential.key.pem" not in names
    assert "credential-2.key.pem" in names
    assert (folder / "credential-2.key.pem").stat().st_mode & 0o777 == 0o600
    assert b"ENCRYPTED" in (folder / "credential-2.key.pem").read_bytes()
    with pytest.raises(keys.KeysUnreadable):
        load(folder)
    assert load(folder, b"a long passphrase").retired[0].id == "key-1"


def test_a_run_killed_before_the_ring_was_replaced_changed_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load(folder).credential_key.public_key()

    class Killed(BaseException):
        """The power fails."""

    def fail(*_args: object) -> None:
        raise Killed

    monkeypatch.setattr(rotation, "_replace", fail)
    with pytest.raises(Killed):
        rotation.rotate_credential(folder, host=HOST, passphrase=None, now=NOW)
    assert load(folder).credential_key.public_key() == before
    monkeypatch.undo()
    assert rotation.rotate_credential(folder, host=HOST, passphrase=None, now=NOW) == "key-2"
    assert load(folder).credential_key.public_key() != before


def made_out(folder: Path, target: Path, authority: str = "ca") -> tuple[Path, Path]:
    """A key and a certificate of a signer, as the authority makes them out."""
    key = ec.generate_private_key(ec.SECP256R1())
    old = x509.load_pem_x509_certificate((folder / "signer.pem").read_bytes())
    issuer = x509.load_pem_x509_certificate((folder / f"{authority}.pem").read_bytes())
    issuing = load_pem_private_key((folder / f"{authority}.key.pem").read_bytes(), None)
    assert isinstance(issuing, ec.EllipticCurvePrivateKey)
    builder = (
        x509.CertificateBuilder()
        .subject_name(old.subject)
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=700))
    )
    for extension in old.extensions:
        if not isinstance(extension.value, x509.SubjectKeyIdentifier):
            builder = builder.add_extension(extension.value, extension.critical)
    builder = builder.add_extension(
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
    )
    paths = target / "new.key.pem", target / "new.pem"
    paths[0].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    paths[1].write_bytes(builder.sign(issuing, hashes.SHA256()).public_bytes(Encoding.PEM))
    return paths


def test_documents_of_both_signers_are_ours(
    folder: Path, tmp_path: Path, issued: bytes, rendered: bytes
) -> None:
    key, certificate = made_out(folder, tmp_path)
    ring = rotation.install_signer(folder, key, certificate, host=HOST, passphrase=None)
    assert load(folder).signer_certificate == ring.signer_certificate
    assert not (folder / "signer.key.pem").exists()
    by_new = signing.sign(rendered, ring, now=NOW)
    with time_machine.travel(NOW + timedelta(days=30), tick=False):
        for document in (issued, by_new):
            assert inspect(document, [ring.root]).signature == "ok"


def test_a_signer_of_another_authority_is_refused(folder: Path, tmp_path: Path) -> None:
    before = load(folder).signer_certificate
    keys.make_development_keys(tmp_path / "other", host=HOST, now=NOW)
    key, certificate = made_out(tmp_path / "other", tmp_path)
    with pytest.raises(rotation.NotOurs):
        rotation.install_signer(folder, key, certificate, host=HOST, passphrase=None)
    own_key, _ = made_out(folder, tmp_path)
    with pytest.raises(rotation.NotOurs):
        rotation.install_signer(folder, own_key, folder / "signer.pem", host=HOST, passphrase=None)
    assert load(folder).signer_certificate == before
    assert {path.name for path in folder.iterdir()} == {
        path.name for path in (tmp_path / "other").iterdir()
    }


def test_a_running_server_uses_the_new_key_at_once(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = running.settings()
    shutil.copytree(ours.pki, tmp_path / "inst" / "pki")
    monkeypatch.setitem(app.config, "LMS", replace(ours, instance=tmp_path / "inst"))
    old = sample_certificate().credential
    first = keyring.ring(running.settings())
    run = app.test_cli_runner()
    done = run.invoke(args=["keys", "rotate-credential"])
    assert (done.exit_code, "#key-2 from now on" in done.output) == (0, True)
    assert "#key-1  retired" in run.invoke(args=["keys", "list"]).output
    ring = keyring.ring(running.settings())
    assert ring.verification_method != first.verification_method
    assert published(ring, old)
    with transaction():
        certificate = issue(attended_place())
    assert published(ring, certificate.credential)
    visitor = app.test_client()
    document = visitor.get("/.well-known/did.json").get_json()
    assert [one.rpartition("#")[2] for one in document["assertionMethod"]] == ["key-2", "key-1"]
    assert service.make_pdf(certificate, ring)
