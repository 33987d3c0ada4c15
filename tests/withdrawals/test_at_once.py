"""Real threads and commits: registrars who do several things to one certificate at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from lms.certificates import keyring
from lms.certificates.models import Certificate
from lms.certificates.service import Correction
from lms.db import db, transaction
from lms.kernel.errors import Conflict
from lms.transparency import auditing, queries
from lms.web import running
from lms.withdrawals import service
from lms.withdrawals.models import Withdrawal
from tests.certificates.awards import attended_place, issue
from tests.make import NOW, make_user, own_app

Deed = Callable[[Certificate], object]


def at_once(app: Flask, certificate_id: int, deeds: list[Deed]) -> list[str]:
    """What each was told: ``done``, or why not."""

    def act(deed: Deed) -> str:
        with app.app_context():
            try:
                with transaction():
                    deed(db.session.get_one(Certificate, certificate_id))
            except Conflict as conflict:
                return conflict.code
            finally:
                db.session.remove()
            return "done"

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(act, deeds))


def test_one_of_many_corrections_suspensions_and_requests_wins(tmp_path: Path) -> None:
    with own_app("withdrawals", tmp_path) as app:
        with app.app_context():
            ours, ring = running.settings(), keyring.ring(running.settings())
            with transaction():
                certificate_id = issue(attended_place()).id
                by = make_user("Registrar").id

        def correct(certificate: Certificate) -> object:
            said = Correction("Another Name", "Card seen")
            return service.correct(certificate, said, settings=ours, ring=ring, by=by, now=NOW)

        def suspend(certificate: Certificate) -> object:
            return service.suspend(certificate, "To be checked", by=by, now=NOW)

        def ask(certificate: Certificate) -> object:
            return service.ask_revocation(certificate, "Not hers", by=by, now=NOW)

        told = at_once(app, certificate_id, [correct, correct, correct, suspend, suspend, ask, ask])
        assert told[:3].count("done") <= 1
        assert told[3:5].count("done") <= 1
        assert told[5:].count("done") <= 1
        assert "done" in told
        assert {*told} <= {"done", "certificate-not-in-state", "revocation-waits"}
        with app.app_context():
            states = list(db.session.scalars(select(Certificate.state)))
            corrected = told[:3].count("done")
            assert len(states) == 1 + corrected
            assert len([state for state in states if state in {"issued", "suspended"}]) == 1
            done = db.session.query(Withdrawal).count()
            assert done == told.count("done")
            # Two entries a correction: one superseded, one issued; none for what only waits.
            assert queries.size() == 1 + 2 * corrected + told[3:5].count("done")
            assert auditing.audit({}).sound
