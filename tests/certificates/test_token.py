"""The document key in a token: SoftHSM stands for the hardware."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
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

from lms import config, doctor
from lms.certificates import document_keys, jobs, keyring, keys, rotation, signing
from lms.certificates.document_keys import Access, KeyAway
from lms.certificates.models import Certificate
from lms.checking.inspection import inspect
from lms.config import Misconfigured
from lms.db import db, transaction
from lms.jobs.port import NotNow
from lms.web import running
from tests.certificates.awards import attended_place, issue
from tests.certificates.test_production import GOOD

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(
        shutil.which("softhsm2-util") is None and os.environ.get("CI") != "true",
        reason="missing: softhsm2-util",
    ),
]
NOW = datetime(2026, 12, 18, 2, 30, tzinfo=UTC)
HOST = "sijil.example"
LIBRARY = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "4711-0815"


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Access]:
    """A fresh token, for this module alone."""
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    softhsm("--init-token", "--free", "--label", "sijil", "--pin", PIN, "--so-pin", "1234567890")
    yield Access(LIBRARY, "sijil", PIN)
    document_keys._end_session()  # else the library holds it to the end
    os.environ.pop("SOFTHSM2_CONF")
    if before is not None:
        os.environ["SOFTHSM2_CONF"] = before


def softhsm(*arguments: str) -> None:
    subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True)


def put(folder: Path, label: str, number: int) -> ec.EllipticCurvePrivateKey:
    """A key in the token, as an institute brings one there."""
    key = ec.generate_private_key(ec.SECP256R1())
    file = folder / f"{label}.p8"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    softhsm(
        "--import", str(file), "--token", "sijil", "--label", label,
        "--id", f"{number:04x}", "--pin", PIN,
    )  # fmt: skip
    file.unlink()
    return key


def certify(folder: Path, public: ec.EllipticCurvePublicKey, file: Path) -> Path:
    """A certificate of our authority for a key."""
    ca = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    ca_key = load_pem_private_key((folder / "ca.key.pem").read_bytes(), None)
    assert isinstance(ca_key, ec.EllipticCurvePrivateKey)
    old = x509.load_pem_x509_certificate((folder / "signer.pem").read_bytes())
    builder = (
        x509.CertificateBuilder()
        .subject_name(old.subject)
        .issuer_name(ca.subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(NOW + timedelta(days=3650))
    )
    for extension in old.extensions:
        if not isinstance(extension.value, x509.SubjectKeyIdentifier):
            builder = builder.add_extension(extension.value, critical=extension.critical)
    file.write_bytes(builder.sign(ca_key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return file


@dataclass(frozen=True)
class Ground:
    """A ring of files, and a certificate for a key in the token."""

    folder: Path
    certificate: Path
    access: Access


@pytest.fixture
def ground(key_folder: Path, tmp_path: Path, token: Access) -> Ground:
    folder = Path(shutil.copytree(key_folder, tmp_path / "pki"))
    key = put(tmp_path, tmp_path.name, abs(hash(tmp_path.name)) % 60000)
    return Ground(folder, certify(folder, key.public_key(), tmp_path / "new.pem"), token)


def install(ground: Ground, label: str | None = None) -> keys.KeyRing:
    named = f"pkcs11:{label or ground.folder.parent.name}"
    return rotation.install_signer(
        ground.folder, named, ground.certificate, host=HOST, passphrase=None, access=ground.access
    )


def test_a_key_in_a_token_signs_pdfs(ground: Ground, rendered: bytes, tmp_path: Path) -> None:
    ring = install(ground)
    assert ring.document_key.place == f"key {tmp_path.name} in token sijil"
    again = keys.load(ground.folder, host=HOST, passphrase=None, access=ground.access)
    for each in (ring, again):
        signed = signing.sign(rendered, each, now=NOW)
        found = inspect(signed, [ring.root], now=NOW)
        assert found.signature == "ok"
    assert sorted(path.name for path in ground.folder.glob("signer*")) == [
        "signer-2.pem",
        "signer.pem",
    ]
    assert json.loads((ground.folder / "keyring.json").read_text())["signer"] == {
        "number": "2",
        "key": f"pkcs11:{tmp_path.name}",
        "certificate": "signer-2.pem",
    }


def test_pdfsig_finds_what_the_token_signed_valid(
    ground: Ground, rendered: bytes, tmp_path: Path
) -> None:
    ring = install(ground)
    file = tmp_path / "certificate.pdf"
    file.write_bytes(signing.sign(rendered, ring, now=NOW))
    seen = subprocess.run(["pdfsig", str(file)], check=False, capture_output=True, text=True)
    assert "Signature is Valid" in seen.stdout
    assert "Total document signed" in seen.stdout


def test_another_key_of_the_token_is_refused(ground: Ground, tmp_path: Path) -> None:
    before = sorted(path.name for path in ground.folder.iterdir())
    put(tmp_path, f"{tmp_path.name}-other", abs(hash(tmp_path.name)) % 60000 + 1)
    with pytest.raises(rotation.NotOurs, match="another key"):
        install(ground, f"{tmp_path.name}-other")
    with pytest.raises(rotation.NotOurs, match="NoSuchKey"):
        install(ground, "not there")
    assert sorted(path.name for path in ground.folder.iterdir()) == before


@pytest.mark.parametrize(
    ("change", "error"),
    [({"pin": "wrong"}, "PinIncorrect"), ({"token": "elsewhere"}, "NoSuchToken")],
)
def test_a_token_that_cannot_be_used_says_so_without_the_pin(
    ground: Ground, rendered: bytes, change: dict[str, str], error: str
) -> None:
    install(ground)
    document_keys._end_session()  # a wrong PIN matters when a session begins
    access = replace(ground.access, **change)
    ring = keys.load(ground.folder, host=HOST, passphrase=None, access=access)
    with pytest.raises(KeyAway, match=error) as caught:
        signing.sign(rendered, ring, now=NOW)
    assert access.pin not in str(caught.value)
    good = keys.load(ground.folder, host=HOST, passphrase=None, access=ground.access)
    assert signing.sign(rendered, good, now=NOW)


def test_a_process_that_forked_signs_too(ground: Ground, rendered: bytes) -> None:
    ring = install(ground)
    signing.sign(rendered, ring, now=NOW)
    child = os.fork()
    if not child:
        try:
            signed = signing.sign(rendered, ring, now=NOW)
            os._exit(0 if inspect(signed, [ring.root], now=NOW).signature == "ok" else 1)
        except BaseException:  # noqa: BLE001  # whatever it is, the parent must hear of it
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert signing.sign(rendered, ring, now=NOW)


def test_without_the_settings_the_ring_says_what_is_missing(ground: Ground) -> None:
    install(ground)
    with pytest.raises(keys.KeysUnreadable, match="LMS_KEY_TOKEN_LIBRARY"):
        keys.load(ground.folder, host=HOST, passphrase=None)


def test_the_library_is_loaded_only_where_a_token_signs(ground: Ground) -> None:
    install(ground)
    code = (
        "import sys; from pathlib import Path;"
        "from lms.certificates import keys, document_keys, signing;"
        f"keys.load(Path({str(ground.folder)!r}), host={HOST!r}, passphrase=None,"
        f" access=document_keys.Access({LIBRARY!r}, 'sijil', 'x'));"
        "sys.exit('pkcs11' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_commands_and_doctor_with_a_token(
    app: Flask, ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pin = tmp_path / "pin"
    pin.write_text(f"{PIN}\n")
    ours = replace(
        running.settings(),
        instance=ground.folder.parent,
        base_url=f"https://{HOST}",
        key_token_library=LIBRARY,
        key_token="sijil",  # a label
        key_token_pin_file=str(pin),
    )
    monkeypatch.setitem(app.config, "LMS", ours)
    runner = app.test_cli_runner()
    label = ground.folder.parent.name
    told = runner.invoke(
        args=["keys", "install-signer", f"pkcs11:{label}", str(ground.certificate)]
    )
    assert told.exit_code == 0, told.output
    told = runner.invoke(args=["keys", "list"])
    assert f"by key {label} in token sijil" in told.output
    assert PIN not in told.output
    assert doctor.LOOKS["keys"]() == ""
    document_keys._end_session()
    pin.write_text("wrong")
    os.utime(ground.folder / "keyring.json")
    assert "cannot be used: PinIncorrect" in doctor.LOOKS["keys"]()
    told = runner.invoke(args=["keys", "install-signer", "nowhere.pem", str(ground.certificate)])
    assert "There is no file nowhere.pem." in told.output


def test_settings_of_a_token_are_whole_or_refused(tmp_path: Path) -> None:
    token = {"key_token_library": LIBRARY, "key_token": "sijil"}
    for more in (
        {**token},
        {**token, "key_token_pin": "1", "key_token_pin_file": "/tmp/pin"},  # noqa: S108
        {**token, "key_token_library": "/nowhere.so", "key_token_pin": "1"},
        {"key_token_library": LIBRARY, "key_token_pin": "1"},
    ):
        with pytest.raises(Misconfigured, match="LMS_KEY_TOKEN"):
            config.load({"instance": tmp_path, **GOOD, **more})
    ours = config.load(
        {"instance": tmp_path, **GOOD, **token, "key_token_pin_file": str(tmp_path / "none")}
    )
    with pytest.raises(Misconfigured, match="LMS_KEY_TOKEN_PIN_FILE cannot be read"):
        keyring.access_of(ours)


def test_a_pdf_waits_for_the_token(
    app: Flask, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(ground)
    document_keys._end_session()
    ours = replace(
        running.settings(),
        instance=ground.folder.parent,
        key_token_library=LIBRARY,
        key_token="elsewhere",
        key_token_pin=PIN,
    )
    with transaction():
        certificate_id = issue(attended_place()).id
    monkeypatch.setitem(app.config, "LMS", ours)
    with pytest.raises(NotNow, match="in token elsewhere cannot be used: NoSuchToken"):
        jobs.render(certificate_id)
    monkeypatch.setitem(app.config, "LMS", replace(ours, key_token="sijil"))
    os.utime(ground.folder / "keyring.json")
    jobs.render(certificate_id)
    found = db.session.get(Certificate, certificate_id)
    assert found is not None
    assert found.pdf_digest is not None
