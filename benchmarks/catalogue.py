"""The list of courses at its length: the sample's courses over and over, filtered and searched.

``small`` makes 60 of them, ``full`` 1,000; each has the words and competencies of one of the
sample, and five offerings of a day. Pages are asked for over HTTP, from the server as it runs: for
five seconds it keeps what strangers get, and which courses have a word ("another word" is one of
thirty that many courses have). And through werkzeug's test client inside this process, with a
yardstick of its own, where nothing is kept unless it is said.
"""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count, cycle, islice

from flask import Flask
from flask.testing import FlaskClient

from benchmarks import measuring
from benchmarks.served import serving_it
from lms.catalogue import lifecycle, queries, service
from lms.catalogue.kinds import CourseKind, ItemRole
from lms.db import transaction
from lms.kernel import clock
from lms.sample import loading
from lms.standards import queries as standards_queries
from lms.standards.models import Item

_TRAINEE = "aisyah@sijil.example"
OFFERINGS = 5
_WORDS = (
    *("menilai", "kes", "anak", "keluarga", "keselamatan", "risiko"),
    *("catatan", "amalan", "latihan", "perkhidmatan", "keperluan", "bukti"),
    *("keputusan", "rujuk", "klien", "undang", "case", "child"),
    *("family", "safety", "risk", "practice", "service", "need"),
    *("evidence", "decision", "refer", "client", "law", "plan"),
)


def main() -> None:
    """Measure and report."""
    asked = measuring.options(__doc__)
    with measuring.institute(asked.database) as app:
        _multiply(app, asked.pick(small=60, full=1000))
        rounds = asked.pick(small=3, full=20)
        inside = measuring.compare(app, cases(app), rounds=rounds, calls=2)
        over = _over_http(app, rounds)
    figures = [replace(figure, name=f"{figure.name}, HTTP") for figure in over]
    measuring.report("catalogue", asked, [*figures, *inside])


def _over_http(app: Flask, rounds: int) -> list[measuring.Figure]:
    app.config["LMS"] = replace(app.config["LMS"], stranger_seconds=5)
    trainee, manager = _cookie(app, _TRAINEE), _cookie(app, "manager@sijil.example")
    course, number, words = _course_page(app), count(), count()
    with serving_it(app) as server:

        def another(query: str) -> int:
            return server.getting(f"/?{query}&x={next(number)}")()

        pages: dict[str, measuring.Call] = {
            "hello": server.getting(measuring.HELLO),
            "list": server.getting("/"),
            "list of a trainee": server.getting("/", trainee),
            "list of a manager": server.getting("/", manager),
            "filtered": partial(another, "kind=short&competency=SWX.AS&seats=1&sort=title"),
            "common word": partial(another, "q=menilai"),
            "another word": lambda: another(f"q={_WORDS[next(words) % len(_WORDS)]}"),
            "course page": server.getting(course),
        }
        return measuring.compare(app, pages, rounds=rounds, calls=2, spent_ms=server.spent_ms)


def _cookie(app: Flask, email: str) -> dict[str, str]:
    kept = measuring.signed_in(app, email).get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert kept is not None  # noqa: S101  # it was just set
    return {"Cookie": f"{kept.key}={kept.value}"}


def cases(app: Flask) -> dict[str, measuring.Call]:
    """The yardstick, the list as it opens, filtered, and searched by a common and a rare word."""
    stranger = app.test_client(use_cookies=False)
    filtered = "/?kind=short&competency=SWX.AS&seats=1&sort=title"
    return {
        "hello": measuring.getting(stranger, measuring.HELLO),
        "list": measuring.getting(stranger, "/"),
        "list, kept": _kept(app, measuring.getting(stranger, "/")),
        "list of a trainee": measuring.getting(measuring.signed_in(app, _TRAINEE), "/"),
        "the same, kept": _kept(app, measuring.getting(measuring.signed_in(app, _TRAINEE), "/")),
        "filtered": measuring.getting(stranger, filtered),
        "filtered, in service": _kept(app, _each_time_another(stranger, filtered)),
        "common word": measuring.getting(stranger, "/?q=menilai"),
        "common word, in service": _kept(app, _each_time_another(stranger, "/?q=menilai")),
        "rare word": measuring.getting(stranger, "/?q=simposium"),
        "code": measuring.getting(stranger, "/?q=pkk+204"),
        "course page": measuring.getting(stranger, _course_page(app)),
    }


def _each_time_another(client: FlaskClient, address: str) -> measuring.Call:
    """The same page under an address that nobody has asked for before."""
    numbers = count()

    def get() -> int:
        return measuring.getting(client, f"{address}&x={next(numbers)}")()

    return get


def _kept(app: Flask, call: measuring.Call) -> measuring.Call:
    """The same as strangers get it in service: made by the first of them every five seconds."""
    here = app.config["LMS"]
    serving = replace(here, stranger_seconds=5)

    def get() -> int:
        app.config["LMS"] = serving
        try:
            return call()
        finally:
            app.config["LMS"] = here

    return get


def _course_page(app: Flask) -> str:
    with app.app_context():
        version = queries.version_of_course("PKK204")
        assert version is not None  # noqa: S101  # the sample has it
        return f"/courses/{version.public_id}"


def _multiply(app: Flask, number: int) -> None:
    stated = loading.plan()["courses"]
    with app.app_context(), transaction():
        framework = standards_queries.newest_by_code("SWX-STARTER")
        assert framework is not None  # noqa: S101  # the sample has it
        items = standards_queries.items_by_code(framework)
        for place in range(number):
            _add(f"BM{place:04}", stated[place % len(stated)], items)


def _add(code: str, stated: loading.Plan, items: dict[str, Item]) -> None:
    sample = queries.version_of_course(stated["code"])
    assert sample is not None  # noqa: S101  # the sample has it
    facts = loading.course_facts({**stated, "certificate": "completion"})
    kind = CourseKind(stated["kind"])
    version = service.create_course(sample.course.provider, code, kind, facts, by=None)
    for one in stated["items"]:
        role = ItemRole.DEVELOPED
        service.map_item(version, items[one["code"]], role, one["level"], by=None)
    now = clock.now()
    lifecycle.send(version, "", by=None, now=now)
    lifecycle.publish(version, by=None, now=now)
    for place, one in enumerate(islice(cycle(stated["offerings"]), OFFERINGS)):
        run = service.OfferingFacts(
            code=f"{code}-{place}",
            starts_on=(now + timedelta(days=30 + 40 * place)).date(),
            days=1,
            venue=one["venue"],
            capacity=one["capacity"],
            opens_at=now - timedelta(days=1),
            closes_at=now + timedelta(days=20),
        )
        service.open_offering(service.create_offering(version, run, by=None), by=None)


if __name__ == "__main__":
    main()
