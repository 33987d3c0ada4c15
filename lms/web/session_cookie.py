"""The signed cookie of a browser, written and read by Flask."""

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer


class _Signed(SecureCookieSessionInterface):
    """What signs it is made once: for each request twice, it took as long as the signature."""

    def __init__(self) -> None:
        self._made: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """By the secret key, which a process never changes."""
        if self._made is None:
            self._made = super().get_signing_serializer(app)
        return self._made


def init_app(app: Flask) -> None:
    """Sign the cookies of this application."""
    app.session_interface = _Signed()
