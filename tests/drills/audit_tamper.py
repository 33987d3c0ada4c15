"""Many hands in the audit trail: the owner of the database edits, deletes, swaps and cuts.

The triggers are dropped before each attempt. ``lms audit verify`` must find every attempt and name
the first bad row. With ``--control`` the key is known to the attacker, who makes seals and heads
anew after each attempt: a chain without a secret. Nothing may be found then, and the drill fails.
"""

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import delete, func, insert, select

from lms import create_app
from lms.audit import heads, keys, merkle, queries, sealing, verification
from lms.audit.models import AuditEntry, AuditLeaf, AuditSeal
from lms.db import db, transaction
from lms.kernel import clock
from tests.audit import trails
from tests.drills import staging

ATTEMPTS = 200
FEWER = 20  # each attack twice
BATCH = 12
SEED = 20261122
Named = tuple[str, int]
"""The first bad row that must be named: table and number."""


class Attacker:
    """Owns the database, not the key; each method does harm and returns the row it must cost."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311  # attempts that can be repeated
        leaves = db.session.execute(select(AuditLeaf.entry_id, AuditLeaf.seal_id)).all()
        self.seal_of: dict[int, int] = {leaf.entry_id: leaf.seal_id for leaf in leaves}
        self.last = max(self.seal_of.values())

    def entry(self) -> int:
        """A victim."""
        return self.dice.choice(sorted(self.seal_of))

    def two(self) -> tuple[int, int]:
        """Two entries of one seal, in their order."""
        shared = [seal for seal, size in Counter(self.seal_of.values()).items() if size > 1]
        seal = self.dice.choice(sorted(shared))
        found = sorted(one for one, its in self.seal_of.items() if its == seal)
        first, second = sorted(self.dice.sample(found, 2))
        return first, second

    def edit(self) -> Named:
        """Change one column of one entry."""
        victim = self.entry()
        column, value = self.dice.choice(
            [
                ("actor_id", "4711"),
                ("object_id", "4711"),
                ("action", "'assessment.released'"),
                ("object_type", "'submission'"),
                ("address", "'192.0.2.0/24'"),
                ("request_id", "'0000'"),
                ("at", "'2020-02-02 02:02:02.000000'"),
                ("details", """'{"changes": {"score": ["20.00", "50.00"]}}'"""),
            ]
        )
        trails.run(f"UPDATE audit_entry SET {column} = {value} WHERE id = :v", v=victim)  # noqa: S608
        return "audit_entry", victim

    def remove(self) -> Named:
        """Delete one entry."""
        victim = self.entry()
        trails.run("DELETE FROM audit_entry WHERE id = :v", v=victim)
        return "audit_entry", victim

    def hide(self) -> Named:
        """Delete an entry together with its leaf."""
        victim = self.entry()
        trails.run("DELETE FROM audit_entry WHERE id = :v", v=victim)
        trails.run("DELETE FROM audit_leaf WHERE entry_id = :v", v=victim)
        return "audit_seal", self.seal_of[victim]

    def swap(self) -> Named:
        """Let two entries change places."""
        first, second = self.two()
        for old, new in ((first, -1), (second, first), (-1, second)):
            trails.run("UPDATE audit_entry SET id = :n WHERE id = :o", n=new, o=old)
        return "audit_entry", first

    def swap_leaves(self) -> Named:
        """Let two leaves of a seal change places."""
        first, second = self.two()
        positions = {one: self._position(one) for one in (first, second)}
        for one, position in ((first, -1), (second, positions[first]), (first, positions[second])):
            trails.run("UPDATE audit_leaf SET position = :p WHERE entry_id = :e", p=position, e=one)
        return "audit_seal", self.seal_of[first]

    @staticmethod
    def _position(entry_id: int) -> int:
        query = select(AuditLeaf.position).where(AuditLeaf.entry_id == entry_id)
        position: int = db.session.scalars(query).one()
        return position

    def truncate(self) -> Named:
        """Cut off the end: seals, leaves and entries."""
        cut = self.dice.randrange(1, self.last + 1)
        self._erase(">=", cut)
        return "audit_seal", cut

    def cut_out(self) -> Named:
        """Take one batch out of the middle."""
        victim = self.dice.randrange(1, self.last)
        self._erase("=", victim)
        return "audit_seal", victim

    @staticmethod
    def _erase(which: str, seal: int) -> None:
        sealed = f"SELECT entry_id FROM audit_leaf WHERE seal_id {which} :s"  # noqa: S608
        trails.run(f"DELETE FROM audit_entry WHERE id IN ({sealed})", s=seal)  # noqa: S608
        trails.run(f"DELETE FROM audit_leaf WHERE seal_id {which} :s", s=seal)  # noqa: S608
        trails.run(f"DELETE FROM audit_seal WHERE id {which} :s", s=seal)  # noqa: S608

    def rewrite(self) -> Named:
        """Edit an entry and make leaf and root anew, as far as that goes without the key."""
        _, victim = self.edit()
        seal = self.seal_of[victim]
        entry = queries.entries_by_id(db.session(), [victim])[victim]
        digest = merkle.leaf_digest(entry or {})
        trails.run("UPDATE audit_leaf SET digest = :d WHERE entry_id = :v", d=digest, v=victim)
        query = select(AuditLeaf.digest).where(AuditLeaf.seal_id == seal)
        root = merkle.root(list(db.session.scalars(query.order_by(AuditLeaf.position))))
        trails.run("UPDATE audit_seal SET root = :r WHERE id = :s", r=root, s=seal)
        return "audit_seal", seal

    def rechain(self) -> Named:
        """Edit an entry and make the whole chain anew with a guessed key."""
        self.edit()
        forge(b"guessed")
        return "audit_seal", 1

    def slip_in(self) -> Named:
        """Add an entry that claims to be of an hour ago."""
        trails.run(
            "INSERT INTO audit_entry (at, action, object_type, details)"
            " VALUES ('2021-01-01 00:00:00.000000', 'assessment.graded', 'submission', '{}')"
        )
        return "audit_entry", queries.newest_id()

    def attacks(self) -> list[Callable[[], Named]]:
        """All of them."""
        return [
            self.edit,
            self.remove,
            self.hide,
            self.swap,
            self.swap_leaves,
            self.truncate,
            self.cut_out,
            self.rewrite,
            self.rechain,
            self.slip_in,
        ]


def forge(key: bytes) -> None:
    """Make the whole chain anew over the entries as they are."""
    ids = list(db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)))
    db.session.execute(delete(AuditLeaf))
    db.session.execute(delete(AuditSeal))
    mac = merkle.FIRST
    for number, start in enumerate(range(0, len(ids), BATCH), 1):
        entries = queries.entries_by_id(db.session(), ids[start : start + BATCH])
        leaves = [(one, merkle.leaf_digest(entry or {})) for one, entry in entries.items()]
        facts: dict[str, Any] = {
            "at": clock.now(),
            "count": len(leaves),
            "complete": False,
            "root": merkle.root([digest for _, digest in leaves]),
            "previous": mac,
        }
        mac = merkle.mac(key, {"number": number, **facts})
        db.session.execute(insert(AuditSeal).values(id=number, mac=mac, **facts))
        rows = [
            {"entry_id": one, "seal_id": number, "position": position, "digest": digest}
            for position, (one, digest) in enumerate(leaves)
        ]
        db.session.execute(insert(AuditLeaf), rows)


def attempt(attack: Callable[[], Named], *, control: bool) -> tuple[bool, bool]:
    """One attempt, undone afterwards: whether it was found, and by its first bad row."""
    known = heads.exported()
    with trails.without_guards():
        expected = attack()
        if control:
            forge(keys.sealing_key())
            seal = queries.last_seal()
            known = [heads.signed(seal)] if seal else []
        report = verification.verify(db.session(), known, now=clock.now())
    db.session.expunge_all()
    first = report.findings[0] if report.findings else None
    return first is not None, first is not None and (first.table, first.row) == expected


def lay_trail(entries: int) -> None:
    """A trail as people leave it: batches by the worker, and some sealed with the deed."""
    with transaction():
        user = trails.somebody()
    for number in range(0, entries, BATCH):
        with transaction():
            trails.write(user, BATCH, sealed=number % 5 == 0)
        sealing.seal_all()
    heads.export()


@contextmanager
def running(given: staging.Options) -> Iterator[Flask]:
    """An application on a database of its own."""
    with tempfile.TemporaryDirectory() as name, staging.database(given, Path(name)) as url:
        app = _made(Path(name), url)
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def _made(folder: Path, url: str) -> Flask:
    app = create_app({"instance": folder, "database_url": url, "testing": True})
    with app.app_context():
        upgrade()
        db.session.remove()
    return app


def drill(*, attempts: int, entries: int, control: bool, seed: int) -> dict[str, Any]:
    """Lay the trail, attack it, count."""
    lay_trail(entries)
    began = time.perf_counter()
    sound = trails.snapshot_verdict().sound
    once = time.perf_counter() - began
    attacker = Attacker(seed)
    attacks = attacker.attacks()
    tried: Counter[str] = Counter()
    found: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for number in range(attempts):
        attack = attacks[number % len(attacks)]
        seen, right = attempt(attack, control=control)
        tried[attack.__name__] += 1
        found[attack.__name__] += seen
        named[attack.__name__] += right
    rows = db.session.scalar(select(func.count(AuditEntry.id))) or 0
    return {
        "entries": rows,
        "seals": attacker.last,
        "attempts": tried.total(),
        "found": found.total(),
        "named": named.total(),
        "missed": {name: tried[name] - named[name] for name in tried if tried[name] > named[name]},
        "sound_before": sound,
        "sound_after": trails.snapshot_verdict().sound,
        "entries_verified_a_second": round(rows / once),
        "seconds": round(time.perf_counter() - began, 1),
    }


def main() -> int:
    """Run and report."""
    given = staging.options("audit_tamper")
    with running(given) as app, app.app_context():
        figures = drill(
            attempts=ATTEMPTS if given.full else FEWER,
            entries=6000 if given.full else 240,
            control=given.control,
            seed=SEED,
        )
        db.session.rollback()
    holds = {
        "every attempt found": figures["found"] == figures["attempts"],
        "by its first bad row": figures["named"] == figures["attempts"],
        "sound before and after": bool(figures["sound_before"] and figures["sound_after"]),
    }
    return staging.report(given, figures, holds)


if __name__ == "__main__":
    sys.exit(main())
