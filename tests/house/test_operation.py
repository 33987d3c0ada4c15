"""What operators see: signs of life, readiness, figures, log lines, and the doctor's words."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms import cli, doctor
from lms.audit.models import AuditEntry
from lms.db import db, transaction
from lms.jobs.models import WorkerBeat
from lms.kernel import clock
from lms.sample import loading
from lms.web import health, logs

pytestmark = pytest.mark.usefixtures("app")
Change = Any


@pytest.fixture
def change(app: Flask) -> Iterator[Change]:
    """Other settings for a while."""
    before = app.config["LMS"]

    def changed(**values: object) -> None:
        app.config["LMS"] = replace(app.config["LMS"], **values)

    yield changed
    app.config["LMS"] = before


def worker_seen(ago: timedelta = timedelta(0)) -> None:
    with transaction():
        db.session.add(WorkerBeat(name="test", seen_at=clock.now() - ago))


def test_readiness_says_which_part_cannot_work_and_no_more(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = client.get("/readyz").json
    assert checks is not None
    assert {"migrations", "seals", "worker"} <= set(checks["checks"])

    def broken() -> str:
        raise RuntimeError("postgresql://user:password@host")

    monkeypatch.setitem(health._CHECKS, "broken", broken)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["checks"]["broken"] is False
    assert "password" not in answer.text


def test_readiness_needs_a_worker_and_the_newest_schema(client: FlaskClient) -> None:
    assert client.get("/readyz").json["checks"]["worker"] is False  # type: ignore[index]
    worker_seen()
    assert client.get("/readyz").json["checks"]["worker"] is True  # type: ignore[index]


def test_figures_name_routes_and_never_addresses(client: FlaskClient) -> None:
    client.get("/v/SECRETCODE123")
    client.get("/verify")
    text = client.get("/metrics").text
    assert 'sijil_requests_total{method="GET",route="/v/<code>",status="404"}' in text
    assert "SECRETCODE123" not in text
    assert 'sijil_request_statements_count{method="GET",route="/verify"}' in text
    assert "sijil_seal_lag_seconds" in text


def test_figures_are_for_who_holds_the_token(client: FlaskClient, change: Change) -> None:
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 404
    change(metrics_token="a token of the tests")
    assert client.get("/metrics").status_code == 404
    wrong = {"Authorization": "Bearer another"}
    assert client.get("/metrics", headers=wrong).status_code == 404
    right = {"Authorization": "Bearer a token of the tests"}
    assert client.get("/metrics", headers=right).status_code == 200


def test_production_gives_no_figures_without_a_token(client: FlaskClient, change: Change) -> None:
    change(production=True, metrics_token="")
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("GET /reset/abc-DEF_123 from 10.0.0.1", "GET /reset/… from 10.0.0.1"),
        ("see /v/0123456789ABCDEFGHJKMNPQRST?name=x", "see /v/…?name=x"),
        ("mail to aisyah@sijil.example failed", "mail to (e-mail) failed"),
        ("MyKad 900101-14-5678, NIK 3174012345678901", None),
        ("password=hunter2 token: abc", "password=… token: …"),
        ("order 12345 of 2026-11-22", "order 12345 of 2026-11-22"),
    ],
)
def test_log_lines_hold_no_secrets_and_no_persons(said: str, kept: str | None) -> None:
    wanted = kept or "MyKad (identity number), NIK (identity number)"
    assert logs.redacted(said) == wanted


def test_a_line_for_machines(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="lms.requests"):
        client.post("/sign-in", data={"email": "a@x.example", "password": "never in a log"})
    (record,) = [r for r in caplog.records if r.name == "lms.requests"]
    line = json.loads(logs._Json().format(record))
    assert {k: line[k] for k in ("level", "method", "route", "status")} == {
        "level": "info",
        "method": "POST",
        "route": "/sign-in",
        "status": 422,
    }
    assert line["statements"] >= 1
    assert "never in a log" not in json.dumps(line)
    assert "a@x.example" not in json.dumps(line)


def looked_at() -> dict[str, str]:
    return {each.topic: each.trouble for each in doctor.findings()}


def test_a_healthy_installation() -> None:
    worker_seen()
    found = looked_at()
    assert {topic for topic, trouble in found.items() if trouble} <= {"fonts"}
    answer = CliRunner().invoke(cli.doctor, ["--json"])
    assert json.loads(answer.output) == found


def test_the_doctor_misses_the_worker() -> None:
    worker_seen(timedelta(minutes=2))
    assert "lms worker" in looked_at()["worker"]


def test_the_doctor_sees_time_gone_back() -> None:
    with transaction():
        latest = db.session.scalar(select(AuditEntry).limit(1))
        assert latest is not None
        db.session.add(
            AuditEntry(
                at=clock.now() + timedelta(hours=1),
                action=latest.action,
                object_type=latest.object_type,
            )
        )
    assert "behind the audit trail" in looked_at()["clock"]


def test_the_doctor_asks_the_mail_server(change: Change) -> None:
    change(smtp_url="smtps://127.0.0.1:9")
    assert "does not answer" in looked_at()["mail"]
    change(smtp_url="", production=True)
    assert "LMS_SMTP_URL" in looked_at()["mail"]


def test_the_doctor_goes_on_when_one_look_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise OSError("private detail")

    monkeypatch.setitem(doctor.LOOKS, "disk", broken)
    found = looked_at()
    assert found["disk"] == "Could not be looked at (OSError)."
    assert found["keys"] == ""
    assert loading.PASSWORD not in json.dumps(found)
