"""Identifiers: public ids for addresses, and verification codes with a check character."""

import secrets

# No look-alikes and no vowels, so that chance spells no words.
_PUBLIC = "23456789bcdfghjkmnpqrstvwxz"
_POWERS = [len(_PUBLIC) ** place for place in range(12)]
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# The five extra symbols of Crockford's mod-37 check are letters' kin; we keep to URL-safe ones.
_CHECK = CROCKFORD + "*~$=U"
CODE_LENGTH = 26
_SAFE_CHECK = CROCKFORD
# Crockford leaves letters out; to the digits that Python reads in base 32.
_DIGITS = str.maketrans(CROCKFORD, "0123456789abcdefghijklmnopqrstuv")


def new_public_id() -> str:
    """12 characters of a 27-letter alphabet: 57 random bits; addresses, not secrets."""
    number = int.from_bytes(secrets.token_bytes(16))  # at once, not twelve times
    return "".join(_PUBLIC[number // power % len(_PUBLIC)] for power in _POWERS)


def new_recovery_code() -> str:
    """16 random Crockford characters (80 bits)."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(16))


def as_meant(text: str) -> str:
    """A typed code without separators, with the letters that people read for digits."""
    cleaned = "".join(c for c in text.upper() if c.isalnum())
    return cleaned.replace("O", "0").replace("I", "1").replace("L", "1")


def _value(body: str) -> int:
    return int(body.translate(_DIGITS), 32)


def check_character(body: str) -> str:
    """Crockford's check symbol (mod 37) of a base32 body."""
    return _CHECK[_value(body) % 37]


def new_verification_code() -> str:
    """26 random Crockford characters (130 bits) and a check character, without separators.

    Bodies whose check would be one of the five extra symbols are drawn again, so that a code
    holds letters and digits only; this costs 0.2 bits.
    """
    while True:
        body = "".join(secrets.choice(CROCKFORD) for _ in range(CODE_LENGTH))
        check = check_character(body)
        if check in _SAFE_CHECK:
            return body + check


def read_verification_code(text: str) -> str | None:
    """The code a person meant (case, spaces, dashes, O I L), or None when it cannot be one."""
    cleaned = "".join(c for c in text.upper() if c not in " -–—.\t\r\n\u00a0")
    cleaned = cleaned.replace("O", "0").replace("I", "1").replace("L", "1")
    if len(cleaned) != CODE_LENGTH + 1 or any(c not in CROCKFORD for c in cleaned):
        return None
    body, check = cleaned[:CODE_LENGTH], cleaned[CODE_LENGTH]
    return cleaned if check_character(body) == check else None
