"""What the benchmarks share: an institute of their own, processor time, statements, the report.

Times are processor time, not waiting: of this process by resource usage, and of the PostgreSQL
backends that serve it by ``/proc/PID/stat``. The kernel shows the latter in steps of ten
milliseconds, so it is averaged over all calls, while our own is the median of the rounds.
"""

import argparse
import json
import os
import platform
import resource
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from ipaddress import IPv4Network
from operator import truediv
from pathlib import Path
from statistics import mean, median, quantiles

from flask import Flask, jsonify
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from flask_migrate import upgrade
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from lms import create_app
from lms.db import db, transaction
from lms.kernel import clock
from lms.people import queries as people_queries
from lms.people import sessions
from lms.people.sessions import Origin
from lms.sample import loading
from lms.web.auth_guard import public
from tests.databases import made_on

SERVER = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
HELLO = "/benchmarks/hello"
Call = Callable[[], int]
"""One piece of work; returns how many bytes came out."""


@dataclass(frozen=True)
class Options:
    """What the command line asked for."""

    database: str
    size: str

    def pick(self, *, small: int, full: int) -> int:
        """The number for the size asked for."""
        return full if self.size == "full" else small


@dataclass(frozen=True)
class Figure:
    """One row: milliseconds of processor time a call; SQLite's are part of ``app_ms``."""

    name: str
    app_ms: float
    quartiles_ms: tuple[float, float]
    database_ms: float | None
    ratio: float
    statements: int
    size: int


def options(description: str | None) -> Options:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--size", choices=("small", "full"), default="small")
    given = parser.parse_args()
    return Options(given.database, given.size)


@contextmanager
def institute(
    engine: str, *, stranger_seconds: int = 0, rate_limits: bool = False
) -> Iterator[Flask]:
    """An application with the sample institute in a fresh database, and the hello-world route.

    What a page costs is asked, not what a kept one does: for that, say how long pages are kept.
    With limits each call must come from another address.
    """
    with tempfile.TemporaryDirectory() as name, _address(engine, Path(name)) as url:
        app = create_app(
            {
                "instance": Path(name),
                "database_url": url,
                "secret_key": secrets.token_urlsafe(48),
                "production": False,
                "rate_limits": rate_limits,
                "stranger_seconds": stranger_seconds,
            }
        )
        app.add_url_rule(HELLO, view_func=_hello)
        with app.app_context():
            upgrade()
            loading.load()
            db.session.remove()
        try:
            yield app
        finally:
            with app.app_context():
                db.engine.dispose()


@contextmanager
def _address(engine: str, folder: Path) -> Iterator[str]:
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'benchmark.sqlite3'}"
        return
    with made_on(os.environ.get("LMS_TEST_DATABASE_URL", SERVER), "benchmark") as url:
        yield url


@public
def _hello() -> ResponseReturnValue:
    return jsonify(hello="world")


def signed_in(app: Flask, email: str) -> FlaskClient:
    """A client with the session of an account; argon2 is left out."""
    client = app.test_client()
    with app.app_context():
        user = people_queries.user_by_email(email)
        assert user is not None, email  # noqa: S101  # the sample has it
        with transaction():
            _, secret = sessions.begin(user, Origin("", "a benchmark"), now=clock.now())
    with client.session_transaction() as cookie:
        cookie["_user_id"] = secret
    return client


def getting(
    client: FlaskClient, address: str, *, status: int = 200, accept: str = "text/html"
) -> Call:
    """A call that fetches an address, each time from elsewhere.

    Another status than expected ends the benchmark.
    """
    headers = {"Accept": accept}
    hosts = IPv4Network("10.0.0.0/8").hosts()

    def get() -> int:
        source = {"REMOTE_ADDR": str(next(hosts))}
        with client.get(address, buffered=True, headers=headers, environ_base=source) as answer:
            if answer.status_code != status:
                raise SystemExit(f"{address} answered {answer.status}, expected {status}")
            return len(answer.data)

    return get


def _own_ms() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return (used.ru_utime + used.ru_stime) * 1000


def compare(
    app: Flask,
    cases: Mapping[str, Call],
    *,
    rounds: int,
    calls: int,
    spent_ms: Callable[[], float] = _own_ms,
) -> list[Figure]:
    """Measure the cases in turn, round by round; the first one is the yardstick.

    ``ratio`` compares application and database together, each round with its own yardstick.
    ``spent_ms`` reads the application's clock, where that is not this process; its statements are
    not seen then.
    """
    sizes = {name: call() for name, call in cases.items()}  # and this warms up
    statements = {name: _statements(call) for name, call in cases.items()}
    with app.app_context():
        backends = _backends()
    own: dict[str, list[float]] = {name: [] for name in cases}
    theirs: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(rounds):
        # Back and forth, so that no case always pays for what the same other one left behind.
        for name, call in list(cases.items())[:: -1 if number % 2 else 1]:
            theirs_before, own_before = _backend_ms(backends), spent_ms()
            for _ in range(calls):
                call()
            own[name].append((spent_ms() - own_before) / calls)
            theirs[name].append((_backend_ms(backends) - theirs_before) / calls)
    total = {name: [each + mean(theirs[name]) for each in own[name]] for name in cases}
    yardstick = total[next(iter(cases))]
    return [
        Figure(
            name=name,
            app_ms=round(median(own[name]), 3),
            quartiles_ms=_quartiles(own[name]),
            database_ms=round(mean(theirs[name]), 3) if backends else None,
            ratio=round(median(map(truediv, total[name], yardstick)), 2),
            statements=statements[name],
            size=sizes[name],
        )
        for name in cases
    ]


def meter() -> Callable[[], float]:
    """What reads the milliseconds that this process and the database's have spent so far.

    For a program within the application, whose connections are open by now.
    """
    backends = _backends()
    return lambda: _own_ms() + _backend_ms(backends)


def _quartiles(values: list[float]) -> tuple[float, float]:
    low, _, high = quantiles(values, n=4)
    return round(low, 3), round(high, 3)


def _backends() -> list[int]:
    # SQLite works inside this process: no backends.
    if db.engine.dialect.name != "postgresql":
        return []
    query = text(
        "SELECT pid FROM pg_stat_activity"
        " WHERE datname = current_database() AND backend_type = 'client backend'"
    )
    found = list(db.session.scalars(query))
    for pid in found:
        name = Path(f"/proc/{pid}/comm")
        if not name.is_file() or not name.read_text().startswith("postgres"):
            raise SystemExit("The PostgreSQL server must run on this machine to be measured.")
    return found


def _backend_ms(pids: list[int]) -> float:
    # utime and stime, the 14th and 15th field; the name before them may hold spaces.
    ticks = 0
    for pid in pids:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(words[11]) + int(words[12])
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def _statements(call: Call) -> int:
    # SQLite's BEGIN is ours to send, PostgreSQL's the driver's: neither is counted.
    seen: list[str] = []

    def note(*args: object) -> None:
        seen.append(str(args[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        call()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return sum(not statement.startswith("BEGIN") for statement in seen)


def report(benchmark: str, asked: Options, figures: list[Figure]) -> None:
    """Print a table for people, then one line of JSON."""
    print(f"{benchmark}: {asked.database}, {asked.size}; processor time a call in ms")
    print(f"{'':22}{'app':>9}{'quartiles':>19}{'database':>10}{'ratio':>8}{'SQL':>5}{'bytes':>9}")
    for each in figures:
        low, high = each.quartiles_ms
        database = "in app" if each.database_ms is None else f"{each.database_ms:.2f}"
        print(
            f"{each.name:22}{each.app_ms:9.2f}{low:10.2f}–{high:<8.2f}{database:>10}"
            f"{each.ratio:8.2f}{each.statements:5}{each.size:9}"
        )
    about = {
        "benchmark": benchmark,
        "database": asked.database,
        "size": asked.size,
        "yardstick": figures[0].name,
        "date": clock.now().date().isoformat(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
    }
    print(json.dumps({**about, "figures": [asdict(each) for each in figures]}))
