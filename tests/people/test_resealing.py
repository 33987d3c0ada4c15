"""A change of the data key: killed in the middle nothing is lost, and all can be read."""

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask
from sqlalchemy import func, insert, select, update

from lms import doctor
from lms.audit.models import AuditEntry
from lms.db import db, transaction
from lms.jobs.models import Work
from lms.kernel import clock
from lms.kernel.errors import Conflict
from lms.people import identity, resealing, sealing, second_factor
from lms.people.account_models import SecondFactor
from lms.people.identity_models import IdentityNumber, PersonalKey
from lms.people.models import User
from lms.people.rules import NumberKind
from tests import make

pytestmark = pytest.mark.heavy

CHECKOUT = Path(__file__).resolve().parents[2]
OLD, NEW, LOST = (f"{word}-key-of-a-test,-long-enough-for-all" for word in ("old", "new", "lost"))
FACTORS, NUMBERS = 2600, 1100  # more than seven batches
SECRET = b"twenty bytes of one."


def without_id(secret: bytes, *, key: str, purpose: str, owner: int) -> str:
    """Sealed as releases before this one did."""
    nonce, context = os.urandom(12), f"{purpose}:{owner}".encode()
    sealed = AESGCM(sealing._derived(key, purpose)).encrypt(nonce, secret, context)
    return f"1.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def passport(number: int) -> str:
    return f"A{number:08}"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Flask]:
    with make.own_app("resealing", tmp_path) as app, app.app_context():
        use(app, NEW, OLD)
        yield app


def use(app: Flask, present: str, *old: str) -> None:
    app.config["LMS"] = replace(app.config["LMS"], data_key=present, data_key_old=" ".join(old))


def people(count: int) -> list[int]:
    rows = [
        {
            "name": f"Person {n}",
            "name_key": f"person {n}",
            "email": f"p{n}@x.example",
            "email_key": f"p{n}@x.example",
            "password_hash": "none",
        }
        for n in range(count)
    ]
    with transaction():
        db.session.execute(insert(User), rows)
    return list(db.session.scalars(select(User.id).order_by(User.id)))


def fill(owners: list[int], factors: int, numbers: int, key: str = OLD) -> None:
    """Sealed values under a key, the first half of them without its id."""
    now = clock.now()

    def sealed(place: int, of: int, secret: bytes, purpose: str, owner: int) -> str:
        how = without_id if place < of // 2 else sealing.seal
        return how(secret, key=key, purpose=purpose, owner=owner)

    rows: list[dict[str, Any]] = [
        {"user_id": owner, "last_step": 1, "created_at": now,
         "sealed": sealed(n, factors, SECRET, second_factor.PURPOSE, owner)}
        for n, owner in enumerate(owners[:factors])
    ]  # fmt: skip
    keys, kept = [], []
    for n, owner in enumerate(owners[:numbers]):
        own, plain = f"{n:064x}", passport(n)
        shut = sealed(n, numbers, own.encode(), identity.KEY_PURPOSE, owner)
        keys.append({"user_id": owner, "created_at": now, "sealed": shut})
        inner = sealing.seal(plain.encode(), key=own, purpose="identity number", owner=owner)
        digest = identity.digest_of(NumberKind.PASSPORT, plain, key)
        facts = {"user_id": owner, "kind": "passport", "ending": "0000", "created_at": now}
        kept.append({**facts, "sealed": inner, "digest": digest})
    with transaction():
        for model, many in ((SecondFactor, rows), (PersonalKey, keys), (IdentityNumber, kept)):
            if many:
                db.session.execute(insert(model), many)


def read_all(keys: tuple[str, ...]) -> tuple[int, int]:
    """Open each secret and each number, and find each number; how many of either."""
    db.session.rollback()
    factors = db.session.execute(select(SecondFactor.user_id, SecondFactor.sealed)).all()
    for owner, sealed in factors:
        assert (
            sealing.unseal(sealed, keys=keys, purpose=second_factor.PURPOSE, owner=owner) == SECRET
        )
    query = select(PersonalKey, IdentityNumber).join(
        IdentityNumber, IdentityNumber.user_id == PersonalKey.user_id
    )
    pairs = db.session.execute(query.order_by(PersonalKey.user_id)).all()
    for n, (key, number) in enumerate(pairs):
        assert identity.plain_of(number, identity.opened(key, keys)) == passport(n)
        digests = {identity.digest_of(NumberKind.PASSPORT, passport(n), each) for each in keys}
        assert number.digest in digests
    db.session.rollback()
    db.session.expunge_all()
    return len(factors), len(pairs)


def reseal(app: Flask, *more: str) -> tuple[int, str]:
    """The command in this process: its status and what it says."""
    db.session.rollback()
    answer = app.test_cli_runner().invoke(args=["keys", "reseal", *more])
    return answer.exit_code, answer.stdout


def started(app: Flask, *more: str) -> "subprocess.Popen[str]":
    """The command as people run it."""
    settings = app.config["LMS"]
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("LMS_")}
    own = {
        "LMS_INSTANCE": str(settings.instance),
        "LMS_DATABASE_URL": settings.database_url,
        "LMS_DATA_KEY": NEW,
        "LMS_DATA_KEY_OLD": OLD,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "lms", "keys", "reseal", *more],
        env={**inherited, **own},
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def batches() -> list[dict[str, Any]]:
    db.session.rollback()
    query = select(AuditEntry.details).where(AuditEntry.action == "people.secrets.resealed")
    found = list(db.session.scalars(query.order_by(AuditEntry.id)))
    db.session.rollback()
    return found


def works() -> list[tuple[str, int, int]]:
    db.session.rollback()
    rows = db.session.scalars(select(Work).order_by(Work.id)).all()
    return [(row.state, row.done, row.total) for row in rows]


def kill_after_two_batches(run: "subprocess.Popen[str]") -> None:
    until = time.monotonic() + 60
    while len(batches()) < 2 and run.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.005)
    run.send_signal(signal.SIGKILL)
    run.communicate()
    assert run.returncode == -signal.SIGKILL


@pytest.mark.slow
def test_killed_in_the_middle_it_goes_on_where_it_was(house: Flask) -> None:
    fill(people(FACTORS), FACTORS, NUMBERS)
    everything = (FACTORS, NUMBERS)
    kill_after_two_batches(started(house))
    before = sum(each["count"] for each in batches())
    assert 1000 <= before < FACTORS + NUMBERS
    assert read_all((NEW, OLD)) == everything
    assert resealing.waiting((NEW, OLD)) == FACTORS + NUMBERS - before
    again = started(house, "--json")
    while again.poll() is None:
        assert read_all((NEW, OLD)) == everything
        time.sleep(0.2)
    report = json.loads(again.communicate()[0])
    assert (again.returncode, report) == (
        0,
        {
            "key": sealing.key_id(NEW),
            "resealed": FACTORS + NUMBERS - before,
            "stuck": 0,
            "left": {},
        },
    )
    assert read_all((NEW,)) == everything
    details = batches()
    assert sum(each["count"] for each in details) == FACTORS + NUMBERS
    assert max(each["count"] for each in details) == resealing.BATCH
    assert {each["key"] for each in details} == {sealing.key_id(NEW)}
    total = FACTORS + NUMBERS
    assert works() == [("failed", before, total), ("done", total - before, total - before)]


def test_what_no_key_opens_stays_and_is_told(house: Flask) -> None:
    owners = people(30)
    fill(owners[:20], 20, 5)
    fill(owners[20:], 10, 0, key=LOST)
    assert "10 sealed values cannot be opened" in doctor.sealed()
    status, said = reseal(house)
    assert status == 1
    assert said.splitlines() == [
        f"Sealed 25 values under the key {sealing.key_id(NEW)}.",
        f"Left under the key {sealing.key_id(LOST)}: 5. None of the configured keys opens them.",
        "Left under no key id: 5. None of the configured keys opens them.",
    ]
    assert works() == [("failed", 35, 35)]
    use(house, NEW, OLD, LOST)
    assert "10 sealed values lie under an older key. Run: lms keys reseal" in doctor.sealed()
    status, said = reseal(house)
    assert "Nothing is left under another key" in said
    assert status == 0
    use(house, NEW)
    db.session.rollback()
    assert doctor.sealed() == ""


@pytest.mark.usefixtures("house")
def test_old_keys_open_and_only_the_present_one_seals() -> None:
    (owner, other, third) = people(3)
    fill([owner], 1, 1)
    keys = (NEW, OLD)
    moment = clock.now()
    code = second_factor.code_at(SECRET, moment)
    with transaction():
        second_factor.check(owner, code, keys=keys, now=moment)
    assert identity.holder_of(NumberKind.PASSPORT, passport(0), keys=keys) == owner
    assert identity.holder_of(NumberKind.PASSPORT, passport(0), keys=(NEW,)) is None
    somebody = db.session.get_one(User, other)
    with pytest.raises(Conflict, match="identity-not-taken"), transaction():
        identity.enter(somebody, NumberKind.PASSPORT, passport(0), keys=keys, now=moment)
    with transaction():
        somebody = db.session.get_one(User, third)
        identity.enter(somebody, NumberKind.PASSPORT, passport(7), keys=keys, now=moment)
    made = db.session.scalars(select(PersonalKey.sealed).where(PersonalKey.user_id == third)).one()
    assert made.startswith(sealing.prefix(NEW))
    assert resealing.left(keys) == {sealing.key_id(OLD): 2}


@pytest.mark.usefixtures("house")
def test_a_changed_value_is_not_opened_by_its_id() -> None:
    (owner,) = people(1)
    fill([owner], 1, 0)
    sealed = db.session.scalars(select(SecondFactor.sealed)).one()
    for wrong in (
        sealed.replace(sealing.key_id(OLD), sealing.key_id(NEW)),
        sealed[:-4] + ("AAAA" if not sealed.endswith("AAAA") else "BBBB"),
        "3." + sealed[2:],
        "2." + sealed[2:10],
        "",
    ):
        with transaction():
            db.session.execute(update(SecondFactor).values(sealed=wrong))
        assert "1 sealed values cannot be opened" in doctor.sealed()


def test_a_number_that_two_came_to_hold_stops_nobody_else(house: Flask) -> None:
    """Two servers with different keys let the same number in twice: one of them is left."""
    owners = people(3)
    fill(owners, 0, 3)
    twice = identity.digest_of(NumberKind.PASSPORT, passport(1), NEW)
    with transaction():
        db.session.execute(
            update(IdentityNumber).where(IdentityNumber.user_id == owners[0]).values(digest=twice)
        )
    use(house, NEW, OLD)
    with transaction():
        step = resealing.batch(PersonalKey, (NEW, OLD), after=1)
    assert step is not None
    assert (step.resealed, step.stuck) == (1, 1)
    assert db.session.scalar(select(func.count(IdentityNumber.id))) == 3
    assert resealing.waiting((NEW, OLD)) == 2


def test_nothing_to_do_is_done(house: Flask) -> None:
    fill(people(3), 3, 3, key=NEW)
    with transaction():
        assert resealing.batch(PersonalKey, (NEW,), after=0) is not None  # the one without an id
        assert resealing.batch(PersonalKey, (NEW,), after=0) is None
    assert json.loads(reseal(house, "--json")[1])["resealed"] == 1
    assert json.loads(reseal(house, "--json")[1])["resealed"] == 0
    said = reseal(house, "--help")[1]
    assert "LMS_DATA_KEY_OLD" in said
    assert "--json" in said
