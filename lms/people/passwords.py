"""Password hashes: argon2id at OWASP's floor, at most two at a time per process."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# Guesses by a machine that knows the lists: below 10^8 a password is worth no more than its length
# (score 3 of zxcvbn begins there). Longer ones are judged by their beginning: time is bounded.
GOOD_SCORE = 3
JUDGED = 64
# So many characters must be left when the person's own words are taken out.
OWN_SHARE = 6

# A login flood must not take the processor and 19 MiB a thread from the people at work.
_places = threading.BoundedSemaphore(2)
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def make_hash(password: str) -> str:
    """An argon2id hash with its parameters and salt."""
    with _places:
        return _hasher.hash(password)


def matches(password: str, password_hash: str) -> bool:
    """Whether the password made the hash; a malformed hash matches nothing."""
    with _places:
        try:
            return _hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


@cache
def dummy_hash() -> str:
    """What is verified for unknown users, so that they take as long as known ones."""
    return make_hash("nobody has this password")


def is_easy(password: str, own_words: list[str]) -> bool:
    """Whether lists of breached passwords and the person's own words lead to the password soon."""
    # Its lists take 13 MB, which no process needs in which nobody chooses a password.
    from zxcvbn import zxcvbn  # type: ignore[import-untyped]

    rest = password.casefold()
    for word in sorted((word for word in own_words if len(word) >= 3), key=len, reverse=True):
        rest = rest.replace(word, "")
    score = int(zxcvbn(password[:JUDGED], user_inputs=own_words)["score"])
    return score < GOOD_SCORE or len(rest) < OWN_SHARE
