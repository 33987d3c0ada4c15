"""Whether a check by code and the lists of a registrar stay the same in a large register.

A database on PostgreSQL is filled to one size after the other and dropped at the end; full takes
ten gigabytes.
Between the rows lie certificates that were issued, a fifth of them after each size: codes are drawn
from these, each round others. Lists are those of the issuer of nearly all, and of one with a few
that lie at the very beginning.
"""

import json
import random
from dataclasses import asdict

from flask import Flask
from sqlalchemy import select

from benchmarks import filling, measuring
from benchmarks.measuring import Figure
from benchmarks.places import attended
from lms.batches import service as batches
from lms.batches.models import BatchItem
from lms.certificates.keyring import ring
from lms.certificates.models import Certificate
from lms.db import db, transaction
from lms.kernel import clock, codes
from lms.kernel.permissions import Role
from lms.people import queries as people_queries
from lms.people import service as people_service
from lms.people.models import User
from lms.web.running import settings
from tests.make import make_organisation, make_user

JSON = "application/json"
REAL = 60
"""So many are issued at each size."""
RARE = "rare@test.example"
LARGE = "registrar@sijil.example"


def main() -> None:
    """Measure and report; the last line is JSON."""
    asked = measuring.options(__doc__)
    sizes = [1_000, 10_000, 100_000, 1_000_000, 10_000_000][: asked.pick(small=2, full=5)]
    found: dict[int, list[Figure]] = {}
    before, real = 0, list[int]()
    with measuring.institute("postgresql", stranger_seconds=5) as app:
        with app.app_context():
            url = db.engine.url.render_as_string(hide_password=False)
            ids = _issuers()
        for size in sizes:
            filling.fill(url, before, size - before, **ids)
            before = size
            with app.app_context():
                real += _issue(REAL)
            found[size] = _measured(app, real, asked.pick(small=10, full=30))
            _tell(size, found[size])
    growth = _growth(found[sizes[0]], found[sizes[-1]])
    print(f"growth of app and database from {sizes[0]:,} to {sizes[-1]:,}: {growth}")
    figures = {size: [asdict(each) for each in rows] for size, rows in found.items()}
    print(json.dumps({"benchmark": "register_size", "growth": growth, "figures": figures}))


def _issuers() -> dict[str, int]:
    """The provider of the sample has all; another one, with a registrar, the first few."""
    with transaction():
        rare = make_organisation()
        registrar = make_user("Rare", organisation=rare, email=RARE)
        people_service.grant_role(registrar, Role.REGISTRAR, rare, by=None)
        large = _user(LARGE)
        if large.organisation_id is None:
            raise SystemExit("the registrar of the sample has no organisation")
        issuer, holder, few = large.organisation_id, make_user("Holder").id, rare.id
    _issue(REAL)
    with transaction():
        for one in db.session.scalars(select(Certificate).where(Certificate.issuer_id != issuer)):
            one.issuer_id = few
    return {"issuer": issuer, "holder": holder}


def _user(email: str) -> User:
    user = people_queries.user_by_email(email)
    if user is None:
        raise SystemExit(f"the sample has no {email}")
    return user


def _issue(many: int) -> list[int]:
    """Real ones, by a batch; they are all that verifies. Returns their ids."""
    offering, places, by = attended(many)
    ours = settings()
    with transaction():
        batch_id = batches.begin(offering, places, {}, by=by).id
    more = True
    while more:
        with transaction():
            more = batches.go_on(batch_id, settings=ours, ring=ring(ours), now=clock.now())
    items = select(BatchItem.certificate_id).where(BatchItem.batch_id == batch_id)
    return [found for found in db.session.scalars(items) if found]


def _measured(app: Flask, real: list[int], rounds: int) -> list[Figure]:
    with app.app_context():
        known = list(db.session.scalars(select(Certificate.code).where(Certificate.id.in_(real))))
        first = select(Certificate.serial).order_by(Certificate.id).limit(1)
        number = db.session.scalars(first).one()  # of the sample, and so of the large issuer
    stranger = app.test_client(use_cookies=False)
    large, rare = (measuring.signed_in(app, email) for email in (LARGE, RARE))
    chance = random.Random(len(known))  # noqa: S311  # no secret

    def ask(*, accept: str = "text/html") -> int:
        return measuring.getting(stranger, f"/v/{chance.choice(known)}", accept=accept)()

    def guess() -> int:
        address = f"/v/{codes.new_verification_code()}"
        return measuring.getting(stranger, address, status=404, accept=JSON)()

    cases = {
        "hello": measuring.getting(stranger, measuring.HELLO),
        "known, JSON": lambda: ask(accept=JSON),
        "unknown, JSON": guess,
        "known": ask,
        "list, issuer of all": measuring.getting(large, "/certificates/"),
        "list, issuer of few": measuring.getting(rare, "/certificates/"),
        "by number": measuring.getting(large, f"/certificates/?number={number}"),
    }
    return measuring.compare(app, cases, rounds=rounds, calls=5)


def _tell(size: int, figures: list[Figure]) -> None:
    print(f"{size:,} certificates; processor time a call in ms")
    for each in figures:
        database = each.database_ms or 0.0
        print(
            f"{each.name:22}{each.app_ms:9.2f}{database:9.2f}{each.ratio:9.2f}{each.statements:5}"
        )


def _growth(first: list[Figure], last: list[Figure]) -> dict[str, float]:
    """How many times the time of the first size, measured in hello worlds."""
    return {
        before.name: round(after.ratio / before.ratio, 2)
        for before, after in zip(first, last, strict=True)
    }


if __name__ == "__main__":
    main()
