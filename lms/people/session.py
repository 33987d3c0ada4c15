"""The signed-in person as Flask-Login sees them: plain values, loaded once a request."""

from flask import Flask
from flask_login import LoginManager, UserMixin

from lms.kernel.permissions import Actor
from lms.people import queries
from lms.people.models import User


class SessionUser(UserMixin):
    """Who is signed in; independent of the database session."""

    def __init__(self, user: User) -> None:
        self.id = user.id
        self.name = user.name
        self.locale = user.locale
        self.actor: Actor = queries.actor_of(user)

    def get_id(self) -> str:
        """The id kept in the signed cookie."""
        return str(self.id)


def _load(user_id: str) -> SessionUser | None:
    user = queries.user_by_id(int(user_id)) if user_id.isdecimal() else None
    return SessionUser(user) if user is not None else None


def init_app(app: Flask) -> None:
    """Let Flask-Login find people."""
    manager = LoginManager()
    manager.session_protection = None  # the guard and the session table decide, not the address
    manager.user_loader(_load)
    manager.init_app(app)
