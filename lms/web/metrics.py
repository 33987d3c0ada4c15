"""Figures for Prometheus: requests, statements, and what other parts hand in.

Several web processes share their counts through PROMETHEUS_MULTIPROC_DIR, as that library has it.
"""

import hmac
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_address

from flask import Blueprint, Flask, Response, abort, g, has_app_context, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import event
from sqlalchemy.engine import Engine

from lms.web import running
from lms.web.auth_guard import public

blueprint = Blueprint("metrics", __name__)
Gauge = Callable[[], float | None]
_GAUGES: dict[str, tuple[str, Gauge]] = {}


def gauge(name: str, meaning: str) -> Callable[[Gauge], Gauge]:
    """Let a part of the program hand in a figure, asked for at each reading; None leaves it out."""

    def register(function: Gauge) -> Gauge:
        _GAUGES[name] = (meaning, function)
        return function

    return register


class _Asked(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, (meaning, function) in _GAUGES.items():
            value = function()
            if value is not None:
                yield GaugeMetricFamily(name, meaning, value=value)

    def describe(self) -> list[GaugeMetricFamily]:
        # Nothing is asked while the program starts.
        return [GaugeMetricFamily(name, meaning) for name, (meaning, _) in _GAUGES.items()]


class _Figures:
    """What is counted of requests; the route, never the address, which may hold a secret."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        route = ["route", "method"]
        self.requests = Counter(
            "sijil_requests", "Answers given", [*route, "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "sijil_request_seconds", "Time to answer", route, registry=self.registry
        )
        self.statements = Histogram(
            "sijil_request_statements",
            "SQL statements of an answer",
            route,
            buckets=(0, 1, 2, 5, 10, 15, 20, 30, 50, 100),
            registry=self.registry,
        )
        self.registry.register(_Asked())


def route_of_request() -> str:
    """The rule that answers, as it was declared."""
    return request.url_rule.rule if request.url_rule is not None else "(none)"


@blueprint.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """The figures, for who holds the token; without one set, for this machine in development."""
    if not _may_read():
        abort(404)
    figures: _Figures = running.extension("figures")
    return Response(generate_latest(figures.registry), content_type="text/plain; version=0.0.4")


def _may_read() -> bool:
    settings = running.settings()
    if settings.metrics_token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), settings.metrics_token.encode())
    here = request.remote_addr is not None and ip_address(request.remote_addr).is_loopback
    return here and not settings.production


def _begin() -> None:
    g.began, g.statements = time.perf_counter(), []


def _count_statement(*_: object) -> None:
    seen = g.get("statements") if has_app_context() else None
    if seen is not None:
        seen.append(None)  # nothing of it is kept: its values are confidential


def _end(response: Response) -> Response:
    figures: _Figures = running.extension("figures")
    where = (route_of_request(), request.method)
    figures.requests.labels(*where, str(response.status_code)).inc()
    figures.seconds.labels(*where).observe(time.perf_counter() - g.began)
    figures.statements.labels(*where).observe(len(g.statements))
    return response


def init_app(app: Flask) -> None:
    """Count every request of this application."""
    app.extensions["figures"] = _Figures()
    app.register_blueprint(blueprint)
    app.before_request(_begin)
    app.after_request(_end)
    if not event.contains(Engine, "before_cursor_execute", _count_statement):
        event.listen(Engine, "before_cursor_execute", _count_statement)
