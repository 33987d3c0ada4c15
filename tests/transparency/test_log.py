"""The log grows by one entry a deed, proves itself over HTTP, and finds what was done to it."""

import json
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DBAPIError

from lms.db import db, transaction
from lms.kernel import clock, trees
from lms.transparency import auditing, keys, notes, proofs, queries, service
from lms.transparency.models import LogEntry, LogNode
from tests.make import NOW

pytestmark = pytest.mark.usefixtures("app")


def grow(count: int) -> None:
    with transaction():
        for _ in range(count):
            service.append("issued", f"{queries.size():064x}", at=clock.now())


def naive_root() -> bytes:
    return trees.root(queries.leaves(0, queries.size()))


def note() -> notes.Checkpoint:
    return notes.opened(service.checkpoint(), keys.verifier())


def test_the_sample_is_in_the_log(app: Flask) -> None:
    del app
    kinds = [entry.kind for entry in db.session.scalars(select(LogEntry))]
    assert kinds.count("issued") == 13
    assert kinds.count("suspended") == 1
    assert auditing.audit({}).sound


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(1, 20))
def test_the_stored_digests_give_the_root_of_all_leaves(count: int) -> None:
    before = note()
    grow(count)
    now = note()
    assert now.size == before.size + count
    assert now.root == naive_root()
    proof = queries.made(lambda read: proofs.consistency(read, before.size, now.size))
    assert proofs.is_continued(before.size, before.root, now.size, now.root, proof)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=4))
def test_entries_added_together_stand_as_if_added_one_by_one(counts: list[int]) -> None:
    for count in counts:
        size = queries.size()
        subjects = [f"{size + number:064x}" for number in range(count)]
        with transaction():
            assert service.append("issued", *subjects, at=clock.now()) == size
        assert [
            entry.subject for entry in map(queries.entry, range(size, size + count)) if entry
        ] == subjects
    assert note().root == naive_root()
    assert auditing.audit({}).sound


class Broken(Exception):
    """Something after the entry went wrong."""


def add_and_break() -> None:
    with transaction():
        service.append("issued", "0" * 64, at=NOW)
        raise Broken


def test_an_entry_that_is_rolled_back_leaves_no_gap() -> None:
    before = queries.size()
    with pytest.raises(Broken):
        add_and_break()
    assert queries.size() == before
    grow(1)
    assert auditing.audit({}).sound


def test_a_receipt_holds_and_no_other() -> None:
    grow(9)
    subject = f"{queries.size() - 3:064x}"
    receipt = service.receipt(subject, ["issued"])
    assert receipt is not None
    again = service.Receipt.read(receipt.to_json())
    assert service.holds(again, keys.verifier())
    assert again.entry["sha256"] == subject
    plain = json.loads(receipt.to_json())
    for change in (
        {"index": plain["index"] + 1},
        {"index": 10**30},
        {"entry": {**plain["entry"], "time": "2020-01-01T00:00:00Z"}},
        {"path": plain["path"][1:]},
        {"path": [*plain["path"], "00" * 32]},
        {"checkpoint": plain["checkpoint"].replace("\n", "\n1", 1)},
    ):
        spoiled = service.Receipt.read(json.dumps(plain | change).encode())
        assert not service.holds(spoiled, keys.verifier())
    for data in (b"", b"[]", b"{}", b'{"entry": 1}', b"[" * 100_000, b'{"path": ["x"]}'):
        with pytest.raises(service.BadReceipt):
            service.Receipt.read(data)
    assert service.receipt("f" * 64, ["issued"]) is None


@pytest.mark.parametrize("table", ["log_entry", "log_node"])
@pytest.mark.parametrize("deed", ["UPDATE {} SET {}", "DELETE FROM {}"])
def test_the_database_refuses_to_change_the_log(table: str, deed: str) -> None:
    grow(2)
    column = {"log_entry": "kind = 'x'", "log_node": "level = 9"}[table]
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(deed.format(table, column)))
    db.session.rollback()


def without_guards() -> None:
    """As the owner of the database could."""
    sqlite = db.engine.dialect.name == "sqlite"
    for table in ("log_entry", "log_node"):
        for deed in ("update", "delete", "replace" if sqlite else "truncate"):
            on = "" if sqlite else f" ON {table}"
            db.session.execute(text(f"DROP TRIGGER {table}_no_{deed}{on}"))


def found() -> set[str]:
    return {finding.code for finding in auditing.audit({}).findings}


def test_the_audit_finds_a_changed_entry_and_a_removed_one() -> None:
    grow(6)
    without_guards()
    entry = db.session.scalars(select(LogEntry).where(LogEntry.number == 3)).one()
    entry.subject = "e" * 64
    db.session.flush()
    assert found() == {"entry-changed"}
    db.session.execute(delete(LogEntry).where(LogEntry.number == 3))
    assert "entry-missing" in found()


def test_the_audit_finds_a_rewritten_entry_by_its_digests_and_by_a_kept_checkpoint(
    tmp_path: Path,
) -> None:
    del tmp_path
    grow(6)
    kept = service.checkpoint()
    assert auditing.audit({"kept": kept}).sound
    without_guards()
    entry = db.session.scalars(select(LogEntry).where(LogEntry.number == 3)).one()
    entry.subject = "e" * 64
    entry.leaf = service.leaf_of(service.said(entry.kind, entry.at, entry.subject))
    db.session.flush()
    assert found() == {"node-changed"}
    # Who writes the digests anew as well is found by whoever kept a checkpoint.
    leaves = queries.leaves(0, queries.size())
    for node in db.session.scalars(select(LogNode)):
        start = node.position << node.level
        node.digest = trees.root(leaves[start : start + (1 << node.level)])
    db.session.flush()
    assert found() == set()
    seen = auditing.audit({"kept": kept}).findings
    assert [finding.code for finding in seen] == ["checkpoint-differs"]


def test_the_audit_finds_a_back_dated_entry_and_a_log_that_was_cut() -> None:
    grow(3)
    kept = service.checkpoint()
    with transaction():
        service.append("issued", "a" * 64, at=clock.now().replace(year=2020))
    assert found() == {"entry-late"}
    without_guards()
    last = queries.size() - 2
    db.session.execute(delete(LogEntry).where(LogEntry.number >= last))
    codes = {finding.code for finding in auditing.audit({"kept": kept}).findings}
    assert {"head-differs", "checkpoint-ahead"} <= codes
    forged = auditing.audit({"forged": kept.replace("\n", "\n1", 1)}).findings
    assert "checkpoint-forged" in {finding.code for finding in forged}


def test_everybody_reads_and_checks_the_log(app: Flask) -> None:
    grow(5)
    visitor = app.test_client()
    verifier = notes.Verifier.read(visitor.get("/log/key").text)
    first = notes.opened(visitor.get("/log/checkpoint").text, verifier)
    grow(8)
    second = notes.opened(visitor.get("/log/checkpoint").text, verifier)
    asked = f"/log/consistency?first={first.size}&second={second.size}"
    path = [bytes.fromhex(step) for step in visitor.get(asked).get_json()["path"]]
    assert proofs.is_continued(first.size, first.root, second.size, second.root, path)
    leaves = [
        bytes.fromhex(line) for line in visitor.get("/log/leaves?start=0&count=1000").text.split()
    ]
    assert trees.root(leaves) == second.root
    subject = f"{second.size - 3:064x}"
    (entry,) = visitor.get(f"/log/entries?sha256={subject}").get_json()["entries"]
    asked = f"/log/inclusion?index={entry['index']}&size={second.size}"
    path = [bytes.fromhex(step) for step in visitor.get(asked).get_json()["path"]]
    leaf = service.leaf_of(entry["entry"])
    assert proofs.root_by_inclusion(leaf, entry["index"], second.size, path) == second.root
    page = visitor.get("/log/?lang=en")
    assert page.status_code == 200
    assert second.root.hex() in page.text
    assert visitor.get("/log/checkpoint").headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "asked",
    [
        "/log/inclusion",
        "/log/inclusion?index=0&size=999999",
        "/log/inclusion?index=5&size=5",
        "/log/consistency?first=0&second=2",
        "/log/consistency?first=3&second=2",
        "/log/consistency?first=1&second=-2",
        "/log/leaves?start=x&count=1",
        "/log/leaves?start=99999999999999999999&count=1",
    ],
)
def test_what_the_log_has_not_is_answered_in_words(app: Flask, asked: str) -> None:
    answer = app.test_client().get(asked, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert answer.get_json(force=True)["code"] == "log-out-of-range"
