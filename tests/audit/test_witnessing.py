"""Heads leave the house: mailed once a day, posted once each, and what left is believed."""

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from lms.audit import heads, jobs
from lms.db import db, transaction
from lms.jobs import engine
from lms.jobs.models import JobKey
from lms.jobs.port import SCHEDULES
from lms.jobs.running import drain
from lms.mail.models import MailMessage
from tests import make
from tests.audit import trails
from tests.jobs.seeing import all_due
from tests.outbound.serving import Served, https

pytestmark = pytest.mark.heavy

WITNESSES = "one@audit.example, two@audit.example en,three@audit.example id"
CUT = ("audit_entry", "audit_leaf", "audit_seal")


@pytest.fixture
def committed(tmp_path: Path) -> Iterator[Flask]:
    with make.own_app("witnessing", tmp_path) as app, app.app_context():
        with transaction():
            trails.write(trails.somebody(), 3)
        jobs.seal()
        yield app


def change(app: Flask, **settings: object) -> None:
    app.config["LMS"] = replace(app.config["LMS"], **settings)


@pytest.fixture
def mailed(committed: Flask) -> Flask:
    change(committed, audit_witnesses=WITNESSES)
    return committed


@pytest.fixture
def posted(committed: Flask, tmp_path: Path) -> Iterator[Served]:
    folder = tmp_path / "witness"
    folder.mkdir()
    with https(folder) as served:
        change(
            committed,
            audit_witness_url=f"https://localhost:{served.port}/head",
            outbound_hosts=f"localhost:{served.port}",
            outbound_ca=str(served.ca),
        )
        yield served


def mails(app: Flask) -> dict[str, EmailMessage]:
    files = (app.config["LMS"].instance / "mail").glob("*.eml")
    found = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    return {str(mail["To"]): mail for mail in found}


def written() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(MailMessage.id))) or 0


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_each_witness_gets_the_head_in_their_language(mailed: Flask) -> None:
    jobs.witness()
    drain()
    found = mails(mailed)
    assert {to: mail["Subject"] for to, mail in found.items()} == {
        "one@audit.example": "Kepala 1 jejak audit Institut Latihan Kerja Sosial",
        "two@audit.example": "Head 1 of the audit trail of Institut Latihan Kerja Sosial",
        "three@audit.example": "Kepala 1 jejak audit Institut Latihan Kerja Sosial",
    }
    words = {
        "one@audit.example": "sila simpan mel",
        "two@audit.example": "keep this mail",
        "three@audit.example": "harap simpan surel",
    }
    for to, phrase in words.items():
        for kind in ("plain", "html"):
            assert phrase in part(found[to], kind).lower()


def test_what_was_mailed_is_believed_and_tells_of_a_cut(mailed: Flask, tmp_path: Path) -> None:
    jobs.witness()
    drain()
    mail = mails(mailed)["two@audit.example"]
    plain = next(line for line in part(mail, "plain").splitlines() if line.startswith("{"))
    shown = re.search(r"<pre[^>]*>(.*?)</pre>", part(mail, "html"), re.DOTALL)
    assert shown is not None
    assert unescape(shown[1]) == plain
    copy = tmp_path / "pasted.txt"
    copy.write_text(plain + "\n")
    lms = mailed.test_cli_runner()
    sound = lms.invoke(args=["audit", "verify", "--heads", str(copy)])
    assert (sound.exit_code, sound.output) == (
        0,
        "Sound: 4 entries under 1 seals, 3 heads.\n",
    )
    copy.write_text(plain.replace('"count": 4', '"count": 3'))
    assert lms.invoke(args=["audit", "verify", "--heads", str(copy)]).exit_code == 1
    copy.write_text(plain)
    with transaction():
        trails.drop_guards()
        for table in CUT:
            trails.run(f"DELETE FROM {table}")  # noqa: S608  # names of ours
    for name in ("heads.jsonl", "latest.json"):
        (heads.folder() / name).unlink()
    assert lms.invoke(args=["audit", "verify"]).exit_code == 0  # nothing in the house tells of it
    answer = lms.invoke(args=["audit", "verify", "--heads", str(copy)])
    assert answer.exit_code == 1
    assert "the trail was cut here" in answer.output


def test_once_a_day_and_again_the_next(mailed: Flask) -> None:
    del mailed
    with time_machine.travel(datetime(2030, 5, 1, 22, 0, tzinfo=UTC)) as time:  # six in Malaysia
        jobs.witness()
        jobs.witness()
        assert written() == 3
        time.move_to(datetime(2030, 5, 2, 15, 59, tzinfo=UTC))  # still the same day there
        jobs.witness()
        assert written() == 3
        time.move_to(datetime(2030, 5, 2, 16, 0, tzinfo=UTC))
        jobs.witness()
        assert written() == 6


def test_once_over_two_nodes(mailed: Flask) -> None:
    barrier = threading.Barrier(2)

    def node() -> None:
        with mailed.app_context():
            barrier.wait()
            jobs.witness()
            db.session.remove()

    nodes = [threading.Thread(target=node) for _ in range(2)]
    for each in nodes:
        each.start()
    for each in nodes:
        each.join()
    assert written() == 3


def test_the_clock_wants_it_each_morning() -> None:
    assert SCHEDULES["audit.witness"] == "0 6 * * *"


def test_without_witnesses_nothing_leaves(committed: Flask) -> None:
    jobs.witness()
    assert drain() == 0
    assert (written(), mails(committed)) == (0, {})
    assert db.session.scalars(select(JobKey.key).where(JobKey.key.like("audit.%"))).all() == []


def test_without_a_seal_there_is_nothing_to_witness(tmp_path: Path) -> None:
    with make.own_app("witnessless", tmp_path) as app, app.app_context():
        change(app, audit_witnesses=WITNESSES)
        jobs.witness()
        assert written() == 0
        with transaction():
            trails.write(trails.somebody())
        jobs.seal()
        jobs.witness()  # the day was not used up
        assert written() == 3


@pytest.mark.usefixtures("mailed")
def test_a_cut_trail_mails_no_older_head() -> None:
    with transaction():
        trails.drop_guards()
        trails.run("DELETE FROM audit_leaf")
        trails.run("DELETE FROM audit_seal")
    with pytest.raises(heads.TrailCut, match="seal 1"):
        jobs.witness()
    assert written() == 0


@pytest.mark.usefixtures("committed")
def test_a_head_is_posted_once(posted: Served) -> None:
    for _ in range(2):
        jobs.witness()
        drain()
    jobs.post_head(1)
    (heard,) = posted.heard
    head = json.loads(heard.body)
    assert (heard.method, heard.path) == ("POST", "/head")
    assert heard.headers["content-type"] == "application/json"
    assert heard.headers["idempotency-key"] == "1"
    assert head["number"] == 1
    assert heads.holds(head)
    with transaction():
        trails.write(trails.somebody())
    jobs.seal()
    jobs.witness()
    drain()
    assert [each.headers["idempotency-key"] for each in posted.heard] == ["1", "2"]


@pytest.mark.usefixtures("committed")
def test_a_witness_who_is_away_is_asked_again(posted: Served) -> None:
    posted.statuses[:] = [503, 404]
    jobs.witness()
    drain()
    waiting = engine.chosen().counts()
    assert (len(posted.heard), waiting.waiting, waiting.dead) == (1, 1, 0)
    for _ in range(3):
        all_due()
        drain()
    assert [each.headers["idempotency-key"] for each in posted.heard] == ["1", "1", "1"]
    assert engine.chosen().counts().waiting == 0


def test_a_witness_on_a_private_address_must_be_listed(committed: Flask, posted: Served) -> None:
    change(committed, outbound_hosts="")
    jobs.witness()
    drain()
    assert posted.heard == []
    assert engine.chosen().counts().waiting == 1
