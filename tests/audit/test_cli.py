"""``lms audit``: seal, verify, key, proof, and what the worker does."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from lms.audit import heads, jobs, merkle
from lms.audit.models import AuditEntry, AuditLeaf
from lms.db import db, transaction
from lms.jobs import ticks
from tests import make
from tests.audit import trails


@pytest.fixture
def committed(tmp_path: Path) -> Iterator[Flask]:
    with make.own_app("auditcli", tmp_path) as app:
        with app.app_context(), transaction():
            trails.write(trails.somebody(), 5)
        yield app


@pytest.fixture
def lms(committed: Flask) -> FlaskCliRunner:
    return committed.test_cli_runner()


def test_seal_then_verify(lms: FlaskCliRunner, committed: Flask) -> None:
    answer = lms.invoke(args=["audit", "seal"])
    assert answer.exit_code == 0
    assert "Sealed 6 entries. The head is seal 1" in answer.output
    assert "Sealed 0 entries" in lms.invoke(args=["audit", "seal"]).output
    with committed.app_context():
        assert (heads.folder() / "heads.jsonl").read_text().count("\n") == 1
    answer = lms.invoke(args=["audit", "verify"])
    assert (answer.exit_code, answer.output) == (
        0,
        "Sound: 6 entries under 1 seals, 2 heads.\n",
    )
    report = json.loads(lms.invoke(args=["audit", "verify", "--json"]).output)
    assert (report["sound"], report["entries"], report["first_bad"]) == (True, 6, None)


def test_verify_names_the_first_bad_row(lms: FlaskCliRunner, committed: Flask) -> None:
    lms.invoke(args=["audit", "seal"])
    with committed.app_context():
        victim = db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)).all()[2]
        with transaction():
            trails.drop_guards()
            trails.run("UPDATE audit_entry SET action = 'x' WHERE id >= :v", v=victim)
    answer = lms.invoke(args=["audit", "verify"])
    assert answer.exit_code == 1
    assert answer.output.startswith(f"First bad row: audit_entry {victim}: ")
    assert answer.output.count("also:") == 3
    answer = lms.invoke(args=["audit", "verify", "--json"])
    assert answer.exit_code == 1
    first = json.loads(answer.output)["first_bad"]
    assert (first["table"], first["row"], first["code"]) == (
        "audit_entry",
        victim,
        "entry-changed",
    )


def test_a_head_that_was_carried_away_tells_of_an_emptied_trail(
    lms: FlaskCliRunner, committed: Flask, tmp_path: Path
) -> None:
    lms.invoke(args=["audit", "seal"])
    with committed.app_context():
        copy = tmp_path / "carried-away.jsonl"
        copy.write_text((heads.folder() / "heads.jsonl").read_text())
        with transaction():
            trails.drop_guards()
            trails.run("DELETE FROM audit_entry")
            trails.run("DELETE FROM audit_leaf")
            trails.run("DELETE FROM audit_seal")
        for name in ("heads.jsonl", "latest.json"):
            (heads.folder() / name).unlink()
    assert lms.invoke(args=["audit", "verify"]).exit_code == 0  # nothing here tells of it
    answer = lms.invoke(args=["audit", "verify", "--heads", str(copy)])
    assert answer.exit_code == 1
    assert "the trail was cut here" in answer.output


def test_a_proof_convinces_whoever_has_the_public_key(
    lms: FlaskCliRunner, committed: Flask
) -> None:
    lms.invoke(args=["audit", "seal"])
    with committed.app_context():
        entry_id = db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)).all()[3]
    proof = json.loads(lms.invoke(args=["audit", "proof", str(entry_id)]).output)
    key = lms.invoke(args=["audit", "key"]).output.strip()
    assert merkle.leaf_digest(proof["entry"]) == proof["digest"]
    seal = proof["seal"]
    assert merkle.root_by(proof["digest"], proof["path"]) == seal["root"]
    signature = bytes.fromhex(seal.pop("signature"))
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, merkle.canonical(seal))
    assert proof["key"] == key
    assert lms.invoke(args=["audit", "proof", "999999"]).exit_code == 1


def test_the_worker_seals_and_lets_the_head_out(
    committed: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    calls = []

    def fail() -> None:
        calls.append(1)
        raise RuntimeError("tick")

    mine = ticks._Tick(jobs.seal, 0.0)
    broken = ticks._Tick(fail, 3600.0)
    monkeypatch.setattr(ticks, "_TICKS", {"broken": broken, "seal": mine})
    with committed.app_context():
        ticks.run_due()
        ticks.run_due()
        assert len(db.session.scalars(select(AuditLeaf.entry_id)).all()) == 6
        assert len(heads.exported()) == 2
        with transaction():
            trails.write(trails.somebody(), 1)
        ticks.run_due()
        known = heads.exported()
        assert [head["number"] for head in known] == [1, 2]  # hourly, and the newest
        assert trails.snapshot_verdict().sound
    assert calls == [1]
    assert "broken failed" in caplog.text


def test_both_ticks_are_known_to_the_worker() -> None:
    assert "lms.audit.jobs.seal" in ticks._TICKS


def test_a_cut_trail_keeps_its_head(committed: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with committed.app_context():
        jobs.seal()
        before = heads.exported()
        with transaction():
            trails.drop_guards()
            trails.run("DELETE FROM audit_leaf")
            trails.run("DELETE FROM audit_seal")
        jobs.seal()
        assert heads.exported() == before
        codes = {one.code for one in trails.snapshot_verdict().findings}
    assert codes == {"head-differs"}
    assert "does not hold seal 1 any more" in caplog.text
