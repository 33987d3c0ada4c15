"""How long a session lasts, and how long to wait after tries in vain. Plain values only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True)
class Lifetime:
    """Limits of a session: without a request, and in all."""

    idle: timedelta
    absolute: timedelta

    def ends_at(self, began: datetime, seen: datetime) -> datetime:
        """The moment at which the session ends unless another request comes."""
        return min(began + self.absolute, seen + self.idle)


class TriedOn(StrEnum):
    """On what tries are counted; a browser that has signed in before counts for itself."""

    DEVICE = "device"
    ACCOUNT_FROM_NETWORK = "account_from_network"
    ACCOUNT = "account"
    NETWORK = "network"
    RESET = "reset"
    SECOND_FACTOR = "second_factor"


@dataclass(frozen=True)
class Patience:
    """How tries in vain slow down the next one.

    ``free`` tries without waiting, then 1, 2, 4 … seconds up to ``longest``; all is forgotten
    after ``memory`` without a try.
    """

    free: int
    longest: timedelta
    memory: timedelta

    def wait(self, failures: int) -> timedelta:
        """How long after the last try the next one is looked at."""
        if failures < self.free:
            return timedelta(0)
        return min(timedelta(seconds=2 ** min(failures - self.free, 20)), self.longest)


# A growing delay and never a lock: whoever knows the password gets in, later at worst. An account
# that is attacked from everywhere waits 30 seconds at most, and not at all in a known browser.
PATIENCE = {
    TriedOn.DEVICE: Patience(5, timedelta(minutes=5), timedelta(hours=1)),
    TriedOn.ACCOUNT_FROM_NETWORK: Patience(5, timedelta(minutes=5), timedelta(hours=1)),
    TriedOn.ACCOUNT: Patience(10, timedelta(seconds=30), timedelta(hours=1)),
    TriedOn.NETWORK: Patience(25, timedelta(minutes=5), timedelta(minutes=5)),
    TriedOn.RESET: Patience(5, timedelta(minutes=30), timedelta(minutes=30)),
    TriedOn.SECOND_FACTOR: Patience(5, timedelta(minutes=5), timedelta(hours=1)),
}


def seconds_to_wait(tried_on: TriedOn, failures: int, last_at: datetime, now: datetime) -> int:
    """Whole seconds until the next try is looked at; 0 when it may come now."""
    patience = PATIENCE[tried_on]
    if now - last_at >= patience.memory:
        return 0
    left = (last_at + patience.wait(failures) - now).total_seconds()
    return max(0, -int(-left // 1))


PASSWORD_LENGTH = 12
LONGEST_PASSWORD = 128


def password_fault(password: str, *, easy: bool) -> str | None:
    """The message code that says why a password is refused; None when it is good.

    NIST SP 800-63B: length and known lists, no rules of composition. ``easy``: it is on a list of
    breached passwords, or made of such and of the person's own words.
    """
    if len(password) < PASSWORD_LENGTH:
        return "password-too-short"
    if len(password) > LONGEST_PASSWORD:
        return "password-too-long"
    return "password-easy" if easy else None
