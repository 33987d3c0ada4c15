"""What a seal costs: the same small write without audit, with an entry, with entry and seal."""

from collections.abc import Callable

from flask import Flask

from benchmarks import measuring
from lms.audit import sealing, service
from lms.db import db, transaction
from lms.people.models import User


def _writing(app: Flask, *, audited: bool, sealed: bool) -> Callable[[], int]:
    def write() -> int:
        with app.app_context(), transaction():
            user = db.session.get_one(User, 1)
            user.locale = "en" if user.locale == "ms" else "ms"
            if audited:
                service.record(1, "people.user.created", user, sealed=sealed, changes={"x": [1, 2]})
        return 0

    return write


def _sweeping(app: Flask) -> Callable[[], int]:
    def sweep() -> int:
        with app.app_context():
            with transaction():
                user = db.session.get_one(User, 1)
                for _ in range(100):
                    service.record(1, "people.user.created", user, changes={"x": [1, 2]})
            return sealing.seal_all()

    return sweep


def main() -> None:
    """Measure and report."""
    asked = measuring.options(__doc__)
    with measuring.institute(asked.database) as app:
        cases = {
            "no audit": _writing(app, audited=False, sealed=False),
            "entry": _writing(app, audited=True, sealed=False),
            "entry and seal": _writing(app, audited=True, sealed=True),
            "100 entries, swept": _sweeping(app),
        }
        rounds = asked.pick(small=10, full=100)
        figures = measuring.compare(app, cases, rounds=rounds, calls=10)
    measuring.report("audit", asked, figures)


if __name__ == "__main__":
    main()
