import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from lms.certificates import keys

NOW = datetime(2026, 12, 18, 2, 30, tzinfo=UTC)
HOST = "sijil.example"


@pytest.fixture
def folder(key_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(key_folder, tmp_path / "pki"))


def test_only_the_owner_reads_development_keys(key_folder: Path) -> None:
    assert key_folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in key_folder.iterdir()} == {0o600}
    assert json.loads((key_folder / "keyring.json").read_text())["development"] is True


def test_nothing_half_made_stays_beside(key_folder: Path) -> None:
    assert [path.name for path in key_folder.parent.iterdir()] == ["pki"]


def test_existing_keys_are_never_replaced(key_folder: Path) -> None:
    before = (key_folder / "root.pem").read_bytes()
    with pytest.raises(FileExistsError):
        keys.make_development_keys(key_folder, host=HOST, now=NOW)
    assert (key_folder / "root.pem").read_bytes() == before


def test_the_certificates_have_their_offices(ring: keys.KeyRing) -> None:
    signer = ring.signer_certificate
    usage = signer.extensions.get_extension_for_class(x509.KeyUsage).value
    limits = ring.chain[0].extensions.get_extension_for_class(x509.BasicConstraints).value
    purposes = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    root_key = ring.root.public_key()
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign
    assert limits == x509.BasicConstraints(ca=True, path_length=0)
    assert {each.dotted_string for each in purposes} == {"1.3.6.1.5.5.7.3.36", "1.3.6.1.5.5.7.3.4"}
    assert isinstance(root_key, ec.EllipticCurvePublicKey)
    assert isinstance(root_key.curve, ec.SECP384R1)
    public = ring.signer_certificate.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    assert isinstance(public.curve, ec.SECP256R1)
    for certificate in (signer, *ring.chain, ring.root):
        assert "DEVELOPMENT - not valid" in certificate.subject.rfc4514_string()


def test_the_did_document_names_the_key(ring: keys.KeyRing) -> None:
    document = keys.did_document(ring)
    method = document["verificationMethod"][0]
    public = ring.credential_key.public_key()
    assert document["id"] == "did:web:sijil.example"
    assert document["assertionMethod"] == [method["id"]] == ["did:web:sijil.example#key-1"]
    assert method["publicKeyMultibase"].startswith("z6Mk")
    assert keys.from_multibase(method["publicKeyMultibase"]) == public


def test_a_port_is_escaped_in_the_did() -> None:
    assert keys.did_web("Localhost:5000") == "did:web:localhost%3A5000"


@pytest.mark.parametrize("text", ["", "z", "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"])
def test_other_keys_are_no_multibase_key_of_ours(text: str) -> None:
    with pytest.raises(ValueError, match="not an Ed25519"):
        keys.from_multibase(text)


def test_no_folder_means_missing(tmp_path: Path) -> None:
    with pytest.raises(keys.KeysMissing):
        keys.load(tmp_path / "none", host=HOST, passphrase=None)


def test_a_lost_file_means_missing(folder: Path) -> None:
    (folder / "ca.pem").unlink()
    with pytest.raises(keys.KeysMissing):
        keys.load(folder, host=HOST, passphrase=None)


@pytest.mark.parametrize("name", ["keyring.json", "signer.key.pem", "credential.key.pem", "ca.pem"])
def test_a_damaged_file_means_unreadable(folder: Path, name: str) -> None:
    (folder / name).write_bytes((folder / name).read_bytes()[:60])
    with pytest.raises(keys.KeysUnreadable):
        keys.load(folder, host=HOST, passphrase=None)


@pytest.mark.parametrize(
    ("target", "source"),
    [
        ("signer.pem", "ca.pem"),
        ("root.pem", "signer.pem"),
        ("credential.key.pem", "signer.key.pem"),
        ("signer.key.pem", "credential.key.pem"),
    ],
)
def test_files_that_do_not_belong_together(folder: Path, target: str, source: str) -> None:
    (folder / target).write_bytes((folder / source).read_bytes())
    with pytest.raises(keys.KeysUnreadable):
        keys.load(folder, host=HOST, passphrase=None)


def test_an_encrypted_key_needs_its_passphrase(folder: Path, ring: keys.KeyRing) -> None:
    locked = ring.credential_key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"correct horse")
    )
    (folder / "credential.key.pem").write_bytes(locked)
    assert keys.load(folder, host=HOST, passphrase=b"correct horse").did == ring.did
    for wrong in (None, b"another"):
        with pytest.raises(keys.KeysUnreadable):
            keys.load(folder, host=HOST, passphrase=wrong)
