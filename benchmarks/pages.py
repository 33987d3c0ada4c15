"""How dear the pages are that people open most, beside a hello world that passes the same frame.

Requests go through werkzeug's test client inside this process: no sockets and no server, and the
client's own work counts for every row alike. The sample institute is small; the number of
statements tells more about a large one than the times do.
"""

from flask import Flask

from benchmarks import measuring
from lms.assessment import queries as assessment_queries
from lms.catalogue import queries as catalogue_queries
from lms.sample import past_course

TRAINER = "trainer1@sijil.example"


def main() -> None:
    """Measure and report."""
    asked = measuring.options(__doc__)
    with measuring.institute(asked.database) as app:
        rounds = asked.pick(small=10, full=200)
        figures = measuring.compare(app, cases(app), rounds=rounds, calls=5)
    measuring.report("pages", asked, figures)


def cases(app: Flask) -> dict[str, measuring.Call]:
    """The yardstick, three pages of strangers and three of a trainer."""
    with app.app_context():
        offering = catalogue_queries.offering_by_code(past_course.CODE)
        assert offering is not None  # noqa: S101  # the sample has it
        work = assessment_queries.submissions_in(offering)[0]
        course = f"/courses/{offering.course_version.public_id}"
        desk = f"/offerings/{offering.public_id}"
        marking = f"/submissions/{work.public_id}/marking"
    stranger = app.test_client(use_cookies=False)
    trainer = measuring.signed_in(app, TRAINER)
    return {
        "hello": measuring.getting(stranger, measuring.HELLO),
        "catalogue": measuring.getting(stranger, "/"),
        "course page": measuring.getting(stranger, course),
        "verify start": measuring.getting(stranger, "/verify"),
        "desk": measuring.getting(trainer, "/desk"),
        "offering desk": measuring.getting(trainer, desk),
        "marking page": measuring.getting(trainer, marking),
    }


if __name__ == "__main__":
    main()
