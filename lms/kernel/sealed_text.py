"""Facts that leave the house as text and are believed when they come back: sealed by a key."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping


def sealed(facts: Mapping[str, str | int], purpose: str, key: str) -> str:
    """The facts as text, readable by everybody; nobody can change them or the purpose."""
    plain = json.dumps(dict(facts), ensure_ascii=False).encode()
    said = urlsafe_b64encode(plain).decode().rstrip("=")  # which an address would spell out
    return f"{said}.{_mark(said, purpose, key)}"


def opened(text: str, purpose: str, key: str) -> dict[str, str | int] | None:
    """The facts of a text; None for one that was not sealed for this purpose."""
    said, _, mark = text.partition(".")
    if not hmac.compare_digest(mark.encode(), _mark(said, purpose, key).encode()):
        return None
    found: dict[str, str | int] = json.loads(urlsafe_b64decode(said + "=" * (-len(said) % 4)))
    return found


def _mark(said: str, purpose: str, key: str) -> str:
    return hmac.digest(key.encode(), f"{purpose}\0{said}".encode(), "sha256").hex()
