"""How often something was done in a window of time: counted in this process, or for several."""

import logging
import threading
import time
from typing import NamedTuple, Protocol

from limits.errors import ConfigurationError
from limits.storage import Storage, storage_from_string

from lms.config import Misconfigured

log = logging.getLogger("lms")
OWN = "memory://"
SWEEP_SECONDS = 60.0
"""How often windows that have ended are thrown away."""
PATIENCE = 10.0
"""How long a storage that does not answer is left alone."""


class Count(NamedTuple):
    """How often so far, and in how many seconds it begins anew."""

    number: int
    seconds_left: float


class Counts(Protocol):
    """A window begins with the first count under its key, and ends by itself."""

    def add(self, key: str, seconds: int) -> Count:
        """Count once more in a window of so many seconds."""

    def get(self, key: str) -> Count:
        """What was counted, without counting."""

    def forget(self) -> None:
        """Begin anew with everything."""


class OwnCounts:
    """In the memory of this process."""

    def __init__(self) -> None:
        self._windows: dict[str, tuple[int, float]] = {}
        self._door = threading.Lock()
        self._swept = time.monotonic()

    def add(self, key: str, seconds: int) -> Count:
        """Count once more in a window of so many seconds."""
        now = time.monotonic()
        with self._door:
            if now - self._swept > SWEEP_SECONDS:
                self._sweep(now)
            number, ends = self._windows.get(key, (0, 0.0))
            if ends <= now:
                number, ends = 0, now + seconds
            self._windows[key] = number + 1, ends
        return Count(number + 1, ends - now)

    def get(self, key: str) -> Count:
        """What was counted, without counting."""
        number, ends = self._windows.get(key, (0, 0.0))
        left = ends - time.monotonic()
        return Count(number, left) if left > 0 else Count(0, 0.0)

    def forget(self) -> None:
        """Begin anew with everything."""
        with self._door:
            self._windows.clear()

    def _sweep(self, now: float) -> None:
        self._windows = {key: (n, ends) for key, (n, ends) in self._windows.items() if ends > now}
        self._swept = now


class SharedCounts:
    """In a storage of several processes; each counts for itself while it does not answer."""

    def __init__(self, storage: Storage) -> None:
        self._storage, self._own = storage, OwnCounts()
        self._rests_until = 0.0

    def add(self, key: str, seconds: int) -> Count:
        """Count once more in a window of so many seconds."""
        if self._rests():
            return self._own.add(key, seconds)
        try:
            number = self._storage.incr(key, seconds)
            return Count(number, self._storage.get_expiry(key) - time.time())
        except Exception as error:  # noqa: BLE001  # each storage has errors of its own
            self._leave_alone(error)
            return self._own.add(key, seconds)

    def get(self, key: str) -> Count:
        """What was counted, without counting."""
        if self._rests():
            return self._own.get(key)
        try:
            number = self._storage.get(key)
            return Count(number, self._storage.get_expiry(key) - time.time())
        except Exception as error:  # noqa: BLE001  # as above
            self._leave_alone(error)
            return self._own.get(key)

    def forget(self) -> None:
        """Begin anew with everything."""
        self._storage.reset()
        self._own.forget()

    def _rests(self) -> bool:
        return time.monotonic() < self._rests_until

    def _leave_alone(self, error: Exception) -> None:
        self._rests_until = time.monotonic() + PATIENCE
        kind = type(error).__name__
        log.warning("The storage of limits does not answer (%s): counted in this process", kind)


def kept_at(address: str) -> Counts:
    """The counts at an address of the settings."""
    if address == OWN:
        return OwnCounts()
    try:
        storage = storage_from_string(address)
    except ConfigurationError as error:  # its library is not installed, for one
        raise Misconfigured(f"LMS_LIMITS_STORAGE cannot be {address!r}: {error}") from error
    if not isinstance(storage, Storage):
        raise Misconfigured(f"LMS_LIMITS_STORAGE cannot be {address!r}: we count without async.")
    return SharedCounts(storage)
