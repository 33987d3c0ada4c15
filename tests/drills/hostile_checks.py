"""Files that only keep a checker busy, posted to the running server, while others check codes.

Each is answered in time and nothing in it is believed, and the others do not notice. The control
inspects the slowest in the process that answers, without limits of time.
"""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography import x509

from lms.certificates import service
from lms.certificates.keyring import ring
from lms.checking import apart, inspection
from lms.web.running import settings
from tests.certificates.awards import sample_certificate
from tests.checking import attacks, hostile
from tests.checking.forging import Original, holding_document
from tests.drills import hosting, staging
from tests.drills.browsing import Browser

# Files are inspected before any database is asked.
IN_GATE = ("sqlite",)

SECONDS = 5.0
"""Asked for; the small run shares its machine with other drills and is given four times as long."""
PAUSE = 0.05
GENUINE = "This certificate is valid"


def _jsonld(original: Original) -> bytes:
    """Three kilobytes of a credential that would take hours to canonicalise, as they are."""
    return json.dumps(attacks.touched(attacks.clique, original.credential)).encode()


def _signed_clique(original: Original) -> bytes:
    """The same in a PDF under a signature of ours: the worst that could be slipped to us."""
    return holding_document(original, attacks.touched(attacks.clique, original.credential))


SLOWEST = "a million objects"
FILES: dict[str, Callable[[Original], bytes]] = {
    "JSON-LD as it is": _jsonld,
    "JSON-LD in a signed PDF": _signed_clique,
    SLOWEST: hostile.million_objects,
    "many objects": hostile.many_objects,
}


def _original() -> Original:
    ours = settings()
    keys = ring(ours)
    return Original.of(service.make_pdf(sample_certificate(), keys), keys, ours.pki)


class Others(threading.Thread):
    """Somebody who asks two addresses in turn, and how long each answer took."""

    def __init__(self, port: int, paths: tuple[str, str]) -> None:
        super().__init__(daemon=True)
        self._port, self._paths, self._over = port, paths, threading.Event()
        self.seconds: list[float] = []
        self.wrong = 0

    def run(self) -> None:
        """Until it is over."""
        while not self._over.is_set():
            for path in self._paths:
                answer = Browser(self._port, "10.9.1.1", accept="application/json").get(path)
                self.seconds.append(answer.seconds)
                self.wrong += answer.status != 200
            time.sleep(PAUSE)

    def end(self) -> None:
        """Stop and wait."""
        self._over.set()
        self.join()


@contextmanager
def _others(port: int, paths: tuple[str, str]) -> Iterator[Others]:
    others = Others(port, paths)
    others.start()
    try:
        yield others
    finally:
        others.end()


def _p95(seconds: list[float]) -> int:
    return round(sorted(seconds)[len(seconds) * 95 // 100] * 1000)


def _attack(
    port: int, files: dict[str, bytes], rounds: int, patience: float
) -> tuple[dict[str, float], list[str]]:
    """Seconds of the slowest answer to each, and what was answered wrongly."""
    slowest, wrong = dict.fromkeys(files, 0.0), []
    for number in range(rounds):
        for place, (name, data) in enumerate(files.items()):
            browser = Browser(port, f"10.9.{number + 2}.{place + 1}", patience=patience)
            browser.get("/verify")
            answer = browser.post_file("/verify/file?lang=en", "certificate.pdf", data)
            slowest[name] = max(slowest[name], round(answer.seconds, 2))
            if answer.status != 200 or GENUINE in answer.text:
                wrong.append(f"{name}: {answer.status}")
    return slowest, wrong


def _as_it_is() -> None:
    pass


def _unprotected() -> None:
    def here(pdf: bytes, root_pems: Sequence[Path], **_more: Any) -> apart.Inspection:
        known = [x509.load_pem_x509_certificate(path.read_bytes()) for path in root_pems]
        return inspection.inspect(pdf, known)

    apart.inspect_apart = here


def main() -> int:
    """Run the drill."""
    given = staging.options("hostile_checks")
    # The control must miss it on a fast machine too, where without limits it takes 19 s.
    bound = SECONDS if given.full or given.control else 4 * SECONDS
    began = time.monotonic()
    with (
        TemporaryDirectory() as name,
        staging.database(given, Path(name)) as url,
        hosting.house(url, sample=True, rate_limits="0") as at,
    ):
        original = _original()
        wanted = (SLOWEST,) if given.control else FILES
        files = {what: FILES[what](original) for what in wanted}
        paths = ("/healthz", f"/v/{sample_certificate().code}")
        weaken = _unprotected if given.control else _as_it_is
        with hosting.served(at, worker=False, weaken=weaken):
            with _others(at.port, paths) as calm:
                time.sleep(10 if given.full else 2)
            with _others(at.port, paths) as during:
                slowest, wrong = _attack(at.port, files, 3 if given.full else 1, bound + 1)
    figures: dict[str, object] = {
        "bytes": {what: len(data) for what, data in files.items()},
        "slowest_seconds": slowest,
        "wrong": sorted(set(wrong)),
        "others_p95_ms": {"calm": _p95(calm.seconds), "during": _p95(during.seconds)},
        "others_asked": len(during.seconds),
        "others_slowest_ms": round(max(during.seconds) * 1000),
        "others_wrong": calm.wrong + during.wrong,
        "seconds": round(time.monotonic() - began, 1),
    }
    holds = {
        "each answered in time": max(slowest.values()) < bound,
        "nothing believed": not wrong,
        "others are answered": calm.wrong + during.wrong == 0,
        "others hardly notice": _p95(during.seconds) < max(500, 5 * _p95(calm.seconds)),
    }
    return staging.report(given, figures, holds)


if __name__ == "__main__":
    sys.exit(main())
