"""A stranger's PDF is inspected in a process of its own, with limits of time and memory.

What reads and judges it (``inspection``) is loaded in that process only: here it would be half a
second of every start of the program.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

PDF_LIMIT = 5 * 1024 * 1024
MEMORY_LIMIT = 512 * 1024 * 1024
# Of the processor (a file of ours takes one), and what a busy machine may take beside them.
SECONDS = 4
PATIENCE = 20
MODULE = "lms.checking.inspection"
_OUT_OF_TIME = {signal.SIGXCPU, signal.SIGKILL}

DISTRUSTED = "distrusted"
"""The problem of a file whose signer was ours, and is not believed any more."""
Signature = Literal["ok", "bad", "foreign", "none"]


@dataclass(frozen=True)
class Inspection:
    """What was found in a file.

    ``signature``: ``ok`` ours and covering every byte; ``bad`` ours or claiming to be, but the
    file was altered; ``foreign`` sound, but of a stranger; ``none``. ``problem`` is a code in
    kebab-case, empty when all is well. The credential is whatever the file holds, believed only
    after comparison with the register.
    """

    signature: Signature
    problem: str = ""
    credential: dict[str, Any] | None = None
    serial: str | None = None
    code: str | None = None


def unfit(pdf: bytes) -> Inspection | None:
    """What a look at length and first bytes says; None when the file is worth reading."""
    if len(pdf) > PDF_LIMIT:
        return Inspection("none", "too-large")
    return None if pdf.startswith(b"%PDF-") else Inspection("none", "not-a-pdf")


def inspect_apart(
    pdf: bytes,
    root_pems: Sequence[Path],
    *,
    now: datetime | None = None,
    refused: Collection[str] = (),
) -> Inspection:
    """Inspect in a process of its own, with limits of time and memory.

    ``refused`` are serial numbers of signers, in hexadecimal: their files are a stranger's.

    A crash gives signature ``none`` with problem ``unreadable``; running out of processor
    seconds, or of the patience for them on a busy machine, ``too-slow``.

    Raises:
        FileNotFoundError: a root certificate is absent; that is no fault of the upload.

    """
    arguments = [str(path.resolve(strict=True)) for path in root_pems]
    seen = unfit(pdf)
    if seen is not None:
        return seen
    more = [] if now is None else ["--at", now.isoformat()]
    more += [part for each in sorted(refused) for part in ("--refused", each)]
    command = [sys.executable, "-m", MODULE, "--seconds", str(SECONDS), *more, *arguments]
    # No secret of the parent's environment reaches the process that parses strangers' files.
    environment = {"PYTHONPATH": os.pathsep.join(_import_path()), "PYTHONDONTWRITEBYTECODE": "1"}
    patience = SECONDS + PATIENCE
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command, input=pdf, capture_output=True, timeout=patience, check=True, env=environment
        )
        return Inspection(**json.loads(done.stdout))
    except subprocess.TimeoutExpired:
        return Inspection("none", "too-slow")
    except subprocess.CalledProcessError as ended:
        return Inspection("none", "too-slow" if -ended.returncode in _OUT_OF_TIME else "unreadable")
    except (ValueError, TypeError, RecursionError):
        return Inspection("none", "unreadable")


def _import_path() -> list[str]:
    return [str(Path(__file__).resolve().parents[2])]
