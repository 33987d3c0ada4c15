"""The key that signs documents: a small port, behind it a file or a token (PKCS#11).

What a token holds never leaves it. Its library is loaded when a token is named in the ring, at the
first signature, and a session is of one process: what forks opens its own.
"""

import os
import threading
from dataclasses import dataclass, field
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.x509 import Certificate

IN_TOKEN = "pkcs11:"  # noqa: S105  # no password
"""How the ring names a key that lies in a token; behind it stands the label of the key."""
_HASHED = ec.ECDSA(Prehashed(hashes.SHA256()))


class KeyAway(OSError):
    """The token does not answer, or not as it should: the text says what to look at."""


class DocumentKey(Protocol):
    """Signs SHA-256 digests by ECDSA; ``place`` says where the key lies."""

    @property
    def place(self) -> str:
        """For people: never a secret."""
        ...

    def sign(self, digest: bytes) -> bytes:
        """The signature in DER; raises KeyAway."""
        ...


@dataclass(frozen=True)
class FileKey:
    """A key read from a file."""

    key: ec.EllipticCurvePrivateKey
    place: str

    def sign(self, digest: bytes) -> bytes:
        """The signature in DER."""
        return self.key.sign(digest, _HASHED)


@dataclass(frozen=True)
class Access:
    """How a token is reached: the library that speaks with it, its label, and the PIN."""

    library: str
    token: str
    pin: str = field(repr=False)


class TokenKey:
    """A key in a token, by its label."""

    def __init__(self, access: Access, label: str) -> None:
        self._access, self._label = access, label

    @property
    def place(self) -> str:
        """Token and label."""
        return f"key {self._label} in token {self._access.token}"

    def sign(self, digest: bytes) -> bytes:
        """The signature in DER; raises KeyAway, and the next one begins a new session."""
        pkcs11 = _bindings()
        try:
            with _turn:
                return self._signed(digest)
        except (pkcs11.PKCS11Error, OSError) as error:
            _end_session()
            # These errors carry no words of their own, and never the PIN.
            raise KeyAway(f"The {self.place} cannot be used: {type(error).__name__}.") from error

    def _signed(self, digest: bytes) -> bytes:
        pkcs11 = _bindings()
        session = _session(self._access)
        key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=self._label)
        # The raw mechanism: many tokens do not hash by themselves.
        raw: bytes = key.sign(digest, mechanism=pkcs11.Mechanism.ECDSA)
        half = len(raw) // 2
        numbers = (int.from_bytes(part, "big") for part in (raw[:half], raw[half:]))
        return encode_dss_signature(*numbers)


def _bindings() -> Any:  # noqa: ANN401  # a module that is there only if needed
    try:
        import pkcs11
    except ImportError as missing:
        raise KeyAway('Tokens need one more package: pip install "sijil[token]"') from missing
    return pkcs11


_turn = threading.RLock()
_opened: dict[Access, tuple[int, Any]] = {}


def _session(access: Access) -> Any:  # noqa: ANN401  # of a library that is there only if needed
    process, session = _opened.get(access, (0, None))
    if process == os.getpid():
        return session
    library = _bindings().lib(access.library)
    if process:  # opened before a fork: the library has to begin anew
        library.reinitialize()
    session = library.get_token(token_label=access.token).open(user_pin=access.pin)
    _opened[access] = (os.getpid(), session)
    return session


def _end_session() -> None:
    with _turn:
        for process, session in _opened.values():
            if process == os.getpid():
                _closed(session)
        _opened.clear()


def _closed(session: Any) -> None:  # noqa: ANN401  # the same
    try:
        session.close()
    except _bindings().PKCS11Error:
        return  # it was broken, which is why it is closed


def check_fits(key: DocumentKey, certificate: Certificate) -> None:
    """Sign something and check it under the certificate; raises KeyAway, or ValueError."""
    public, digest = certificate.public_key(), os.urandom(32)
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise ValueError("the signer's certificate is not for an elliptic-curve key")  # noqa: TRY004
    try:
        public.verify(key.sign(digest), digest, _HASHED)
    except InvalidSignature:
        raise ValueError("the signer's certificate is for another key") from None
