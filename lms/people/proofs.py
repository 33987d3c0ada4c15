"""How people prove who they are, beside being signed in: a passkey, a code, else the password."""

from dataclasses import dataclass
from datetime import datetime

from lms.kernel.errors import Invalid
from lms.people import passkeys, passwords, second_factor
from lms.people.models import User
from lms.people.passkeys import Party
from lms.people.sealing import Keys


@dataclass(frozen=True)
class Ways:
    """The second factors a person has set up."""

    code: bool
    passkey: bool

    @property
    def second(self) -> bool:
        """Whether there is any."""
        return self.code or self.passkey


@dataclass(frozen=True)
class Answer:
    """What was sent: a typed code or password, or what a device signed for which challenge."""

    typed: str
    signed: str = ""
    challenge: bytes | None = None


@dataclass(frozen=True)
class House:
    """What proofs are checked with: the keys of sealed secrets, and who asks for passkeys."""

    data_keys: Keys
    party: Party | None


def ways_of(user_id: int) -> Ways:
    """What may be asked of a person."""
    return Ways(
        code=second_factor.of_user(user_id) is not None,
        passkey=bool(passkeys.of_user(user_id)),
    )


def check_second(user_id: int, answer: Answer, house: House, *, now: datetime) -> None:
    """Take a passkey's signature, a code of the app or a recovery code; raises Invalid."""
    if not answer.signed:
        second_factor.check(user_id, answer.typed, keys=house.data_keys, now=now)
    elif house.party is None:
        raise Invalid("passkey-wrong")
    else:
        passkeys.check(user_id, answer.signed, answer.challenge, house.party, now=now)


def check(user: User, answer: Answer, house: House, *, now: datetime) -> bool:
    """Take the second factor of those who have one, the password of others; raises Invalid.

    Returns whether it was a second factor.
    """
    if ways_of(user.id).second:
        check_second(user.id, answer, house, now=now)
        return True
    if not passwords.matches(answer.typed, user.password_hash):
        raise Invalid("password-not-right")
    return False
