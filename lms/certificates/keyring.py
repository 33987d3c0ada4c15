"""The signing keys of the running server, read anew when the ring's file is another.

Development keys are made on first use.
"""

import threading
from pathlib import Path
from typing import Any

from lms.certificates import keys
from lms.certificates.document_keys import Access
from lms.config import Misconfigured, Settings
from lms.kernel import clock

_lock = threading.Lock()
_read: dict[tuple[Path, str, bool], tuple[int, keys.KeyRing]] = {}

REFUSED = (
    "The signing keys in {folder} are development keys. In production put the institute's keys "
    "there (docs/security.md says how) and set LMS_KEY_PASSPHRASE."
)


def ring(settings: Settings) -> keys.KeyRing:
    """The keys; raises Misconfigured in production when they are missing or for development."""
    with _lock:
        place = (settings.pki, settings.host, settings.production)
        seen = _changed(settings.pki)
        if place not in _read or _read[place][0] != seen:
            found = _load(settings)
            _read[place] = (_changed(settings.pki), found)
        return _read[place][1]


def _changed(folder: Path) -> int:
    # The file is replaced as a whole, so another one has another time.
    try:
        return (folder / keys.KEYRING).stat().st_mtime_ns
    except OSError:
        return 0


def _load(settings: Settings) -> keys.KeyRing:
    if not settings.pki.exists() and not settings.production:
        make(settings)
    try:
        found = keys.load(settings.pki, **opening(settings))
    except keys.KeysMissing as missing:
        raise Misconfigured(f"A signing key is missing: {missing}.") from missing
    except keys.KeysUnreadable as unreadable:
        raise Misconfigured(
            f"The signing keys in {settings.pki} cannot be read ({unreadable}). "
            "Check LMS_KEY_PASSPHRASE and the files."
        ) from unreadable
    if settings.production and found.development:
        raise Misconfigured(REFUSED.format(folder=settings.pki))
    return found


def opening(settings: Settings) -> dict[str, Any]:
    """What is needed to read or change the keys in their folder."""
    passphrase = settings.key_passphrase.encode() or None
    return {"host": settings.host, "passphrase": passphrase, "access": access_of(settings)}


def access_of(settings: Settings) -> Access | None:
    """How the token with the document key is reached, where one is named.

    Raises Misconfigured when the file of the PIN cannot be read.
    """
    if not settings.key_token_library:
        return None
    return Access(settings.key_token_library, settings.key_token, _pin(settings))


def _pin(settings: Settings) -> str:
    if not settings.key_token_pin_file:
        return settings.key_token_pin
    try:
        return Path(settings.key_token_pin_file).read_text("utf-8").strip()
    except OSError as error:
        raise Misconfigured(
            f"LMS_KEY_TOKEN_PIN_FILE cannot be read ({error.strerror}). "
            "Give it to the user who runs the server."
        ) from error


def make(settings: Settings) -> None:
    """Make development keys unless there are keys already."""
    try:
        keys.make_development_keys(settings.pki, host=settings.host, now=clock.now())
    except FileExistsError:
        return
