"""What keeps a server from starting with keys, secrets or folders that are not fit."""

import shutil
from dataclasses import fields
from pathlib import Path

import pytest

from lms import config, create_app
from lms.certificates import keyring
from lms.config import Misconfigured, Settings

SECRET = "0123456789abcdefghijklmnopqrstuv"
GOOD: dict[str, object] = {
    "production": True,
    "secret_key": SECRET,
    "data_key": SECRET[16:] + SECRET[:16],
    "audit_key": SECRET[::-1],
    "base_url": "https://sijil.example",
}


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a test states."""
    for field in fields(Settings):
        monkeypatch.delenv(f"LMS_{field.name.upper()}", raising=False)


def load(folder: Path, **more: object) -> Settings:
    return config.load({"instance": folder, **more})


def test_development_keys_are_made_once(tmp_path: Path) -> None:
    ours = load(tmp_path)
    ring = keyring.ring(ours)
    assert ring.development
    assert ring.did == "did:web:127.0.0.1%3A8000"
    root = (ours.pki / "root.pem").read_bytes()
    assert keyring.ring(ours) is ring
    keyring.make(ours)
    assert (ours.pki / "root.pem").read_bytes() == root


def test_production_refuses_development_keys(key_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(key_folder, tmp_path / "pki")
    with pytest.raises(Misconfigured, match="development keys") as caught:
        keyring.ring(load(tmp_path, **GOOD))
    assert str(tmp_path / "pki") in str(caught.value)
    assert "LMS_KEY_PASSPHRASE" in str(caught.value)


def test_production_makes_no_keys(tmp_path: Path) -> None:
    ours = load(tmp_path, **GOOD)
    with pytest.raises(Misconfigured, match="missing"):
        keyring.ring(ours)
    assert not ours.pki.exists()


@pytest.mark.parametrize("more", [{}, GOOD])
def test_a_lost_key_is_named(key_folder: Path, tmp_path: Path, more: dict[str, object]) -> None:
    """Also in development nothing is made over what is left: certificates hang on it."""
    shutil.copytree(key_folder, tmp_path / "pki")
    (tmp_path / "pki" / "signer.key.pem").unlink()
    with pytest.raises(Misconfigured, match=r"signer\.key\.pem"):
        keyring.ring(load(tmp_path, **more))
    assert not (tmp_path / "pki" / "signer.key.pem").exists()


def test_damaged_keys_are_refused_and_not_replaced(key_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(key_folder, tmp_path / "pki")
    (tmp_path / "pki" / "signer.key.pem").write_bytes(b"nothing")
    with pytest.raises(Misconfigured, match="cannot be read"):
        keyring.ring(load(tmp_path))
    assert (tmp_path / "pki" / "signer.key.pem").read_bytes() == b"nothing"


def test_good_settings_are_taken(tmp_path: Path) -> None:
    ours = load(tmp_path, **GOOD)
    assert (ours.production, ours.host) == (True, "sijil.example")
    assert not (tmp_path / "secret_key").exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"secret_key": ""}, "LMS_SECRET_KEY"),
        ({"secret_key": SECRET[:31]}, "LMS_SECRET_KEY"),
        ({"secret_key": "a" * 64}, "LMS_SECRET_KEY"),
        ({"secret_key": "changeme" * 8}, "LMS_SECRET_KEY"),
        ({"data_key": ""}, "LMS_DATA_KEY"),
        ({"data_key": SECRET}, "LMS_DATA_KEY"),
        ({"audit_key": ""}, "LMS_AUDIT_KEY"),
        ({"audit_key": SECRET}, "LMS_AUDIT_KEY"),
        ({"base_url": "http://sijil.example"}, "LMS_BASE_URL"),
        ({"base_url": "sijil.example"}, "LMS_BASE_URL"),
        ({"base_url": ""}, "LMS_BASE_URL"),
    ],
)
def test_production_refuses_what_is_weak(
    tmp_path: Path, wrong: dict[str, object], words: str
) -> None:
    with pytest.raises(Misconfigured, match=words):
        load(tmp_path, **{**GOOD, **wrong})
    with pytest.raises(Misconfigured, match=words):
        create_app({"instance": tmp_path, **GOOD, **wrong})


def test_production_does_not_make_up_a_secret(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="LMS_SECRET_KEY"):
        load(tmp_path, production=True, base_url="https://sijil.example")
    assert list(tmp_path.iterdir()) == []


def test_the_environment_can_ask_for_production(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMS_INSTANCE", str(tmp_path))
    monkeypatch.setenv("LMS_PRODUCTION", "true")
    monkeypatch.setenv("LMS_SECRET_KEY", "short")
    with pytest.raises(Misconfigured, match="LMS_SECRET_KEY"):
        config.load()
    monkeypatch.setenv("LMS_SECRET_KEY", SECRET)
    monkeypatch.setenv("LMS_DATA_KEY", SECRET[16:] + SECRET[:16])
    monkeypatch.setenv("LMS_AUDIT_KEY", SECRET[::-1])
    monkeypatch.setenv("LMS_BASE_URL", "https://sijil.example")
    assert config.load().production


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("LMS_PRODUCTION", "perhaps", "true or false"),
        ("LMS_PRODUCTION", "yes", "true or false"),
        ("LMS_UPLOAD_LIMIT", "25 MB", "a number"),
    ],
)
def test_a_value_that_is_not_understood_is_not_guessed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured, match=f"{name} must be {words}"):
        load(tmp_path)


def test_an_instance_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """Below a file no folder can be, not even for root."""
    (tmp_path / "file").write_text("a file")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(Misconfigured, match="cannot be written") as caught:
            load(folder)
        assert str(folder) in str(caught.value)


def test_development_keeps_its_secret(tmp_path: Path) -> None:
    first = load(tmp_path).secret_key
    assert len(first) >= 32
    assert load(tmp_path).secret_key == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
