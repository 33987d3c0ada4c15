"""Witnesses: a mail each morning, and another institute's log watched over https."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.db import db, transaction
from lms.kernel import clock, trees
from lms.mail.models import MailMessage
from lms.transparency import jobs, keys, notes, proofs, service
from tests.outbound import serving

pytestmark = pytest.mark.usefixtures("app")


class Other:
    """The log of another institute: its leaves, and what is asked of it."""

    def __init__(self, size: int) -> None:
        self.key, self.verifier = keys.signing_key(), keys.verifier()  # asked for in a thread
        self.leaves = [trees.leaf(str(number).encode()) for number in range(size)]

    def answer(self, path: str) -> str:
        """What /log/... says."""
        if path.startswith("/log/key"):
            return self.verifier.text
        if path.startswith("/log/checkpoint"):
            made = notes.Checkpoint(self.verifier.name, len(self.leaves), trees.root(self.leaves))
            return notes.signed(made, self.key)
        first, second = (int(part.partition("=")[2]) for part in path.partition("?")[2].split("&"))
        proof = proofs.consistency(self._read, first, second)
        return json.dumps({"path": [step.hex() for step in proof]})

    def _read(self, level: int, position: int) -> bytes:
        return trees.root(self.leaves[position << level : (position + 1) << level])


def test_a_witness_follows_a_log_and_is_alarmed_when_it_does_not_continue(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Other(5)
    with serving.https(tmp_path) as served:
        served.says = other.answer
        ours = replace(
            app.config["LMS"],
            outbound_hosts=f"localhost:{served.port}",
            outbound_ca=str(served.ca),
        )
        monkeypatch.setitem(app.config, "LMS", ours)
        command = ["log", "witness", f"https://localhost:{served.port}/log", "--keep"]
        run = app.test_cli_runner()
        kept = tmp_path / "seen" / "other.json"

        def look() -> tuple[int, str]:
            done = run.invoke(args=[*command, str(kept)])
            return done.exit_code, done.output

        code, words = look()
        assert (code, "5 entries (first look" in words) == (0, True), words
        other.leaves.append(trees.leaf(b"more"))
        assert look()[0] == 0
        assert look()[0] == 0
        before = kept.read_text("utf-8")
        other.leaves[2] = trees.leaf(b"rewritten")
        other.leaves.append(trees.leaf(b"and more"))
        code, words = look()
        assert code == 1
        assert "ALARM" in words
        assert kept.read_text("utf-8") == before
        del other.leaves[3:]
        assert look()[0] == 1
    assert look()[0] == 2


def test_our_witnesses_get_the_checkpoint_once_a_day(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = replace(app.config["LMS"], audit_witnesses="one@audit.example, two@audit.example en")
    monkeypatch.setitem(app.config, "LMS", named)
    with transaction():
        service.append("issued", "a" * 64, at=clock.now())
    jobs.tell_witnesses()
    jobs.tell_witnesses()
    query = select(MailMessage).where(MailMessage.kind == "transparency/checkpoint")
    mails = list(db.session.scalars(query))
    assert sorted(mail.address for mail in mails) == ["one@audit.example", "two@audit.example"]
    for mail in mails:
        text = mail.text[mail.text.index(keys.verifier().name) :]
        found = "\n".join(text.split("\n")[:5]) + "\n"
        assert (
            notes.opened(found, keys.verifier()).size
            == notes.opened(service.checkpoint(), keys.verifier()).size
        )
