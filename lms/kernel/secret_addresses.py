"""Addresses that open something to whoever has them: 128 bits that are kept nowhere.

They are an HMAC-SHA-256 of what the address is for and of the row's public id, under the server's
key: a copy of the database opens none of them.
"""

import hmac

_LENGTH = 32  # hexadecimal digits


def token(purpose: str, public_id: str, key: str) -> str:
    """What stands in the address of a row."""
    said = f"{purpose} {public_id}".encode()
    return f"{public_id}-{hmac.digest(key.encode(), said, 'sha256').hex()[:_LENGTH]}"


def named_by(text: str) -> str:
    """The public id that an address claims to be of."""
    return text.partition("-")[0]


def is_token(text: str, purpose: str, public_id: str, key: str) -> bool:
    """Whether an address is that of the row; takes as long for every wrong one."""
    return hmac.compare_digest(token(purpose, public_id, key).encode(), text.encode())
