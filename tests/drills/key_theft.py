"""SIGKILL the workers in the middle of signing anew what a stolen key had signed.

Each certificate is signed anew once, none is lost, states stay, the audit of the log finds nothing,
and what the thief makes with the old keys is refused here and without us. The control never takes
back the jobs of lost workers.
"""

import sys
import time
from dataclasses import replace

from sqlalchemy import func, select

from benchmarks.batch import wanted
from lms.certificates import log_audit, proof, recording, resigning, thefts
from lms.certificates.keyring import ring
from lms.certificates.keys import KeyRing
from lms.certificates.models import Certificate, FormerSignature
from lms.certificates.sealing import Seal
from lms.certificates.states import Deed
from lms.checking import bundle, offline, published, verification
from lms.db import db, transaction
from lms.kernel import clock
from lms.mail.models import MailMessage
from lms.printing import pdf
from lms.printing.content import CertificateContent
from lms.storage import blobs
from lms.transparency import auditing
from lms.transparency.models import LogEntry
from lms.web.running import settings
from tests.drills import staging
from tests.drills.batch_kill import app_of
from tests.drills.crew import WORKERS, Crew

STOLEN = ("credential", "document")
"""For each a job looks once more, later."""
BEGUN = 20.0  # seconds
_RESIGNED = "select count(*) from certificate where resigned_at is not null"
_FILED = f"{_RESIGNED} and pdf_digest is not null"


def _certificates() -> list[Certificate]:
    db.session.rollback()
    return list(db.session.scalars(select(Certificate).order_by(Certificate.id)))


def issue(at: staging.Stage, many: int) -> None:
    """Certificates with their PDFs; a few are withdrawn."""
    wanted(many)
    crew = _crew(at)
    staging.wait_until_idle(30)
    crew.stop()
    with transaction():
        for certificate, deed in zip(_certificates(), (Deed.REVOKE, Deed.SUSPEND), strict=False):
            recording.move(certificate, deed, by=None, reason="A drill", now=clock.now())


def steal(at: staging.Stage) -> KeyRing:
    """Both keys are copied, which is noticed at once; gives the thief's copy."""
    thief, since = ring(settings()), clock.now().isoformat()
    for kind in STOLEN:
        command = ["keys", "compromised", kind, "--since", since, "--yes"]
        done = at.app.test_cli_runner().invoke(args=command)
        if done.exit_code:
            raise SystemExit(done.output)
    return thief


def kill_in_the_middle(at: staging.Stage, many: int, kills: int) -> None:
    """Start a group, let it get on, kill it wherever it is."""
    for number in range(kills):
        crew = _crew(at)
        until = time.monotonic() + (3 if at.options.control else 60)
        # The first one while proofs are made, the others among the files.
        goal = max(1, (number + 1) * many // (kills + 1))
        wanted_now = _FILED if number else _RESIGNED
        while staging.number(wanted_now) < goal and time.monotonic() < until:
            time.sleep(0.02)
        _until_one_runs()
        crew.kill()


def _until_one_runs() -> None:
    """On a busy machine a group may not have begun yet; between two jobs a kill does no harm."""
    until = time.monotonic() + BEGUN
    while time.monotonic() < until:
        now = staging.counts()
        if now.running or now.waiting <= len(STOLEN):
            return
        time.sleep(0.02)


def _crew(at: staging.Stage) -> Crew:
    # The whole program, for holders get mails; small steps, so that kills fall between them.
    return Crew(at, _in_small_steps, app_of)


def _in_small_steps() -> None:
    resigning.AT_ONCE = 2


def _forged(certificate: Certificate, thief: KeyRing) -> bytes:
    """The same number under another name, with the stolen keys."""
    facts = replace(CertificateContent.from_json(certificate.content), holder_name="Mallory")
    said = {name: each for name, each in certificate.credential.items() if name != "proof"}
    signed, seal = proof.prove(said, thief, now=clock.now()), Seal(thief, now=clock.now())
    body = proof.canonical_bytes(signed)
    return seal.close(pdf.render(facts, body, now=clock.now(), finish=seal.place))


def _verdicts(data: bytes) -> tuple[str, str]:
    """Of the server, and of the offline tool with the bundle of this moment."""
    now, roots = clock.now(), [settings().pki / "root.pem"]
    refused = published.distrusted().signers
    here = verification.by_file(data, roots, now=now, refused=refused).outcome.value
    given = bundle.read(published.trust_bundle(now=now))
    return here, offline.check(data, given, now=now).outcome.value


def _accounts(before: dict[str, tuple[str, bytes]], thief: KeyRing) -> dict[str, object]:
    found = _certificates()
    resigned = select(func.count(LogEntry.number)).where(LogEntry.kind == "resigned")
    mails = select(func.count(MailMessage.id)).where(MailMessage.kind == "certificates/anew")
    formers = select(func.count(FormerSignature.id))
    last = found[-1]
    new = blobs().get(last.pdf_digest) if last.pdf_digest else b""
    figures: dict[str, object] = {
        "under_stolen_key": sum(_method(one) == thief.verification_method for one in found),
        "without_pdf": sum(one.pdf_digest is None for one in found),
        "states_changed": sum(one.state != before[one.serial][0] for one in found),
        "former": db.session.scalar(formers),
        "entries": db.session.scalar(resigned),
        "mails": db.session.scalar(mails),
        "new": _verdicts(new),
        "old": _verdicts(before[last.serial][1]),
        "forged": _verdicts(_forged(last, thief)),
    }
    report = auditing.audit({})
    log_audit.against(report)
    standings = thefts.standings()
    return figures | {
        "log_sound": report.sound,
        "left_or_refused": sum(len(each.left) + len(each.refused) for each in standings),
        "over": all(each.is_over for each in standings),
        "thefts": len(standings),
    }


def _method(certificate: Certificate) -> str:
    return str(certificate.credential["proof"][0]["verificationMethod"])


def main() -> int:
    """Run the drill."""
    given = staging.options("key_theft")
    many, kills = (2000, 12) if given.full else (6, 2)
    if given.control:
        kills = 3  # what each leaves undone is what shows
    began = time.monotonic()
    with staging.stage(given, app_of) as at:
        ring(settings())  # made before the groups would make them at once
        issue(replace(at, options=replace(given, control=False)), many)
        before = {
            one.serial: (one.state, blobs().get(str(one.pdf_digest))) for one in _certificates()
        }
        thief = steal(at)
        kill_in_the_middle(at, many, kills)
        crew = _crew(at)
        staging.wait_until_idle(6 if given.control else 30, besides=len(STOLEN))
        crew.stop()
        figures = _accounts(before, thief)
        left = staging.counts()
    figures |= {"certificates": many, "kills": kills, "workers": WORKERS}
    figures |= {"left_in_queue": left.waiting + left.running, "dead": left.dead}
    figures["seconds"] = round(time.monotonic() - began, 1)
    # The signer's theft finds those whose new file was not made yet under no stolen signer.
    once = many <= int(str(figures["former"])) <= 2 * many
    holds = {
        "none left under the stolen key": figures["under_stolen_key"] == 0,
        "a file each": figures["without_pdf"] == 0,
        "states stay": figures["states_changed"] == 0,
        "one entry for each new signature": once and figures["entries"] == figures["former"],
        "the new file is valid": figures["new"] == ("valid", "valid"),
        "the old file is understood": figures["old"] == ("valid", "unknown"),
        "the thief is refused": "valid" not in figures["forged"],  # type: ignore[operator]  # a pair
        "the log's audit finds nothing": figures["log_sound"] is True,
        "the holders are told": int(str(figures["mails"])) >= many - 1,
        "nothing waits": figures["left_or_refused"] == 0 and figures["over"] is True,
        "nothing is queued but the other look, later": (
            (figures["left_in_queue"], figures["dead"]) == (figures["thefts"], 0)
        ),
    }
    return staging.report(given, figures, holds)


if __name__ == "__main__":
    sys.exit(main())
