"""How long a stranger's file keeps somebody waiting, who is read and judged in another process.

Milliseconds that pass, not of the processor: the process is cleared away by the kernel, which
counts its time for nobody. The first file of a process waits for what reads it to be loaded.
"""

import json
import tempfile
import time
from datetime import datetime
from pathlib import Path
from statistics import median

from benchmarks import measuring
from lms.certificates import credential, keys, proof, signing
from lms.checking import apart
from lms.kernel import clock
from lms.printing import pdf, specimens

HOST = "sijil.example"


def issued(folder: Path, now: datetime) -> bytes:
    """A certificate under keys that are made for it."""
    keys.make_development_keys(folder, host=HOST, now=now)
    ring = keys.load(folder, host=HOST, passphrase=None)
    content = specimens.specimen("many", language="ms", issuer="Sijil", host=HOST)
    document = credential.build(
        content,
        did=ring.did,
        status_url=f"https://{HOST}/status/revocation/1",
        status_index=1,
        credential_id=f"https://{HOST}/credentials/{content.serial}",
        salt=bytes(16),
    )
    signed = proof.canonical_bytes(proof.prove(document, ring, now=now))
    return signing.sign(pdf.render(content, signed, now=now), ring, now=now)


def main() -> None:
    """Measure and report."""
    asked = measuring.options(__doc__)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "pki"
        file = issued(folder, clock.now())
        took = []
        for _ in range(asked.pick(small=10, full=100)):
            began = time.monotonic()
            seen = apart.inspect_apart(file, [folder / "root.pem"])
            took.append((time.monotonic() - began) * 1000)
            if seen.signature != "ok":
                raise SystemExit(f"the file is not read: {seen}")
    figures = {"first_ms": round(took[0], 1), "further_ms": round(median(took[1:]), 1)}
    print(f"first {figures['first_ms']} ms, further {figures['further_ms']} ms")
    print(json.dumps({"benchmark": "files", "size": asked.size, **figures}))


if __name__ == "__main__":
    main()
