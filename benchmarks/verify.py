"""How dear a check by code is, beside a hello world that passes the same frame.

Requests go through werkzeug's test client inside this process: no sockets and no server, and the
client's own work counts for every row alike. Each comes without cookies, as from a scanned code,
and from an address of its own, for checks are counted by address. "Not kept" is the same
certificate when nothing that was proved of it before is at hand, as the first time it is asked for.
"""

from sqlalchemy import select

from benchmarks import measuring
from lms.certificates.models import Certificate
from lms.checking import verification
from lms.db import db
from lms.kernel import codes

JSON = "application/json"


def main() -> None:
    """Measure and report."""
    asked = measuring.options(__doc__)
    # As it runs: the frame of a page is kept, the answer never.
    with measuring.institute(asked.database, stranger_seconds=5, rate_limits=True) as app:
        with app.app_context():
            code = db.session.scalars(select(Certificate.code).order_by(Certificate.id)).first()
        stranger = app.test_client(use_cookies=False)
        unknown = codes.new_verification_code()
        known_json = measuring.getting(stranger, f"/v/{code}", accept=JSON)
        known = measuring.getting(stranger, f"/v/{code}")
        cases = {
            "hello": measuring.getting(stranger, measuring.HELLO),
            "known code, JSON": known_json,
            "not kept, JSON": lambda: _anew(known_json),
            "unknown code, JSON": measuring.getting(
                stranger, f"/v/{unknown}", status=404, accept=JSON
            ),
            "known code": known,
            "not kept": lambda: _anew(known),
            "unknown code": measuring.getting(stranger, f"/v/{unknown}", status=404),
            "malformed code": measuring.getting(stranger, "/v/123", status=404),
        }
        rounds = asked.pick(small=20, full=200)
        figures = measuring.compare(app, cases, rounds=rounds, calls=10)
    measuring.report("verify", asked, figures)


def _anew(call: measuring.Call) -> int:
    verification.forget()
    return call()


if __name__ == "__main__":
    main()
