"""Seals: any single change is found and named, proofs verify, nothing is sealed twice."""

import hashlib
import json
import math
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from lms.audit import heads, merkle, queries, sealing
from lms.audit.models import AuditEntry, AuditLeaf, AuditSeal
from lms.db import db, transaction
from lms.people.models import User
from tests import make
from tests.audit import trails

pytestmark = pytest.mark.heavy

DIGESTS = st.lists(
    st.integers(0, 2**32).map(lambda n: hashlib.sha256(str(n).encode()).hexdigest()),
    min_size=1,
    max_size=40,
)


@given(DIGESTS, st.data())
def test_every_leaf_has_a_path_to_the_root(digests: list[str], data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(digests) - 1))
    path = merkle.path(digests, position)
    assert merkle.root_by(digests[position], path) == merkle.root(digests)
    assert len(path) <= math.ceil(math.log2(len(digests))) if len(digests) > 1 else not path
    other = hashlib.sha256(b"other").hexdigest()
    assert merkle.root_by(other, path) != merkle.root(digests)


def test_the_tree_is_that_of_rfc_6962() -> None:
    """The test vectors of Certificate Transparency, tree head of the first seven leaves."""
    data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
    leaves = [hashlib.sha256(b"\x00" + bytes.fromhex(one)).hexdigest() for one in data]
    assert merkle.root([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.root(leaves[:1]) == (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )
    assert merkle.root(leaves) == (
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"
    )


@pytest.fixture
def sealed(app: Flask) -> Iterator[list[int]]:
    """Three seals over twelve entries in the transaction of the test."""
    del app
    sealing.seal_all()
    user = trails.somebody()
    for _ in range(3):
        trails.write(user, 4)
        sealing.seal_all()
    yield list(db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)))[-12:]
    db.session.rollback()


def test_an_untouched_trail_is_sound(sealed: list[int]) -> None:
    report = trails.verdict()
    assert report.sound, report.findings
    assert report.entries == db.session.scalar(select(func.count(AuditEntry.id)))
    assert len(sealed) == 12


TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.integers(0, 2**31 - 1)
MOMENTS = st.datetimes().map(lambda each: str(each.replace(year=2001 + each.year % 40)))
COLUMNS: dict[str, tuple[str, st.SearchStrategy[Any]]] = {
    "id": ("audit_entry", st.integers(10**6, 2**31 - 1)),
    "at": ("audit_entry", MOMENTS),
    "actor_id": ("audit_entry", NUMBERS | st.none()),
    "action": ("audit_entry", TEXT),
    "object_type": ("audit_entry", TEXT),
    "object_id": ("audit_entry", NUMBERS | st.none()),
    "request_id": ("audit_entry", TEXT | st.none()),
    "address": ("audit_entry", TEXT | st.none()),
    "details": ("audit_entry", st.dictionaries(TEXT, TEXT | NUMBERS).map(json.dumps)),
    "entry_id": ("audit_leaf", st.integers(10**6, 2**31 - 1)),
    "seal_id": ("audit_leaf", st.integers(10**6, 2**31 - 1)),
    "position": ("audit_leaf", st.integers(10**6, 2**31 - 1)),
    "digest": ("audit_leaf", TEXT),
    "seal.id": ("audit_seal", st.integers(10**6, 2**31 - 1)),
    "seal.at": ("audit_seal", MOMENTS),
    "count": ("audit_seal", NUMBERS),
    "complete": ("audit_seal", st.booleans()),
    "root": ("audit_seal", TEXT),
    "previous": ("audit_seal", TEXT),
    "mac": ("audit_seal", TEXT),
}


@pytest.mark.parametrize("name", COLUMNS)
@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_single_change_of_any_column_is_found(
    sealed: list[int], name: str, data: st.DataObject
) -> None:
    table, values = COLUMNS[name]
    column = name.rpartition(".")[2]
    victim = data.draw(st.sampled_from(sealed))
    leaf = db.session.get_one(AuditLeaf, victim)
    key, row = {
        "audit_entry": ("id", victim),
        "audit_leaf": ("entry_id", victim),
        "audit_seal": ("id", leaf.seal_id),
    }[table]
    kind = {"details": "jsonb", "at": "timestamptz"}.get(column)
    sqlite = db.session.get_bind().dialect.name == "sqlite"
    value = f"CAST(:v AS {kind})" if kind and not sqlite else ":v"
    whole = select(*Rows[table]).order_by(text("1"))
    before = db.session.execute(whole).all()
    with trails.without_guards():
        change = f"UPDATE {table} SET {column} = {value} WHERE {key} = :r"  # noqa: S608
        trails.run(change, v=data.draw(values), r=row)
        changed = db.session.execute(whole).all() != before
        report = trails.verdict()
    assert report.sound is not changed
    if changed and table == "audit_entry":
        assert str(report.findings[0]).startswith(f"audit_entry {victim}:")
    if changed and table == "audit_seal" and column != "id":
        assert report.findings[0].row == leaf.seal_id


Rows = {
    "audit_entry": AuditEntry.__table__.c,
    "audit_leaf": AuditLeaf.__table__.c,
    "audit_seal": AuditSeal.__table__.c,
}


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE audit_entry SET details = 'no json' WHERE id = :v", "entry-unreadable"),
        ("UPDATE audit_entry SET at = 'never' WHERE id = :v", "entry-unreadable"),
        ("UPDATE audit_entry SET action = CAST(x'ff' AS TEXT) WHERE id = :v", "entry-unreadable"),
        ("UPDATE audit_entry SET action = x'ff' WHERE id = :v", "entry-unreadable"),
        ("UPDATE audit_seal SET at = 'never' WHERE id = 2", "seal-missing"),
        ("UPDATE audit_seal SET count = 'many' WHERE id = 2", "seal-missing"),
        ("UPDATE audit_seal SET mac = x'ff' WHERE id = 2", "seal-missing"),
    ],
)
def test_what_no_program_writes_is_named_too(sealed: list[int], statement: str, code: str) -> None:
    if db.session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps no such values")
    with trails.without_guards():
        trails.run(statement, v=sealed[3])
        report = trails.verdict()
    assert report.findings[0].code == code
    assert report.findings[0].row == (sealed[3] if code.startswith("entry") else 2)


@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize(
    ("moment", "code"), [("2001-01-01", "entry-late"), ("2190-01-01", "entry-early")]
)
def test_a_forged_entry_that_was_sealed_is_named_by_its_moment(moment: str, code: str) -> None:
    trails.run(
        "INSERT INTO audit_entry (at, action, object_type, details)"
        " VALUES (:at, 'forged', 'x', '{}')",
        at=f"{moment} 00:00:00.000000",
    )
    forged = queries.newest_id()
    assert trails.verdict().findings[0].code == "entry-unsealed"
    sealing.seal_all()
    assert [(one.row, one.code) for one in trails.verdict().findings] == [(forged, code)]


def test_a_cut_trail_is_behind_its_head(sealed: list[int]) -> None:
    number = heads.export()
    assert number is not None
    assert trails.verdict().heads == 2
    with trails.without_guards():
        trails.run("DELETE FROM audit_seal WHERE id = :n", n=number)
        trails.run("DELETE FROM audit_leaf WHERE seal_id = :n", n=number)
        trails.run("DELETE FROM audit_entry WHERE id >= :v", v=sealed[8])
        report = trails.verdict()
        assert [(one.row, one.code) for one in report.findings] == [(number, "head-ahead")]
        assert heads.export() is None  # the head that tells of it stays
        assert not trails.verdict().sound
    with (heads.folder() / "heads.jsonl").open("a") as file:
        file.write('{"number": 1, "mac": "forged"}\nnot json\n')
    assert [one.code for one in trails.verdict().findings] == ["head-forged"] * 2
    for file_name in ("heads.jsonl", "latest.json"):
        (heads.folder() / file_name).unlink()


@pytest.fixture
def committed(tmp_path: Path) -> Iterator[Flask]:
    with make.own_app("sealing", tmp_path) as app:
        yield app


def at_work(app: Flask, deed: Callable[[], None], faults: list[str]) -> threading.Thread:
    """A thread that has begun a deed in a context of its own."""

    def guarded() -> None:
        with app.app_context():
            try:
                deed()
            except Exception as error:  # noqa: BLE001  # a thread must not die unheard
                faults.append(repr(error))
            finally:
                db.session.remove()

    thread = threading.Thread(target=guarded)
    thread.start()
    return thread


def write_and_seal_at_once(app: Flask, user_id: int) -> list[str]:
    """Eight writers, in seals of their own or not, beside two sealers; returns what failed."""
    stop = threading.Event()
    faults: list[str] = []

    def writes() -> None:
        for number in range(12):
            with transaction():
                user = db.session.get_one(User, user_id)
                trails.write(user, 3, sealed=number % 3 == 0)

    def seals() -> None:
        sweep = sealing.Sweep()
        while not stop.wait(0.01):
            sweep.run()
            db.session.rollback()

    sealers = [at_work(app, seals, faults) for _ in range(2)]
    for thread in [at_work(app, writes, faults) for _ in range(8)]:
        thread.join(120)
    stop.set()
    for thread in sealers:
        thread.join(30)
    return faults


def test_every_committed_entry_ends_in_exactly_one_leaf(committed: Flask) -> None:
    with committed.app_context(), transaction():
        user_id = trails.somebody().id
    assert write_and_seal_at_once(committed, user_id) == []
    with committed.app_context():
        sealing.seal_all()
        entries = list(db.session.scalars(select(AuditEntry.id)))
        leaves = list(db.session.scalars(select(AuditLeaf.entry_id)))
        assert len(entries) >= 8 * 12 * 3
        assert sorted(leaves) == sorted(entries)
        report = trails.snapshot_verdict()
        assert report.sound, report.findings


def test_the_low_mark_follows_only_after_the_longest_transaction(
    committed: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("lms.audit.sealing.time.monotonic", lambda: now)
    with committed.app_context():
        with transaction():
            user = trails.somebody()
        sweep = sealing.Sweep()
        assert sweep.run() > 0
        first = queries.newest_id()
        now += sealing.LONGEST_TRANSACTION - 1
        assert (sweep.run(), sweep._low) == (0, 0)
        now += 1
        assert (sweep.run(), sweep._low) == (0, first)
        with transaction():
            trails.write(user, 2)
        assert sweep.run() == 2
        now += sealing.ANEW
        assert (sweep.run(), sweep._low) == (0, 0)
