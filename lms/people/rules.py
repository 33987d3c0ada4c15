"""How long a session lasts, how long to wait after tries in vain, who gives which role.

Plain values only.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from lms.kernel.permissions import Actor, Role, is_root
from lms.kernel.text import LANGUAGES


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
    IDENTITY = "identity"


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
    TriedOn.IDENTITY: Patience(5, timedelta(minutes=30), timedelta(hours=1)),
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


RANK = {
    Role.ADMINISTRATOR: 4,
    Role.REGISTRAR: 3,
    Role.AUDITOR: 3,
    Role.COURSE_MANAGER: 2,
    Role.AGENCY_COORDINATOR: 1,
    Role.EMPLOYER_CHECKER: 1,
    Role.TRAINER: 1,
}
"""The order of roles; roles of one rank do not give each other."""

HIGH = frozenset({Role.ADMINISTRATOR, Role.REGISTRAR, Role.AUDITOR})
"""Given by two administrators of a root organisation: one proposes, another confirms."""

PROPOSAL_DAYS = 7


class Way(StrEnum):
    """How a role may be given or taken by an actor."""

    AT_ONCE = "at_once"
    BY_TWO = "by_two"
    REFUSED = "refused"


@dataclass(frozen=True)
class Ruling:
    """Whether and how; ``reason`` is the message code of a refusal."""

    way: Way
    reason: str = ""


def rank_at(actor: Actor, path: str) -> int:
    """The rank of the highest role an actor holds over the organisation at a path; 0 for none."""
    return max((RANK[g.role] for g in actor.grants if path.startswith(g.path)), default=0)


def roots_of(actor: Actor) -> tuple[str, ...]:
    """The root organisations of which the actor is an administrator."""
    return tuple(path for path in actor.paths(Role.ADMINISTRATOR) if is_root(path))


def _as_one_of_two(actor: Actor, path: str) -> bool:
    return any(path.startswith(root) for root in roots_of(actor))


def how_to_grant(actor: Actor, subject_id: int, role: Role, path: str) -> Ruling:
    """How an actor may give a role over the organisation at a path to a person."""
    if actor.user_id == subject_id:
        return Ruling(Way.REFUSED, "role-own")
    if role in HIGH and _as_one_of_two(actor, path):
        return Ruling(Way.BY_TWO)
    if role not in HIGH and rank_at(actor, path) > RANK[role]:
        return Ruling(Way.AT_ONCE)
    return Ruling(Way.REFUSED, "role-above-own")


def how_to_revoke(actor: Actor, subject_id: int, role: Role, path: str) -> Ruling:
    """How an actor may take a role; what ranks below one's own ends at once."""
    if actor.user_id == subject_id:
        return Ruling(Way.REFUSED, "role-own")
    if rank_at(actor, path) > RANK[role]:
        return Ruling(Way.AT_ONCE)
    if role in HIGH and _as_one_of_two(actor, path):
        return Ruling(Way.BY_TWO)
    return Ruling(Way.REFUSED, "role-above-own")


def may_confirm(actor: Actor, subject_id: int, proposer_id: int, path: str) -> bool:
    """Whether the actor is the second administrator: neither who proposed it nor whom it is for."""
    return actor.user_id not in {None, subject_id, proposer_id} and _as_one_of_two(actor, path)


INVITATION_DAYS = 14
# A mail of ours to a stranger carries the name that was typed: it must not carry an address too.
_NOT_IN_NAMES = set('/:@<>[](){}\\|"')
_ADDRESS = re.compile(r"[^\s@<>\"(),;:\\\[\]]{1,64}@[^\s@.,;:<>\"()]+(\.[^\s@.,;:<>\"()]+)+")


def invitee_faults(name: str, email: str, locale: str) -> dict[str, str]:
    """What is wrong with an invitation, by field; empty when it can be sent."""
    faults = {}
    plain = name.strip()
    if not plain:
        faults["name"] = "name-missing"
    elif len(plain) > 200 or _NOT_IN_NAMES & set(plain) or not plain.isprintable():
        faults["name"] = "name-not-plain"
    if len(email.strip()) > 254 or not _ADDRESS.fullmatch(email.strip()):
        faults["email"] = "address-wrong"
    if locale not in LANGUAGES:
        faults["locale"] = "language-unknown"
    return faults


class NumberKind(StrEnum):
    """Which number says who somebody is."""

    MYKAD = "mykad"
    NIK = "nik"
    PASSPORT = "passport"


# Place codes that the registration department has never given.
_NO_PLACE = {0, 17, 18, 19, 20, 69, 70, 73, 80, 81, 94, 95, 96, 97}
_SEPARATORS = str.maketrans("", "", " -")


def plain_number(text: str) -> str:
    """An identity number without the spaces and dashes that people put into it."""
    return text.upper().translate(_SEPARATORS)


def number_fault(kind: NumberKind, plain: str) -> str | None:
    """The message code that says why this is no number of its kind; None when it may be one."""
    if not (plain.isascii() and plain.isalnum()):
        return "identity-signs"
    if kind is NumberKind.PASSPORT:
        return None if 6 <= len(plain) <= 20 else "identity-passport"
    if kind is NumberKind.NIK:
        return None if len(plain) == 16 and plain.isdecimal() else "identity-nik"
    good = len(plain) == 12 and plain.isdecimal() and int(plain[6:8]) not in _NO_PLACE
    return None if good and _is_birth_day(plain[:6]) else "identity-mykad"


def _is_birth_day(digits: str) -> bool:
    # The century is not said: the day must be one of this century or of the last.
    for century in ("19", "20"):
        try:
            date.fromisoformat(f"{century}{digits[:2]}-{digits[2:4]}-{digits[4:]}")
        except ValueError:
            continue
        return True
    return False


def shown_end(plain: str) -> str:
    """The last characters, which stay readable: four, of short numbers two."""
    return plain[-4:] if len(plain) >= 8 else plain[-2:]


def masked(kind: NumberKind, end: str) -> str:
    """The number as everybody sees it."""
    hidden = {NumberKind.MYKAD: "••••••-••-", NumberKind.NIK: "••••••••••••"}
    return hidden.get(kind, "••••") + end
