"""Witnesses: ours get each day's checkpoint by mail; and we can be the witness of another's log."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from lms import outbound
from lms.jobs import port
from lms.mail import service as mail
from lms.transparency import notes, proofs, service
from lms.web import running


class NotContinued(Exception):
    """The log does not continue what it signed before: entries were changed or removed."""


class NotReadable(Exception):
    """The log gave no answer that could be read; says what it gave."""


@dataclass(frozen=True)
class Seen:
    """What a witness keeps of a log: its key and the last checkpoint it signed."""

    key: str
    note: str


@dataclass(frozen=True)
class Watched:
    """A checkpoint that continues the one before; ``before`` is None at the first look."""

    before: notes.Checkpoint | None
    now: notes.Checkpoint


def tell(today: date) -> None:
    """Write the day's mails in the caller's transaction; a second time the same day, nothing."""
    witnesses = running.settings().witnesses
    if not witnesses or not port.first_time(f"transparency.witness:{today:%F}"):
        return
    note = service.checkpoint()
    for address, locale in witnesses:
        mail.send(address, "transparency/checkpoint", locale, note=note)


def watch(address: str, kept: Path) -> Watched:
    """Look at another's log and keep its checkpoint in ``kept``, if it continues the last one.

    At the first look the key is believed and kept. Raises NotContinued, NotReadable, and what
    ``outbound`` raises; then nothing is kept.
    """
    base = address.rstrip("/")
    before = _seen(kept)
    key = before.key if before is not None else _asked(f"{base}/key")
    verifier = notes.Verifier.read(key)
    note = _asked(f"{base}/checkpoint")
    now = notes.opened(note, verifier)
    last = notes.opened(before.note, verifier) if before is not None else None
    if last is not None and last.size:
        _continues(base, last, now)
    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = kept.with_suffix(".draft")
    draft.write_text(json.dumps(vars(Seen(key, note))), "utf-8")
    draft.replace(kept)
    return Watched(last, now)


def file_of(address: str, folder: Path) -> Path:
    """Where what was seen of a log is kept."""
    return folder / f"{urlsplit(address).netloc.replace(':', '_')}.json"


def _seen(kept: Path) -> Seen | None:
    return Seen(**json.loads(kept.read_text("utf-8"))) if kept.exists() else None


def _continues(base: str, last: notes.Checkpoint, now: notes.Checkpoint) -> None:
    if now.size < last.size:
        raise NotContinued(f"{last.size} entries were signed before, {now.size} are left")
    proof: list[bytes] = []
    if now.size > last.size:
        answer = _asked(f"{base}/consistency?first={last.size}&second={now.size}")
        try:
            proof = [bytes.fromhex(step) for step in json.loads(answer)["path"]]
        except (ValueError, KeyError, TypeError) as error:
            raise NotReadable("no proof of consistency") from error
    if not proofs.is_continued(last.size, last.root, now.size, now.root, proof):
        raise NotContinued(f"entry {last.size} or one before it is not what it was")


def _asked(url: str) -> str:
    answer = outbound.client().send("GET", url)
    if answer.status != 200:
        raise NotReadable(f"{url} answered {answer.status}")
    return answer.body.decode("utf-8", "replace")
